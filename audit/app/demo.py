"""The demo: the nightly job on the sandbox; run twice, it shows that nobody is reminded twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from audit.app import nightly
from audit.app.order import Order
from audit.errors import OutputError
from audit.gitlab.http.client import Client
from audit.report.history.output_folder import write_all
from audit.sandbox.data import saved_state
from audit.sandbox.demo.tracker import demo_world
from audit.sandbox.server import Server
from audit.settings.environment import connection_from
from audit.settings.loader import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from audit.app.order import Done
    from audit.gitlab.read.progress import Say
    from audit.sandbox.demo.tracker import Demo


def play(folder: Path, *, fresh: bool, run: Callable[[Client, Order], Done], say: Say) -> None:
    """Serve the demo's tracker on loopback, audit it, post its reminders there, and store what was posted."""
    story = demo_world()
    memory = folder / "sandbox.json"
    write_all(folder, {"audit.yml": story.settings_text})
    if fresh:
        memory.unlink(missing_ok=True)
    again = saved_state.restore(story.world, memory)
    settings = load(folder / "audit.yml")
    with Server(story.world, public_url=story.public_url) as server:
        say(f"a sandbox GitLab is listening on {server.url}")
        connection = connection_from(_environment(server.url, story))
        order = Order(settings=settings, as_of=story.as_of, today=story.as_of, folder=folder, apply=True)
        with Client(connection, timeout=settings.gitlab.timeout_seconds, parallel=settings.gitlab.parallel) as client:
            say("a look at the tracker as it was a week before, so that the report can tell what has changed")
            run(client, replace(order, previous=_week_before(client, order)))
    _remember(story, memory)
    say("run it again: nobody is reminded twice" if not again else "nobody was reminded twice; --fresh begins anew")


def _remember(story: Demo, memory: Path) -> None:
    try:
        saved_state.save(story.world, memory)
    except OSError as error:
        raise OutputError(
            f"the report is written, but {memory} is not: {error.strerror or error}",
            "Make room on the disk: without that file the next demo begins anew.",
        ) from error


def _week_before(client: Client, order: Order) -> Path:
    """Audit the tracker as it was a week before, without reminders, and return that day's audit.json."""
    day = order.as_of - timedelta(days=7)
    eve = replace(order, as_of=day, folder=order.folder / day.isoformat(), apply=False)
    nightly.run(client, eve, say=_silently, progress=_silently)
    return eve.folder / "audit.json"


def _silently(*_words: object, **_more: object) -> None:
    """Print nothing."""


def _environment(url: str, story: Demo) -> dict[str, str]:
    """Return the variables of a CI job: the address that people use, and the address of the API."""
    return {
        "CI_SERVER_URL": story.public_url,
        "CI_API_V4_URL": f"{url}/api/v4",
        "CI_API_GRAPHQL_URL": f"{url}/api/graphql",
        "GITLAB_TOKEN": story.token,
    }

"""The demo: the nightly job on the sandbox, told so that one sees that nobody is reminded twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.client import Client
from audit.nightly import Order
from audit.sandbox import journal
from audit.sandbox.demo import demo_world
from audit.sandbox.server import Server
from audit.settings.environment import connection_from
from audit.settings.loader import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from audit.nightly import Done, Say


def play(folder: Path, *, fresh: bool, run: Callable[[Client, Order], Done], say: Say) -> None:
    """Serve the demo's tracker on loopback, audit it, post its reminders there, and remember what was posted."""
    story = demo_world()
    memory = folder / "sandbox.json"
    folder.mkdir(parents=True, exist_ok=True)
    if fresh:
        memory.unlink(missing_ok=True)
    again = journal.restore(story.world, memory)
    config = folder / "audit.yml"
    config.write_text(story.settings_text, encoding="utf-8")
    settings = load(config)
    with Server(story.world, public_url=story.public_url) as server:
        say(f"a sandbox GitLab is listening on {server.url}")
        connection = connection_from({"GITLAB_URL": server.url, "GITLAB_TOKEN": story.token})
        order = Order(settings=settings, as_of=story.as_of, today=story.as_of, folder=folder, apply=True)
        with Client(connection, timeout=settings.gitlab.timeout_seconds, parallel=settings.gitlab.parallel) as client:
            run(client, order)
    journal.save(story.world, memory)
    say("run it again: nobody is reminded twice" if not again else "nobody was reminded twice; --fresh begins anew")

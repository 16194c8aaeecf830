"""Benchmark: ``python -m tests.bench.traces [nights]`` counts the notes "mentioned in ..." that a month leaves.

So many nights (30) on the demo's tracker write reminders, the week's issue and the wiki; the sandbox leaves the notes
that GitLab would. Prints how many there are by what left them, on how many issues, and the most on one issue.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from audit.app import nightly
from audit.app.order import Order
from audit.gitlab.http.client import Client
from audit.sandbox.demo.tracker import demo_world
from audit.settings import Connection
from audit.settings.loader import load
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from audit.report.figures.view import Edition
    from audit.sandbox.data.world import World

PLACE = "tanuki/infrastructure"


def nights(number: int) -> tuple[World, Counter[tuple[str, str]]]:
    """Return the tracker after so many nights, and the notes they left by what left them and the issue they are on."""
    story = demo_world()
    place = story.world.projects[PLACE]
    with Server(story.world, public_url=story.public_url) as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "audit.yml").write_text(story.settings_text, encoding="utf-8")
        settings = load(folder / "audit.yml")
        for back in reversed(range(number)):
            day = story.as_of - timedelta(days=back)
            story.world.now = datetime.combine(day, time(6), UTC)
            edition: Edition = "weekly" if day.weekday() == 0 else "nightly"
            order = Order(
                settings=settings, as_of=day, today=day, folder=folder / f"{day}", apply=True, edition=edition
            )
            with Client(Connection.to(server.url, story.token), timeout=30, parallel=2) as client:
                nightly.run(client, order, say=_silently, progress=_silently)
    return story.world, Counter(
        ("reminders" if note.mentions and note.mentions.project is not place else "the report", issue.reference)
        for issue in story.world.issues.values()
        for note in issue.notes
        if note.action == "cross_reference" and note.author.username == story.bot
    )


def main(number: int = 30) -> None:
    """Print the counts."""
    _, left = nights(number)
    for what in ("the report", "reminders"):
        counts = [count for (by, _), count in left.items() if by == what]
        most = f" on {len(counts)} issues, {max(counts)} at most on one" if counts else ""
        sys.stdout.write(f"{number} nights, left by {what}: {sum(counts)} notes{most}\n")


def _silently(*_words: object, **_more: object) -> None:
    """Print nothing."""


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

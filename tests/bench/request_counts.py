"""Benchmark: where the requests of a night go, by kind: of a full pull, and of the next night with 1 % changed.

``python -m tests.bench.request_counts [incidents] [reviews]`` reads a generated tracker over HTTP in this process and
prints how many requests each kind took. The second night changes one issue in a hundred: labels, states, texts, links.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit.app.reading import read_catalog
from audit.evidence.local_days import end_of
from audit.gitlab.http.client import Client
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.read.pull import pull
from audit.settings import Connection
from audit.settings.settings import Settings
from tests.sandbox.server import Server
from tests.worlds.changes import Day
from tests.worlds.generated.generator import TOKEN, generate

if TYPE_CHECKING:
    from audit.pull_model import Pull
    from tests.sandbox.server import Logged

AS_OF = date(2026, 11, 23)


def kind(request: Logged) -> str:
    """Return what a request asks for."""
    if request.operation:
        return request.operation
    path = request.path.partition("/api/v4/")[2]
    parts = ["*" if "%2F" in part or part.isdigit() else part for part in path.split("/")]
    return f"{request.method} {'/'.join(parts)}"


def night(server: Server, settings: Settings, earlier: Pull | None) -> Pull:
    """Read one night, and print what it cost."""
    server.requests.clear()
    today = server.world.instant().date()
    with Client(Connection.to(server.url, TOKEN), timeout=60, parallel=4) as client:
        begun = time.thread_time()
        preflight = run_preflight(client, settings, today=today, write=False)
        catalog = read_catalog(client, settings)
        until = end_of(today, ZoneInfo(settings.timezone))
        pulled = pull(
            client, settings, preflight, until=until, progress=lambda *_: None, catalog=catalog, earlier=earlier
        )
        took = time.thread_time() - begun
        title = "everything" if pulled.full else "changes"
        print(f"{title}: {client.requests} requests, {len(pulled.records.issues)} issues, {took:.1f} s in one thread")  # noqa: T201
    for name, count in Counter(map(kind, server.requests)).most_common():
        print(f"{count:5} {name}")  # noqa: T201
    for note in pulled.notes:
        print(note)  # noqa: T201
    return pulled


def main(incidents: int = 1000, reviews: int = 400) -> None:
    """Count."""
    world, given, _ = generate(seed=1, incidents=incidents, reviews=reviews, as_of=AS_OF)
    settings = Settings.model_validate(given)
    with Server(world) as server:
        pulled = night(server, settings, None)
        chance = random.Random(1)  # noqa: S311 - no secret
        day = Day(world=world, chance=chance, at=datetime(2026, 11, 24, 8, tzinfo=UTC))
        for number in range((incidents + reviews) // 100):
            day.at += timedelta(minutes=1)
            world.now = day.at
            (day.relate if number % 5 == 4 else day.edit)()
        world.now = datetime(2026, 11, 24, 18, tzinfo=UTC)
        night(server, settings, pulled)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

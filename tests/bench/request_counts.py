"""Benchmark: where the requests of a pull go, by kind.

``python -m tests.bench.request_counts [incidents] [reviews] [projects]`` reads a generated tracker in this process and
prints how many requests each kind took.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from audit.app.reading import read
from audit.gitlab.http.client import Client
from audit.gitlab.read.preflight import run_preflight
from audit.settings import Connection
from audit.settings.settings import Settings
from tests.sandbox.server import Server
from tests.worlds.generated.generator import TOKEN, generate

if TYPE_CHECKING:
    from tests.sandbox.server import Logged

AS_OF = date(2026, 11, 23)


def kind(request: Logged) -> str:
    """Return what a request asks for."""
    if request.operation:
        return request.operation
    path = request.path.partition("/api/v4/")[2]
    parts = ["*" if "%2F" in part or part.isdigit() else part for part in path.split("/")]
    return f"{request.method} {'/'.join(parts)}"


def main(incidents: int = 1000, reviews: int = 400) -> None:
    """Count."""
    world, given, _ = generate(seed=1, incidents=incidents, reviews=reviews, as_of=AS_OF)
    settings = Settings.model_validate(given)
    with Server(world) as server, Client(Connection.to(server.url, TOKEN), timeout=60, parallel=4) as client:
        begun = time.process_time()
        preflight = run_preflight(client, settings, today=AS_OF, write=False)
        records = read(client, settings, preflight, AS_OF, lambda *_: None)
        print(f"{client.requests} requests, {len(records.issues)} issues, {time.process_time() - begun:.1f} s of CPU")  # noqa: T201
        for name, count in Counter(map(kind, server.requests)).most_common():
            print(f"{count:5} {name}")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Benchmark: a full pull into a snapshot, the next night with 1 % changed, and the script that one would write first.

``python -m tests.bench.nights [incidents] [reviews] [latency in ms] [peer: 1 or 0]`` prints requests, seconds, seconds
of CPU, peak memory and the size of the snapshot. Each step is a process of its own, and so is the sandbox GitLab, whose
work and memory are not counted, though it shares the machine's cores.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.sandbox.server import Server
from tests.worlds.changes import Day
from tests.worlds.generated.generator import TOKEN, generate

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ROOT = str(Path(__file__).parents[2])


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the world lives in the time of the commands


def serve(incidents: int, reviews: int, latency: float, pipe: Connection) -> None:
    """Serve a world until told to stop; ``change`` changes one issue in a hundred; each message gets the count."""
    yesterday: date = _now().date() - timedelta(days=1)
    world, settings, _ = generate(seed=1, incidents=incidents, reviews=reviews, as_of=yesterday)
    world.now = _now
    with Server(world, latency=latency) as server:
        pipe.send((server.url, settings))
        while (message := pipe.recv()) != "stop":
            if message == "change":
                day = Day(world=world, chance=random.Random(1), at=_now())  # noqa: S311 - no secret
                for number in range((incidents + reviews) // 100):
                    (day.relate if number % 5 == 4 else day.edit)()
            pipe.send(len(server.requests))


def timed(words: list[str], environ: dict[str, str], folder: Path) -> dict[str, Any]:
    """Run a command, and return what it took."""
    started = time.monotonic()
    with (folder / "log.txt").open("wb") as log:
        child = os.posix_spawn(
            words[0], words, environ, file_actions=[(os.POSIX_SPAWN_DUP2, log.fileno(), fd) for fd in (1, 2)]
        )
        _, status, usage = os.wait4(child, 0)
    if status:
        print((folder / "log.txt").read_text(encoding="utf-8"))  # noqa: T201
    return {
        "seconds": round(time.monotonic() - started, 1),
        "cpu": round(usage.ru_utime + usage.ru_stime, 1),
        "peak MiB": usage.ru_maxrss // 1024,
        "exit": os.waitstatus_to_exitcode(status),
    }


def main(incidents: int = 1000, reviews: int = 400, latency_ms: int = 50, peer: int = 1) -> None:
    """Measure."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    arguments = (incidents, reviews, latency_ms / 1000, theirs)
    process = multiprocessing.get_context("spawn").Process(target=serve, args=arguments)
    process.start()
    url, settings = ours.recv()
    environ = {"GITLAB_URL": url, "GITLAB_TOKEN": TOKEN, "PATH": "/usr/bin:/bin", "PYTHONPATH": ROOT}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, audit = folder / "tracker.sqlite", folder / "audit.yml"
        audit.write_text(json.dumps(settings), encoding="utf-8")
        code = "from audit.cli import main; main()"
        pull = [sys.executable, "-c", code, "pull", "--config", str(audit), "-o", str(file)]
        script = [sys.executable, "-m", "tests.bench.peer", settings["projects"]["incidents"][0]]
        steps = [("full pull", pull), ("second night", pull), *([("plain script", script)] if peer else [])]
        before = 0
        for title, words in steps:
            ours.send("change" if title == "second night" else "count")
            before = ours.recv()
            took = timed(words, environ, folder)
            ours.send("count")
            size = file.stat().st_size / 2**20 if file.exists() else 0
            print(f"{title}: {ours.recv() - before} requests, {took}, snapshot {size:.1f} MiB", flush=True)  # noqa: T201
    ours.send("stop")
    process.join()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

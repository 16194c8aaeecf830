"""Benchmark: a full run on a generated tracker, and the same reading by a straightforward script, in one go.

``python -m tests.bench.full_run [incidents] [reviews] [latency in ms]`` prints requests, seconds and peak memory of
each. The sandbox GitLab runs in a process of its own, so that its work and memory are not counted, but it shares the
machine's cores.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.sandbox.server import Server
from tests.worlds.generated.generator import TOKEN, generate

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

AS_OF = date(2026, 11, 23)


def serve(incidents: int, reviews: int, latency: float, pipe: Connection) -> None:
    """Serve a world until told to stop; answers each message with the count of requests so far."""
    world, settings, _ = generate(seed=1, incidents=incidents, reviews=reviews, as_of=AS_OF)
    with Server(world, latency=latency) as server:
        pipe.send((server.url, settings))
        while pipe.recv() == "count":
            pipe.send(len(server.requests))


def timed(words: list[str], environ: dict[str, str], folder: Path) -> tuple[float, int, float]:
    """Run a command; return its seconds, exit status and the peak memory in MiB of all commands so far."""
    started = time.monotonic()
    ended = subprocess.run(words, check=False, cwd=folder, env=environ, stdout=subprocess.DEVNULL)  # noqa: S603
    seconds = time.monotonic() - started
    return seconds, ended.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main(incidents: int = 2000, reviews: int = 800, latency_ms: int = 50) -> None:
    """Measure both, the tool first since the peak memory of children only grows."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    arguments = (incidents, reviews, latency_ms / 1000, theirs)
    process = multiprocessing.get_context("spawn").Process(target=serve, args=arguments)
    process.start()
    url, settings = ours.recv()
    root = str(Path(__file__).parents[2])
    environ = {"GITLAB_URL": url, "GITLAB_TOKEN": TOKEN, "PATH": "/usr/bin:/bin", "PYTHONPATH": root}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "audit.yml").write_text(json.dumps(settings), encoding="utf-8")
        tool = [sys.executable, "-c", "from audit.cli import main; main()", "run", "--as-of", AS_OF.isoformat()]
        peer = [sys.executable, "-m", "tests.bench.peer", settings["projects"]["incidents"][0]]
        before = 0
        for title, words in (("incident-audit run", tool), ("straightforward script", peer)):
            seconds, status, memory = timed(words, environ, folder)
            ours.send("count")
            count = ours.recv()
            told: dict[str, Any] = {"requests": count - before, "seconds": round(seconds, 1), "exit": status}
            before = count
            print(f"{title}: {told}, peak memory of commands so far {memory:.0f} MiB")  # noqa: T201
    ours.send("stop")
    process.join()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

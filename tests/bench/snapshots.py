"""Benchmark: what snapshots and shards cost. Each row is measured in a process of its own.

``python -m tests.bench.snapshots files [incidents ...]``: size of the file, seconds of processor time to read texts, to
write it and to read it.
``... merge [incidents] [shards]``: shards put together and judged, with what they read of the texts: seconds, peak.
``... backfill [incidents] [weeks]``: reports of so many weeks.
``... shards [incidents] [projects]``: pulls over HTTP in 1, 2, 7 and 50 shards of one tracker in a sandbox; requests,
seconds of processor time of the slowest, of putting together, and whether the files of the report are the same.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.app import nightly
from audit.app.backfilling import backfill
from audit.app.last_pull import LastPull
from audit.app.offline import OfflineEvidence
from audit.app.order import Order
from audit.app.pulling import PullOrder, pulled_into
from audit.app.text_reader import text_reader
from audit.evidence.text_readings import readings_of
from audit.gitlab.http.client import Client
from audit.model import User
from audit.pull_model import WHOLE, Pull, Shard
from audit.settings import Connection
from audit.settings.settings import Settings
from audit.snapshot.snapshot import load
from audit.text.readings import Readings
from tests import records
from tests.bench.evaluation import AS_OF, tracker
from tests.bench.night import SETTINGS
from tests.sandbox.server import Server
from tests.worlds.generated import generator

if TYPE_CHECKING:
    from audit.model import Records

GITLAB, TOKEN = "https://gitlab.example.com", "a token of the benchmark"
START = datetime.combine(AS_OF, datetime.min.time(), UTC)
DAY = date(2026, 11, 23)


def silent(*_words: object, **_more: object) -> None:
    """Print nothing."""


def pull_of(read: Records) -> Pull:
    """Return a pull of these records on the benchmark's day."""
    return Pull(
        records=read,
        started_at=START,
        ended_at=START,
        full_at=START,
        until=START + timedelta(days=1),
        release=(18, 5),
        account=User(username="incident-bot"),
        key="0" * 64,
    )


def keep(place: Path, read: Records, shard: Shard = WHOLE, settings: Settings | None = None) -> None:
    """Write a snapshot, with what its texts say."""
    chosen = settings or records.settings(**SETTINGS)
    readings = Readings(reader=text_reader())
    readings_of(read, chosen, readings)
    with Client(Connection.to(GITLAB, TOKEN), timeout=1, parallel=1) as client:
        LastPull(place=place, readings=readings, shard=shard).keep(pull_of(read), client, chosen)


def peak() -> int:
    """Return the peak of memory in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def file(incidents: str) -> dict[str, Any]:
    """Write and read one file."""
    read = tracker(int(incidents))
    readings, settings = Readings(reader=text_reader()), records.settings(**SETTINGS)
    begun = time.process_time()
    readings_of(read, settings, readings)
    reading = time.process_time() - begun
    with tempfile.TemporaryDirectory() as spare, Client(Connection.to(GITLAB, TOKEN), timeout=1, parallel=1) as client:
        place = Path(spare) / "x.sqlite"
        begun = time.process_time()
        LastPull(place=place, readings=readings).keep(pull_of(read), client, settings)
        writing = time.process_time() - begun
        begun = time.process_time()
        load(place)
        loading = time.process_time() - begun
        size = place.stat().st_size
    seconds = {"texts": reading, "write": writing, "read": loading}
    return {"incidents": int(incidents), "issues": len(read.issues), "bytes": size, **_rounded(seconds)}


def prepare(folder: str, incidents: str, shards: str) -> dict[str, Any]:
    """Write shards of one tracker."""
    read, total = tracker(int(incidents)), int(shards)
    for number in range(1, total + 1):
        part = tuple(one for one in read.issues if one.id % total == number - 1)
        keep(Path(folder) / f"{number:03}.sqlite", replace(read, issues=part), Shard(number=number, total=total))
    return {}


def put_together(folder: str) -> dict[str, Any]:
    """Put shards together and write the report."""
    paths = sorted(Path(folder).glob("*.sqlite"))
    settings = records.settings(**SETTINGS)
    begun = time.process_time()
    evidence = OfflineEvidence.of(paths, settings)
    merging, held = time.process_time() - begun, peak()
    order = Order(settings=settings, as_of=AS_OF, today=AS_OF, folder=Path(folder) / "report", evidence=evidence)
    nightly.run(None, order, say=silent, progress=silent)
    whole = time.process_time() - begun
    files = [path.stat().st_size for path in paths]
    return {
        "shards": len(paths),
        "issues": len(evidence.records.issues),
        "bytes_a_shard": max(files),
        **_rounded({"merge": merging, "merge_and_report": whole}),
        "merge_peak_mib": held,
        "peak_mib": peak(),
    }


def past(incidents: str, weeks: str) -> dict[str, Any]:
    """Write the reports of so many weeks."""
    settings = records.settings(**SETTINGS)
    with tempfile.TemporaryDirectory() as spare:
        place = Path(spare) / "x.sqlite"
        keep(place, tracker(int(incidents)))
        begun = time.process_time()
        evidence = OfflineEvidence.of([place], settings)
        folder = Path(spare) / "reports"
        order = Order(settings=settings, as_of=AS_OF, today=AS_OF, folder=folder, evidence=evidence)
        done = backfill(order, AS_OF - timedelta(days=7 * int(weeks) - 1), weekly=True, say=silent)
        seconds = {"backfill": time.process_time() - begun}
        size = sum(path.stat().st_size for path in folder.rglob("*"))
    return {
        "incidents": int(incidents),
        "reports": done.written,
        "bytes": size,
        **_rounded(seconds),
        "peak_mib": peak(),
    }


def in_shards(incidents: str, reviews: str) -> list[dict[str, Any]]:
    """Pull one tracker over HTTP in shards, and judge what they hold."""
    world, mapping, _ = generator.generate(seed=5, incidents=int(incidents), reviews=int(reviews), as_of=DAY)
    settings = Settings.model_validate(mapping)
    rows: list[dict[str, Any]] = []
    first = ""
    with Server(world) as server, tempfile.TemporaryDirectory() as spare:
        for total in (1, 2, 7, 50):
            paths, requests, seconds = [], [], []
            for number in range(1, total + 1):
                place = Path(spare) / f"{total}" / f"{number:03}.sqlite"
                order = PullOrder(settings=settings, place=place, today=DAY, shard=Shard(number=number, total=total))
                with Client(Connection.to(server.url, generator.TOKEN), timeout=60, parallel=4) as client:
                    begun = time.thread_time()
                    done = pulled_into(order, client, say=silent, progress=silent)
                    seconds.append(time.thread_time() - begun)
                paths.append(place)
                requests.append(done.requests)
            begun = time.process_time()
            evidence = OfflineEvidence.of(paths, settings)
            merging = time.process_time() - begun
            day = evidence.pulled_on
            out = Path(spare) / f"report-{total}"
            run = Order(settings=settings, as_of=min(DAY, day), today=day, folder=out, evidence=evidence)
            nightly.run(None, run, say=silent, progress=silent)
            found = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(out.iterdir()))).hexdigest()
            first = first or found
            rows.append(
                {
                    "shards": total,
                    "requests": sum(requests),
                    "requests_of_one": max(requests),
                    **_rounded({"slowest": max(seconds), "merge": merging}),
                    "same_bytes": found == first,
                }
            )
    return rows


def _rounded(seconds: dict[str, float]) -> dict[str, float]:
    return {f"{name}_s": round(value, 2) for name, value in seconds.items()}


def _child(*words: str) -> None:
    command = [sys.executable, "-m", "tests.bench.snapshots", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    sys.stdout.write(done.stdout)
    sys.stdout.flush()


def main(words: list[str]) -> None:
    """Carry out what the first word names."""
    match words:
        case ["files", *sizes]:
            for size in sizes or ("1000", "5000", "20000"):
                _child("--file", size)
        case ["merge", *given]:
            incidents, shards = [*given, "100000", "20"][:2] if len(given) < 2 else given
            with tempfile.TemporaryDirectory() as folder:
                _child("--prepare", folder, incidents, shards)
                _child("--merge", folder)
        case ["backfill", *given]:
            _child("--backfill", *(given or ("2000", "52")))
        case ["shards", *given]:
            _child("--shards", *(given or ("1000", "400")))
        case [mark, *given]:
            work: dict[str, Any] = {"--file": file, "--prepare": prepare, "--merge": put_together}
            work |= {"--backfill": past, "--shards": in_shards}
            found = work[mark](*given)
            for row in found if isinstance(found, list) else [found]:
                sys.stdout.write(f"{json.dumps(row)}\n" if row else "")


if __name__ == "__main__":
    main(sys.argv[1:])

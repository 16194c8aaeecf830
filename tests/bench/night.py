"""Benchmark: a whole night without GitLab, from the snapshot file to the written files, with its stages.

``python -m tests.bench.night [incidents ...]`` (1000, 10000 and 100000 by default) prints for each size two lines:
cold, when no text was read before, and warm, when the snapshot holds what all texts say. Each line has the processor
seconds from the records to the files (``cpu``) and of every stage, those of reading and keeping the snapshot apart, the
peak memory, and the bytes of the files; at the end, how many times longer the last size takes than the one before.
Trackers are those of :mod:`tests.bench.evaluation`; each night runs in a process of its own.

``--next`` carries out a third night, as a user's scheduled one is: on the day after, with what the texts say and with
the report of the day before, which it reads and compares with.

``--keep FOLDER`` keeps the files there, in a folder for each size, with ``core.json``: the verdicts and findings as the
rules made them. ``--compare BEFORE AFTER`` tells whether two such folders say the same. ``--profile N`` says where time
goes.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import re
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.app.collector import collector_paused
from audit.app.judging import judge
from audit.app.text_reader import text_reader
from audit.app.writing import reminders_text
from audit.model import User
from audit.pull_model import Pull
from audit.reminders.cases import Scene
from audit.reminders.decide import plan
from audit.report.figures.view import Run, build_view
from audit.report.formats import outputs
from audit.report.history.output_folder import audit_at, write_all
from audit.snapshot.snapshot import Snapshot, load, save
from audit.text.readings import Readings
from tests import records
from tests.bench.evaluation import AS_OF, tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.engine.result import Result

_HASH = re.compile("[0-9a-f]{64}|(?<=[`>])[0-9a-f]{12}(?=[`<])")
_TOKEN = "a token of the benchmark"
SIZES = (1_000, 10_000, 100_000)
SETTINGS = {
    "policies": [{"from": "2023-01-01"}],
    "reminders": {"remind_from": f"{AS_OF - timedelta(days=60)}"},
}


class Stages:
    """Processor seconds of each stage, in order, and the peak of memory up to its end, in MiB."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peaks: dict[str, int] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what happens inside to a stage."""
        begun = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begun
        self.peaks[name] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def prepare(incidents: int, place: Path) -> None:
    """Write the snapshot of a tracker of this size, of which no text was read."""
    start = datetime.combine(AS_OF, datetime.min.time(), UTC)
    pull = Pull(
        records=tracker(incidents),
        started_at=start,
        ended_at=start,
        until=start + timedelta(days=1),
        full_at=start,
        release=(18, 5),
        account=User(username="incident-bot"),
        key="0" * 64,
    )
    save(place, Snapshot(pull=pull, gitlab="https://gitlab.example", reader=text_reader()), _TOKEN)


def night(place: Path, folder: Path, earlier: Path | None = None) -> dict[str, Any]:
    """Carry out a night on a snapshot, and keep what its texts say; return what it took.

    With the folder of an earlier report it is that of the day after.
    """
    stages, settings, wall = Stages(), records.settings(**SETTINGS), time.perf_counter()
    as_of = AS_OF + timedelta(days=1 if earlier else 0)
    with stages.stage("reading the earlier report"):
        previous = audit_at(earlier) if earlier else None
    with stages.stage("reading the snapshot"):
        snapshot = load(place).snapshot
    readings = Readings(reader=snapshot.reader, kept=snapshot.texts)
    with stages.stage("evidence and rules"):
        result = judge(snapshot.pull.records, settings, as_of=as_of, today=as_of, readings=readings)
    with stages.stage("reminders"):
        planned = plan(Scene.of(result, bot="incident-bot", today=as_of))
    with collector_paused():
        with stages.stage("figures"):
            view = build_view(result, planned, previous=previous, run=Run(version="0"))
            previous = None
        with stages.stage("formats"):
            files = {**outputs(view, view), "reminders.json": reminders_text(planned, None, settings)}
        with stages.stage("writing"):
            write_all(folder, files)
    peak = stages.peaks["writing"]
    night_long = sum(seconds for name, seconds in stages.seconds.items() if "snapshot" not in name)
    with stages.stage("keeping the snapshot"):
        save(place, replace(snapshot, texts=readings.entries()), _TOKEN)
    (folder / "core.json").write_text(json.dumps(_core(result)), encoding="utf-8")
    return {
        "incidents": len(result.verdicts),
        "reviews": len(result.evidence.reviews),
        "findings": len(result.findings),
        "night": "next" if earlier else "warm" if snapshot.texts else "cold",
        "cpu": round(night_long, 2),
        "wall": round(time.perf_counter() - wall, 2),
        "stages": {name: round(seconds, 2) for name, seconds in stages.seconds.items()},
        "peaks_mib": stages.peaks,
        "peak_mib": peak,
        "snapshot_bytes": place.stat().st_size,
        "bytes": _bytes(folder),
    }


def _bytes(folder: Path) -> dict[str, int]:
    """Return the bytes of each file, those of all teams together."""
    sizes: dict[str, int] = {}
    for file in sorted(folder.iterdir()):
        name = re.sub("^due-.*", "due-*.ics", file.name)
        sizes[name] = sizes.get(name, 0) + file.stat().st_size
    sizes.pop("core.json", None)
    return sizes


def _core(result: Result) -> dict[str, Any]:
    """Return the verdicts and findings of a result as data."""
    verdicts = dict(zip(result.evidence.incidents["ref"], result.verdicts, strict=True))
    return {"verdicts": verdicts, "findings": [asdict(finding) for finding in result.findings]}


def differences(before: Path, after: Path) -> list[str]:
    """Return the files of two folders that do not say the same, but for hashes of the evidence and the settings.

    Files of JSON are compared as data, since their layout may change.
    """
    names = sorted({file.name for folder in (before, after) for file in folder.iterdir()})
    return [name for name in names if len({_said(folder / name) for folder in (before, after)}) > 1]


def _said(file: Path) -> str | None:
    """Return what a file says, without hashes; None: it is not there."""
    if not file.exists():
        return None
    text = _HASH.sub("", file.read_text(encoding="utf-8"))
    return json.dumps(json.loads(text), sort_keys=True) if file.suffix == ".json" else text


def profiled(incidents: int) -> None:
    """Print the functions that take the most time, by their own and with what they call."""
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as spare:
        place = Path(spare) / "snapshot.sqlite"
        prepare(incidents, place)
        for temper in ("cold", "warm"):
            profile.clear()
            profile.runcall(night, place, Path(spare) / temper)
            print(temper)  # noqa: T201
            for order in ("tottime", "cumtime"):
                pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(60)


def _child(*words: str) -> str:
    command = [sys.executable, "-m", "tests.bench.night", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()  # noqa: S603


def main(sizes: tuple[int, ...], keep: Path | None = None, *, third: bool = False) -> None:
    """Measure each size, cold and warm and perhaps on the day after, each night in a process of its own."""
    cpu: dict[str, list[float]] = {"cold": [], "warm": [], **({"next": []} if third else {})}
    for size in sizes:
        with tempfile.TemporaryDirectory() as spare:
            place, folder = Path(spare) / "snapshot.sqlite", (keep or Path(spare)) / str(size)
            _child("--prepare", str(size), str(place))
            for name, seconds in cpu.items():
                here = folder if name == "cold" else folder.with_name(f"{size}-{name}")
                measured = _child("--one", str(place), str(here), *([str(folder)] if name == "next" else []))
                print(measured, flush=True)  # noqa: T201
                seconds.append(json.loads(measured)["cpu"])
    for name, seconds in cpu.items():
        if len(seconds) > 1:
            print(f"{name}: {seconds[-1] / seconds[-2]:.1f} times longer")  # noqa: T201


def _carry_out(words: list[str]) -> None:
    match words:
        case ["--prepare", size, where]:
            prepare(int(size), Path(where))
        case ["--one", where, *folders]:
            print(json.dumps(night(Path(where), *map(Path, folders))))  # noqa: T201
        case ["--profile", size]:
            profiled(int(size))
        case ["--compare", first, second]:
            print("\n".join(differences(Path(first), Path(second))) or "the same")  # noqa: T201
        case _:
            third = "--next" in words
            rest = [word for word in words if word != "--next"]
            keep, sizes = (Path(rest[1]), rest[2:]) if rest[:1] == ["--keep"] else (None, rest)
            main(tuple(map(int, sizes)) or SIZES, keep, third=third)


if __name__ == "__main__":
    _carry_out(sys.argv[1:])

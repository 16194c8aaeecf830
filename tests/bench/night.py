"""Benchmark: a whole night without GitLab, from the records to the written files, with its stages.

``python -m tests.bench.night [incidents ...]`` (1000, 10000 and 100000 by default) prints for each size the processor
seconds of every stage and of all, the peak memory and the bytes of the files, and how many times longer the last size
takes than the one before. Trackers are those of :mod:`tests.bench.evaluation`; each size runs in a process of its own.
``--keep FOLDER`` writes the files there, in a folder for each size, with ``core.json``: the verdicts and findings as
the rules made them. ``--compare BEFORE AFTER`` tells whether two such folders say the same. ``--profile N`` says where
time goes.
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
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit.app.writing import reminders_text
from audit.engine.judge import audit
from audit.engine.sensitivity import compared
from audit.evidence.build import build
from audit.publishing.published import FinishedReport
from audit.reminders.cases import Scene
from audit.reminders.decide import plan
from audit.report.figures.view import Run, build_view
from audit.report.formats import outputs
from audit.report.history.output_folder import FolderTexts, write_all
from tests import records
from tests.bench.evaluation import AS_OF, tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.engine.result import Result

_HASH = re.compile("[0-9a-f]{64}|(?<=[`>])[0-9a-f]{12}(?=[`<])")
SIZES = (1_000, 10_000, 100_000)
SETTINGS = {
    "policies": [{"from": "2023-01-01"}],
    "reminders": {"remind_from": f"{AS_OF - timedelta(days=60)}"},
}


class Stages:
    """Processor seconds of each stage, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add what happens inside to a stage."""
        begun = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - begun


def night(incidents: int, folder: Path) -> dict[str, Any]:
    """Carry out a night on a tracker of this size; return what it took."""
    read, stages = tracker(incidents), Stages()
    settings = records.settings(**SETTINGS)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall = time.perf_counter()
    with stages.stage("evidence"):
        evidence = build(read, settings, AS_OF)
    with stages.stage("rules"):
        result = compared(audit(evidence))
    with stages.stage("reminders"):
        planned = plan(Scene.of(result, bot="incident-bot", today=AS_OF))
    with stages.stage("figures"):
        view = build_view(result, planned, run=Run(version="0"))
    with stages.stage("formats"):
        files = {**outputs(view, view), "reminders.json": reminders_text(planned, None, settings)}
    with stages.stage("writing"):
        write_all(folder, files)
    with stages.stage("publishing"):
        FinishedReport.of(FolderTexts(folder, files), as_of=AS_OF, today=AS_OF, projects=settings.projects)
    told = {
        "incidents": incidents,
        "reviews": len(evidence.reviews),
        "findings": len(result.findings),
        "cpu": round(sum(stages.seconds.values()), 2),
        "wall": round(time.perf_counter() - wall, 2),
        "stages": {name: round(seconds, 2) for name, seconds in stages.seconds.items()},
        "records_mib": before // 1024,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "bytes": _bytes(folder),
    }
    (folder / "core.json").write_text(json.dumps(_core(result)), encoding="utf-8")
    return told


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
    with tempfile.TemporaryDirectory() as folder:
        profile.runcall(night, incidents, Path(folder))
    for order in ("tottime", "cumtime"):
        pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(60)


def main(sizes: tuple[int, ...], keep: Path | None = None) -> None:
    """Measure each size in a process of its own."""
    told = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as spare:
            folder = keep / str(size) if keep else Path(spare)
            words = [sys.executable, "-m", "tests.bench.night", "--one", str(size), str(folder)]
            said = subprocess.run(words, check=True, capture_output=True, text=True).stdout  # noqa: S603
        print(said.strip(), flush=True)  # noqa: T201
        told.append(json.loads(said))
    if len(told) > 1:
        print(f"times longer: {told[-1]['cpu'] / told[-2]['cpu']:.1f} in processor seconds")  # noqa: T201


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--one", size, place]:
            print(json.dumps(night(int(size), Path(place))))  # noqa: T201
        case ["--profile", size]:
            profiled(int(size))
        case ["--compare", first, second]:
            print("\n".join(differences(Path(first), Path(second))) or "the same")  # noqa: T201
        case ["--keep", place, *sizes]:
            main(tuple(map(int, sizes)) or SIZES, Path(place))
        case sizes:
            main(tuple(map(int, sizes)) or SIZES)

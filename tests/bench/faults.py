"""Every operation that a run reads with, struck by every kind of fault: what came of the runs.

``python -m tests.bench.faults [once|always] [PART/PARTS]`` takes minutes. Waits are not waited: the run's own clock
counts them. What needs no socket is struck in this process. Where a server hangs or drips, a request has a short
deadline, and time runs faster.
"""

from __future__ import annotations

import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from audit.sandbox.limits import Limits
from tests.sandbox.fault_kinds import KINDS, OPERATIONS, Kind, Operation
from tests.sandbox.faults import Alter, Answer, Delay, Fault, Throttle
from tests.sandbox.server import Server
from tests.worlds.disturbed import TOKEN, URL, Clock, Night, audited, eve, night, serve, wrong
from tests.worlds.in_process import InProcess, Replayed, Struck

OLD, NEW = "17.5.2", "19.4.0"
_LISTS = {
    "projects of a group",
    "links",
    "label events",
    "state events",
    "user by name",
    "members",
    "members of a group",
    "notes",
    "tree",
    "weekly issues",
}
"""Where an empty list is what a server answers that has none."""
_NOTHING = Delay(seconds=0)
_SLOW = {"hang", "drip"}
_DEADLINE, _SPEED = 0.3, 200.0
"""Seconds that a request has where a server is slow, and how much faster time runs there: 60 seconds each."""


COLUMNS = ("identical", "told", "gap, exit 3", "exit 1", "wrong", "traceback")


@dataclass(kw_only=True)
class Count:
    """What came of runs."""

    results: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0

    def add(self, name: str, result: str, seconds: float) -> None:
        self.results[result] += 1
        self.longest = max(self.longest, seconds)
        if result in ("wrong", "traceback"):
            print(name, flush=True)  # noqa: T201


@cache
def usual(version: str) -> Night:
    """Return an undisturbed run."""
    with serve(eve(), version) as server:
        return night(server)


@cache
def sent(version: str) -> frozenset[str]:
    """Return the operations that an undisturbed run sends."""
    with serve(eve(), version) as server:
        planned = {operation.name: server.fault(_NOTHING, times=0, **operation.where) for operation in OPERATIONS}
        night(server)
    return frozenset(name for name, fault in planned.items() if fault.seen)


@cache
def answers(version: str) -> Replayed:
    """Return the answers of an undisturbed server."""
    return Replayed(Server(eve(), version=version, public_url=URL, limits=Limits(page=10)), URL)


def disturbed(operation: Operation, kind: Kind, *, times: int | None, version: str) -> tuple[str, Night]:
    """Run once, and say what came of it: identical, told (a gap that changes no verdict), gap, failed or wrong."""
    run = _run(operation, kind, times, version)
    undisturbed = usual(version)
    if wrong(undisturbed, run):
        return f"wrong {wrong(undisturbed, run)}", run
    if run.status in (1, 2):
        return "exit 1", run
    if run.status == 3:
        return "gap, exit 3", run
    return ("identical" if run.audit == undisturbed.audit else "told"), run


def _run(operation: Operation, kind: Kind, times: int | None, version: str) -> Night:
    slow = kind.name in _SLOW
    clock = Clock(_SPEED if slow else 1.0)
    fault = Fault(action=kind.action(scale=0.05 if slow else 1.0), times=times, **operation.where)
    if isinstance(fault.action, Answer | Alter | Throttle):
        struck = Struck(answers(version), fault)
        with InProcess(URL, TOKEN, struck, sleep=clock.sleep, clock=clock.read) as client:
            return audited(client, clock)
    with serve(eve(), version) as server:
        server.faults.append(fault)
        return night(server, timeout=_DEADLINE if slow else 5, clock=clock)


def table(times: int | None, part: tuple[int, int]) -> dict[str, Count]:
    """Return the counts by kind of fault."""
    counts: dict[str, Count] = {}
    for index, (kind, operation, version) in enumerate(trials()):
        if index % part[1] != part[0]:
            continue
        count = counts.setdefault(kind.name, Count())
        name = f"{kind.name} at {operation.name} ({version})"
        try:
            result, run = disturbed(operation, kind, times=times, version=version)
        except Exception:  # noqa: BLE001 - what is counted is exactly that
            count.add(f"{name}: {traceback.format_exc()}", "traceback", 0)
            continue
        kept = "wrong" if result.startswith("wrong") else result
        count.add(f"{name}: {result}", kept, run.seconds)
    return counts


def trials() -> list[tuple[Kind, Operation, str]]:
    """Return what is tried: on a server before 17.8 only what is read otherwise there."""
    return [
        (kind, operation, version)
        for version in (NEW, OLD)
        for kind in KINDS
        for operation in OPERATIONS
        if kind.fits(operation) and operation.name in sent(version)
        if version == NEW or operation.name not in sent(NEW)
        if kind.name != "a list" or operation.name not in _LISTS
    ]


def chosen_part() -> tuple[int, int]:
    """Return which part of how many the command line asks for, from 0."""
    return next(((int(a), int(b)) for a, _, b in (word.partition("/") for word in sys.argv[1:]) if b), (0, 1))


def print_table(name: str, counts: dict[str, Count], columns: tuple[str, ...]) -> None:
    """Print what came of the runs, by kind of fault."""
    print(f"{name:24} runs {' '.join(f'{column:>12}' for column in columns)}  longest")  # noqa: T201
    for kind, count in counts.items():
        cells = " ".join(f"{count.results[column]:12}" for column in columns)
        print(f"{kind:24} {count.results.total():4} {cells} {count.longest:7.0f} s", flush=True)  # noqa: T201


def main() -> None:
    """Print the table, and each run that went wrong."""
    for name, times in (("once", 1), ("always", None)):
        if not {"once", "always"} & {*sys.argv} or name in sys.argv:
            print_table(name, table(times, chosen_part()), COLUMNS)


if __name__ == "__main__":
    main()

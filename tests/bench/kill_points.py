"""Every write of a night with every fault: how many were tried, and how many reminders came twice or were lost.

``python -m tests.bench.kill_points [races]`` takes minutes. A trial is a night that is disturbed at one write, then
an undisturbed one, then one that must have nothing to do; tests/app/nights.py tells what must hold then.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from tests.app.nights import Trial, outcome, stored, trial
from tests.sandbox.faults import Drop, Hook, Truncate, bad_gateway_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.faults import Action

FAULTS: dict[str, Action] = {
    "connection dropped before it took effect": Drop(),
    "connection dropped after it took effect": Drop(after=True),
    "502 after it took effect": bad_gateway_after(),
    "answer cut off": Truncate(keep=5),
}


class Count:
    """Trials by kind, and what went wrong in them."""

    def __init__(self) -> None:
        self.trials: Counter[str] = Counter()
        self.wrong: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        """Notes that were stored although they were there, and then healed: somebody was told twice."""

    def attempt(self, kind: str, disturb: Callable[[Trial], int]) -> None:
        """Disturb a night, and hold what comes of it against what should; ``disturb`` returns what may be unclaimed."""
        self.trials[kind] += 1
        try:
            with trial() as made:
                made.check(lost=disturb(made))
                self.again[kind] += stored(made.world) - outcome().stored
        except AssertionError:
            self.wrong[kind] += 1
            traceback.print_exc()

    def tell(self) -> None:
        """Print a line a kind, and the sum."""
        for kind, count in self.trials.items():
            print(f"{kind}: {count} tried, {self.wrong[kind]} wrong in the end, {self.again[kind]} notes healed")  # noqa: T201
        print(f"in all: {self.trials.total()} tried, {self.wrong.total()} wrong in the end")  # noqa: T201


def struck(made: Trial, write: int, action: Action) -> int:
    """Strike one write."""
    made.at(write, action)
    made.night()
    return 0


def killed(made: Trial, write: int, *, after: bool) -> int:
    """Kill the process at one write; what it had just posted it could not tell any more."""
    assert made.killed(at_write=write, after=after)
    return int(after)


def met(made: Trial, write: int, *, after: bool) -> int:
    """Let another run pass wholly while one waits for the answer to one write."""
    made.at(write, Hook(call=made.another, after=after))
    made.night()
    return 0


def raced(made: Trial) -> int:
    """Let two runs race; a minute of waiting is a second here."""
    ready = threading.Barrier(2)

    def start() -> None:
        ready.wait()
        made.night(sleep=lambda seconds: time.sleep(seconds / 60))

    runs = [threading.Thread(target=start) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    return 0


def main(races: int = 20) -> None:
    """Try all, and say what came of it."""
    count = Count()
    for write in range(1, outcome().writes + 1):
        for name, action in FAULTS.items():
            count.attempt(name, partial(struck, write=write, action=action))
        for after in (False, True):
            when = "after it took effect" if after else "before it took effect"
            count.attempt(f"killed {when}", partial(killed, write=write, after=after))
            count.attempt(f"another run meanwhile, {when}", partial(met, write=write, after=after))
    for _ in range(races):
        count.attempt("two runs at the same time", raced)
    count.tell()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

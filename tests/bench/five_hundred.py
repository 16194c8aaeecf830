"""A night on which 500 reviews are overdue and nobody was ever reminded, under GitLab's limit of 60 new notes a minute.

``python -m tests.bench.five_hundred [reviews] [notes a minute]`` prints, for that night and those after it, what was
written, how many requests that took, and how long the night would have waited: waits are counted and not waited.
"""

from __future__ import annotations

import re
import sys
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

from audit.sandbox.limits import Limits
from tests.app.eve import backlog
from tests.app.nights import TONIGHT, Clock, is_write, night
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from tests.sandbox.server import Logged

_WRITING = re.compile(r"/(issues/\d+(/notes(/\d+)?)?|user|members/all/\d+)$")
"""What is asked for while reminders are carried out, of all REST requests."""


def describe(title: str, requests: list[Logged], posted: int, waited: float, real: float) -> str:
    """Return one night's line."""
    writing = [one for one in requests if _WRITING.search(one.path)]
    kept = [one for one in writing if is_write(one.method, one.path) and one.status != 429]
    verbs = ", ".join(f"{sum(one.method == verb for one in kept)} {verb}" for verb in ("POST", "PUT", "DELETE"))
    each = f", {len(writing) / posted:.2f} requests a reminder" if posted else ""
    refused = sum(one.status == 429 for one in requests)
    return (
        f"{title}: {posted} reminders, {verbs}, {refused} refused by the limit; {len(requests)} requests, of which"
        f" {len(writing)} to write{each}; {waited:.0f} s waited, {real:.1f} s of this machine"
    )


def main(reviews: int = 500, notes_a_minute: int = 60) -> None:
    """Let the night pass, then the same again, the next one, and those on which the second and third step are due."""
    clock = Clock()
    days: list[tuple[str, date]] = [
        ("first night", TONIGHT),
        ("again on that day", TONIGHT),
        ("second night", TONIGHT + timedelta(days=1)),
        ("a week later", TONIGHT + timedelta(days=7)),
    ]
    limits = Limits(notes_per_minute=notes_a_minute, requests_per_minute=2000)
    with Server(backlog(reviews, clock.now), limits=limits, clock=clock.read) as server:
        for title, day in days:
            clock.day = day
            seen, waited, started = len(server.requests), clock.seconds, time.monotonic()
            told = night(server, sleep=clock.sleep, as_of=day, max_reminders=reviews)
            real, spent = time.monotonic() - started, clock.seconds - waited
            print(describe(title, server.requests[seen:], len(told.posted), spent, real))  # noqa: T201
            assert not told.failed, told.failed


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

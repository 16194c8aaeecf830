"""Benchmark: descriptions that were made to keep the audit busy.

``python -m tests.bench.hostile_texts [characters] [kind ...]`` (1000000 and every kind by default) reads a text of each
kind as a review's description, from the references that are fetched to the facts that the rules are held against, and
prints processor seconds and how much memory that took, the slowest first. Each kind has a process of its own.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from datetime import UTC, datetime
from typing import NamedTuple

from audit.model import Issue, Ref, User
from audit.text.blocks import blocks
from audit.text.descriptions import Descriptions, named_issues
from audit.text.names import DEFAULT_NAMES
from audit.text.references import Naming, external_ids, issues_in, names_another
from audit.text.visible import where
from tests.hostile_texts import KINDS

LONGEST = 20
"""Seconds of the processor after which a text is given up."""
MOST_SECONDS = 2
MOST_MEGABYTES = 200
NUMBER = re.compile("INC-")
NAMING = Naming(hosts=frozenset({"gitlab.example"}), projects={"a/b": "a/b"})


class Cost(NamedTuple):
    """What reading one text took."""

    seconds: float
    megabytes: float
    kind: str


def work(description: str) -> None:
    """Do with one description everything that an audit does with it."""
    at = datetime(2026, 11, 2, tzinfo=UTC)
    issue = Issue(
        ref=Ref("a/b", 1),
        id=1,
        url="",
        title="RCA: x",
        description=description,
        created_at=at,
        author=User(username="anna"),
    )
    list(named_issues(issue, NAMING, ("RCA",)))
    reader = Descriptions(templates={}, names=DEFAULT_NAMES, incidents=())
    text = reader.read(issue)
    for part in (text.link_row, text.naming, text.outcomes):
        list(issues_in(part, "a/b", NAMING))
    names_another(text.outcomes, "a/b", NAMING, lambda _: True)
    external_ids(where(blocks(description), NUMBER), r"INC-\d+")


def cost(kind: str, size: int) -> Cost:
    """Return what a text of a kind costs, measured in a process of its own."""
    receiving, sending = os.pipe()
    if os.fork() == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST))
            text = KINDS[kind](size)
            memory, begun = _memory(), time.process_time()
            work(text)
            os.write(sending, f"{time.process_time() - begun} {_memory() - memory}".encode())
        finally:
            os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as result:
        seconds, megabytes = (*map(float, result.read().split()), LONGEST, 0)[:2]
    os.wait()
    return Cost(seconds, megabytes, kind)


def _memory() -> float:
    """Return the most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    size, *kinds = sys.argv[1:] or ["1000000"]
    costs = sorted((cost(kind, int(size)) for kind in kinds or KINDS), reverse=True)
    sys.stdout.write(f"{len(costs)} kinds of texts of {int(size):,} characters\n\n  seconds     MB  kind\n")
    for one in costs:
        over = "  <- too much" if one.seconds > MOST_SECONDS or one.megabytes > MOST_MEGABYTES else ""
        sys.stdout.write(f"{one.seconds:9.2f} {one.megabytes:6.0f}  {one.kind}{over}\n")


if __name__ == "__main__":
    main()

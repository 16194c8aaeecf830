"""Benchmark: ``python -m tests.bench.attacks [strings a round]`` tries each attack string in each field of each output.

Prints what is alive, with the fields from which it may have come; then how many strings, fields and outputs were tried,
and how many pairs of a string and a field were in each of the outputs.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.attack_strings import ATTACKS
from tests.attacks.outputs import of_report, of_tracker
from tests.attacks.planting import Planter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.attacks.outputs import Output


def main(rows: int = 118) -> None:
    """Print the counts."""
    begun = time.process_time()
    for what, make in (("a report", of_report), ("a tracker", of_tracker)):
        pairs, fields, alive, outputs = _tried(make, rows)
        tried = f"{len(ATTACKS)} strings x {len(fields)} fields of {what}, {pairs:,} pairs, x {len(outputs)} outputs"
        _print(f"{tried}: {pairs * len(outputs):,} tried, {alive} alive")
        _print(f"  outputs: {', '.join(f'{name} {count:,}' for name, count in sorted(outputs.items()))}")
    _print(f"{time.process_time() - begun:.0f} s of CPU")


def _tried(make: Callable[[Planter], Iterator[Output]], rows: int) -> tuple[int, set[str], int, Counter[str]]:
    """Return the pairs of strings and fields, the fields, how much was alive, and how often each output was made."""
    planted: dict[str, set[str]] = {}
    alive, outputs = 0, Counter[str]()
    for start in range(0, len(ATTACKS), rows):
        planter = Planter(rows=rows, start=start)
        for output in make(planter):
            outputs[output.name] += 1
            for words in output.alive:
                alive += 1
                _print(f"ALIVE in {output.name}: {words!r}, of {planter.suspects(words)}")
        for place, texts in planter.planted.items():
            planted.setdefault(place, set()).update(texts)
    return sum(map(len, planted.values())), set(planted), alive, outputs


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

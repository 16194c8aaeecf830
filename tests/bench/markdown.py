"""Benchmark: ``python -m tests.bench.markdown [strings]`` shows texts on every place of GitLab Markdown.

Renders the attack strings and so many random ones (5000) on each place with GitLab's engine, and prints how many are
shown otherwise than they are, or are alive.
"""

from __future__ import annotations

import sys
import time

from tests.attack_strings import ATTACKS
from tests.markdown_places import PLACES, differences, strings


def main(number: int = 5000) -> None:
    """Print the counts."""
    begun = time.process_time()
    tried, wrong = 0, 0
    for place in PLACES:
        for text in (*ATTACKS, *strings(number, seed=f"bench {place}")):
            tried += 1
            for found in differences(text, place):
                wrong += 1
                _print(f"{place}: {found}")
    _print(f"{tried:,} texts on {len(PLACES)} places: {wrong} shown otherwise or alive")
    _print(f"{time.process_time() - begun:.0f} s of CPU")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

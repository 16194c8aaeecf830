"""Benchmark: ``python -m tests.bench.canaries [worlds] [first seed]`` runs nights and counts what leaks.

Each world is a random tracker in which every field of a confidential record holds a canary, a word of its own. After a
night with ``--apply`` and ``-v``, each is looked for in every output file, public note, log line and terminal text.
"""

from __future__ import annotations

import sys
import time

from tests.worlds.generated.canaries import aviary, leaks


def main(worlds: int = 500, first: int = 0) -> None:
    """Print each leak, then how many worlds, canaries and leaks there were."""
    started, released, leaked = time.monotonic(), 0, 0
    for seed in range(first, first + worlds):
        found = leaks(seed)
        released += len(aviary(seed)[0].words)
        leaked += len(found)
        for leak in found:
            print(leak)  # noqa: T201
    took = time.monotonic() - started
    print(f"{worlds} worlds, {released} canaries, {leaked} leaked, {took:.0f} s")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

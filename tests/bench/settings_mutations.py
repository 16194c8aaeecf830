"""Benchmark: ``python -m tests.bench.settings_mutations [files] [first seed]`` counts tracebacks of damaged settings.

Of the files three in four are an audit.yml, the others a template of notes. What comes of each is a value, or faults
with file, line and column.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from tests.worlds.generated.mutants import settings_fault, template_fault


def main(files: int = 20_000, first: int = 0) -> None:
    """Print each traceback, then how many files were fine, had faults, or made a traceback, and the slowest."""
    counts: Counter[str] = Counter()
    slowest = (0.0, 0)
    with tempfile.TemporaryDirectory() as name:
        for seed in range(first, first + files):
            started = time.monotonic()
            counts[_outcome(seed, Path(name))] += 1
            slowest = max(slowest, (time.monotonic() - started, seed))
    print(f"{dict(counts)}, the slowest took {slowest[0]:.1f} s (seed {slowest[1]})")  # noqa: T201


def _outcome(seed: int, folder: Path) -> str:
    try:
        fault = template_fault(seed) if seed % 4 == 3 else settings_fault(seed, folder)
    except Exception:  # noqa: BLE001 - whatever it is, it is what is counted
        print(seed, traceback.format_exc())  # noqa: T201
        return "traceback"
    return "fault" if fault else "fine"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

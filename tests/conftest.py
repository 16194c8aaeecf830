"""What holds for every test."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import THOROUGH

HERE = Path(__file__).parent
OF_THE_SHELL = frozenset(
    {
        *("attacks", "browser", "gitlab", "sandbox", "worlds"),
        *("test_component.py", "test_house.py", "test_packaging.py"),
    }
)
"""In these no branch is counted, which takes half of the time: those that must be covered are of the core."""

LONG = frozenset({"app", "browser", "privacy", "worlds"})
"""Folders with files that take seconds: they begin first."""

settings.register_profile("usual", deadline=None)  # no test fails since a machine is slow
settings.register_profile(THOROUGH, deadline=None)
settings.load_profile("usual")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(HERE).parts[0] in OF_THE_SHELL:
            item.add_marker(pytest.mark.no_cover)
    # a long file that begins last would be waited for
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] not in LONG)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later collection of garbage: it stays to the end anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell in one line a reason how many tests were skipped, and what to do."""
    reports = terminalreporter.stats.get("skipped", ())
    skipped = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    for reason, number in skipped.most_common():
        tests = "1 test was" if number == 1 else f"{number} tests were"
        terminalreporter.write_line(f"{tests} skipped: {reason}")

"""What holds for every test."""

from __future__ import annotations

import gc
from collections import Counter
from typing import TypeGuard

import pytest
from hypothesis import settings

from tests import together
from tests.examples import THOROUGH

OF_THE_SHELL = frozenset(
    {
        *("attacks", "browser", "gitlab", "sandbox", "worlds"),
        *("test_component.py", "test_house.py", "test_packaging.py"),
    }
)
"""In these no branch is counted, which takes half of the time: those that must be covered are of the core."""

LONG = frozenset({"app", "browser", "privacy", "worlds"})
"""Folders with files that take seconds: they begin first."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "together: its cases are judged with those of other tests (tests/together.py)")
    config.addinivalue_line("markers", "apart: its cases are not, though those of its file are")


gc.set_threshold(20_000, 20, 20)  # what is imported and collected stays, so that to look for garbage in it is waste

# no test fails since a machine is slow, or since others are tried than yesterday (tests/examples.py)
settings.register_profile("usual", deadline=None, max_examples=30, derandomize=True)
settings.register_profile(THOROUGH, deadline=None, max_examples=1_000)
settings.load_profile("usual")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _room(item) in OF_THE_SHELL:
            item.add_marker(pytest.mark.no_cover)
        if _is_together(item):
            together.announce(
                item.module.__name__, item.function, item.callspec.params if hasattr(item, "callspec") else {}
            )
    # a long file that begins last would be waited for
    items.sort(key=lambda item: _room(item) not in LONG)


def _room(item: pytest.Item) -> str:
    """Return the folder below tests, or the file, that a test is in."""
    return item.nodeid.partition("::")[0].split("/")[1]


def pytest_runtest_call(item: pytest.Item) -> None:
    if isinstance(item, pytest.Function):
        together.begin(item.module.__name__, apart=not _is_together(item))


def _is_together(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return item.get_closest_marker("together") is not None and item.get_closest_marker("apart") is None


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later collection of garbage: it stays to the end anyway."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell in one line a reason how many tests were skipped, and what to do."""
    reports = terminalreporter.stats.get("skipped", ())
    skipped = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    for reason, number in skipped.most_common():
        tests = "1 test was" if number == 1 else f"{number} tests were"
        terminalreporter.write_line(f"{tests} skipped: {reason}")

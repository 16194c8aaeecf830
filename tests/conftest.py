"""What holds for every test."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import THOROUGH

HERE = Path(__file__).parent
CORE = frozenset(
    {
        *("catalog", "contract", "engine", "evidence", "privacy", "publishing", "reminders", "report", "rules"),
        *("settings", "text", "test_inert.py", "test_markers.py", "test_phrases.py"),
    }
)
"""Tests of the core: its branches are counted in these alone. Those of the shell run without that, in half the time."""


settings.register_profile(THOROUGH)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(HERE).parts[0] not in CORE:
            item.add_marker(pytest.mark.no_cover)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later collection of garbage: it stays to the end anyway."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)

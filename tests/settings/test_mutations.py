"""Damaged settings and templates of notes are faults with file, line and column, never tracebacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.worlds.generated.mutants import settings_fault, template_fault

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_damaged_settings_are_read_or_have_faults_with_their_place(first: int, tmp_path: Path) -> None:
    faults = [settings_fault(seed, tmp_path) for seed in range(first, first + 20)]
    assert sum(map(bool, faults)) > 10


def test_damaged_templates_make_a_note_or_have_faults_with_their_place() -> None:
    faults = [template_fault(seed) for seed in range(50)]
    assert sum(map(bool, faults)) > 25

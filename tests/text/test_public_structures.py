"""Structures of published templates: an untouched review lacks all that is asked for, a filled one nothing."""

from __future__ import annotations

import pytest

from tests.text.structures.english import ENGLISH
from tests.text.structures.languages import LANGUAGES
from tests.text.structures.slots import Structure, faults

STRUCTURES = (*ENGLISH, *LANGUAGES)
WAYS = [
    pytest.param(structure, named, id=f"{structure.name}, {'by the settings' if named else 'by default'}")
    for structure in STRUCTURES
    for named in ((False, True) if structure.review else (False,))
]
both = pytest.mark.parametrize(("structure", "named"), WAYS)


@both
def test_untouched(structure: Structure, named: bool) -> None:
    asked = set(structure.kinds(named=named).values()) - {""}
    assert faults(structure, structure.written(lambda _: False), named=named) == (asked, True)


@both
def test_filled(structure: Structure, named: bool) -> None:
    assert faults(structure, structure.written(lambda _: True), named=named) == (set(), False)


@both
def test_half_filled(structure: Structure, named: bool) -> None:
    kinds = structure.kinds(named=named)
    asked = set(kinds.values()) - {""}
    for filled in sorted(asked):
        chosen = {kind for kind, what in kinds.items() if what == filled}
        text = structure.written(chosen.__contains__)
        assert (filled, *faults(structure, text, named=named)) == (filled, asked - {filled}, False)
    text = structure.written(lambda kind: kinds[kind] == "")
    assert faults(structure, text, named=named) == (asked, True)


def test_there_are_many_of_them() -> None:
    assert len(STRUCTURES) >= 40
    assert len({structure.source for structure in STRUCTURES}) >= 25
    assert len({structure.name for structure in STRUCTURES}) == len(STRUCTURES)

"""Lists in the messages of rules."""

from __future__ import annotations

import pytest

from audit.rules.rule import several

NAMES = tuple(f"n{number}" for number in range(30))


@pytest.mark.parametrize(
    ("number", "end"), [(1, "n0"), (2, "n0 and n1"), (3, "n0, n1 and n2"), (20, "n18 and n19"), (21, "n19 and 1 more")]
)
def test_a_list_in_words(number: int, end: str) -> None:
    assert several(NAMES[:number]).endswith(end)


def test_a_long_list_is_cut() -> None:
    assert several(NAMES) == f"{', '.join(NAMES[:20])} and 10 more"

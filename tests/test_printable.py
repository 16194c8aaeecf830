"""The last door of every output: a text that is told to be clean at a glance is one that the slow way leaves alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.printable import printable
from tests.examples import is_thorough

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHARACTERS = st.text(
    st.sampled_from("aé\r\n\t \x07\u200d\u200cی\ufe0f\ufe00\U000e0101\u2028\ud800❤🧨漢\U000e0041\ufdd0\u00a0"),
    max_size=12,
)


def slowly(text: str) -> str:
    """Return the text as :func:`printable` makes it where something in it surely has to go."""
    return printable(f"\x07x{text}").removeprefix(" x")


def _telling(codes: range) -> Iterator[int]:
    """Return every character of a plane, but of letters without case and of those to come one of 16."""
    for code in codes:
        if code % 16 in {0, 14, 15} or is_thorough() or category(chr(code)) != "Lo":
            yield code


@pytest.mark.parametrize("before", ["", "é\n", "❤️", "\r"])
def test_every_character_is_told_alike_at_a_glance_and_slowly(before: str) -> None:
    # what stands before it matters to what joins, varies or marks: these are of the planes 0, 1 and 14
    for plane in range(0, sys.maxunicode + 1, 0x10000) if not before or is_thorough() else (0, 0x10000, 0xE0000):
        codes = range(plane, plane + 0x10000)
        # the planes of private use have one kind of character each
        for code in _telling(codes) if plane < 0x40000 or plane == 0xE0000 else (plane, plane + 0xFFFD, plane + 0xFFFE):
            text = f"{before}{chr(code)}"
            assert printable(text) == slowly(text), f"U+{code:04X}"


@given(_CHARACTERS)
def test_texts_are_told_alike_at_a_glance_and_slowly(text: str) -> None:
    assert printable(text) == slowly(text)

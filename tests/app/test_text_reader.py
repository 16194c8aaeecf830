"""The fingerprint of the program that reads texts."""

from __future__ import annotations

from audit.app.text_reader import text_reader


def test_it_is_the_same_for_the_same_program() -> None:
    first = text_reader()
    text_reader.cache_clear()
    assert text_reader() == first
    assert len(first) == 64

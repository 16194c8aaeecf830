"""How several outputs put a number, a list, a long text."""

from __future__ import annotations

from audit.phrases import listed, plural, shortened


def test_a_number_and_its_noun() -> None:
    assert [plural(number, "note") for number in (0, 1, 2)] == ["0 notes", "1 note", "2 notes"]


def test_a_long_text_ends_with_an_ellipsis() -> None:
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abc de", 5) == "abc…"


def test_a_list_is_cut_where_it_is_long() -> None:
    names = [f"n{number}" for number in range(2021)]
    assert listed(names[:2], 2) == "n0, n1"
    assert listed(names[:20], 20).endswith(", n18, n19")
    assert listed(names, 2021).endswith(", n18, n19 and 2,001 more")

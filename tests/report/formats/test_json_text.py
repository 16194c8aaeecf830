"""Data as the text of a JSON file, whole or record by record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.report.formats.json_text import json_lines, json_text, printable

TEXTS = st.text(st.sampled_from('aé"\\/\r\n\t\b\f\x00\x7f\u200d\u2028\ufe0f\ud800❤u'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(TEXTS, inside, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1), st.lists(VALUES, max_size=4))
def test_record_by_record_it_says_the_same(fields: dict[str, Any], records: list[Any]) -> None:
    text = "".join(json_lines({**fields, "records": iter(records)}))
    whole = {**fields, "records": records}
    assert json.loads(text) == json.loads(json_text(whole)) == printable(whole)
    text.encode()


def test_each_field_and_each_record_has_a_line_of_its_own() -> None:
    fields = {"a": 1, "none": iter(()), "rows": iter([{"b": "é"}, [1, 2]]), "c": {"d": [1]}}
    assert "".join(json_lines(fields)).split("\n") == [
        *("{", '"a": 1,', '"none": [],', '"rows": [', '{"b": "é"},', "[1, 2]", "],"),
        *('"c": {"d": [1]}', "}", ""),
    ]


@pytest.mark.parametrize("count", [1, 499, 500, 501, 1_500])
def test_pieces_of_any_number_of_records(count: int) -> None:
    pieces = list(json_lines({"rows": iter(range(count))}))
    assert json.loads("".join(pieces)) == {"rows": list(range(count))}
    assert max(map(len, pieces)) < 10_000


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        list(json_lines({"rows": iter([float("nan")])}))

"""Descriptions that were made to keep the audit busy take no longer than others of their size."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from audit.text.blocks import MOST_EVENTS, blocks
from audit.text.descriptions import described
from audit.text.references import Naming, issues_in
from audit.text.review_reader import review_text
from tests.bench.hostile_texts import work
from tests.hostile_texts import KINDS

if TYPE_CHECKING:
    from types import FrameType

pytestmark = pytest.mark.no_cover  # long ways through what other tests measure

SIZE = 5_000
MOST_GROWTH = 2.5
"""Of the calls where a text is twice as long: n log n, and a little for what is set up."""
TELLING = (
    *("headings", "underlined headings", "summaries", "outcomes", "numbers", "tasks", "bullets in a line"),
    *("quotations in lists", "definitions", "tables of a row", "link rows", "tables in HTML", "beginnings of rows"),
    *("short comments", "comments in indented lists", "comments after backticks", "fences in lists and comments"),
    *(
        "runs of backticks",
        "stars and underscores",
        "brackets",
        "beginnings of images",
        "CDATA",
        "beginnings of anchors",
    ),
    *("blank lines", "numbers of issues", "a table of many columns", "a heading and a long line"),
)
NAMING = Naming(hosts=frozenset(), projects={"a/b": "a/b"})


def calls(text: str) -> int:
    """Count the calls that reading a text takes: the same on a machine of any speed."""
    count = 0

    def counted(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        work(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", TELLING)
def test_a_text_of_twice_the_length_takes_about_twice_the_calls(kind: str) -> None:
    once, twice = calls(KINDS[kind](SIZE)), calls(KINDS[kind](2 * SIZE))
    assert twice <= MOST_GROWTH * once + 2_000


def named(text: str) -> set[int]:
    kept = described(review_text(text))
    return {ref.iid for one in (kept.naming, kept.link_row) for ref in issues_in(one, "a/b", NAMING)}


def test_links_beyond_the_bound_are_read() -> None:
    filler = "- a\n" * MOST_EVENTS
    rest = (
        "See #7 and [x](/a/b/-/issues/8).\n\n| **Link to  Incident Issue** | #9 | a/b#10 |\n\n"
        "`#11` <!-- #12 -->\n\n```\n#13\n```\n\n<!-- #14"
    )
    text = f"#1\n\n{filler}\n{rest}"
    assert blocks(text).rest
    assert named(text) == {1, 7, 8, 9, 10}
    assert [(one.project, one.iid) for one in described(review_text(text)).link_row.issues] == [("", 9), ("a/b", 10)]


def test_a_comment_that_is_beyond_the_bound_is_none_of_the_text() -> None:
    assert named("#1\n" + "a\n" * (MOST_EVENTS // 2) + "<!--\n" + "b\n" * MOST_EVENTS + "#2\n-->\n#3") == {1, 3}


def test_code_of_any_length_is_read_whole() -> None:
    log = "a line of a log\n" * (2 * MOST_EVENTS)
    assert not blocks(f"```\n{log}```\n").rest
    assert not blocks(f"```\n{log}```\nmore\n").rest


def test_a_block_with_too_many_marks_still_names_issues() -> None:
    text = "[" * 50_000 + " #1 [x](a/b#2) `#3`"
    assert named(text) == {1, 2}

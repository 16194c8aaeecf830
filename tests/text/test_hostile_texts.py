"""Descriptions that were made to keep the audit busy take no longer than others of their size."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Ref
from audit.text.blocks import BUDGET, blocks
from audit.text.references import Naming, references
from audit.text.visible import read
from tests.bench.hostile_texts import work
from tests.hostile_texts import KINDS

if TYPE_CHECKING:
    from types import FrameType

SIZE = 20_000
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
EVERYTHING = re.compile("")
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
    visible = read(text)
    texts = (visible.where(EVERYTHING, naming=True), *visible.cells("Link to Incident Issue"))
    return {ref.iid for one in texts for ref in references(one, "a/b", NAMING)}


def test_links_beyond_the_budget_are_read() -> None:
    filler = "- a\n" * BUDGET
    rest = (
        "See #7 and [x](/a/b/-/issues/8).\n\n| **Link to  Incident Issue** | #9 | a/b#10 |\n\n"
        "`#11` <!-- #12 -->\n\n```\n#13\n```\n\n<!-- #14"
    )
    text = f"#1\n\n{filler}\n{rest}"
    assert blocks(text).rest
    assert named(text) == {1, 7, 8, 9, 10}
    assert [cell.strip() for cell in read(text).cells("Link to Incident Issue") if cell.strip()] == ["#9", "a/b#10"]


def test_a_comment_that_the_budget_cuts_in_two_stays_one() -> None:
    assert named("#1\n" + "a\n" * (BUDGET // 2) + "<!--\n" + "b\n" * BUDGET + "#2\n-->\n#3") == {1, 3}


def test_a_text_within_the_budget_is_read_whole() -> None:
    log = "a line of a log\n" * (BUDGET - 2)
    assert not blocks(f"```\n{log}```").rest
    assert blocks(f"```\n{log}```\nmore\n").rest == "more\n"


def test_a_block_with_too_many_marks_still_names_issues() -> None:
    text = "[" * 50_000 + " #1 [x](a/b#2) `#3`"
    assert named(text) == {1, 2}
    assert Ref("a/b", 1) in set(references(read(text).where(EVERYTHING, naming=True), "a/b", NAMING))

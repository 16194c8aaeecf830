"""The rule that takes prose first changes nothing in what Markdown is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from audit.prose import take_prose_first

STOCK, OURS = (MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").disable("inline") for _ in range(2))
take_prose_first(OURS)
BEGINNINGS = (
    *("", "a", "a b", "é", "1", "12 a", "1. ", "2. a", "3) a", "- ", "- a", "* *", "+ a", "# a", "#a", "> ", ">a"),
    *("  ", "    ", "\t", "|", "| a |", "---", ":--|", "--", "===", "```", "~~~", "<b>", "<!--", "[a]: b", "[ ] a"),
    *("[x] ", "**a**", "(a)", "@a", "`a", "\\", "_a_", "***", "- - -", "1234567890. a", "a | b", "--- | ---", "\x1f"),
)
LINES = st.lists(st.tuples(st.sampled_from(BEGINNINGS), st.sampled_from(BEGINNINGS)).map("".join), max_size=9)


def parsed(parser: MarkdownIt, text: str) -> tuple[list[object], dict[str, Any]]:
    found: dict[str, Any] = {}
    return [token.as_dict() for token in parser.parse(text, found)], found


@examples(max_examples=250, deadline=None, derandomize=True)
@given(LINES.map("\n".join))
def test_the_blocks_are_the_same_of_any_lines(text: str) -> None:
    assert parsed(OURS, text) == parsed(STOCK, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\nb\n    c", id="continued, far in"),
        pytest.param("a | b\n--- | ---\nc | d", id="a table without bars at its sides"),
        pytest.param("a\nb | c\n--- | ---", id="a table right under a line"),
        pytest.param("a\nb\n---\n", id="a rule under it"),
        pytest.param("a\n- b\nc\n- d\n\n  e\n1. f\n2. g\nh", id="lists, continued lazily"),
        pytest.param("> a\nb\n> - c\nd\n- e", id="quotations, continued lazily"),
        pytest.param("- a\n    - b\n        - c\n     d\n # e", id="lists in lists"),
        pytest.param("a\n2. b\n\n1. a\n2. b\n", id="numbers that begin no list, and that do"),
        pytest.param("a\n\t# b\n#c\n## d", id="headings and what only looks like one"),
        pytest.param("    a\nb", id="code"),
    ],
)
def test_the_blocks_are_the_same(text: str) -> None:
    assert parsed(OURS, text) == parsed(STOCK, text)

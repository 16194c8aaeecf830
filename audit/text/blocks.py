"""A description cut into its blocks, by markdown-it-py: the one place that parses Markdown.

Anybody may write a description of a megabyte. No step here takes more than n log n, and only a bounded part is parsed:
the text beyond BUDGET stays plain, and references in it are still read (POLICY.md section 3).

Several readers ask for the same description in a row (POLICY.md sections 3 and 8), so the last few are remembered; a
tree of tokens is ten times as large as its text, so no more than that.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

BUDGET: Final = 20_000
"""Lines, and marks of lists, quotations and tables, that are parsed of one description."""
_BUDGET_OF_DOUBTS = 4_000
"""The same, for parsing again to tell comments from code; beyond it, what may be either counts as a comment."""
_MARK = re.compile(r"[|>\n]|[-*+.)][ \t]")
_MAY_BEGIN = re.compile(r"`+|~~~|<!--")
"""A fence, a span of code or a comment."""
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|\Z))", re.DOTALL)
_FENCE = re.compile(
    r" {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*(?:\n.*?^ {0,3}(?P=fence)[`~]*[ \t]*$|.*\Z)",
    re.DOTALL | re.MULTILINE,
)
_FENCE_IN_REST = re.compile(f"^{_FENCE.pattern}", _FENCE.flags)
# A fence in a list or a quote, or indented too deeply for the expression above.
_DEEP_FENCE = re.compile(
    r"^(?:[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)+| {4,}| {0,3}\t[ \t]*)(?:`{3}|~{3})", re.MULTILINE
)
# A line that may be indented code, at the top level or in a list or a quote.
_INDENTED = re.compile(r"[ \t>]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*?(?: {4}| {0,3}\t)")
_BLANK_LINE = re.compile(r"\n(?=[ \t]*\n)")
_BEFORE_ROW = re.compile(r"[ \t]*\n(?=[ \t]*\|)")
_HTML_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_HTML_ROW = re.compile(r"<tr\b[^<>]*>(.*?)(?=<tr\b|</table|\Z)", re.DOTALL | re.IGNORECASE)
_HTML_CELL = re.compile(r"<t[dh]\b[^<>]*>(.*?)(?=<t[dh]\b|</t[dhr]\b|\Z)", re.DOTALL | re.IGNORECASE)
OPENS_CODE = re.compile(r"<(?:code|pre)\b", re.IGNORECASE)
_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
_MARKDOWN.core.ruler.enableOnly(["normalize", "block"])
BREAK = "\ufdd0"
"""Replaces what was cut out of the visible text, so that the texts on both sides are not joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """A description cut into blocks. The text inside a block is not parsed yet."""

    text: str
    """The text without comments, with uniform line ends. Tokens count its lines from 0."""
    tokens: tuple[Token, ...]
    definitions: dict[str, Any]
    """The link references (``[name]: address``), as markdown-it keeps them."""
    rest: str = ""
    """The lines beyond the budget, as typed, without comments and fenced code."""


class HtmlRow(NamedTuple):
    """A row of a table that is written in HTML, as GitLab's editor writes one with a list in a cell."""

    line: int
    table: int
    """Index of its table among the HTML tables, from 0."""
    cells: tuple[str, ...]
    """The cells as typed: HTML, or Markdown between blank lines."""


@lru_cache(maxsize=4)
def blocks(description: str) -> Blocks:
    """Parse a description."""
    definitions: dict[str, Any] = {}
    whole = description.replace("\r\n", "\n").replace("\r", "\n")
    end = _end_of_budget(whole)
    text = without_comments(whole[:end])
    tokens = tuple(_MARKDOWN.parse(text, definitions))
    rest = _visible_rest(whole, end, tokens) if end < len(whole) else ""
    return Blocks(text=text, tokens=tokens, definitions=definitions, rest=rest)


def _visible_rest(whole: str, end: int, tokens: Sequence[Token]) -> str:
    """Return the text beyond the budget without comments and fences, including a fence that is open at its start."""
    rest = whole[end:]
    if whole.rfind("<!--", 0, end) > whole.rfind("-->", 0, end):
        rest = f"<!-- {rest}"
    elif tokens and tokens[-1].type == "fence" and not closes(tokens[-1], whole[:end].rstrip("\n").rpartition("\n")[2]):
        rest = f"{tokens[-1].markup}\n{rest}"
    return _FENCE_IN_REST.sub("", _COMMENT.sub(BREAK, rest))


def closes(fence: Token, last: str) -> bool:
    """Return whether the last line of a fence of code closes it."""
    last = last.strip(" \t>")
    return last.startswith(fence.markup) and not last.strip(fence.markup)


def _end_of_budget(text: str) -> int:
    """Return the start of the line in which the budget ends, or the end of the text."""
    if len(text) <= BUDGET:
        return len(text)
    for number, mark in enumerate(_MARK.finditer(text)):
        if number == BUDGET:
            return text.rfind("\n", 0, mark.end() - 1) + 1
    return len(text)


def html_rows(cut: Blocks) -> Iterator[HtmlRow]:
    """Yield the rows of HTML tables outside code, in order."""
    html = (t for t in cut.tokens if t.type == "html_block" and not OPENS_CODE.search(t.content))
    lines = {line for token in html for line in range(*(token.map or (0, 0)))}
    starts = _line_starts(cut.text) if lines else []
    tables = (table.span() for table in _HTML_TABLE.finditer(cut.text) if lines)
    shown = (span for span in tables if bisect_right(starts, span[0]) - 1 in lines)
    for number, span in enumerate(shown):
        for row in _HTML_ROW.finditer(cut.text, *span):
            cells = tuple(cell.strip() for cell in _HTML_CELL.findall(row[1]))
            if cells:
                yield HtmlRow(bisect_right(starts, row.start()) - 1, number, cells)


def _line_starts(text: str) -> list[int]:
    """Return the position at which each line begins."""
    return list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))[:-1]


def without_comments(text: str) -> str:
    """Cut out HTML comments; an unclosed one extends to the end. A comment inside code is code."""
    if "<!--" not in text:
        return text
    reader = _CommentReader(text)
    kept: list[str] = []
    done = position = 0
    while comment := reader.next(position):
        start, position = comment.span()
        if reader.may_be_code(start) and reader.ends_in_code("".join([*kept, text[done:start]])):
            position = start + len("<!--")
            continue
        kept.append(text[done:start])
        apart = text[start - 1 : start].strip() and text[position : position + 1].strip()
        kept.append(BREAK if apart else "")
        done = position = reader.after_line(start, position)
    return "".join([*kept, text[done:]])


class _CommentReader:
    """Finds the comments of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.deep = ("```" in text or "~~~" in text) and _DEEP_FENCE.search(text) is not None
        self.budget = _BUDGET_OF_DOUBTS
        self.starts = _line_starts(text)
        self._indented = -1, False
        """Start of each line, and whether it may be indented code."""

    def next(self, position: int) -> re.Match[str] | None:
        """Return the next comment from a position on that is not inside a fence or a span of code.

        Fences are only looked for if none of them is nested or indented.
        """
        while begun := _MAY_BEGIN.search(self.text, position):
            if begun[0] == "<!--":
                return _COMMENT.match(self.text, begun.start())
            position = self._end_of_fence(begun.start()) or self._end_of_span(begun) or begun.end()
        return None

    def _end_of_fence(self, start: int) -> int | None:
        """Return the end of the fence that begins here; None if there is none."""
        line = self._line(start)
        if self.deep or start - line > len("   "):
            return None
        fence = _FENCE.match(self.text, line)
        return fence.end() if fence and fence.start("fence") == start else None

    def may_be_code(self, start: int) -> bool:
        """Return whether only a Markdown parser can decide if a comment is code."""
        if self._indented[0] != (line := self._line(start)):
            self._indented = line, _INDENTED.match(self.text, line) is not None
        return self.budget > 0 and (self.deep or self._indented[1])

    def ends_in_code(self, before: str) -> bool:
        """Return whether the position at the end of this part of the text is inside code."""
        self.budget -= 1 + len(_MARK.findall(before)) + len(before) // 1_000
        tokens = [token for token in _MARKDOWN.parse(f"{before}x") if token.nesting != -1]
        return tokens[-1].type in {"fence", "code_block"}

    def after_line(self, start: int, end: int) -> int:
        """Return where to go on after a comment. Alone between two rows, its line goes too, or the table would end."""
        rest = _BEFORE_ROW.match(self.text, end)
        if not rest:
            return end
        line = self._line(start)
        row = self.text[self._line(max(line - 1, 0)) : line].rstrip()
        return rest.end() if row.endswith("|") and not self.text[line:start].strip() else end

    def _line(self, position: int) -> int:
        """Return the start of the line that contains a position."""
        return self.starts[bisect_right(self.starts, position) - 1]

    def _end_of_span(self, opened: re.Match[str]) -> int | None:
        """Return the end of the code span that a run of backticks opens; None if it opens none."""
        start, end = opened.span()
        if opened[0][0] != "`" or self.text[start - 1 : start] == "\\":
            return None
        closing = self._runs[end - start]
        number = bisect_left(closing, end + 1)
        paragraph = self._blank_lines[bisect_left(self._blank_lines, end)]
        return closing[number] + end - start if number < len(closing) and closing[number] < paragraph else None

    @cached_property
    def _runs(self) -> dict[int, list[int]]:
        """Length of a run of backticks -> positions of such runs."""
        runs: dict[int, list[int]] = defaultdict(list)
        for run in re.finditer("`+", self.text):
            runs[len(run[0])].append(run.start())
        return runs

    @cached_property
    def _blank_lines(self) -> Sequence[int]:
        return [*(match.start() for match in _BLANK_LINE.finditer(self.text)), len(self.text) + 1]

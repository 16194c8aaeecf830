"""HTML comments cut out of a text, closed or not (POLICY.md section 8); a comment inside code is code.

No step here takes more than n log n: anybody may write a text of a megabyte.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

import pyromark

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKDOWN: Final = (
    pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_TASKLISTS | pyromark.Options.ENABLE_STRIKETHROUGH
)
"""What GitLab's Markdown has beyond CommonMark, as far as the blocks of a text depend on it."""
BREAK: Final = "\ufdd0"
"""Replaces what was cut out of the visible text, so that the texts on both sides are not joined."""

_BEGINS: Final = "<!--"
_ENDS: Final = "-->"
_BUDGET_OF_DOUBTS = 1_000
"""Thousands of characters that are parsed to tell comments from code; beyond, what may be either is a comment."""
_BACKTICKS = re.compile(r"``*")
"""Not :code:`+`: an expression that begins with a letter of its own is thirty times as fast."""
_MAY_BEGIN = re.compile(r"``*|~~~|<!--")
"""A fence, a span of code or a comment."""
_FENCE = re.compile(
    r" {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*(?:\n.*?^ {0,3}(?P=fence)[`~]*[ \t]*$|.*\Z)",
    re.DOTALL | re.MULTILINE,
)
# A fence in a list or a quote, or indented too deeply for the expression above.
_DEEP_FENCE = re.compile(
    r"^(?:[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)+| {4,}| {0,3}\t[ \t]*)(?:`{3}|~{3})", re.MULTILINE
)
# A line that may be indented code, at the top level or in a list or a quote.
_INDENTED = re.compile(r"[ \t>]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*?(?: {4}| {0,3}\t)")
_BLANK_LINE = re.compile(r"\n(?=[ \t]*\n)")
_BEFORE_ROW = re.compile(r"[ \t]*\n(?=[ \t]*\|)")


def _ends_in_code(text: str) -> bool:
    """Return whether the last character of a text is inside a block of code, by a Markdown parser."""
    size = len(text.encode(errors="replace"))
    return any(
        isinstance(event, dict)
        and isinstance(block := event.get("Start"), dict)
        and "CodeBlock" in block
        and span["end"] >= size
        for event, span in pyromark.events_with_range(text, options=MARKDOWN)
    )


def line_starts(text: str) -> list[int]:
    """Return the position at which each line begins."""
    return list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))[:-1]


class Uncommented(NamedTuple):
    """A text without its comments."""

    text: str
    cuts: tuple[tuple[int, int], ...] = ()
    """For each comment: its position in this text, and how many line ends went with it."""

    def line(self, line: int) -> int:
        """Return the number of a line in the text as it was typed, both from 0."""
        end = line_starts(self.text)[line]
        return line + sum(lines for position, lines in self.cuts if position < end)


def without_comments(text: str) -> str:
    """Cut out HTML comments; an unclosed one extends to the end. A comment inside code is code."""
    return uncommented(text).text


def uncommented(text: str) -> Uncommented:
    """Cut out HTML comments, and return where they were."""
    if "<!--" not in text:
        return Uncommented(text)
    reader = _CommentReader(text)
    kept: list[str] = []
    cuts: list[tuple[int, int]] = []
    done = position = length = 0
    while comment := reader.next(position):
        start, position = comment
        if reader.may_be_code(start) and reader.ends_in_code("".join([*kept, text[done:start]])):
            position = start + len(_BEGINS)
            continue
        apart = text[start - 1 : start].strip() and text[position : position + 1].strip()
        kept += [text[done:start], BREAK if apart else ""]
        length += start - done + len(kept[-1])
        done = position = reader.after_line(start, position)
        cuts.append((length, text.count("\n", start, position)))
    return Uncommented("".join([*kept, text[done:]]), tuple(cuts))


class _CommentReader:
    """Finds the comments of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.deep = ("```" in text or "~~~" in text) and _DEEP_FENCE.search(text) is not None
        self.budget = _BUDGET_OF_DOUBTS
        self._indented = -1, False
        """Start of each line, and whether it may be indented code."""

    def next(self, position: int) -> tuple[int, int] | None:
        """Return where the next comment from a position on begins and ends that is in no fence or span of code.

        Fences are only looked for if none of them is nested or indented.
        """
        if (nearest := self.text.find(_BEGINS, position)) < 0:
            return None
        if not self._holds_code(position, nearest):
            return nearest, self._end_of_comment(nearest)
        while begun := _MAY_BEGIN.search(self.text, position):
            if begun[0] == _BEGINS:
                return begun.start(), self._end_of_comment(begun.start())
            position = self._end_of_fence(begun.start()) or self._end_of_span(begun) or begun.end()
        return None

    def _end_of_comment(self, start: int) -> int:
        """Return the end of the comment that begins here; ``<!-->`` and ``<!--->`` are whole ones."""
        inside = start + len(_BEGINS)
        if self.text.startswith((">", "->"), inside):
            return self.text.index(">", inside) + 1
        end = self.text.find(_ENDS, inside)
        return end + len(_ENDS) if end >= 0 else len(self.text)

    def _holds_code(self, first: int, end: int) -> bool:
        """Return whether a span or a fence of code may begin between two positions."""
        return self.text.find("`", first, end) >= 0 or self.text.find("~~~", first, end) >= 0

    @cached_property
    def starts(self) -> list[int]:
        """The position at which each line begins."""
        return line_starts(self.text)

    def _end_of_fence(self, start: int) -> int | None:
        """Return the end of the fence that begins here; None if there is none."""
        line = self.text.rfind("\n", max(0, start - len("   \n")), start) + 1
        if self.deep or start - line > len("   "):
            return None  # it is not at the beginning of a line
        fence = _FENCE.match(self.text, line)
        return fence.end() if fence and fence.start("fence") == start else None

    def may_be_code(self, start: int) -> bool:
        """Return whether only a Markdown parser can decide if a comment is code."""
        if self.budget <= 0 or (not self.deep and self.text[start - 1 : start] in {"", "\n"}):
            return False
        if self._indented[0] != (line := self._line(start)):
            self._indented = line, _INDENTED.match(self.text, line) is not None
        return self.deep or self._indented[1]

    def ends_in_code(self, before: str) -> bool:
        """Return whether the position at the end of this part of the text is inside code."""
        self.budget -= 1 + len(before) // 1_000
        return _ends_in_code(f"{before}x")

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
        for run in _BACKTICKS.finditer(self.text):
            runs[len(run[0])].append(run.start())
        return runs

    @cached_property
    def _blank_lines(self) -> Sequence[int]:
        return [*(match.start() for match in _BLANK_LINE.finditer(self.text)), len(self.text) + 1]

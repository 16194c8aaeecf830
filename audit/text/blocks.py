"""A description cut into its blocks, by markdown-it-py: the one place that parses Markdown.

Several readers ask for the same description in a row (POLICY.md sections 3 and 8), so the last few are remembered; a
tree of tokens is ten times as large as its text, so no more than that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

_MAY_BEGIN = re.compile(r"`|~~~|<!--")
"""A fence, a span of code or a comment. Looking for these first spares the long expressions most of a text."""
_SPAN = re.compile(r"(?<![\\`])(?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|\Z))", re.DOTALL)
_FENCE = re.compile(
    r" {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*(?:\n.*?^ {0,3}(?P=fence)[`~]*[ \t]*$|.*\Z)",
    re.DOTALL | re.MULTILINE,
)
# A fence in a list or a quote, or deeper than the expression above looks.
_DEEP_FENCE = re.compile(
    r"^(?:[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+)+| {4,}| {0,3}\t[ \t]*)(?:`{3}|~{3})", re.MULTILINE
)
# A line that may be indented code, at the top or in a list or a quote.
_INDENTED = re.compile(r"[ \t>]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*?(?: {4}| {0,3}\t)")
_BEFORE_ROW = re.compile(r"[ \t]*\n(?=[ \t]*\|)")
_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table")
_MARKDOWN.core.ruler.enableOnly(["normalize", "block"])
_MOST_READ_AGAIN = 500_000
"""Characters. Only a text that was made for it needs more; what stands in doubt then is taken for a comment."""
BREAK = "\ufdd0"
"""Stands in the visible text where something was cut out or set apart, so that nothing is joined that was apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """A description by its blocks. What stands within a block is not read yet."""

    text: str
    """Without comments; lines end in one way. Tokens count its lines, from 0."""
    tokens: tuple[Token, ...]
    definitions: dict[str, Any]
    """What ``[name]: address`` lines say, as markdown-it keeps it."""


@lru_cache(maxsize=4)
def blocks(description: str) -> Blocks:
    """Parse a description."""
    definitions: dict[str, Any] = {}
    text = without_comments(description.replace("\r\n", "\n").replace("\r", "\n"))
    return Blocks(text=text, tokens=tuple(_MARKDOWN.parse(text, definitions)), definitions=definitions)


def without_comments(text: str) -> str:
    """Cut out HTML comments; one that is never closed swallows the rest. A comment within code is code."""
    if "<!--" not in text:
        return text
    deep = ("```" in text or "~~~" in text) and _DEEP_FENCE.search(text) is not None
    kept: list[str] = []
    done = position = 0
    budget = _MOST_READ_AGAIN
    while found := _next(text, position, deep=deep):
        start, position = found.span()
        if found.re is not _COMMENT:
            continue
        indented = _INDENTED.match(text, text.rfind("\n", 0, start) + 1, start)
        budget -= start if deep or indented else 0
        if (deep or indented) and budget > 0 and _ends_in_code("".join([*kept, text[done:start]])):
            position = start + len("<!--")
            continue
        kept.append(text[done:start])
        apart = text[start - 1 : start].strip() and text[position : position + 1].strip()
        kept.append(BREAK if apart else "")
        done = position = _after_line(text, start, position)
    return "".join([*kept, text[done:]])


def _next(text: str, position: int, *, deep: bool) -> re.Match[str] | None:
    """Return the next comment or piece of code; a fence only where none of them is ``deep``."""
    while begun := _MAY_BEGIN.search(text, position):
        position = begun.end()
        if begun[0] == "<!--":
            return _COMMENT.match(text, begun.start())
        line = text.rfind("\n", 0, begun.start()) + 1
        fence = None if deep else _FENCE.match(text, line)
        found = fence if fence and fence.start("fence") == begun.start() else _SPAN.match(text, begun.start())
        if found:
            return found
    return None


def _after_line(text: str, start: int, end: int) -> int:
    """Return where to go on after a comment: alone between two rows its line goes too, or it would end the table."""
    line = text.rfind("\n", 0, start) + 1
    row = text[text.rfind("\n", 0, max(line - 1, 0)) + 1 : line].rstrip()
    rest = _BEFORE_ROW.match(text, end)
    return rest.end() if rest and row.endswith("|") and not text[line:start].strip() else end


def _ends_in_code(text: str) -> bool:
    """Tell whether what follows this beginning of a text is still code."""
    tokens = [token for token in _MARKDOWN.parse(f"{text}x") if token.nesting != -1]
    return tokens[-1].type in {"fence", "code_block"}

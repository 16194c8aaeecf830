"""What a description says to a reader: visible text, tables, sections (POLICY.md sections 3 and 8).

Read with markdown-it-py. Text in code and in HTML comments is not visible, whether or not the comment is closed. A
description is parsed once, however often it is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

_CODE_OR_COMMENT = re.compile(
    r"""^\ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^\ {0,3}(?P=fence)[`~]*[\ \t]*$|\Z)
      | (?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)(?P=ticks)(?!`)
      | (?P<comment><!--.*?(?:-->|\Z))""",
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)
_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("text_join")
_SPACES = re.compile(r"\s+")
BREAK = "\ufdd0"
"""Stands in the visible text where something was cut out or escaped, so that nothing is joined that was apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table's row: the first cell as its name, the others as its values. Cells are visible text."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A description as it is read."""

    text: str
    """The visible text, a line for each block, addresses of links included."""
    rows: tuple[Row, ...]
    """Rows of all its tables, in order."""

    def row(self, name: str) -> Row | None:
        """Return the first row with this name (compared without case and doubled spaces), or None."""
        wanted = _SPACES.sub(" ", name).strip().casefold()
        return next((row for row in self.rows if row.name.casefold() == wanted), None)


@lru_cache(maxsize=32_768)
def read(description: str) -> Content:
    """Parse a description."""
    tokens = _MARKDOWN.parse(without_comments(description.replace("\r\n", "\n")))
    return Content(
        text="\n".join(visible(token) for token in tokens if token.type in {"inline", "html_block"}),
        rows=tuple(_rows(tokens)),
    )


def without_comments(text: str) -> str:
    """Cut out HTML comments; one that is never closed swallows the rest. A comment within code is code."""
    return _CODE_OR_COMMENT.sub(_cut, text) if "<!--" in text else text


def _cut(found: re.Match[str]) -> str:
    if found["comment"] is None:
        return found[0]
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return BREAK if before.strip() and after.strip() else ""


def visible(token: Token) -> str:
    """Return the text of an inline token as a reader sees it, with the addresses of its links."""
    if token.type == "html_block":
        return token.content
    return "".join(_pieces(token.children or []))


def _pieces(children: Iterable[Token]) -> Iterator[str]:
    for child in children:
        match child.type:
            case "text":
                yield child.content
            case "text_special" | "code_inline":
                yield BREAK
            case "softbreak" | "hardbreak":
                yield "\n"
            case "link_open":
                yield f" {child.attrGet('href')} "
            case "link_close" | "html_inline":
                yield " "
            case "image":
                yield child.content
            case _:
                pass


def _rows(tokens: list[Token]) -> Iterator[Row]:
    cells: list[str] = []
    for position, token in enumerate(tokens):
        if token.type == "tr_open":
            cells = []
        elif token.type in {"td_open", "th_open"}:
            cells.append(visible(tokens[position + 1]).replace(BREAK, "").strip())
        elif token.type == "tr_close" and cells:
            yield Row(name=_SPACES.sub(" ", cells[0]).strip(" *_"), values=tuple(cells[1:]))

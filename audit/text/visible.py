"""The part of a description that a reader sees: visible text and tables (POLICY.md sections 3 and 8).

Text in code and in HTML comments is not visible, whether or not the comment is closed. The text inside a block is
parsed when it is needed: that is two thirds of the work, and most blocks are never needed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt

from audit.text.blocks import BREAK, OPENS_CODE, blocks, html_rows, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

_INLINE = MarkdownIt("commonmark", {"maxNesting": 100})
_BUDGET = 20_000
"""Marks of inline Markdown that are parsed of one description; beyond that, blocks are read as typed."""
_LONGEST_NAME = 200
# All characters of inline Markdown; a text without them needs no parsing.
_MARKUP = re.compile(r"[\\`*_\[\]<&!]")
_SPACES = re.compile(r"\s+")
_CODE_ELEMENT = re.compile(r"<(code|pre|script|style|textarea)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^`]+\1(?!`)")
_CLOSES_CODE = re.compile(r"</(?:code|pre)\b", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b(?=[^<>]*>)[^<>]*?(?<![\w-])href\s*=\s*[\"']?(?P<href>[^\"'\s<>]++)[^<>]*>", re.IGNORECASE)
_ANCHOR_TEXT = re.compile(rf"(?P<open>{_ANCHOR.pattern})(?:(?!<a\b).)*?</a\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_NUMBER = re.compile(r"#\d+(?:\+s?)?", re.ASCII)


class TextBlock(NamedTuple):
    """A paragraph, a heading, a table's cell: a piece of Markdown, or a piece of HTML."""

    source: str
    html: bool = False
    line: int = 0
    """Its first line, from 0, counted without comments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleText:
    """A description as a reader sees it."""

    blocks: tuple[TextBlock, ...]
    """In order, without code, with the cells of tables."""
    rows: tuple[tuple[TextBlock, ...], ...]
    """The cells of each row of all its tables, in order."""
    definitions: dict[str, Any]
    """The link references (``[name]: address``), as markdown-it keeps them."""
    lines: int
    """Number of lines of its blocks."""
    rest: str = ""
    """The text beyond the budget, which was not cut into blocks."""

    def where(self, mark: re.Pattern[str], *, naming: bool = False, lines: Sequence[range] | None = None) -> str:
        """Return the visible text of the blocks whose source contains ``mark``, addresses of links included.

        With ``naming``, only the text that can name an issue: of a link its address, as in GitLab. With ``lines``,
        which are sorted, only blocks that begin there.
        """
        blocks = (block for block in self.blocks if mark.search(block.source))
        if lines is not None:
            blocks = (block for block in blocks if _holds(lines, block.line))
        reader = _InlineReader(self.definitions, naming=naming)
        texts = [reader.text(block) for block in blocks]
        if self.rest and (lines is None or _holds(lines, self.lines - 1)):
            texts.append(_CODE_SPAN.sub(" ", self.rest))
        return "\n".join(texts)

    def cells(self, name: str) -> tuple[str, ...]:
        """Return the text that can name an issue in the cells of the rows of this name.

        Names are compared without case and doubled spaces. A review may have a table for each incident.
        """
        name = " ".join(name.split())
        reader, naming = (_InlineReader(self.definitions, naming=naming) for naming in (False, True))
        rows = (row for row in self.rows if len(row[0].source) <= _LONGEST_NAME)
        wanted = (row for row in rows if _row_name(reader.text(row[0])) == name.casefold())
        words = r"[ \t*_]+".join(map(re.escape, name.split()))
        in_rest = re.finditer(rf"^[ \t>|*_]*{words}[ \t:*_]*\|(.*)$", self.rest, re.MULTILINE | re.IGNORECASE)
        return (
            *(naming.text(cell) for row in wanted for cell in row[1:]),
            *(cell for row in in_rest for cell in row[1].split("|")),
        )


def _holds(lines: Sequence[range], line: int) -> bool:
    number = bisect_right(lines, line, key=lambda one: one.start) - 1
    return number >= 0 and line in lines[number]


def _row_name(text: str) -> str:
    return _SPACES.sub(" ", text.replace(BREAK, "")).strip(" *_:").casefold()


def read(description: str) -> VisibleText:
    """Return the visible text of a description; consecutive calls for one text parse it once."""
    parsed = blocks(description)
    pieces: list[TextBlock] = []
    rows: list[tuple[TextBlock, ...]] = []
    row = 0
    for token in parsed.tokens:
        if token.type in {"inline", "html_block"}:
            pieces.append(TextBlock(token.content, token.type == "html_block", token.map[0] if token.map else 0))
        elif token.type == "tr_open":
            row = len(pieces)
        elif token.type == "tr_close":
            rows.append(tuple(pieces[row:]))
    rows += [tuple(map(TextBlock, html.cells)) for html in html_rows(parsed)]
    return VisibleText(
        blocks=tuple(pieces),
        rows=tuple(rows),
        definitions=parsed.definitions,
        lines=parsed.text.count("\n") + 1,
        rest=parsed.rest,
    )


class _InlineReader:
    """Reads the text inside blocks: as Markdown within the budget, then as typed."""

    def __init__(self, definitions: dict[str, Any], *, naming: bool) -> None:
        self.definitions = definitions
        self.naming = naming
        self.budget = _BUDGET

    def text(self, block: TextBlock) -> str:
        """Return the visible text of a block."""
        if block.html:
            return _html(block.source, naming=self.naming)
        if not _MARKUP.search(block.source):
            return block.source
        cost = _cost(block.source)
        if cost > self.budget:
            return _CODE_SPAN.sub(" ", block.source)
        self.budget -= cost
        children: list[Token] = []
        _INLINE.inline.parse(block.source, _INLINE, self.definitions, children)
        return "".join(_pieces(children, naming=self.naming))


def _cost(source: str) -> int:
    """Return the cost of parsing a block, in marks; some marks make the parser scan the rest of the block."""
    marks = sum(map(source.count, "\\`*_<&!\n"))
    brackets = source.count("[")
    far = source.count("<!") + source.count("<?")
    return 1 + marks + brackets * min(brackets, 100) // 20 + far * len(source) // 400


def _pieces(children: Iterable[Token], *, naming: bool) -> Iterator[str]:
    """Yield the visible text of inline tokens, with the addresses of links."""
    code = link = 0
    for child in children:
        match child.type:
            case "link_open":
                link += 1
                yield f" {_address(str(child.attrGet('href')))} "
            case "link_close":
                link -= 1
                yield " "
            case "html_inline":
                code = max(0, code + bool(OPENS_CODE.match(child.content)) - bool(_CLOSES_CODE.match(child.content)))
                anchor = _ANCHOR.match(child.content)
                link = max(0, link + bool(anchor) - child.content.lower().startswith("</a"))
                yield f" {_address(anchor['href'])} " if anchor else " "
            case "softbreak" | "hardbreak":
                yield "\n"
            case "text" if not code and not (naming and link):
                yield child.content
            case "text_special" if "#" not in child.content and not code:
                yield child.content  # an escaped # does not name an issue
            case "image" if not naming:
                yield child.content
            case _:
                yield BREAK


def _address(href: str) -> str:
    """Return a link's address; empty for one within the page, unless it is just an issue's number."""
    return "" if href.startswith("#") and not _NUMBER.fullmatch(href) else href


def _html(source: str, *, naming: bool) -> str:
    """Return the visible text of a block of HTML."""
    text = _CODE_ELEMENT.sub(" ", without_comments(source))
    if naming:
        text = _ANCHOR_TEXT.sub(r"\g<open>", text)
    text = _ANCHOR.sub(lambda anchor: f" {_address(anchor['href'])} ", text)
    return _TAG.sub(" ", text)

"""What a description says to a reader: visible text, tables, sections (POLICY.md sections 3 and 8).

Text in code and in HTML comments is not visible, whether or not the comment is closed. What stands within a block is
read when it is asked for, since most blocks never are and that is two thirds of the work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from markdown_it import MarkdownIt

from audit.text.blocks import BREAK, blocks, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

_INLINE = MarkdownIt("commonmark", {"maxNesting": 100})
# GitLab's editor writes a table as HTML where a cell holds a list.
_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TABLE_ROW = re.compile(r"<tr\b[^>]*>(.*?)(?=<tr\b|</table|\Z)", re.DOTALL | re.IGNORECASE)
_TABLE_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)(?=<t[dh]\b|</t[dhr]\b|\Z)", re.DOTALL | re.IGNORECASE)
# All that inline Markdown is made of; a text without any of these stands for itself.
_MARKUP = re.compile(r"[\\`*_\[\]<&!]")
_SPACES = re.compile(r"\s+")
_CODE_ELEMENT = re.compile(r"<(code|pre|script|style|textarea)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_OPENS_CODE = re.compile(r"<(?:code|pre)\b", re.IGNORECASE)
_CLOSES_CODE = re.compile(r"</(?:code|pre)\b", re.IGNORECASE)
_ANCHOR = re.compile(r"<a\b[^>]*?(?<![\w-])href\s*=\s*[\"']?(?P<href>[^\"'\s>]+)[^>]*>", re.IGNORECASE)
_ANCHOR_TEXT = re.compile(rf"(?P<open>{_ANCHOR.pattern}).*?</a\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
_NUMBER = re.compile(r"#\d+(?:\+s?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table's row: the first cell as its name, the others as its values. Cells are visible text."""

    name: str
    values: tuple[str, ...]
    naming: tuple[str, ...] = ()
    """The values as far as they can name an issue: of a link only its address."""


class Block(NamedTuple):
    """A paragraph, a heading, a table's cell: a piece of Markdown, or a piece of HTML."""

    source: str
    html: bool = False
    line: int = 0
    """Where it begins, from 0, once comments are cut out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A description as it is read."""

    blocks: tuple[Block, ...]
    """In order, code left out, the cells of tables included."""
    cells: tuple[tuple[Block, ...], ...]
    """The cells of each row of all its tables, in order."""
    definitions: dict[str, Any]
    """What ``[name]: address`` lines say, as markdown-it keeps it."""

    @property
    def text(self) -> str:
        """The visible text, a line for each block, addresses of links included."""
        return "\n".join(self._text(block) for block in self.blocks)

    def where(self, mark: re.Pattern[str], *, naming: bool = False, lines: Iterable[range] | None = None) -> str:
        """Return the visible text of the blocks in whose source ``mark`` occurs.

        With ``naming`` as far as it can name an issue: of a link only its address, as GitLab reads it. With ``lines``
        only of the blocks that begin there.
        """
        found = (block for block in self.blocks if mark.search(block.source))
        if lines is not None:
            places = tuple(lines)
            found = (block for block in found if any(block.line in place for place in places))
        return "\n".join(self._text(block, naming=naming) for block in found)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Rows of all its tables, in order."""
        return tuple(map(self._row, self.cells))

    def row(self, name: str) -> Row | None:
        """Return the first row with this name (compared without case and doubled spaces), or None."""
        return next(iter(self._named(name)), None)

    def rows_named(self, name: str) -> tuple[Row, ...]:
        """Return every row with this name: some reviews have a table for each incident."""
        return tuple(self._named(name))

    def _named(self, name: str) -> Iterator[Row]:
        wanted = _folded(name)
        return (self._row(cells) for cells in self.cells if _folded(self._name(cells[0])) == wanted)

    def _row(self, cells: tuple[Block, ...]) -> Row:
        return Row(
            name=self._name(cells[0]),
            values=tuple(self._text(cell).replace(BREAK, "").strip() for cell in cells[1:]),
            naming=tuple(self._text(cell, naming=True) for cell in cells[1:]),
        )

    def _name(self, cell: Block) -> str:
        return _SPACES.sub(" ", self._text(cell).replace(BREAK, "")).strip(" *_:")

    def _text(self, block: Block, *, naming: bool = False) -> str:
        if block.html:
            return _html(block.source, naming=naming)
        if not _MARKUP.search(block.source):
            return block.source
        children: list[Token] = []
        _INLINE.inline.parse(block.source, _INLINE, self.definitions, children)
        return "".join(_pieces(children, naming=naming))


def _folded(name: str) -> str:
    return _SPACES.sub(" ", name).strip().casefold()


def read(description: str) -> Content:
    """Return what a description says; it is parsed once if its readers ask in a row."""
    cut = blocks(description)
    found: list[Block] = []
    rows: list[tuple[Block, ...]] = []
    row = 0
    for token in cut.tokens:
        if token.type in {"inline", "html_block"}:
            found.append(Block(token.content, token.type == "html_block", token.map[0] if token.map else 0))
        elif token.type == "tr_open":
            row = len(found)
        elif token.type == "tr_close":
            rows.append(tuple(found[row:]))
    rows += _html_rows(cut.tokens, cut.text)
    return Content(blocks=tuple(found), cells=tuple(rows), definitions=cut.definitions)


def _html_rows(tokens: Iterable[Token], text: str) -> Iterator[tuple[Block, ...]]:
    """Yield the rows of tables written in HTML, which may hold Markdown with blank lines and so be several blocks."""
    html = (token for token in tokens if token.type == "html_block" and not _OPENS_CODE.search(token.content))
    lines = {line for token in html for line in range(*(token.map or (0, 0)))}
    for table in _TABLE.finditer(text) if lines else ():
        if text.count("\n", 0, table.start()) in lines:
            rows = (_TABLE_CELL.findall(row) for row in _TABLE_ROW.findall(table[0]))
            yield from (tuple(Block(cell.strip()) for cell in cells) for cells in rows if cells)


def _pieces(children: Iterable[Token], *, naming: bool) -> Iterator[str]:
    """Yield what a reader sees of inline tokens, with the addresses of links."""
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
                code = max(0, code + bool(_OPENS_CODE.match(child.content)) - bool(_CLOSES_CODE.match(child.content)))
                anchor = _ANCHOR.match(child.content)
                link = max(0, link + bool(anchor) - child.content.lower().startswith("</a"))
                yield f" {_address(anchor['href'])} " if anchor else " "
            case "softbreak" | "hardbreak":
                yield "\n"
            case "text" if not code and not (naming and link):
                yield child.content
            case "text_special" if "#" not in child.content and not code:
                yield child.content  # an escaped # names no issue
            case "image" if not naming:
                yield child.content
            case _:
                yield BREAK


def _address(href: str) -> str:
    """Return a link's address; within the page it leads to a heading, unless it is an issue's number and no more."""
    return "" if href.startswith("#") and not _NUMBER.fullmatch(href) else href


def _html(source: str, *, naming: bool) -> str:
    """Return what a reader sees of a block of HTML."""
    text = _CODE_ELEMENT.sub(" ", without_comments(source))
    if naming:
        text = _ANCHOR_TEXT.sub(r"\g<open>", text)
    text = _ANCHOR.sub(lambda found: f" {_address(found['href'])} ", text)
    return _TAG.sub(" ", text)

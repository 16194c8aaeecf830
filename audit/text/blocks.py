"""A description cut into its blocks, by pulldown-cmark: the one place that parses Markdown.

Why that parser: see CONTRIBUTING.md, "The parser of texts".

Anybody may write a description of a megabyte. The parser takes a second for the worst of them; what is made of its
events is bounded, and the text beyond stays plain: references in it are still read (POLICY.md section 3).

Several readers ask for the same description in a row (POLICY.md sections 3 and 8), so the last few are remembered.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyromark

from audit.text.html_comments import MARKDOWN, Uncommented, uncommented

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_EVENTS: Final = 50_000
"""Events of the parser outside code that are read of one description: some 10,000 lines."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_FENCE_IN_REST = re.compile(
    r"^ {0,3}(?P<fence>`{3,}(?=[^`\n]*$)|~{3,})[^\n]*(?:\n.*?^ {0,3}(?P=fence)[`~]*[ \t]*$|.*\Z)",
    re.DOTALL | re.MULTILINE,
)


class Kind:
    """What a block is: words, since each look at a member of an Enum costs as much as a line of this file."""

    HEADING: Final = "heading"
    TEXT: Final = "text"
    """A paragraph, or the text of a list item."""
    CELL: Final = "cell"
    HTML: Final = "html"
    CODE: Final = "code"
    RULE: Final = "rule"


class TextBlock(NamedTuple):
    """A block that holds text, code or HTML. A tuple, since there are many."""

    kind: str
    """One of the words of :class:`Kind`."""
    first: int
    """Its first line, from 0, counted without comments."""
    end: int
    """The line after its last one."""
    start: int
    """The first byte of its text."""
    stop: int
    """The byte after its text."""
    level: int = 0
    """Of a heading, 1 to 6."""
    info: str = ""
    """Of code, what stands behind its fence."""
    quoted: bool = False
    """It is in a quotation."""
    listed: bool = False
    """It is in a list."""
    pieces: Sequence[tuple[Any, Any]] = ()
    """The parser's events about the text inside, each with its range of bytes; none for code and HTML."""


class TableRow(NamedTuple):
    """A row of a Markdown table."""

    line: int
    table: int
    """Index of its table, from 0."""
    head: bool
    cells: tuple[TextBlock, ...]
    end: int
    """The line after its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """A description cut into blocks."""

    source: Uncommented
    """The text without comments, with uniform line ends."""
    raw: bytes = field(repr=False)
    """The same in UTF-8, which positions count."""
    lines: tuple[str, ...]
    blocks: tuple[TextBlock, ...]
    """In order."""
    rows: tuple[TableRow, ...]
    """The rows of all its Markdown tables, in order."""
    quotations: tuple[range, ...]
    """The lines of its quotations that are in no other."""
    rest: str = ""
    """The lines beyond the bound, as typed, without comments and fenced code."""

    @property
    def text(self) -> str:
        """The text without comments."""
        return self.source.text

    def source_of(self, block: TextBlock) -> str:
        """Return the text of a block as typed."""
        return self.raw[block.start : block.stop].decode(errors="replace")


@lru_cache(maxsize=2)
def blocks(description: str) -> Blocks:
    """Parse a description."""
    whole = _SURROGATE.sub("\ufffd", description) if not description.isascii() else description
    source = uncommented(whole.replace("\r\n", "\n").replace("\r", "\n"))
    raw = source.text.encode()
    parser = _Parser(raw)
    end = parser.read(source.text)
    lines = tuple((source.text if end == len(raw) else raw[:end].decode()).split("\n"))
    found, rows = parser.blocks, parser.rows
    if end < len(raw):
        count = len(lines) - 1
        known = (block for block in found if block.first < count)
        found = [block if block.end <= count else block._replace(end=count) for block in known]
        rows = [row for row in rows if row.line < count]
    return Blocks(
        source=source,
        raw=raw,
        lines=lines,
        blocks=tuple(found),
        rows=tuple(rows),
        quotations=tuple(parser.quotations),
        rest=_FENCE_IN_REST.sub("", raw[end:].decode(errors="replace")) if end < len(raw) else "",
    )


_WITHIN = frozenset({"Emphasis", "Strong", "Strikethrough", "Link", "Image"})
_LEAVES: Final = {
    "Paragraph": Kind.TEXT,
    "Heading": Kind.HEADING,
    "TableCell": Kind.CELL,
    "HtmlBlock": Kind.HTML,
    "CodeBlock": Kind.CODE,
}
"""The parser's word for a block that holds text -> what it is here. The text of a list item may have no block."""
_HEADING, _TEXT, _CELL, _CODE = Kind.HEADING, Kind.TEXT, Kind.CELL, Kind.CODE
_ROWS = frozenset({"TableHead", "TableRow"})
_WHOLE = frozenset({Kind.CODE, Kind.HTML})
"""Blocks whose text is not read further."""
_BACKSLASH: Final = 92


class _Parser:
    """Collects the parser's events into blocks and rows."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.starts = list(accumulate((len(line) + 1 for line in raw.split(b"\n")), initial=0))
        self.blocks: list[TextBlock] = []
        self.rows: list[TableRow] = []
        self.quotations: list[range] = []
        self.quotes = self.lists = self.row = self.row_line = 0
        self.table, self.table_end = -1, 0

    def read(self, text: str) -> int:
        """Read the events of a text; return the byte at which the bound was reached, or its end.

        Of the block that is being read, ``leaf`` is the kind, empty for the text of a list item that has no block.
        """
        left = MOST_EVENTS
        leaf, tag, place = "", None, {"start": 0, "end": 0}
        pieces: list[tuple[Any, Any]] = []
        pairs: Iterator[tuple[Any, Any]] = pyromark.events_with_range(text, options=MARKDOWN)
        for pair in pairs:
            event, span = pair
            left -= leaf != _CODE
            if left < 0:
                self._add(leaf, tag, place, pieces)
                return self.starts[bisect_right(self.starts, span["start"]) - 1]
            if "Start" in event:
                begins, found = True, event["Start"]
            elif "End" in event:
                begins, found = False, event["End"]
            elif event == "Rule":
                begins, found = True, event
            else:
                if leaf not in _WHOLE:
                    pieces.append(pair)
                continue
            name = found if found.__class__ is str else next(iter(found))
            if name in _WITHIN:
                pieces.append(pair)
                continue
            if leaf or pieces:
                self._add(leaf, tag, place, pieces)
                leaf, pieces = "", []
            if begins:
                leaf, tag, place = self._begin(name, span), found, span
            else:
                self._end(name)
        self._add(leaf, tag, place, pieces)
        return len(self.raw)

    def _begin(self, name: str, span: dict[str, int]) -> str:
        """Begin what the parser names; return the kind of block that it is, empty for what is around blocks."""
        if leaf := _LEAVES.get(name):
            return leaf
        if name in _ROWS:
            self.row, self.row_line = len(self.blocks), self._line(span["start"])
        elif name == "Table":
            self.table, self.table_end = self.table + 1, self._line(span["end"] - 1) + 1
        elif name == "List":
            self.lists += 1
        elif name == "BlockQuote":
            lines = range(self._line(span["start"]), self._line(span["end"] - 1) + 1)
            self.quotations += [] if self.quotes else [lines]
            self.quotes += 1
        elif name == "Rule":
            self._add(Kind.RULE, name, span, [])
        return ""

    def _end(self, name: str) -> None:
        """End what is around blocks."""
        if name in _ROWS:
            cells = tuple(self.blocks[self.row :])
            self.rows.append(TableRow(self.row_line, self.table, name == "TableHead", cells, self.table_end))
        elif name == "List":
            self.lists -= 1
        elif name == "BlockQuote":
            self.quotes -= 1

    def _line(self, position: int) -> int:
        return bisect_right(self.starts, position) - 1

    def _add(self, leaf: str, tag: Any, span: dict[str, int], pieces: list[tuple[Any, Any]]) -> None:
        """Add a block, or the text of a list item that has no block; ``tag`` is what the parser says of it."""
        if not leaf and not pieces:
            return
        quoted, listed = self.quotes > 0, self.lists > 0
        start, end = span["start"], span["end"]
        if leaf == _CELL:
            line = self.row_line
            self.blocks.append(TextBlock(leaf, line, line + 1, start, end, 0, "", quoted, listed, pieces))
            return
        first, stop = (pieces[0][1]["start"], pieces[-1][1]["end"]) if pieces else (start, end)
        if not leaf:
            start, end = first, stop
        if not pieces and leaf not in _WHOLE:
            stop = first
        elif first and self.raw[first - 1] == _BACKSLASH:
            first -= 1  # the parser leaves out the sign that escapes another
        line = self._line(start)
        after = self._line(end - 1) + 1 if end > start else line + 1
        level = int(tag["Heading"]["level"][1:]) if leaf == _HEADING else 0
        info = tag["CodeBlock"]["Fenced"] if leaf == _CODE and isinstance(tag["CodeBlock"], dict) else ""
        self.blocks.append(TextBlock(leaf or _TEXT, line, after, first, stop, level, info, quoted, listed, pieces))

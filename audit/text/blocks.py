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
from enum import Enum
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


class Kind(Enum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    """A paragraph, or the text of a list item."""
    CELL = "cell"
    HTML = "html"
    CODE = "code"
    RULE = "rule"


class TextBlock(NamedTuple):
    """A block that holds text, code or HTML. A tuple, since there are many."""

    kind: Kind
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


@lru_cache(maxsize=4)
def blocks(description: str) -> Blocks:
    """Parse a description."""
    whole = _SURROGATE.sub("\ufffd", description) if not description.isascii() else description
    source = uncommented(whole.replace("\r\n", "\n").replace("\r", "\n"))
    raw = source.text.encode()
    parser = _Parser(raw)
    end = parser.read(source.text)
    lines = tuple((source.text if end == len(raw) else raw[:end].decode()).split("\n"))
    count = len(lines) if end == len(raw) else len(lines) - 1
    known = (block for block in parser.blocks if block.first < count)
    return Blocks(
        source=source,
        raw=raw,
        lines=lines,
        blocks=tuple(block if block.end <= count else block._replace(end=count) for block in known),
        rows=tuple(row for row in parser.rows if row.line < count),
        quotations=tuple(parser.quotations),
        rest=_FENCE_IN_REST.sub("", raw[end:].decode(errors="replace")),
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
_CELL: Final = Kind.CELL
_CODE: Final = Kind.CODE
_WHOLE = frozenset({Kind.CODE, Kind.HTML})
"""Blocks whose text is not read further."""


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
        self.leaf: Kind | None = None
        """The block that is being read."""
        self.span = (0, 0)
        self.level, self.info = 0, ""
        self.pieces: list[tuple[Any, Any]] = []
        """Of that block, or of the text of a list item that has none."""

    def read(self, text: str) -> int:
        """Read the events of a text; return the byte at which the bound was reached, or its end."""
        left = MOST_EVENTS
        pairs: Iterator[tuple[Any, Any]] = pyromark.events_with_range(text, options=MARKDOWN)
        for pair in pairs:
            event = pair[0]
            if self.leaf is not _CODE:
                left -= 1
                if left < 0:
                    self._close()
                    return self.starts[self._line(pair[1]["start"])]
            if event.__class__ is str:
                if event == "Rule":
                    self._close()
                    self._open(Kind.RULE, pair[1])
                    self._close()
                else:
                    self.pieces.append(pair)
            elif "Start" in event:
                self._begin(event["Start"], pair)
            elif "End" in event:
                self._finish(event["End"], pair)
            elif self.leaf not in _WHOLE:
                self.pieces.append(pair)
        self._close()
        return len(self.raw)

    def _line(self, position: int) -> int:
        return bisect_right(self.starts, position) - 1

    def _begin(self, value: Any, pair: tuple[Any, Any]) -> None:
        tag, fields = (value, None) if value.__class__ is str else next(iter(value.items()))
        if tag in _WITHIN:
            self.pieces.append(pair)
            return
        if self.leaf is not None or self.pieces:
            self._close()
        span = pair[1]
        if leaf := _LEAVES.get(tag):
            self._open(leaf, span)
            self.level = int(fields["level"][1:]) if leaf is Kind.HEADING and fields else 0
            self.info = fields["Fenced"] if leaf is Kind.CODE and isinstance(fields, dict) else ""
        elif tag in {"TableHead", "TableRow"}:
            self.row, self.row_line = len(self.blocks), self._line(span["start"])
        elif tag == "Table":
            self.table, self.table_end = self.table + 1, self._line(span["end"] - 1) + 1
        elif tag == "List":
            self.lists += 1
        elif tag == "BlockQuote":
            lines = range(self._line(span["start"]), self._line(span["end"] - 1) + 1)
            self.quotations += [] if self.quotes else [lines]
            self.quotes += 1

    def _finish(self, value: Any, pair: tuple[Any, Any]) -> None:
        tag = value if value.__class__ is str else next(iter(value))
        if tag in _WITHIN:
            self.pieces.append(pair)
            return
        if self.leaf is not None or self.pieces:
            self._close()
        if tag in {"TableHead", "TableRow"}:
            cells = tuple(self.blocks[self.row :])
            self.rows.append(TableRow(self.row_line, self.table, tag == "TableHead", cells, self.table_end))
        elif tag == "List":
            self.lists -= 1
        elif tag == "BlockQuote":
            self.quotes -= 1

    def _open(self, leaf: Kind, span: Any) -> None:
        self.leaf, self.span = leaf, (span["start"], span["end"])

    def _close(self) -> None:
        """End the block that is being read, and the text of a list item that has no block."""
        pieces, leaf = self.pieces, self.leaf
        if leaf is None and not pieces:
            return
        if leaf is _CELL:
            first, (start, end) = self.row_line, self.span
            block = TextBlock(leaf, first, first + 1, start, end, 0, "", self.quotes > 0, self.lists > 0, pieces)
            self.blocks.append(block)
            self.leaf, self.pieces = None, []
            return
        text = (pieces[0][1]["start"], pieces[-1][1]["end"]) if pieces else self.span
        start, end = self.span if leaf else text
        if not pieces and leaf not in _WHOLE:
            text = (start, start)
        elif self.raw[text[0] - 1 : text[0]] == b"\\":
            text = (text[0] - 1, text[1])  # the parser leaves out the sign that escapes another
        first = self._line(start)
        last = self._line(end - 1) + 1 if end > start else first + 1
        quoted, listed = self.quotes > 0, self.lists > 0
        self.blocks.append(
            TextBlock(leaf or Kind.TEXT, first, last, text[0], text[1], self.level, self.info, quoted, listed, pieces)
        )
        self.leaf, self.level, self.info, self.pieces = None, 0, "", []

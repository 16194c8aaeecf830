"""Sections of a description and the pieces of text in them (POLICY.md section 8, "Sections").

Blocks only: markdown-it-py finds headings, lists, tables and code, and text inside them stays as it was typed. That is
what tells a placeholder from an answer, and it takes a third less time.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from markdown_it import MarkdownIt

from audit.content import BREAK, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

SUMMARY: Final = ("Summary", "Executive Summary", "Exec Summary")
NARRATIVE: Final = (
    *("Details", "Narrative", "What happened"),
    *("What were the root causes?", "Incident Response Analysis", "Timeline", "Root Cause Analysis"),
)
OUTCOMES: Final = ("Outcomes", "Corrective Actions")
"""A heading that begins with one of these."""
KEY_INFORMATION: Final = ("Key Information",)
INLINE: Final = ("Incident Review",)
"""Where the review inside an incident's description begins."""

_WITH_LISTS = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])
_BLOCKS = MarkdownIt("commonmark").enable("table").disable(["inline", "text_join", "list", "blockquote", "reference"])
"""A third faster, and lines are read one by one in any case."""
_CODE_IN_LIST = re.compile(r"^[ \t]*(?:[-*+>]|\d+[.)])[ \t>].*?(?:```|~~~)", re.MULTILINE)
"""Its end would be taken for the beginning of another code block."""
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_DISCLOSURE = re.compile(r"<summary\b.*?(?:</summary>|\Z)", re.IGNORECASE | re.DOTALL)
_INVISIBLE = re.compile(f"[\u200b-\u200d\u2060\ufeff{BREAK}]")
_BEFORE_NAME = re.compile(r"^(?:\d+[.)]\s|[\W_])+")
_SPACES = re.compile(r"\s+")
_HTML_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_HTML_ROW = re.compile(r"<tr\b[^>]*>(.*?)(?=<tr\b|</table|\Z)", re.IGNORECASE | re.DOTALL)
_HTML_CELL = re.compile(r"<t[dh]\b[^>]*>(.*?)(?=<t[dh]\b|</t[dhr]\b|\Z)", re.IGNORECASE | re.DOTALL)
_BARE = 7
"""The level of a heading that lost its markup: deeper than any."""
_LISTED = re.compile(r"(?:[-*+>]|\d+[.)])(?:\s|$)")
_LONGEST_NAME = 60
_LONGEST_UNDERLINED = 8
"""Words; more than that, with a rule right under them, are a paragraph whatever Markdown makes of it."""


class Piece(NamedTuple):
    """A line of text, or a row of a table. Some forty a description: a tuple costs a third of a dataclass."""

    line: int
    """Where it stands, from 0, once comments are cut out."""
    cells: tuple[str, ...]
    """The line alone, or the row's cells, as typed."""
    table: int | None = None
    """Of a row: which table of the description, from 0."""
    head: bool = False
    """The row is the head of its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with what stands under it, deeper headings included."""

    name: str
    """The heading as typed."""
    level: int
    """1 to 6; 7 for a known name that stands alone in its paragraph."""
    first: int
    """Line after the heading."""
    end: int
    """Line after the last one."""
    text: str
    """The lines from first to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A description by its blocks."""

    sections: tuple[Section, ...]
    """In order; one lies within another where its heading is deeper."""
    pieces: tuple[Piece, ...]
    """What is written: no headings, no comments. Text in code is a piece too."""

    def within(self, section: Section) -> tuple[Piece, ...]:
        """Return the pieces of a section."""
        return tuple(piece for piece in self.pieces if section.first <= piece.line < section.end)


@lru_cache(maxsize=65_536)
def key(name: str) -> str:
    """Return what two spellings of a heading's or row's name have in common."""
    text = _TAG.sub("", _LINK.sub(r"\1", html.unescape(visible(name))))
    text = _SPACES.sub(" ", re.sub(r"[*`~]", "", text))
    text = _BEFORE_NAME.sub("", text)
    end = len(text)
    while end and not text[end - 1].isalnum():  # an expression would look at a long line of dashes once a dash
        end -= 1
    return text[:end].casefold()


def visible(text: str) -> str:
    """Return the text without characters that have no width."""
    return _INVISIBLE.sub("", text)


def named(sections: Iterable[Section], names: Iterable[str], *, prefix: bool = False) -> tuple[Section, ...]:
    """Return the sections with one of these names, or with ``prefix`` those that begin with one.

    A section that lies within one that was found is part of it and not returned again.
    """
    wanted = tuple(map(key, names))
    found: list[Section] = []
    for section in sections:
        name = key(section.name)
        within = bool(found) and section.end <= found[-1].end
        if (name.startswith(wanted) if prefix else name in wanted) and not within:
            found.append(section)
    return tuple(found)


@lru_cache(maxsize=1024)
def document(description: str, bare: tuple[str, ...] = (), beginnings: tuple[str, ...] = ()) -> Document:
    """Parse a description.

    ``bare`` are names that make a heading of a paragraph which holds nothing else: a text that was copied from a page,
    or typed in bold, has lost the marks of its headings. So do ``beginnings`` with at most two words more.
    """
    text = without_comments(description.replace("\r\n", "\n").replace("\r", "\n"))
    tokens = (_WITH_LISTS if _CODE_IN_LIST.search(text) else _BLOCKS).parse(text)
    names, prefixes = frozenset(map(key, bare)), tuple(map(key, beginnings))
    headings: list[tuple[int, _Block]] = []
    pieces: list[Piece] = []
    for block in _blocks(tokens):
        level = _level(block) or (_BARE if _is_bare(block, names, prefixes) else 0)
        if level:
            headings.append((level, block))
        else:
            pieces += _lines(block)
    pieces += _rows(tokens, text)
    pieces.sort(key=lambda piece: piece.line)
    return Document(sections=tuple(_sections(headings, text.split("\n"))), pieces=tuple(pieces))


class _Block(NamedTuple):
    """Text outside of tables."""

    kind: str
    """h1 to h6 of a heading, p of a paragraph at the top, li of one in a list or quote, html or code."""
    underlined: bool
    first: int
    end: int
    text: str


def _blocks(tokens: list[Token]) -> Iterator[_Block]:
    quotes = 0
    for opened, token in zip([*tokens[:1], *tokens], tokens, strict=False):
        if not token.content:
            quotes += token.nesting if token.tag == "blockquote" else 0
            continue
        kind = _kind(opened, token)
        # A heading within a quotation is somebody else's.
        if kind and not (quotes and kind[0] == "h" and kind != "html"):
            first, end = (opened if token.type == "inline" else token).map or (0, 0)
            underlined = opened.markup in {"=", "-"}
            yield _Block(kind=kind, underlined=underlined, first=first, end=end, text=token.content)


def _kind(opened: Token, token: Token) -> str:
    match token.type, opened.type:
        case "inline", "heading_open":
            return opened.tag
        case "inline", "paragraph_open":
            return "p" if opened.level == 0 else "li"
        case "html_block", _:
            return "html"
        case (("fence" | "code_block"), _):
            return "code"
        case _:
            return ""


def _level(block: _Block) -> int:
    """Return a heading's level, 0 where it is none."""
    is_heading = block.kind[1:].isdigit() and not (block.underlined and _is_prose(block.text))
    return int(block.kind[1:]) if is_heading else 0


def _is_bare(block: _Block, names: frozenset[str], prefixes: tuple[str, ...]) -> bool:
    """Tell a paragraph that is nothing but a known name."""
    if (
        block.kind != "p"
        or not names
        or len(block.text) > _LONGEST_NAME
        or "\n" in block.text
        or _LISTED.match(block.text)
    ):
        return False
    name = key(block.text)
    spare = next((name[len(prefix) :] for prefix in prefixes if name.startswith(prefix)), None)
    return name in names or (spare is not None and block.text[-1] not in ".!" and len(spare.split()) <= 2)


def _is_prose(underlined: str) -> bool:
    """Tell a paragraph with a rule right under it, which Markdown takes for a heading, from a heading."""
    return (
        "\n" in underlined
        or underlined[-1] in ".!"
        or underlined.count(" ") >= _LONGEST_UNDERLINED
        or _LISTED.match(underlined) is not None
    )


def _lines(block: _Block) -> Iterator[Piece]:
    text = _DISCLOSURE.sub("", block.text) if block.kind == "html" else block.text
    for offset, line in enumerate(text.split("\n")):
        stripped = line.strip()
        if stripped:
            yield Piece(line=block.first + offset, cells=(stripped,))


def _rows(tokens: list[Token], text: str) -> Iterator[Piece]:
    table, line, head = -1, 0, False
    cells: list[str] = []
    for before, token in pairwise(tokens):
        if token.type == "tr_open":
            cells = []
            line = token.map[0] if token.map else line
        elif token.type == "inline" and before.type in {"th_open", "td_open"}:
            cells.append(token.content.strip())
            head = before.type == "th_open"
        elif token.type == "tr_close":
            table += head
            yield Piece(line=line, cells=tuple(cells), table=table, head=head)
    html_lines = {line for token in tokens if token.type == "html_block" for line in range(*(token.map or (0, 0)))}
    for number, found in enumerate(_HTML_TABLE.finditer(text) if html_lines else (), start=table + 1):
        if text.count("\n", 0, found.start()) in html_lines:  # else it stands in code
            yield from _html_rows(text, found, number)


def _html_rows(text: str, found: re.Match[str], table: int) -> Iterator[Piece]:
    """Yield the rows of an HTML table, which GitLab's rich text editor makes of a table with a list in a cell."""
    for row in _HTML_ROW.finditer(text, *found.span()):
        cells = tuple(cell[1].strip() for cell in _HTML_CELL.finditer(row[1]))
        if cells:
            yield Piece(line=text.count("\n", 0, row.start()), cells=cells, table=table)


def _sections(headings: list[tuple[int, _Block]], lines: list[str]) -> Iterator[Section]:
    for position, (level, block) in enumerate(headings):
        ends = (other.first for depth, other in headings[position + 1 :] if depth <= level)
        first, end = block.end, next(ends, len(lines))
        yield Section(name=block.text, level=level, first=first, end=end, text="\n".join(lines[first:end]))

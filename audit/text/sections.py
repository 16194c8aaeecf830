"""Sections of a description and the pieces of text in them (POLICY.md section 8, "Sections").

The Markdown parser finds headings, tables and code; the rest is read line by line as typed, with marks of lists and
quotations, since these distinguish a placeholder from an answer.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from audit.text.blocks import BREAK, blocks, closes, html_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.token import Token

SUMMARY: Final = ("Summary", "Executive Summary", "Exec Summary")
NARRATIVE: Final = (
    *("Details", "Narrative", "What happened"),
    *("What were the root causes?", "Incident Response Analysis", "Timeline", "Root Cause Analysis"),
)
OUTCOMES: Final = ("Outcomes", "Corrective Actions")
"""Beginnings of headings."""
KEY_INFORMATION: Final = ("Key Information",)
INLINE: Final = ("Incident Review",)
"""Where the review inside an incident's description begins."""

_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_DISCLOSURE = re.compile(r"<summary\b.*?(?:</summary>|\Z)", re.IGNORECASE | re.DOTALL)
_INVISIBLE = re.compile(f"[\u200b-\u200d\u2060\ufeff{BREAK}]")
_BEFORE_NAME = re.compile(r"^(?:\d+[.)]\s|[\W_])+")
_SPACES = re.compile(r"\s+")
_BAR = re.compile(r"(?<!\\)\|")
_BARE = 7
"""Level of a heading without markup: deeper than all others."""
_LISTED = re.compile(r"(?:[-*+>]|\d+[.)])(?:\s|$)")
_AT_MARGIN = re.compile(r" {0,3}(?!\s|>|(?:[-*+]|\d+[.)])(?:\s|$))")
"""A line that is not code and does not begin a list item or a quotation."""
_LONGEST_NAME = 60
_LONGEST_HEADING = 300
_LONGEST_UNDERLINED = 8
"""Most words of a heading underlined by a rule; more words are a paragraph, whatever Markdown makes of it."""


class Passage(NamedTuple):
    """A line of text, or a row of a table. A tuple, since there are many: it takes a third of a dataclass."""

    line: int
    """Its line, from 0, counted without comments."""
    cells: tuple[str, ...]
    """The line as the only element, or the row's cells, as typed."""
    table: int | None = None
    """For a row: the index of its table in the description, from 0."""
    head: bool = False
    """The row is the head of its table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading with the lines under it, deeper headings included."""

    name: str
    """The heading as typed."""
    level: int
    """1 to 6; 7 for a known name that is alone in its paragraph."""
    first: int
    """First line after the heading."""
    end: int
    """Line after its last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sectioned:
    """A description cut into sections."""

    sections: tuple[Section, ...]
    """In order; a section with a deeper heading is inside the one before."""
    passages: tuple[Passage, ...]
    """The text by line, without headings and comments, but with code."""

    def within(self, section: Section) -> tuple[Passage, ...]:
        """Return the passages of a section."""
        first, end = (bisect_left(self.passages, line, key=_line) for line in (section.first, section.end))
        return self.passages[first:end]


@lru_cache(maxsize=65_536)
def key(name: str) -> str:
    """Return the key of a heading's or row's name, which is equal for all of its spellings."""
    text = _TAG.sub("", _LINK.sub(r"\1", normalize("NFC", html.unescape(visible(name)))))
    text = _SPACES.sub(" ", re.sub(r"[*`~]", "", text))
    text = _BEFORE_NAME.sub("", text)
    end = len(text)
    while end and not text[end - 1].isalnum():  # a regular expression is slow on a long line of dashes
        end -= 1
    return text[:end].casefold()


def visible(text: str) -> str:
    """Return the text without zero-width characters."""
    return _INVISIBLE.sub("", text)


def named(sections: Iterable[Section], names: Iterable[str], *, prefix: bool = False) -> tuple[Section, ...]:
    """Return the sections with one of these names, or with ``prefix`` those that begin with one.

    A section inside another of them is part of it and not returned again.
    """
    wanted = tuple(map(key, names))
    chosen: list[Section] = []
    for section in sections:
        name = key(section.name[:_LONGEST_HEADING])
        within = bool(chosen) and section.end <= chosen[-1].end
        if (name.startswith(wanted) if prefix else name in wanted) and not within:
            chosen.append(section)
    return tuple(chosen)


def document(description: str, bare: tuple[str, ...] = (), beginnings: tuple[str, ...] = ()) -> Sectioned:
    """Return a description cut into sections; consecutive calls for one text parse it once.

    ``bare`` are names that count as a heading if they are all of a paragraph: a text that was copied from a page,
    or typed in bold, has no marks of headings. So do ``beginnings`` with at most two more words.
    """
    cut = blocks(description)
    lines = cut.text.split("\n")
    names, prefixes = frozenset(map(key, bare)), tuple(map(key, beginnings))
    headings: list[_Heading] = []
    silent: set[int] = set()
    for position, token in enumerate(cut.tokens):
        if token.type in {"heading_open", "paragraph_open"}:
            inline = cut.tokens[position + 1].content
            heading = _heading(token, inline, lines) or _bare_heading(token, inline, lines, names, prefixes)
            headings += [heading] if heading else []
            silent.update(range(heading.first, heading.end) if heading else ())
        if token.type in _SILENT:
            silent.update(_silent(token, lines))
    rows = list(_rows(cut.tokens))
    silent.update(row.line for row in rows)
    passages = [
        Passage(line=number, cells=(text,))
        for number, line in enumerate(_without_labels(cut.tokens, lines))
        if number not in silent and (text := line.strip())
    ]
    first = 1 + max((row.table or 0 for row in rows), default=-1)
    in_html = (Passage(line=row.line, cells=row.cells, table=first + row.table) for row in html_rows(cut))
    passages = sorted([*passages, *rows, *in_html], key=_line)
    return Sectioned(sections=_sections(headings, len(lines)), passages=tuple(passages))


def _line(passage: Passage) -> int:
    return passage.line


class _Heading(NamedTuple):
    level: int
    name: str
    first: int
    end: int


def _heading(opened: Token, text: str, lines: list[str]) -> _Heading | None:
    """Return the heading that a token opens; None in a quotation, which is somebody else's text."""
    if opened.type != "heading_open" or not text:
        return None
    first, end = opened.map or (0, 0)
    underlined = opened.markup in {"=", "-"}
    is_heading = _AT_MARGIN.match(lines[first]) and not (underlined and _is_prose(lines[first : end - 1]))
    return _Heading(int(opened.tag[1:]), text, first, end) if is_heading else None


def _bare_heading(
    opened: Token, text: str, lines: list[str], names: frozenset[str], prefixes: tuple[str, ...]
) -> _Heading | None:
    """Return the heading for a paragraph that is only a known name."""
    first, end = opened.map or (0, 0)
    if opened.type != "paragraph_open" or len(text) > _LONGEST_NAME or not names:
        return None
    if end - first > 1 or not _AT_MARGIN.match(lines[first]) or _LISTED.match("".join(lines[end : end + 1]).lstrip()):
        return None
    name = key(text)
    spare = next((name[len(prefix) :] for prefix in prefixes if name.startswith(prefix)), None)
    is_name = name in names or (spare is not None and text[-1] not in ".!" and len(spare.split()) <= 2)
    return _Heading(_BARE, text, first, end) if is_name else None


def _is_prose(underlined: list[str]) -> bool:
    """Return whether a heading is really a paragraph with a rule right under it."""
    text = underlined[0].strip()
    return len(underlined) > 1 or text[-1] in ".!" or text.count(" ") >= _LONGEST_UNDERLINED


_SILENT = {"table_open", "hr", "heading_open", "fence"}


def _silent(token: Token, lines: list[str]) -> Iterable[int]:
    """Return the lines of a block that are not text: rules, code fences, and tables, which are read separately."""
    first, end = token.map or (0, 0)
    if token.type == "fence":
        closed = end - first > 1 and closes(token, lines[end - 1])
        return (first, end - 1) if closed else (first,)
    if token.type == "heading_open":
        return (end - 1,) if token.markup in {"=", "-"} else ()
    return range(first, end)


def _without_labels(tokens: Iterable[Token], lines: list[str]) -> list[str]:
    """Return the lines without the summary of a collapsible part, which is not an answer."""
    shown = list(lines)
    for token in tokens:
        if token.type == "html_block" and token.map:
            span = slice(*token.map)
            text = _DISCLOSURE.sub(lambda label: "\n" * label[0].count("\n"), "\n".join(lines[span]))
            shown[span] = text.split("\n")
    return shown


def _rows(tokens: Sequence[Token]) -> Iterator[Passage]:
    table, line, head, end = -1, 0, False, -1
    cells: list[str] = []
    for before, token in pairwise(tokens):
        if before.type == "table_open" and before.map:
            end = before.map[1]
        if token.type == "tr_open":
            cells = []
            line = token.map[0] if token.map else line
        elif token.type == "inline" and before.type in {"th_open", "td_open"}:
            cells.append(token.content.strip())
            head = before.type == "th_open"
        elif token.type == "tr_close":
            table += head
            yield Passage(line=line, cells=tuple(cells), table=table, head=head)
        elif token.type == "inline" and before.level and token.map and token.map[0] == end:
            # a list item meant for a cell has ended the table
            for number, loose in enumerate(token.content.split("\n"), start=end):
                if loose.startswith("|"):
                    inside = loose.strip().removeprefix("|").removesuffix("|")
                    yield Passage(line=number, cells=tuple(map(str.strip, _BAR.split(inside))), table=table)
            end = token.map[1]


def _sections(headings: list[_Heading], lines: int) -> tuple[Section, ...]:
    """Return the sections; each ends at the next heading that is not deeper, so they are built from the last on."""
    sections: list[Section] = []
    later: list[_Heading] = []
    for heading in reversed(headings):
        while later and later[-1].level > heading.level:
            later.pop()
        end = later[-1].first if later else lines
        later.append(heading)
        sections.append(Section(name=heading.name, level=heading.level, first=heading.end, end=end))
    return tuple(reversed(sections))

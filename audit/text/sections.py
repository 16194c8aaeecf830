"""Sections of a description and the pieces of text in them (POLICY.md section 8, "Sections").

Markdown tells headings, tables and code; all else is read line by line, as it was typed, marks of lists and quotations
included. That is what tells a placeholder from an answer.
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
"""A heading that begins with one of these."""
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
"""The level of a heading that lost its markup: deeper than any."""
_LISTED = re.compile(r"(?:[-*+>]|\d+[.)])(?:\s|$)")
_AT_MARGIN = re.compile(r" {0,3}(?!\s|>|(?:[-*+]|\d+[.)])(?:\s|$))")
"""A line that is no code and begins no entry of a list and no quotation."""
_LONGEST_NAME = 60
_LONGEST_HEADING = 300
_LONGEST_UNDERLINED = 8
"""Words; more than that, with a rule right under them, are a paragraph whatever Markdown makes of it."""


class Passage(NamedTuple):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sectioned:
    """A description by its sections."""

    sections: tuple[Section, ...]
    """In order; one lies within another where its heading is deeper."""
    passages: tuple[Passage, ...]
    """What is written, by line: no headings, no comments. Text in code is written too."""

    def within(self, section: Section) -> tuple[Passage, ...]:
        """Return what is written in a section."""
        first, end = (bisect_left(self.passages, line, key=_line) for line in (section.first, section.end))
        return self.passages[first:end]


@lru_cache(maxsize=65_536)
def key(name: str) -> str:
    """Return what two spellings of a heading's or row's name have in common."""
    text = _TAG.sub("", _LINK.sub(r"\1", normalize("NFC", html.unescape(visible(name)))))
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

    A section that lies within another of them is part of it and not returned again.
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
    """Return a description by its sections; it is parsed once if its readers ask in a row.

    ``bare`` are names that make a heading of a paragraph which holds nothing else: a text that was copied from a page,
    or typed in bold, has lost the marks of its headings. So do ``beginnings`` with at most two words more.
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
    """Return the heading that a token opens; one in a quotation is somebody else's."""
    if opened.type != "heading_open" or not text:
        return None
    first, end = opened.map or (0, 0)
    underlined = opened.markup in {"=", "-"}
    is_heading = _AT_MARGIN.match(lines[first]) and not (underlined and _is_prose(lines[first : end - 1]))
    return _Heading(int(opened.tag[1:]), text, first, end) if is_heading else None


def _bare_heading(
    opened: Token, text: str, lines: list[str], names: frozenset[str], prefixes: tuple[str, ...]
) -> _Heading | None:
    """Return the heading that a paragraph is which is nothing but a known name."""
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
    """Tell a paragraph with a rule right under it, which Markdown takes for a heading, from a heading."""
    text = underlined[0].strip()
    return len(underlined) > 1 or text[-1] in ".!" or text.count(" ") >= _LONGEST_UNDERLINED


_SILENT = {"table_open", "hr", "heading_open", "fence"}


def _silent(token: Token, lines: list[str]) -> Iterable[int]:
    """Return the lines of a block that are no text: rules, fences of code, and tables, whose rows are read apart."""
    first, end = token.map or (0, 0)
    if token.type == "fence":
        closed = end - first > 1 and closes(token, lines[end - 1])
        return (first, end - 1) if closed else (first,)
    if token.type == "heading_open":
        return (end - 1,) if token.markup in {"=", "-"} else ()
    return range(first, end)


def _without_labels(tokens: Iterable[Token], lines: list[str]) -> list[str]:
    """Return the lines without what a reader clicks on to see more."""
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
            # the entry of a list, meant for a cell, has ended the table
            for number, loose in enumerate(token.content.split("\n"), start=end):
                if loose.startswith("|"):
                    inside = loose.strip().removeprefix("|").removesuffix("|")
                    yield Passage(line=number, cells=tuple(map(str.strip, _BAR.split(inside))), table=table)
            end = token.map[1]


def _sections(headings: list[_Heading], lines: int) -> tuple[Section, ...]:
    """Return the sections; each ends at the next heading that is not deeper, so the last ones are looked at first."""
    sections: list[Section] = []
    later: list[_Heading] = []
    for heading in reversed(headings):
        while later and later[-1].level > heading.level:
            later.pop()
        end = later[-1].first if later else lines
        later.append(heading)
        sections.append(Section(name=heading.name, level=heading.level, first=heading.end, end=end))
    return tuple(reversed(sections))

"""Sections of a description and the pieces of text in them (POLICY.md section 8, "A section")."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from audit.text.names import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.text.headings import Heading


_LINE = attrgetter("line")


class Passage(NamedTuple):
    """A line of text, or a row of a table. A tuple, since there are many."""

    line: int
    """Its line, from 0, counted without comments."""
    cells: tuple[str, ...]
    """The line as the only element, or the row's cells, as typed."""
    table: int | None = None
    """For a row: the index of its table in the description, from 0."""
    head: bool = False
    """The row is the head of its table."""
    indent: int = 0
    """Of a line, the blanks before it."""
    code: bool = False
    """It is a line of code, which names no row."""


class Section(NamedTuple):
    """A heading with the lines under it, deeper headings included."""

    name: str
    """The heading as typed."""
    level: int
    line: int
    """The line of the heading."""
    first: int
    """First line of its text: of a label with text behind it, its own."""
    end: int
    """Line after its last one."""
    key: str
    """The key of its name."""
    around: int = -1
    """The number of the section that it is in; -1: none."""


@dataclass(frozen=True, kw_only=True)
class Sectioned:
    """A description cut into sections."""

    sections: tuple[Section, ...]
    """In order; a section with a deeper heading is inside the one before."""
    passages: tuple[Passage, ...]
    """The text by line, without headings and comments, but with code."""
    end: int
    """The number of its lines."""
    starts: Sequence[int] = field(repr=False)
    """The lines of the headings."""
    _firsts: Sequence[int] = field(repr=False)

    def within(self, section: Section) -> tuple[Passage, ...]:
        """Return the passages of a section."""
        return self.between(section.first, section.end)

    def between(self, first: int, end: int) -> tuple[Passage, ...]:
        """Return the passages from one line up to another."""
        if first == 0 and end >= self.end:
            return self.passages
        start = bisect_left(self.passages, first, key=_LINE)
        return self.passages[start : bisect_left(self.passages, end, key=_LINE)]

    def around(self, line: int) -> Iterator[int]:
        """Yield the numbers of the sections that hold a line, the innermost first."""
        number = bisect_right(self._firsts, line) - 1
        while number >= 0:
            if self.sections[number].end > line:
                yield number
            number = self.sections[number].around

    def named(
        self, names: frozenset[str], *, beginnings: bool = False, out: frozenset[int] = frozenset()
    ) -> tuple[Section, ...]:
        """Return the sections with one of these keys, or with ``beginnings`` those that begin with one.

        A section inside another of them is part of it and not returned again; those numbered in ``out`` are left out.
        """
        wanted = tuple(names)
        chosen: list[Section] = []
        for number, section in enumerate(self.sections):
            name = section.key
            fits = name.startswith(wanted) if beginnings else name in names
            if fits and number not in out and not (chosen and section.end <= chosen[-1].end):
                chosen.append(section)
        return tuple(chosen)


def sections_of(headings: Sequence[Heading], lines: int) -> tuple[Section, ...]:
    """Return the sections; each ends at the next heading that is not deeper, or with its disclosure."""
    limits: list[int] = []
    """For each heading, the line where the disclosures that it is in end."""
    ends = [lines] * len(headings)
    around: list[int] = []
    open_: list[int] = []
    for number, heading in enumerate(headings):
        while open_ and (
            heading.first >= limits[open_[-1]]
            or (headings[open_[-1]].level >= heading.level and headings[open_[-1]].stop < 0)
        ):
            ends[open_[-1]] = min(limits[open_[-1]], heading.first)
            open_.pop()
        around.append(open_[-1] if open_ else -1)
        limit = limits[open_[-1]] if open_ else lines
        limits.append(min(limit, heading.stop) if heading.stop >= 0 else limit)
        open_.append(number)
    for number in open_:
        ends[number] = limits[number]
    firsts = [heading.first if heading.rest else heading.end for heading in headings]
    return tuple(
        Section(heading.name, heading.level, heading.first, first, max(end, first), key(heading.name), inside)
        for heading, first, end, inside in zip(headings, firsts, ends, around, strict=True)
    )

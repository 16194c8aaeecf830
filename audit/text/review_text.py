"""What a review's description says (POLICY.md section 8): its Key Information and its sections.

The evidence decides whether a reference in it names another review or a corrective action.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.text import sections
from audit.text import values as facts
from audit.text.placeholders import NO_TEMPLATES, Boilerplate, State, of_passages, written
from audit.text.sections import Passage, Section, Sectioned, document, key, named

if TYPE_CHECKING:
    from collections.abc import Iterable

CUSTOMERS: Final = "Customers Affected"
REQUESTS: Final = "Requests Affected"
SEVERITY: Final = "Incident Severity"
START: Final = "Start Time"
END: Final = "End Time"
DURATION: Final = "Total Duration"
LINK: Final = "Link to Incident Issue"
ROWS: Final = (CUSTOMERS, REQUESTS, SEVERITY, START, END, DURATION, LINK)
"""In the order of the table."""

_ALIASES: Final = {START: ("Impact Start Time",), END: ("Impact End Time",)}
_ROW_OF: Final = {key(name): row for row in ROWS for name in (row, *_ALIASES.get(row, ()))}
_BARE_ROW = re.compile(rf"\W*({'|'.join(sorted(_ROW_OF, key=len, reverse=True))})(?![\w/])[\s:*|]*(.*)", re.IGNORECASE)
_PARENTHESIS = re.compile(r"\s*\([^()]*\)\W*$")
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of sections; the defaults are the policy's."""

    summary: tuple[str, ...] = sections.SUMMARY
    narrative: tuple[str, ...] = sections.NARRATIVE
    outcomes: tuple[str, ...] = sections.OUTCOMES
    """Beginnings of the headings of Outcomes sections."""
    key_information: tuple[str, ...] = sections.KEY_INFORMATION
    inline: tuple[str, ...] = sections.INLINE
    """Heading of an inline review in its incident's description."""
    fixed: frozenset[str] = frozenset()
    """Names of the fields above that the settings give: these go before a template."""
    rows: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    """Name and aliases of each row that is asked for, by the settings; empty: no table is asked for.

    None: the rows of the review's template, else the policy's.
    """

    @property
    def whole(self) -> tuple[str, ...]:
        """The names that are whole headings."""
        return (*self.summary, *self.narrative, *self.key_information, *self.inline)


DEFAULT_NAMES: Final = Names()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A row of the Key Information table."""

    name: str
    """One of ROWS, whatever alias the text uses."""
    state: State
    cells: tuple[str, ...] = ()
    """As typed, one for each value column; all rows have the same columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewText:
    """What was read from a review's description."""

    key_information: tuple[KeyRow, ...]
    """One for each of ROWS, in their order."""
    has_table: bool
    """There is a Key Information table."""
    summary: State
    narrative: State
    """Written if one of its sections is."""
    outcomes_lines: tuple[range, ...]
    """Lines of the Outcomes sections, from 0, counted without comments."""

    def row(self, name: str) -> KeyRow:
        """Return one of ROWS."""
        return self.key_information[ROWS.index(name)]

    @property
    def blank_rows(self) -> tuple[str, ...]:
        """The rows that are present and blank."""
        return tuple(row.name for row in self.key_information if row.state is State.PLACEHOLDER)

    @property
    def severities(self) -> tuple[int | None, ...]:
        """The severity in each value column; None if it names none or two."""
        return tuple(map(facts.severity, self.row(SEVERITY).cells))

    @property
    def durations_disagree(self) -> bool | None:
        """Total Duration is not End minus Start in some value column; None if no column can be read."""
        return facts.any_disagree(*(self.row(name).cells for name in (START, END, DURATION)))

    @property
    def untouched(self) -> bool:
        """Neither Key Information nor summary nor narrative is written."""
        states = {self.summary, self.narrative, *(row.state for row in self.key_information)}
        return State.WRITTEN not in states


def review_text(
    description: str, boilerplate: Boilerplate = NO_TEMPLATES, *, names: Names = DEFAULT_NAMES, inline: bool = False
) -> ReviewText:
    """Read a description.

    ``boilerplate`` are the lines of the tracker's own templates (:func:`audit.text.placeholders.template_lines`).
    ``inline`` reads the review inside an incident's description: the text after its heading, if there is one.
    """
    read = document(description, names.whole, names.outcomes)
    if inline:
        read = _after_heading(read, names)
    reader = _Reader(read=read, boilerplate=boilerplate)
    rows, has_table = reader.key_information(names.key_information)
    outcomes = named(read.sections, names.outcomes, prefix=True)
    return ReviewText(
        key_information=rows,
        has_table=has_table,
        summary=reader.state(named(read.sections, names.summary)),
        narrative=reader.state(named(read.sections, names.narrative)),
        outcomes_lines=tuple(range(section.first, section.end) for section in outcomes),
    )


def _after_heading(read: Sectioned, names: Names) -> Sectioned:
    starts = [section.first for section in named(read.sections, names.inline)]
    first = starts[0] if starts else 0
    return Sectioned(
        sections=tuple(section for section in read.sections if section.first > first or not starts),
        passages=tuple(passage for passage in read.passages if passage.line >= first),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    read: Sectioned
    boilerplate: Boilerplate

    def state(self, sections: tuple[Section, ...]) -> State:
        if not sections:
            return State.ABSENT
        passages = (passage for section in sections for passage in self.read.within(section))
        return of_passages(passages, self.boilerplate)

    def key_information(self, names: tuple[str, ...]) -> tuple[tuple[KeyRow, ...], bool]:
        """Return the rows, and whether there is a table; one outside its section counts if the section has none."""
        inside = [passage for section in named(self.read.sections, names) for passage in self.read.within(section)]
        tables = _tables(inside)
        if not tables:
            tables = [table for table in (*_tables(self.read.passages), _without_bars(inside)) if len(table) > 1]
        has_table = bool(tables) or any(passage.table is not None for passage in inside)
        return tuple(self._key_row(name, tables) for name in ROWS), has_table

    def _key_row(self, name: str, tables: list[_Table]) -> KeyRow:
        if not any(name in table for table in tables):
            return KeyRow(name=name, state=State.ABSENT)
        cells = tuple(cell for table in tables for cell in self._cells(table.get(name, [()]), _width(table)))
        filled = any(self._fills(cell) for cell in cells)
        return KeyRow(name=name, state=State.WRITTEN if filled else State.PLACEHOLDER, cells=cells)

    def _cells(self, rows: list[tuple[str, ...]], width: int) -> tuple[str, ...]:
        """Return a row's cells, one for each value column; of two rows of one name, those of the filled one."""
        cells = rows[0] if len(rows) == 1 else next((row for row in rows if any(map(self._fills, row))), rows[0])
        return cells + ("",) * (width - len(cells))

    def _fills(self, cell: str) -> bool:
        return written(cell, self.boilerplate, cell=True) is State.WRITTEN


_Table = dict[str, list[tuple[str, ...]]]
"""Name of a row -> the cells of every row of that name."""


def _width(table: _Table) -> int:
    return max(len(cells) for rows in table.values() for cells in rows)


def _row_of(name: str) -> str | None:
    return _ROW_OF.get(key(_PARENTHESIS.sub("", name))) if len(name) <= _LONGEST_NAME else None


def _tables(passages: Iterable[Passage]) -> list[_Table]:
    tables: dict[int, _Table] = {}
    for passage in passages:
        name = _row_of(passage.cells[0]) if passage.table is not None else None
        if passage.table is not None and name:
            tables.setdefault(passage.table, {}).setdefault(name, []).append(passage.cells[1:])
    return list(tables.values())


def _without_bars(passages: Iterable[Passage]) -> _Table:
    """Return the rows of a table that was pasted without its bars, or typed as a list."""
    rows: _Table = {}
    for passage in passages:
        line = _BARE_ROW.fullmatch(passage.cells[0])
        if line:
            rows.setdefault(_ROW_OF[key(line[1])], []).append((line[2],))
    return rows

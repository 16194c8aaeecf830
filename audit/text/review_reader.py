"""Reads a review against its template (POLICY.md section 8): the one reader of sections, rows and cells."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from audit.text.documents import document
from audit.text.expectations import NARRATIVE, SUMMARY, Expectations, expectations
from audit.text.fact_rows import RowNames, RowText, row_names, rows_in
from audit.text.headings import BARE, fact_label
from audit.text.names import DEFAULT_NAMES, LINK, POLICY_ROWS, Names, keys
from audit.text.placeholders import Boilerplate, State, says
from audit.text.review_templates import BUILT_IN, chosen, passage_says, place, review_template
from audit.text.review_text import PartReading, ReviewText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.model import TemplateEdition
    from audit.text.documents import Document
    from audit.text.review_templates import Place
    from audit.text.sections import Passage, Section, Sectioned


def review_text(
    description: str,
    editions: Sequence[TemplateEdition] = (),
    *,
    names: Names = DEFAULT_NAMES,
    inline: bool = False,
) -> ReviewText:
    """Read a description.

    ``editions`` are the templates in force when the review was opened, in the order in which they are preferred.
    ``inline`` reads the review inside an incident's description: the text after its heading, if there is one.
    """
    return _reader(description, editions, names, inline=inline).text()


def section_readings(
    description: str, editions: Sequence[TemplateEdition] = (), *, names: Names = DEFAULT_NAMES
) -> tuple[PartReading, ...]:
    """Return how each section of a description is read, asked for or not, in order."""
    reader = _reader(description, editions, names, inline=False)
    return tuple(
        reader.read(section.name, False, reader.sectioned.within(section), section.line)
        for section in reader.sectioned.sections
    )


def _reader(description: str, editions: Sequence[TemplateEdition], names: Names, *, inline: bool) -> _Reader:
    read = document(description)
    candidates = (*(review_template(edition, names) for edition in editions), *BUILT_IN)
    template = chosen(candidates, read.names())
    expects = expectations(template, names)
    sectioned = read.sectioned(expects.known, keys(names.outcomes))
    first = next((one.first for one in sectioned.named(keys(names.inline))), 0) if inline else 0
    return _Reader(read, sectioned, expects, first)


def link_row(read: Document, names: Names = DEFAULT_NAMES) -> tuple[str, ...]:
    """Return the cells of the link row of a description, as typed."""
    reader = _Reader(read, read.sectioned(names.whole, keys(names.outcomes)), expectations(None, names), 0)
    rows, _ = reader.found_rows(row_names(tuple(row for row in (*(names.rows or ()), *POLICY_ROWS) if row[0] == LINK)))
    return tuple(cell for row in rows for cell in row.cells)


class _Reader:
    """Reads one description against its template."""

    def __init__(self, read: Document, sectioned: Sectioned, expects: Expectations, first: int) -> None:
        self.document, self.sectioned, self.expects, self.first = read, sectioned, expects, first
        self.template, self.names = expects.template, expects.names
        self.places: dict[int | None, Place] = {}
        """Number of the innermost section around a line -> what the template says there."""

    def text(self) -> ReviewText:
        """Return what was read."""
        rows, has_table = self.rows()
        outcomes = self.named(self.names.outcomes, beginnings=True)
        narrative, free = self.narrative()
        return ReviewText(
            document=self.document,
            template=self.template,
            rows=rows,
            has_table=has_table,
            expects_table=self.expects.table,
            summary=self.section(SUMMARY, self.names.summary, expected=self.expects.summary),
            narrative=narrative,
            outcomes_lines=tuple(range(section.first, section.end) for section in outcomes),
            free_text=free or self.is_written_elsewhere(),
        )

    def named(self, names: tuple[str, ...], *, beginnings: bool = False, titles: bool = True) -> tuple[Section, ...]:
        """Return the sections of these names in the review; without ``titles``, no heading around other kinds."""
        out = frozenset() if titles else self.titles()
        sections = self.sectioned.named(keys(names), beginnings=beginnings, out=out)
        return tuple(section for section in sections if section.first >= self.first) if self.first else sections

    def titles(self) -> frozenset[int]:
        """Numbers of the sections that are around one of another kind that is no mere label."""
        sections = self.sectioned.sections
        others = [one for one in sections if one.level < BARE and self.expects.is_other(one.key)]
        return frozenset(number for one in others for number in self.sectioned.around(one.line))

    # sections

    def section(self, kind: str, names: tuple[str, ...], *, expected: bool) -> PartReading:
        """Return how the sections of a kind are read: written if one is.

        A heading around a section of another kind is a title.
        """
        sections = self.named(names, titles=kind != NARRATIVE)
        if not sections:
            return PartReading(kind, expected, State.ABSENT)
        passages = (
            passage
            for section in sections
            for passage in self.sectioned.within(section)
            if not self.is_of_another(passage, kind, section)
        )
        return self.read(kind, expected, passages, sections[0].line)

    def is_of_another(self, passage: Passage, kind: str, section: Section) -> bool:
        """Return whether a passage of a section stands in one of another kind that the template has beside it.

        Without such a template a deeper heading is a part of the section, whatever its name.
        """
        if not (beside := self.expects.beside):
            return False
        numbers = self.sectioned.around(passage.line)
        inside = takewhile(lambda one: one is not section, (self.sectioned.sections[number] for number in numbers))
        return any(
            one.level < BARE and (one.key, section.key) in beside and self.expects.kind(one.key) not in {None, kind}
            for one in inside
        )

    def read(self, name: str, expected: bool, passages: Iterable[Passage], heading: int) -> PartReading:
        """Return the state of passages, with the line that decides it."""
        first: Passage | None = None
        for passage in passages:
            if passage_says(passage, self.place(passage.line)):
                return PartReading(name, expected, State.WRITTEN, passage.line, " | ".join(passage.cells))
            first = first or passage
        line, text = (first.line, " | ".join(first.cells)) if first else (heading, self.document.cut.lines[heading])
        return PartReading(name, expected, State.PLACEHOLDER, line, text.strip())

    def place(self, line: int) -> Place:
        """Return what the template says in the section of a line."""
        innermost = next(self.sectioned.around(line), None)
        if innermost not in self.places:
            chain = [self.sectioned.sections[number].key for number in self.sectioned.around(line)]
            self.places[innermost] = place(self.template, chain)
        return self.places[innermost]

    def narrative(self) -> tuple[PartReading, bool]:
        """Return how the narrative is read, and whether the rest of the text is written that takes its place.

        A template without any of the named sections asks for what else it leaves to be filled.
        """
        named = self.section(NARRATIVE, self.names.narrative, expected=self.expects.narrative)
        if self.template is None or NARRATIVE in self.names.fixed or named.expected:
            return named, False
        rest = self.read(NARRATIVE, self.expects.more, self.unnamed(), 0)
        state = rest.state if rest.line else State.ABSENT
        free = State.WRITTEN in {named.state, rest.state}
        if named.state is State.WRITTEN:
            return named._replace(expected=rest.expected), free
        return (rest if rest.text and rest.line else rest._replace(state=state)), free

    def unnamed(self) -> Iterable[Passage]:
        """Yield the passages of all sections but the other kinds and those in which the template leaves no blank."""
        static, is_other = self.expects.static, self.expects.is_other
        for passage in self.sectioned.passages:
            chain = [self.sectioned.sections[number].key for number in self.sectioned.around(passage.line)]
            inside = passage.line >= self.first and chain and chain[0] not in static
            if inside and not any(map(is_other, chain)):
                yield passage

    def is_written_elsewhere(self) -> bool:
        """Return whether anything at all is written, where the template asks for none of the known parts."""
        expects = self.expects
        if expects.template is None or expects.table or expects.summary or expects.narrative or expects.more:
            return False
        passages = (one for one in self.sectioned.passages if one.line >= self.first)
        return any(passage_says(one, self.place(one.line)) for one in passages)

    # rows

    def rows(self) -> tuple[tuple[PartReading, ...], bool]:
        """Return the rows, and whether there is a table."""
        found, has_table = self.found_rows(self.expects.row_names)
        by_table: dict[int, dict[str, list[RowText]]] = {}
        widths: dict[int, int] = {}
        for row in found:
            by_table.setdefault(row.table, {}).setdefault(row.name, []).append(row)
            widths[row.table] = max(widths.get(row.table, 0), len(row.cells))
        tables = [_Table(rows, widths[number], self) for number, rows in by_table.items()]
        readings = [self.row(name, expected, tables) for name, expected in self.expects.rows.items()]
        return tuple(row for row in readings if row.expected or row.state is not State.ABSENT), has_table

    def found_rows(self, names: RowNames) -> tuple[list[RowText], bool]:
        """Return the rows in Key Information, or where it has none anywhere, and whether there is a table.

        Outside of it a single row is no table, but the link row may stand anywhere.
        """
        end = self.sectioned.end
        inside = self.named(self.names.key_information)
        scopes = [(one.first, one.end) for one in inside]
        found = [row for first, last in scopes for row in self.rows_between(names, first, last)]
        sure = [row for row in found if row.certain]
        if any(row.table >= 0 for row in sure):
            return sure, True
        if sure or len({row.name for row in found}) > 1:
            return found, True
        passages = [passage for first, last in scopes for passage in self.sectioned.between(first, last)]
        has_table = any(passage.table is not None for passage in passages)
        has_table = has_table or sum(fact_label(passage.cells[0]) is not None for passage in passages) > 1
        elsewhere = [row for row in self.rows_between(names, self.first, end) if row.certain]
        by_place: dict[int, set[str]] = {}
        for row in elsewhere:
            by_place.setdefault(row.table, set()).add(row.name)
        if inside:
            elsewhere = [row for row in elsewhere if row.table >= 0]
        kept = [row for row in elsewhere if len(by_place[row.table]) > 1 or row.name == LINK]
        return kept, has_table or any(len(by_place[row.table]) > 1 for row in kept)

    def rows_between(self, names: RowNames, first: int, end: int) -> list[RowText]:
        """Return the rows among the lines from one up to another."""
        return rows_in(self.sectioned, self.sectioned.between(first, end), names, first, end)

    def row(self, name: str, expected: bool, tables: Sequence[_Table]) -> PartReading:
        """Return how a row is read: its cells in all tables, which are columns of one."""
        lines = [table.rows[name] for table in tables if name in table.rows]
        if not lines:
            return PartReading(name, expected, State.ABSENT)
        cells = tuple(cell for table in tables for cell in table.cells(name))
        chosen_rows = [rows[0] for rows in lines]
        filled = next((row for rows in lines for row in rows if any(self.fills(row, cell) for cell in row.cells)), None)
        decided = filled or chosen_rows[0]
        text = " | ".join(decided.cells).strip() or self.document.cut.lines[decided.line].strip()
        state = State.WRITTEN if filled else State.PLACEHOLDER
        return PartReading(name, expected, state, decided.line, text, cells)

    def fills(self, row: RowText, cell: str) -> bool:
        """Return whether a cell of a row is filled."""
        known = self.expects.in_rows[row.name]
        if row.table < 0:
            around = self.place(row.line).boilerplate
            known = Boilerplate(lines=known.lines | around.lines, digests=known.digests | around.digests)
        return says(cell, known, cell=True)


class _Table(NamedTuple):
    """The rows of one table, by name."""

    rows: dict[str, list[RowText]]
    width: int
    """The number of its value columns."""
    reader: _Reader

    def cells(self, name: str) -> tuple[str, ...]:
        """Return a row's cells, one for each value column; of two rows of one name, those of the filled one."""
        rows = self.rows.get(name)
        if not rows:
            return ("",) * self.width
        row = rows[0]
        if len(rows) > 1:
            row = next((one for one in rows if any(self.reader.fills(one, cell) for cell in one.cells)), row)
        return row.cells + ("",) * (self.width - len(row.cells))

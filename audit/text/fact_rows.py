"""Rows of facts in every form in which people write them (POLICY.md section 8, "A row").

A row of a table, its name first, or its columns swapped, numbered or turned; a list item, a definition, a bold label or
a heading of that name, with the value behind or under it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import normalize

from audit.text.names import key, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.text.sections import Passage, Sectioned

_LONGEST_NAME = 100
_LONGEST_LABEL = 400
_MOST_COLUMNS = 100
_BEFORE = r"(?:<[^<>]{0,200}>|:[a-z0-9_+-]{1,40}:|(?<=\[)[xX](?=\])|(?<![^\W_])\d{1,3}(?=[.)\s])|[\W_])*+"
_CLOSED = (
    r"(?:\]\([^()\s]{0,500}\)|</?[a-z][^<>]{0,200}>|\{[#.][^{}]{0,200}\}|[*_`~\]\s]"
    r"|[(\uff08][^()\uff08\uff09]{0,100}[)\uff09])*+"
)
_PARTED = r"\s*[?:\uff1a=|]+(?:[*_`~]{1,3}(?=\s|$)|</?[a-z][^<>]{0,200}>|\s)*+|(?P<dash>[–—-](?:\s+|$))"
_LABEL = re.compile(r"(?:\*\*|__|[^\W\d_][^:\uff1a?]{0,60}(?:[:\uff1a](?:\s|$)|\?\s*$))")
"""What begins like the name of another fact, which ends a value."""
_BOLD = ("**", "__")
_ENTRY = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:\s+|$)(?:\[[ xX~]\]\s*)?|<li\b[^<>]*>|\[[ xX~]\]\s*")
_DEFINES = re.compile(r"\A:(?:\s+|$)")
_INDEX = re.compile(r"\s*\d{0,3}[.)]?\s*")
_QUESTION: Final = "?"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowNames:
    """The names of rows that are looked for."""

    canonical: Mapping[str, str]
    """Key of a name or an alias -> the row's name."""
    label: re.Pattern[str] = field(repr=False)
    """Matches a line that begins with one of these names."""

    def row(self, name: str) -> str | None:
        """Return the row that a cell names."""
        return self.canonical.get(key(name)) if name and len(name) <= _LONGEST_NAME else None


@lru_cache(maxsize=256)
def row_names(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> RowNames:
    """Return the names for rows, each with its aliases; of two rows of one name the first counts."""
    canonical: dict[str, str] = {}
    for name, aliases in rows:
        for one in (name, *aliases):
            canonical.setdefault(key(one), name)
    canonical.pop("", None)
    words = (r"[\s*_`]+".join(map(re.escape, one.split())) for one in sorted(canonical, key=len, reverse=True))
    names = "|".join(words) or r"(?!)"
    pattern = rf"{_BEFORE}(?P<name>{names})(?![^\W_]|/|-\w)(?P<closed>{_CLOSED})(?P<parted>{_PARTED})?(?P<rest>.*)"
    return RowNames(canonical=canonical, label=re.compile(pattern, re.IGNORECASE | re.DOTALL))


class RowText(NamedTuple):
    """A row as it was found."""

    name: str
    cells: tuple[str, ...]
    """Its values as typed, one for each column; the lines under a name each begin with a line end."""
    line: int
    table: int
    """Index of its table among the description's; -1: it is a line."""
    certain: bool = True
    """False: its name only begins a line, with nothing between it and what follows."""


def rows_in(read: Sectioned, passages: Sequence[Passage], names: RowNames, first: int, end: int) -> list[RowText]:
    """Return the rows among the passages of the lines from ``first`` to ``end``, in order."""
    tables: dict[int, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.table is not None:
            tables[passage.table].append(passage)
    found = [row for table in tables.values() for row in _table_rows(table, names)]
    found += _line_rows(read, passages, names)
    found += _heading_rows(read, names, first, end)
    return sorted(found, key=lambda row: row.line)


def _table_rows(table: list[Passage], names: RowNames) -> list[RowText]:
    """Return the rows of a table, whichever way it is laid out."""
    grid = [[names.row(cell) for cell in passage.cells[:_MOST_COLUMNS]] for passage in table]
    hits = Counter(column for cells in grid for column, name in enumerate(cells) if name is not None)
    if not hits:
        return []
    best = max(hits, key=lambda column: (hits[column], -column))
    across = sum(name is not None for name in grid[0])
    if across > 1 and across > hits[best]:
        values = [passage.cells for passage in table[1:]]
        return [
            RowText(
                name,
                tuple(cells[column] for cells in values if column < len(cells)),
                table[-1].line,
                table[0].table or 0,
            )
            for column, name in enumerate(grid[0])
            if name
        ]
    columns = [column for column in sorted(hits) if column == best or hits[column] >= max(2, hits[best] / 2)]
    return [
        RowText(name, _values(passage, column, columns), passage.line, passage.table or 0)
        for passage, cells in zip(table, grid, strict=True)
        for column in columns
        if column < len(cells) and (name := cells[column])
    ]


def _values(passage: Passage, column: int, columns: Sequence[int]) -> tuple[str, ...]:
    """Return the values beside a name: behind it, or where nothing is behind it, before it."""
    number = bisect_right(columns, column)
    following = columns[number] if number < len(columns) else len(passage.cells)
    behind = passage.cells[column + 1 : following]
    before = passage.cells[:column] if len(columns) == 1 else ()
    return behind or tuple(cell for cell in before if not _INDEX.fullmatch(cell)) or before[-1:]


def _line_rows(read: Sectioned, passages: Sequence[Passage], names: RowNames) -> list[RowText]:
    labels = [
        None if passage.table is not None or passage.code else _label(passage.cells[0], names) for passage in passages
    ]
    starts = read.starts
    rows: list[RowText] = []
    for number, label in enumerate(labels):
        if label is None:
            continue
        passage = passages[number]
        number_of_next = bisect_right(starts, passage.line)
        stop = starts[number_of_next] if number_of_next < len(starts) else None
        value = label["rest"].strip()
        under = _under(passages, labels, number, stop, value)
        sure = bool(label["parted"] or not value or re.search(r"\*\*|__|<", label["closed"]))
        name = names.canonical.get(key(label["name"]))
        if name:
            rows.append(RowText(name, ("\n".join([value, *under]),), passage.line, -1, sure))
    return rows


def _label(line: str, names: RowNames) -> re.Match[str] | None:
    """Return the match of a line that begins with a row's name."""
    text = visible(line)
    text = text if text.isascii() else normalize("NFC", text)
    return names.label.match(text[:_LONGEST_LABEL]) and names.label.match(text)


def _under(
    passages: Sequence[Passage], labels: Sequence[re.Match[str] | None], number: int, stop: int | None, value: str
) -> list[str]:
    """Return the lines of a value that stand under its name: all that are deeper, else the next ones."""
    first, label = passages[number], labels[number]
    question = label is not None and _QUESTION in (label["parted"] or "")
    entry = _ENTRY.match(first.cells[0]) is not None
    lines: list[str] = []
    for at in range(number + 1, len(passages)):
        passage = passages[at]
        if labels[at] is not None or passage.table is not None or (stop is not None and passage.line >= stop):
            break
        text, deeper = passage.cells[0], passage.indent > first.indent
        sibling = entry and not deeper and _ENTRY.match(text) is not None
        ends = text.startswith(_BOLD) or (bool(lines) and _LABEL.match(text) is not None)
        if not deeper and (value or ends or (sibling and lines)):
            break
        if sibling and not question and _LABEL.match(_ENTRY.sub("", text, count=1)):
            break
        lines.append(_DEFINES.sub("", text))
    return lines


def _heading_rows(read: Sectioned, names: RowNames, first: int, end: int) -> Iterable[RowText]:
    """Yield the rows whose name is a heading, with the value under it."""
    for section in read.sections[bisect_left(read.starts, first) : bisect_left(read.starts, end)]:
        if name := names.row(section.name):
            lines = [cell for passage in read.within(section) for cell in passage.cells]
            yield RowText(name, ("\n".join(lines),), section.line, -1)

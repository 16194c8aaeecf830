"""Templates of reviews: what each has to fill, and what it says where (POLICY.md section 8).

A line counts as the template's in the same section only, and a cell in the same row.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from audit.text import built_in_templates
from audit.text.documents import document
from audit.text.fact_rows import row_names, rows_in
from audit.text.headings import BARE, fact_label
from audit.text.names import POLICY_ROWS, key, keys, visible
from audit.text.placeholders import Boilerplate, normal, says, template_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.model import TemplateEdition
    from audit.text.documents import Document
    from audit.text.fact_rows import RowText
    from audit.text.names import Names
    from audit.text.sections import Passage, Sectioned

_LETTER = re.compile(r"[^\W\d_]")
_COMMENT_MARKS = re.compile(r"<!--+|--+>")
_PROMPT = re.compile(
    r"(?:describe|explain|summari[sz]e|outline|detail|list|document|provide|write|briefly)\b", re.IGNORECASE
)
"""How a line of a template begins that says what to write under it."""
_BLANK = re.compile(
    r"\[(?![ xX~]?\])[^\[\]]+\](?![(:\[])|\{[^{}]+\}|<(?!/?[a-z]+[ >/])[^<>]+>|_{3,}|\b(?:hh|xx|yyyy)[:-]"
    r"|^[\W\d]*(?<!\*)\*(?!\*)[^*]+\*[.:]?$|^[\W\d]*(?<!_)_(?!_)[^_]+_[.:]?$",
    re.IGNORECASE,
)
"""What a line of a template holds that is to be replaced: words in brackets, or a line in italics."""
_LINK_ALONE = re.compile(r"\[[^\[\]]*\]\([^()\s]+\)|https?://\S+")


class TemplateSection(NamedTuple):
    """A section of a template."""

    name: str
    key: str
    fills: bool
    """It leaves something to fill: a blank line, list item or cell, or a comment."""
    around: tuple[str, ...] = ()
    """The keys of the sections that it is in, the innermost first."""


class TemplateRow(NamedTuple):
    """A row of a table of a template."""

    words: tuple[str, ...]
    """Of each cell."""
    blank: tuple[bool, ...]
    """Whether each cell leaves something to fill."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ReviewTemplate:
    """A template, read; each is equal to itself alone."""

    origin: str
    sections: tuple[TemplateSection, ...]
    rows: tuple[str, ...]
    """The names of its rows."""
    has_table: bool
    """It has a section of Key Information with rows, or a table of them."""
    names: frozenset[str] = field(repr=False)
    """Keys of all of its sections and rows, to compare a review by."""
    lines: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Key of a section -> what it says there, deeper sections included; the empty key: before the first heading."""
    tables: Mapping[str, tuple[TemplateRow, ...]] = field(default_factory=dict, repr=False)
    """Key of a section -> the rows of its tables."""
    cells: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Key of a row -> what its cells say."""

    def static(self) -> frozenset[str]:
        """Return the keys of the sections that leave nothing to fill."""
        return frozenset(one.key for one in self.sections if not one.fills)


class Place(NamedTuple):
    """What the template says in one section."""

    boilerplate: Boilerplate
    tables: tuple[TemplateRow, ...]


def place(template: ReviewTemplate | None, sections: Sequence[str]) -> Place:
    """Return what the template says in a section, given the keys of the sections around a line, innermost first.

    The innermost one that the template has counts. Of the built-in sentences those of the same section count, too.
    """
    known_here = (built_in_templates.DIGESTS[name] for name in sections if name in built_in_templates.DIGESTS)
    known = Boilerplate(digests=next(known_here, built_in_templates.ANYWHERE))
    if template is None:
        return Place(known, ())
    name = next((one for one in sections if one in template.lines), "" if not sections else None)
    if name is None:
        return Place(known, ())
    return Place(known._replace(lines=template.lines.get(name, frozenset())), template.tables.get(name, ()))


def in_row(template: ReviewTemplate | None, name: str) -> Boilerplate:
    """Return what the template says in the cells of a row."""
    lines = template.cells.get(key(name), frozenset()) if template else frozenset()
    return Boilerplate(lines=lines, digests=built_in_templates.ANYWHERE)


def passage_says(passage: Passage, where: Place) -> bool:
    """Return whether a line or a row of a table in a section is written."""
    if passage.table is None:
        return says(passage.cells[0], where.boilerplate)
    if passage.head:
        return False
    words = tuple(map(normal, passage.cells)) if where.tables else ()
    row = max(where.tables, key=lambda one: _shared(one, words), default=None)
    if row is None or not _shared(row, words):
        # The first cell is the question, the others are answers.
        return any(says(cell, where.boilerplate, cell=True) for cell in passage.cells[1:] or passage.cells)
    known = zip(passage.cells, words, row.words, row.blank, strict=False)
    changed = [cell for number, (cell, word, other, blank) in enumerate(known) if word != other and (number or blank)]
    return any(says(cell, cell=True) for cell in (*changed, *passage.cells[len(row.words) :]))


def _shared(row: TemplateRow, words: Sequence[str]) -> int:
    return sum(bool(word) and word == other for word, other in zip(words, row.words, strict=False))


def chosen(templates: Iterable[ReviewTemplate], names: frozenset[str]) -> ReviewTemplate | None:
    """Return the template that shares most headings and rows with a review; of equals the first; None without any."""
    best, most = None, 0
    for template in templates:
        shared = len(template.names & names)
        if shared > most:
            best, most = template, shared
    return best


@lru_cache(maxsize=512)
def review_template(edition: TemplateEdition, names: Names) -> ReviewTemplate:
    """Read a template. ``names`` are those of the settings, by which bold labels are known as sections."""
    read, sectioned = _read(edition.text, names)
    lines, tables = defaultdict(set, _lines(read, sectioned)), _tables(sectioned)
    if "<!--" in edition.text:
        # authors remove the marks of a comment and leave its words
        whole, opened = _read(_COMMENT_MARKS.sub("\n", html.unescape(visible(edition.text))), names)
        for name, words in _lines(whole, opened).items():
            lines[name] |= words
        for name, further in _tables(opened).items():
            tables[name] = [*tables.get(name, ()), *further]
    rows, has_table = _rows(sectioned, names)
    cells_of = defaultdict(frozenset, {key(name): words for name, words in rows.items()})
    known = row_names((*(names.rows or ()), *POLICY_ROWS))
    for row in rows_in(sectioned, sectioned.passages, known, 0, sectioned.end):
        cells_of[key(row.name)] |= _words(row)
    return ReviewTemplate(
        origin=edition.origin,
        sections=_sections(read, sectioned),
        rows=tuple(rows),
        has_table=has_table,
        names=read.names(),
        lines={name: frozenset(words) for name, words in lines.items()},
        tables={name: tuple(rows) for name, rows in tables.items()},
        cells=dict(cells_of),
    )


def _read(text: str, names: Names) -> tuple[Document, Sectioned]:
    """Cut a template: its headings and bold labels are names, and where it has none of these, its other labels."""
    read = document(text)
    marked = [one for one in read.headings if one.level < BARE or one.bold]
    found = marked or [one for one in read.headings if one.label]
    return read, read.sectioned(names.whole | keys(tuple(one.name for one in found)), keys(names.outcomes))


def _chain(sectioned: Sectioned, line: int) -> list[str]:
    return [sectioned.sections[number].key for number in sectioned.around(line)]


def _lines(read: Document, sectioned: Sectioned) -> dict[str, set[str]]:
    lines: dict[str, set[str]] = {section.key: set() for section in sectioned.sections}
    labels = ((one.line, read.cut.lines[one.line]) for one in sectioned.sections if one.level == BARE)
    texts = ((passage.line, cell) for passage in sectioned.passages for cell in passage.cells)
    for line, text in (*texts, *labels):
        words = set(template_words(text)) - {""}
        for name in _chain(sectioned, line) or [""]:
            lines.setdefault(name, set()).update(words)
    return lines


def _tables(sectioned: Sectioned) -> dict[str, list[TemplateRow]]:
    tables: dict[str, list[TemplateRow]] = {}
    for passage in sectioned.passages:
        if passage.table is not None:
            blank = tuple(not says(cell, cell=True) for cell in passage.cells)
            row = TemplateRow(tuple(map(normal, passage.cells)), blank)
            for name in _chain(sectioned, passage.line) or [""]:
                tables.setdefault(name, []).append(row)
    return tables


def _sections(read: Document, sectioned: Sectioned) -> tuple[TemplateSection, ...]:
    """Return the sections, each with whether it leaves something to fill."""
    fills = [False] * len(sectioned.sections)
    holds = [False] * len(sectioned.sections)
    for passage in sectioned.passages:
        number = next(sectioned.around(passage.line), None)
        if number is not None:
            holds[number] = True
            fills[number] |= _leaves_blank(passage)
    text = read.cut.text
    for position, _ in read.cut.source.cuts:
        number = next(sectioned.around(text.count("\n", 0, position)), None)
        if number is not None:
            fills[number] = True
    sections = sectioned.sections
    parents = {section.around for section in sections}
    found: list[TemplateSection] = []
    for number, section in reversed(list(enumerate(sections))):
        fills[number] |= not holds[number] and number not in parents
        if section.around >= 0:
            fills[section.around] |= fills[number]
        around = [sections[one].key for one in sectioned.around(section.first) if one < number]
        found.append(TemplateSection(section.name, section.key, fills[number], tuple(around)))
    return tuple(reversed(found))


def _leaves_blank(passage: Passage) -> bool:
    if passage.table is not None:
        return not passage.head and not all(says(cell, cell=True) for cell in passage.cells)
    text = passage.cells[0]
    return not says(text) or _PROMPT.match(text) is not None or _BLANK.search(text) is not None


def _rows(sectioned: Sectioned, names: Names) -> tuple[dict[str, frozenset[str]], bool]:
    """Return each row that a template has, with what its cells say, and whether it has a table of Key Information.

    Without a section of Key Information only rows of the policy's names are rows.
    """
    known = row_names((*(names.rows or ()), *POLICY_ROWS))
    inside = sectioned.named(keys(names.key_information))
    scopes = [(section.first, section.end) for section in inside] or [(0, sectioned.end)]
    passages = [passage for first, end in scopes for passage in sectioned.between(first, end)]
    if inside:
        extra = tuple((name, ()) for name in _names_of_rows(passages) if not known.row(name))
        known = row_names((*(names.rows or ()), *POLICY_ROWS, *extra))
    cells: dict[str, set[str]] = defaultdict(set)
    static: set[str] = set()
    for first, end in scopes:
        for row in rows_in(sectioned, sectioned.between(first, end), known, first, end):
            if row.certain:
                cells[row.name] |= _words(row)
                static.update([row.name] if row.cells and all(map(_LINK_ALONE.fullmatch, row.cells)) else ())
    found = {name: frozenset(words) for name, words in cells.items() if name not in static}
    return found, bool(found) if inside else len(found) > 1


def _words(row: RowText) -> frozenset[str]:
    return frozenset(word for cell in row.cells for word in template_words(cell)) - {""}


def _names_of_rows(passages: Iterable[Passage]) -> Iterator[str]:
    """Yield what names a row in the Key Information of a template: heads of columns, first cells and labels."""
    tables: dict[int, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.table is not None:
            tables[passage.table].append(passage)
        elif label := fact_label(passage.cells[0]):
            yield label
    for table in tables.values():
        bodies = [row for row in table if not row.head]
        if table[0].head and bodies and not any(says(row.cells[0], cell=True) for row in bodies):
            yield from (cell for cell in table[0].cells if _LETTER.search(cell))
        else:
            heads = [row for row in table if row.head and len(row.cells) > 1 and not says(row.cells[1], cell=True)]
            for row in (*heads, *bodies):
                yield next((cell for cell in row.cells if _LETTER.search(cell)), "")


BUILT_IN = tuple(
    ReviewTemplate(
        origin=edition.origin,
        sections=tuple(TemplateSection(name, key(name), name not in edition.static) for name in edition.sections),
        rows=edition.rows,
        has_table=bool(edition.rows),
        names=keys((*edition.sections, *edition.rows)),
    )
    for edition in built_in_templates.EDITIONS
)

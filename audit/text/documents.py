"""A description cut into headings, what may be headings, lines and rows; it is told by names which of them count.

The Markdown parser finds headings, tables and code; the rest is read line by line as typed, with marks of lists and
quotations, since these distinguish a placeholder from an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from audit.text.blocks import Kind, blocks
from audit.text.headings import LONGEST_BARE, PLAIN_LABEL, add_html, bare_headings, entry_end, markdown_heading
from audit.text.html_tables import html_rows, json_cells
from audit.text.names import key
from audit.text.sections import Passage, Sectioned, sections_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.text.blocks import Blocks, TextBlock
    from audit.text.headings import Heading

_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A description cut into headings, what may be headings, lines and rows."""

    cut: Blocks
    headings: tuple[Heading, ...]
    """In order; with those that are headings only if their name is known."""
    passages: tuple[Passage, ...]
    """Without what surely is a heading."""

    def sectioned(self, names: frozenset[str], beginnings: frozenset[str] = frozenset()) -> Sectioned:
        """Return the sections, where keys and beginnings of keys are given that are names of sections."""
        starts = tuple(beginnings)
        chosen = [one for one in self.headings if one.certain or _is_name(one, names, starts)]
        silent = {line for one in chosen if not one.certain for line in range(one.first, one.end)}
        passages = [one for one in self.passages if one.line not in silent] if silent else list(self.passages)
        behind = [Passage(one.first, (one.rest,)) for one in chosen if one.rest]
        if behind:
            passages = sorted([*passages, *behind], key=attrgetter("line"))
        sections = sections_of(chosen, len(self.cut.lines))
        return Sectioned(
            sections=sections,
            passages=tuple(passages),
            end=len(self.cut.lines),
            starts=[section.line for section in sections],
            _firsts=[section.first for section in sections],
        )

    def names(self) -> frozenset[str]:
        """Return the keys of what may be the name of a section or a row, to compare descriptions by."""
        names = {key(heading.name) for heading in self.headings}
        for passage in self.passages:
            if passage.table is not None:
                cells = passage.cells if passage.head else passage.cells[:1]
                names.update(key(cell) for cell in cells if len(cell) <= LONGEST_BARE)
            elif begun := entry_end(passage.cells[0]):
                label = PLAIN_LABEL.match(passage.cells[0], begun)
                names.update([key(label["name"])] if label else ())
        return frozenset(names - {""})


def _is_name(heading: Heading, names: frozenset[str], beginnings: tuple[str, ...]) -> bool:
    name = key(heading.name)
    if not name or name in names:
        return bool(name)
    begun = next((one for one in beginnings if name.startswith(one)), None)
    return begun is not None and heading.name.rstrip()[-1] not in ".!" and len(name[len(begun) :].split()) <= 2


@lru_cache(maxsize=1)
def document(description: str) -> Document:
    """Return a description cut into lines; consecutive calls for one text parse it once."""
    cut = blocks(description)
    headings: list[Heading] = []
    silent: set[int] = set()
    code: set[int] = set()
    shown = list(cut.lines)
    rows = _rows(cut)
    tables = cut.rows[-1].table + 1 if cut.rows else 0
    in_html = html_rows(cut)
    for row in in_html:
        rows.append(Passage(row.line, row.cells, tables + row.table, row.head))
        silent.update(range(row.line, row.end))
    tables += in_html[-1].table + 1 if in_html else 0
    for block in cut.blocks:
        match block.kind:
            case Kind.CELL:
                continue
            case Kind.HEADING:
                headings += markdown_heading(cut, block, silent)
            case Kind.TEXT if not block.quoted:
                headings += bare_headings(cut, block)
            case Kind.HTML if not block.quoted:
                add_html(headings, cut, block, shown)
            case Kind.CODE:
                grid = json_cells(block, cut.source_of(block)) if block.info else []
                rows += [Passage(block.first, cells, tables, head=not number) for number, cells in enumerate(grid)]
                tables += bool(grid)
                silent.update(range(block.first, block.end) if grid else _fences(cut, block))
                code.update(range(block.first, block.end))
            case Kind.RULE:
                silent.add(block.first)
    silent.update([row.line + 1 for row in cut.rows if row.head])
    silent.update([row.line for row in rows])
    lines = [
        Passage(number, (text,), None, False, len(line) - len(line.lstrip()), number in code)
        for number, line in enumerate(shown)
        if number not in silent and (text := line.strip())
    ]
    headings.sort(key=attrgetter("first"))
    passages = sorted([*lines, *rows], key=attrgetter("line")) if rows else lines
    return Document(cut=cut, headings=tuple(headings), passages=tuple(passages))


def _fences(cut: Blocks, block: TextBlock) -> Iterable[int]:
    """Return the lines that begin and end a block of code."""
    opened = cut.lines[block.first].lstrip(" \t>-*+0123456789.)")
    sign = opened[:1]
    if sign not in {"`", "~"} or not cut.raw[block.start : block.stop].lstrip().startswith(sign.encode()):
        return ()
    last = cut.lines[block.end - 1].strip(" \t>")
    mark = opened[: len(opened) - len(opened.lstrip(sign))]
    closed = block.end - block.first > 1 and last.startswith(mark) and not last.strip(sign)
    return (block.first, block.end - 1) if closed else (block.first,)


def _rows(cut: Blocks) -> list[Passage]:
    """Return the rows of Markdown tables, with those that a list item meant for a cell has cut off."""
    rows = [
        Passage(row.line, tuple(_cell(cut.source_of(cell)) for cell in row.cells), row.table, row.head)
        for row in cut.rows
    ]
    ends = {row.end: row.table for row in cut.rows}
    for block in cut.blocks if ends else ():
        if block.kind is Kind.TEXT and block.listed and block.first in ends:
            ends[block.end] = ends[block.first]
            for line in range(block.first, block.end):
                loose = cut.lines[line].strip()
                if loose.startswith("|"):
                    inside = loose.removeprefix("|").removesuffix("|")
                    rows.append(Passage(line, tuple(map(str.strip, _BAR.split(inside))), ends[block.first]))
    return rows


def _cell(source: str) -> str:
    return source.strip().replace("\\|", "|")

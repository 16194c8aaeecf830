"""Tables that are no Markdown: in HTML, as GitLab's editor writes one with a list in a cell, and ``json:table``."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.printable import encodable
from audit.text.blocks import Kind
from audit.text.html_comments import line_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.text.blocks import Blocks, TextBlock

OPENS_CODE: Final = re.compile(r"<(?:code|pre)\b", re.IGNORECASE)
_TABLE = re.compile(r"<table\b.*?(?:</table\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_ROW = re.compile(r"<tr\b[^<>]*>(.*?)(?=<tr\b|</table|\Z)", re.DOTALL | re.IGNORECASE)
_PLAIN_CELL = re.compile(r"<td\b", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^<>]*>(.*?)(?=<t[dh]\b|</t[dhr]\b|\Z)", re.DOTALL | re.IGNORECASE)


class HtmlRow(NamedTuple):
    """A row of a table in HTML."""

    line: int
    end: int
    """The line after its last one."""
    table: int
    """Index of its table among the tables of this kind, from 0."""
    head: bool
    """It is the first of its table, and all of its cells are heads."""
    cells: tuple[str, ...]
    """The cells as typed: HTML, or Markdown between blank lines."""


def html_rows(cut: Blocks) -> list[HtmlRow]:
    """Return the rows of HTML tables outside code, in order."""
    blocks = [block for block in cut.blocks if block.kind == Kind.HTML]
    return list(_rows(cut, blocks)) if blocks else []


def _rows(cut: Blocks, blocks: list[TextBlock]) -> Iterator[HtmlRow]:
    html = [block for block in blocks if not OPENS_CODE.search(cut.source_of(block))]
    lines = {line for block in html for line in range(block.first, block.end)}
    starts = line_starts(cut.text) if lines else []
    tables = (table.span() for table in _TABLE.finditer(cut.text) if lines)
    shown = (span for span in tables if bisect_right(starts, span[0]) - 1 in lines)
    for number, span in enumerate(shown):
        end = bisect_right(starts, span[1] - 1)
        rows = list(_ROW.finditer(cut.text, *span))
        head = len(rows) > 1
        for row in rows:
            cells = tuple(cell.strip() for cell in _CELL.findall(row[1]))
            if cells:
                head = head and len(cells) > 1 and not _PLAIN_CELL.search(row[1])
                yield HtmlRow(bisect_right(starts, row.start()) - 1, end, number, head, cells)
                head = False


def json_cells(block: TextBlock, source: str) -> list[tuple[str, ...]]:
    """Return the rows of a ``json:table``, its heads first; none for any other code, or one that is no such table."""
    if block.info.split(None, 1)[:1] != ["json:table"]:
        return []
    try:
        # an escape may stand for half of a surrogate pair
        table = encodable(json.loads(source.partition("\n")[2].rstrip("`~ \t\n")))
    except (ValueError, RecursionError):
        return []
    items = table.get("items") if isinstance(table, dict) else None
    rows = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    fields = _fields(table.get("fields"), rows) if rows else {}
    return [tuple(fields.values()), *(tuple(_cell(item.get(name)) for name in fields) for item in rows)] if rows else []


def _fields(fields: Any, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return key -> label of each column; without any, the keys of the first row."""
    keyed = [one for one in fields if isinstance(one, dict) and "key" in one] if isinstance(fields, list) else []
    return {str(one["key"]): str(one.get("label", one["key"])) for one in keyed} or {name: name for name in rows[0]}


def _cell(value: Any) -> str:
    return "" if value is None else str(value).strip()

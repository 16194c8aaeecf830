"""Writes data as the text of a JSON file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from audit import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ESCAPED: Final = re.compile(r"\\[bfru]")
"""How JSON writes a sign that may have to be taken out."""
_PIECE: Final = 500
"""Lines of a piece: enough to make writing cheap, and little enough to hold."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def json_text(data: dict[str, Any] | list[Any]) -> str:
    """Return the text of a JSON file: the same for the same data, and without unprintable characters."""
    return json.dumps(printable(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def json_lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pieces of a JSON file with an object of many records; its text is the same for the same data.

    Each field stands on a line, and where its value is an iterator, each record on one. Nothing but the records of a
    piece is held, so a field may have any number of them.
    """
    before = "{\n"
    for name, value in data.items():
        yield f"{before}{_line(name)}: "
        before = ",\n"
        if isinstance(value, Iterator):
            yield from _array(value)
        else:
            yield _line(value)
    yield "\n}\n"


def _array(records: Iterable[Any]) -> Iterator[str]:
    lines = map(_line, records)
    before = "[\n"
    while piece := list(islice(lines, _PIECE)):
        yield before + ",\n".join(piece)
        before = ",\n"
    yield "\n]" if before == ",\n" else "[]"


def _line(data: Any) -> str:
    """Return data as JSON on one line, without unprintable characters."""
    line = _ENCODER.encode(data)
    clean = inert.printable(line) == line and not ("\\" in line and _ESCAPED.search(line))
    return line if clean else _ENCODER.encode(printable(data))


def printable(data: Any) -> Any:
    """Return the data without unprintable characters, which JSON escapes would otherwise carry through."""
    if isinstance(data, str):
        return inert.printable(data)
    if isinstance(data, dict):
        return {inert.printable(key): printable(value) for key, value in data.items()}
    return [printable(value) for value in data] if isinstance(data, list | tuple) else data

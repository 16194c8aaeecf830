"""Make frames, and hold them to their table of columns (audit.evidence.columns)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
import pandas as pd

from audit.errors import EvidenceError
from audit.evidence.columns import DAY, INSTANT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from audit.evidence.columns import Field

Columns = dict[str, Any]
"""Columns of one table by their name, each a list or an array, all of the same length."""


class Table(Protocol):
    """Columns by their name: those, or a frame of them."""

    def __getitem__(self, name: str, /) -> Any:
        """Return one column."""


_NOTHING: Final = (type(None), type(pd.NA), type(pd.NaT))
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "int64": (int, np.integer),
    "float64": (int, float, np.floating),
    "bool": (bool, np.bool_),
    "object": (tuple,),
    "Int64": (int, np.integer, *_NOTHING),
    "boolean": (bool, np.bool_, *_NOTHING),
    DAY: (date, *_NOTHING),
    INSTANT: (datetime, *_NOTHING),
}
"""Type of a column -> those of its values."""
_CHUNK: Final = 256
"""Rows that are taken apart at a time."""
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FAULT: Final = "Please report this: it is a fault."


def columns_of(
    rows: Iterable[Mapping[str, Any]], table: Mapping[str, Field], *, without: Collection[str] = ()
) -> dict[str, list[Any]]:
    """Take rows apart into the columns of a table.

    It is done as they come, since all of them together take more memory than the records. ``without`` are the sources
    (:class:`audit.evidence.columns.Field`) whose columns are joined later.
    """
    columns: dict[str, list[Any]] = {name: [] for name, column in table.items() if column.source not in without}
    picked = map(itemgetter(*columns), rows)
    while chunk := list(islice(picked, _CHUNK)):
        for column, values in zip(columns.values(), zip(*chunk, strict=True), strict=True):
            column.extend(values)
    return columns


def whole_frame(rows: Iterable[Mapping[str, Any]], table: Mapping[str, Field]) -> pd.DataFrame:
    """Make a frame of rows that have all columns of the table: refs unique, nothing missing but where it may.

    Raises EvidenceError: a broken contract is a fault of this program.
    """
    coming = iter(rows)
    first = next(coming, None)
    if first is None:
        return _empty(tuple(table.items())).copy()
    return framed(columns_of(chain([first], coming), table), table)


@cache
def _empty(columns: tuple[tuple[str, Field], ...]) -> pd.DataFrame:
    """Return a frame without rows; most trackers lack some kind, and making it takes as long as one of a few rows."""
    return framed(columns_of((), dict(columns)), dict(columns))


def framed(columns: Columns, table: Mapping[str, Field]) -> pd.DataFrame:
    """Make a frame of exactly the table's columns, in its order: refs unique, nothing missing but where it may.

    The columns are taken out of what is given: a list would stand in memory beside the array that is made of it.
    Raises EvidenceError: a broken contract is a fault of this program.
    """
    if absent := [name for name in table if name not in columns]:
        raise _broken(f"it has no column {absent[0]}")
    refs = columns["ref"]
    if len(set(refs)) < len(refs):
        twice = next(ref for place, ref in enumerate(refs) if ref in refs[:place])
        raise EvidenceError(f"the evidence holds {twice} twice", _FAULT)
    # each of its type from the start: pandas would guess the types of tuples and None
    return pd.DataFrame({name: _column(name, columns.pop(name), field.dtype) for name, field in table.items()})


def _column(name: str, values: Any, dtype: str) -> Any:
    """Return values as an array of a type. pandas' own way there takes ten times as long for a few values."""
    if isinstance(values, np.ndarray) and values.dtype == dtype:
        return values
    wrong = [kind for kind in set(map(type, values)) if not issubclass(kind, _KINDS[dtype])]
    if wrong and set(wrong).issubset(_NOTHING):
        raise EvidenceError(f"the evidence has no {name} in some row", _FAULT)
    if wrong:
        raise _broken(f"a {wrong[0].__name__} stands in the column {name}")
    try:
        return _MADE[dtype](values) if dtype in _MADE else np.array(values, dtype=dtype)
    except (ValueError, TypeError, OverflowError) as error:
        raise _broken(str(error)) from error


def _broken(why: str) -> EvidenceError:
    return EvidenceError(f"the evidence breaks its contract: {why}", _FAULT)


@cache
def _dtype(name: str) -> Any:
    """Return a type by its name: pandas tries half a dozen kinds of types for each that it gets as text."""
    return pd.api.types.pandas_dtype(name)


def _objects(values: Sequence[Any]) -> np.ndarray:
    """Make a column of tuples: pandas would spread tuples of equal length over several columns."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _texts(values: Sequence[str]) -> Any:
    return pd.array(_objects(values), dtype=_dtype("str"), copy=False)


def days(values: Any) -> np.ndarray:
    """Make an array of days. numpy's own way from dates takes a hundred times as long as by their numbers."""
    if not isinstance(values, list):
        return np.array(values, dtype=DAY)
    numbers = [0 if value is None or value is pd.NaT else value.toordinal() for value in values]
    counted = np.array(numbers, dtype="int64")
    made = (counted - _EPOCH).astype("datetime64[D]").astype(DAY)
    made[counted == 0] = np.datetime64("NaT")
    return made


def instants(values: Any) -> Any:
    """Make an array of instants in UTC."""
    return pd.array(values, dtype=_dtype(INSTANT))


def _integers(values: Sequence[Any]) -> Any:
    missing = [value is None or value is pd.NA for value in values]
    known = [0 if hole else value for value, hole in zip(values, missing, strict=True)]
    return pd.arrays.IntegerArray(np.array(known, dtype="int64"), np.array(missing, dtype=bool))


def _booleans(values: Sequence[Any]) -> Any:
    missing = [value is None or value is pd.NA for value in values]
    known = [False if hole else value for value, hole in zip(values, missing, strict=True)]
    return pd.arrays.BooleanArray(np.array(known, dtype=bool), np.array(missing, dtype=bool))


_MADE: Final[dict[str, Callable[[Any], Any]]] = {
    "str": _texts,
    "object": _objects,
    "Int64": _integers,
    "boolean": _booleans,
    DAY: days,
    INSTANT: instants,
}
"""Type of a column -> what makes it of values of its kinds; numpy makes the others."""

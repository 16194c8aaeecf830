"""Make frames, and hold them to their table of columns (audit.evidence.columns)."""

from __future__ import annotations

from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from audit.errors import EvidenceError
from audit.evidence.columns import DAY, INSTANT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from audit.evidence.columns import Field

_NULLABLE: Final = {"Int64", "boolean", DAY, INSTANT}


def frame_of(
    rows: Iterable[Mapping[str, Any]], table: Mapping[str, Field], *, without: Collection[str] = ()
) -> pd.DataFrame:
    """Make a frame of rows, each column of its type from the start: pandas would guess the types of tuples and None.

    A row is taken apart as it comes, since all of them together take more memory than the records. ``without`` are the
    sources (:class:`audit.evidence.columns.Field`) whose columns are joined later.
    """
    columns: dict[str, list[Any]] = {name: [] for name, column in table.items() if column.source not in without}
    fill = [(name, column.append) for name, column in columns.items()]
    for row in rows:
        for name, append in fill:
            append(row[name])
    del fill  # it would keep each column beside the array that is made of it
    return pd.DataFrame({name: _column(columns.pop(name), table[name].dtype) for name in tuple(columns)})


def _column(values: list[Any], dtype: str) -> Any:
    return objects(values) if dtype == "object" else pd.array(values, dtype=_dtype(dtype))


def whole_frame(rows: Iterable[Mapping[str, Any]], table: Mapping[str, Field]) -> pd.DataFrame:
    """Make a frame of rows that have all columns of the table: refs unique, nothing missing but days.

    Raises EvidenceError: a broken contract is a fault of this program.
    """
    # its columns are of the table's order and types as they are made
    coming = iter(rows)
    first = next(coming, None)
    if first is None:
        return _empty(tuple(table.items())).copy()
    frame = frame_of(chain([first], coming), table)
    _check(frame, table)
    return frame


@cache
def _empty(columns: tuple[tuple[str, Field], ...]) -> pd.DataFrame:
    """Return a frame without rows; most trackers lack some kind, and making it takes as long as one of a few rows."""
    return frame_of((), dict(columns))


@cache
def _dtype(name: str) -> Any:
    """Return a type by its name: pandas tries half a dozen kinds of types for each that it gets as text."""
    return pd.api.types.pandas_dtype(name)


def objects(values: Sequence[Any]) -> np.ndarray:
    """Make a column of tuples: pandas would spread tuples of equal length over several columns."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def enforce(frame: pd.DataFrame, table: Mapping[str, Field]) -> pd.DataFrame:
    """Return the frame with exactly the table's columns, in order and type; refs unique, nothing missing but days.

    Raises EvidenceError: a broken contract is a fault of this program.
    """
    try:
        given = frame[list(table)].reset_index(drop=True)
        wrong = [name for name, dtype in zip(table, given.dtypes, strict=True) if dtype != _dtype(table[name].dtype)]
        # column by column: astype of many at once would put the whole frame together again
        out = given.assign(**{name: given[name].astype(_dtype(table[name].dtype)) for name in wrong})
    except (KeyError, ValueError, TypeError) as error:
        raise EvidenceError(
            f"the evidence breaks its contract: {error}", "Please report this: it is a fault."
        ) from error
    _check(given, table)
    return out


def _check(frame: pd.DataFrame, table: Mapping[str, Field]) -> None:
    """Raise EvidenceError where a ref is there twice, or a value is missing that may not."""
    if not frame["ref"].is_unique:
        raise EvidenceError(
            f"the evidence holds {frame['ref'][frame['ref'].duplicated()].iloc[0]} twice", "Please report this."
        )
    holes = frame.columns[np.flatnonzero(frame.isna().to_numpy().any(axis=0))]
    missing = [name for name in holes if table[name].dtype not in _NULLABLE]
    if missing:
        raise EvidenceError(f"the evidence has no {missing[0]} in some row", "Please report this: it is a fault.")

"""What the rules are asked about: the columns of one frame of the evidence, and single rows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from audit.evidence.columns import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Subjects(Mapping[str, Any]):
    """The columns of a frame as arrays (:data:`audit.rules.rule.Columns`), each made on first use.

    Arithmetic with arrays costs a tenth of that with series, which is most of the time that few subjects take.
    """

    def __init__(self, frame: pd.DataFrame, as_of: date, **further: pd.Series) -> None:
        """Take a frame, and columns that the engine adds to it."""
        self.size = len(frame)
        self._frame, self._as_of, self._further = frame, as_of, further
        self._arrays: dict[str, Any] = {}
        self.refs = pd.Index(frame["ref"].array)

    def __getitem__(self, name: str) -> Any:
        if name not in self._arrays:
            self._arrays[name] = _array(self._column(name))
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        yield from map(str, self._frame)
        yield "as_of"
        yield from self._further

    def __len__(self) -> int:
        return len(self._frame.columns) + 1 + len(self._further)

    def _column(self, name: str) -> Any:
        if name == "as_of":
            return pd.array(np.full(self.size, self._as_of, dtype=DAY), copy=False)
        return (self._further[name] if name in self._further else self._frame[name]).array

    def rows(self, chosen: np.ndarray) -> Iterable[Mapping[str, Any]]:
        """Return the rows that a mask holds, each with single values of pandas."""
        columns = _Columns(self, chosen)
        return (_Row(columns, place) for place in range(np.count_nonzero(chosen)))

    def listed(self, name: str, chosen: np.ndarray) -> list[Any]:
        """Return the values of one column in the rows that a mask holds."""
        values: list[Any] = self._column(name)[chosen].tolist()
        return values


def _array(column: Any) -> Any:
    """Return a column of a frame as numpy's array; pandas' own where it may hold NA."""
    if isinstance(column, pd.arrays.IntegerArray | pd.arrays.BooleanArray):
        return column
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return np.asarray(column, dtype="datetime64[us]")
    return np.asarray(column)


class _Columns(dict[str, list[Any]]):
    """The columns of some rows as lists, each made on first use, since a rule needs only a few."""

    def __init__(self, subjects: Subjects, chosen: np.ndarray) -> None:
        super().__init__()
        self.subjects = subjects
        self.chosen = chosen

    def __missing__(self, name: str) -> list[Any]:
        self[name] = self.subjects.listed(name, self.chosen)
        return self[name]


@dataclass(frozen=True, slots=True)
class _Row(Mapping[str, Any]):
    columns: _Columns
    place: int

    def __getitem__(self, name: str) -> Any:
        return self.columns[name][self.place]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns.subjects)

    def __len__(self) -> int:
        return len(self.columns.subjects)

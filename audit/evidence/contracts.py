"""Hold a frame to its contract of columns (audit.evidence.columns)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from audit.errors import EvidenceError
from audit.evidence.columns import DAY, INSTANT

if TYPE_CHECKING:
    from collections.abc import Mapping

_NULLABLE: Final = {"Int64", "boolean", DAY, INSTANT}


def enforce(frame: pd.DataFrame, contract: Mapping[str, str]) -> pd.DataFrame:
    """Return the frame with exactly the contract's columns, in order and type; refs unique, nothing missing but days.

    Raises EvidenceError: a broken contract is a fault of this program.
    """
    try:
        given = {name: frame[name] for name in contract}
        missing = [name for name, column in given.items() if contract[name] not in _NULLABLE and _lacks(column)]
        # column by column: astype of many at once would put the whole frame together again
        out = pd.DataFrame({name: _typed(column, contract[name]).array for name, column in given.items()})
    except (KeyError, ValueError, TypeError) as error:
        raise EvidenceError(
            f"the evidence breaks its contract: {error}", "Please report this: it is a fault."
        ) from error
    if not out["ref"].is_unique:
        raise EvidenceError(
            f"the evidence holds {out['ref'][out['ref'].duplicated()].iloc[0]} twice", "Please report this."
        )
    if missing:
        raise EvidenceError(f"the evidence has no {missing[0]} in some row", "Please report this: it is a fault.")
    return out


def _lacks(column: pd.Series) -> bool:
    return bool(column.array.isna().any())


def _typed(column: pd.Series, dtype: Any) -> pd.Series:
    return column if column.dtype == dtype else column.astype(dtype)

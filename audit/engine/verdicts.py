"""One verdict per incident: the first in the table of POLICY.md section 4 whose condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from audit.model import Verdict

if TYPE_CHECKING:
    from datetime import date

_TEXT: Final = pd.StringDtype(na_value=np.nan)
_OPEN: Final = (Verdict.EXEMPT_UNOWNED, Verdict.PENDING, Verdict.OVERDUE, Verdict.MISSING)
"""What a waiver covers."""


def judge(incidents: pd.DataFrame, as_of: date, *, due_on: np.ndarray | None = None) -> pd.Series:
    """Return the verdict of each incident without regard to waivers, on the frame's index.

    ``due_on`` replaces the frame's column, to compute the verdicts under another reading of the policy. An incident
    whose due day or completion could not be read is inconclusive if that decides its verdict.
    """
    due = np.asarray(incidents["due_on"]) if due_on is None else due_on
    chosen = _first_that_holds(incidents, as_of, due, np.asarray(incidents["review_completed_on"]))
    places = np.flatnonzero(_texts(incidents["due_hidden"]) != "")
    if places.size:
        doubtful = incidents.iloc[places]
        completed, hidden = np.asarray(doubtful["review_completed_on"]), _texts(doubtful["completion_hidden"]) != ""
        latest = np.where(hidden & ~np.isnat(completed), np.datetime64(as_of, "s"), completed)
        earliest = np.where(hidden, np.asarray(doubtful["declared_on"]), completed)
        worst = _first_that_holds(doubtful, as_of, np.asarray(doubtful["due_first"]), latest)
        best = _first_that_holds(doubtful, as_of, np.asarray(doubtful["due_last"]), earliest)
        chosen[places[worst != best]] = Verdict.INCONCLUSIVE.value
    return pd.Series(chosen, index=incidents.index, dtype=_TEXT, name="verdict")


def _texts(column: pd.Series) -> np.ndarray:
    return np.asarray(column, dtype=object)


def _first_that_holds(incidents: pd.DataFrame, as_of: date, due: np.ndarray, completed_on: np.ndarray) -> np.ndarray:
    passed = np.datetime64(as_of, "s") > due  # without an anchor there is no due day: comparisons with it are false
    unknown = incidents["required"].isna().to_numpy()
    required = incidents["required"].array.to_numpy(dtype=bool, na_value=True)
    completed = ~np.isnat(completed_on)
    late = completed_on > due
    blind, has_review = _texts(incidents["blind"]), np.asarray(incidents["has_review"])
    # where a moved incident is now could not be fetched: it may be out of scope, whatever reviews it has
    unseen = (blind == "move") | ((blind != "") & ~has_review)
    exempt = ~has_review & np.asarray(incidents["all_unowned"]) & np.asarray(incidents["exempts_unowned"])
    # in the order of the policy's table: the first condition that holds decides
    table = [
        (Verdict.OUT_OF_SCOPE, _texts(incidents["scope_reason"]) != ""),
        (Verdict.NOT_REQUIRED, ~required),
        (Verdict.INCONCLUSIVE, unknown | unseen),
        (Verdict.ON_TIME, completed & ~late),
        (Verdict.LATE, completed),
        (Verdict.EXEMPT_UNOWNED, exempt),
        (Verdict.PENDING, ~passed),
        (Verdict.OVERDUE, _texts(incidents["review"]) != ""),
    ]
    chosen = np.full(len(incidents), Verdict.MISSING.value, dtype=object)
    for verdict, held in reversed(table):
        chosen[held] = verdict.value
    return chosen


def with_waivers(bare: pd.Series, waived: pd.Series) -> pd.Series:
    """Return the verdicts with valid waivers on a missing or late review: a completed review stays on time or late."""
    if not waived.any():
        return bare
    return bare.mask(waived & bare.isin(_OPEN), Verdict.WAIVED.value)

"""One verdict per incident: the first in the table of POLICY.md section 4 whose condition holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from audit.model import Verdict

if TYPE_CHECKING:
    from datetime import date


def judge(incidents: pd.DataFrame, as_of: date, *, due_on: pd.Series | None = None) -> pd.Series:
    """Return the verdict of each incident without regard to waivers, on the frame's index.

    ``due_on`` replaces the frame's column, to compute the verdicts under another reading of the policy. An incident
    whose due day or completion could not be read is inconclusive if that decides its verdict.
    """
    due = incidents["due_on"] if due_on is None else due_on
    chosen = _first_that_holds(incidents, as_of, due, incidents["review_completed_on"])
    doubtful = incidents[incidents["due_hidden"].ne("")]
    if not doubtful.empty:
        completed, hidden = doubtful["review_completed_on"], doubtful["completion_hidden"].ne("")
        latest = completed.mask(hidden & completed.notna(), pd.Timestamp(as_of))
        earliest = completed.mask(hidden, doubtful["declared_on"])
        worst = _first_that_holds(doubtful, as_of, doubtful["due_first"], latest)
        best = _first_that_holds(doubtful, as_of, doubtful["due_last"], earliest)
        chosen[doubtful.index[worst.ne(best)]] = Verdict.INCONCLUSIVE.value
    return chosen


def _first_that_holds(incidents: pd.DataFrame, as_of: date, due: pd.Series, completed_on: pd.Series) -> pd.Series:
    passed = pd.Timestamp(as_of) > due  # without an anchor there is no due day, so comparisons with it are false
    required = incidents["required"]
    completed = completed_on.notna()
    late = completed_on > due
    # where a moved incident is now could not be fetched: it may be out of scope, whatever reviews it has
    unseen = incidents["blind"].eq("move") | (incidents["blind"].ne("") & ~incidents["has_review"])
    exempt = ~incidents["has_review"] & incidents["all_unowned"] & incidents["exempts_unowned"]
    # in the order of the policy's table: the first condition that holds decides
    table = [
        (Verdict.OUT_OF_SCOPE, incidents["scope_reason"].ne("")),
        (Verdict.NOT_REQUIRED, required.eq(other=False).fillna(value=False)),
        (Verdict.INCONCLUSIVE, required.isna() | unseen),
        (Verdict.ON_TIME, completed & ~late),
        (Verdict.LATE, completed),
        (Verdict.EXEMPT_UNOWNED, exempt),
        (Verdict.PENDING, ~passed),
        (Verdict.OVERDUE, incidents["review"].ne("")),
    ]
    chosen = np.select(
        [held.to_numpy(dtype=bool) for _, held in table], [v.value for v, _ in table], Verdict.MISSING.value
    )
    return pd.Series(chosen, index=incidents.index, dtype="str", name="verdict")


def with_waivers(bare: pd.Series, waived: pd.Series) -> pd.Series:
    """Return the verdicts with valid waivers on a missing or late review: a completed review stays on time or late."""
    open_ones = bare.isin([Verdict.EXEMPT_UNOWNED, Verdict.PENDING, Verdict.OVERDUE, Verdict.MISSING])
    return bare.where(~(waived & open_ones), Verdict.WAIVED.value)

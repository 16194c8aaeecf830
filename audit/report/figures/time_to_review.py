"""Time to review in working days; reviews that are still open count as censored (Kaplan-Meier)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from audit.engine.gaps import in_window
from audit.model import Verdict
from audit.report.figures.compliance import DUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.engine.result import Result
    from audit.evidence.working_days import WorkCalendar

EXPECTED = (*DUE, Verdict.PENDING)
"""Verdicts of incidents that have a time to review, complete or running."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToReview:
    """Working days from the anchor to the completion of the review, over the reviews due in the window."""

    median: int | None
    """None: half of them are not completed yet, so it is unknown."""
    p90: int | None
    """None: a tenth of them or more are not completed yet, so it is unknown."""
    completed: int
    open: int
    """Censored: no review yet, or one that is not completed."""


def time_to_review(times: pd.DataFrame) -> TimeToReview:
    """Estimate the median and 90th percentile of the times from :func:`review_times`."""
    days, completed = times["days"].to_numpy(), times["completed"].to_numpy()
    return TimeToReview(
        median=quantile(days, completed, 0.5),
        p90=quantile(days, completed, 0.9),
        completed=int(completed.sum()),
        open=int((~completed).sum()),
    )


def review_times(result: Result) -> pd.DataFrame:
    """Return columns ``days`` (working days so far) and ``completed`` (bool), on the incidents' index.

    The rows are the required incidents whose due day lies in the window.
    """
    counted = in_window(result.evidence) & result.verdicts.isin(EXPECTED)
    rows = result.evidence.incidents[counted]
    end = rows["review_completed_on"].fillna(pd.Timestamp(result.as_of))
    days = working_days(rows["anchor_on"], end, rows["calendar"], result.evidence.calendars)
    return pd.DataFrame({"days": days, "completed": rows["review_completed_on"].notna()})


def quantile(days: np.ndarray, completed: np.ndarray, share: float) -> int | None:
    """Return the first day by which the Kaplan-Meier estimate has ``share`` completed; None if it is never reached.

    A row that is still open counts as at risk up to and including its own day.
    """
    moments, events = np.unique(days[completed], return_counts=True)
    at_risk = len(days) - np.searchsorted(np.sort(days), moments, side="left")
    still_open = np.cumprod(1 - events / at_risk)
    reached = np.flatnonzero(still_open <= 1 - share + _ROUNDING)
    return int(moments[reached[0]]) if reached.size else None


def working_days(start: pd.Series, end: pd.Series, calendar: pd.Series, calendars: Sequence[WorkCalendar]) -> pd.Series:
    """Count the working days after ``start`` up to and including ``end`` by each row's calendar; 0 if it is earlier."""
    starts, ends, numbers = start.to_numpy(), end.to_numpy(), calendar.to_numpy()
    counted = np.zeros(len(start), dtype="int64")
    for number in np.unique(numbers):
        rows = numbers == number
        counted[rows] = calendars[number].all_between(starts[rows], ends[rows])
    return pd.Series(counted, index=start.index)

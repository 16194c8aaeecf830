"""The four figures as they stood at the end of each of the twelve weeks, by what is known today.

The last of each line is the figure of the report itself. An incident that has required a review only since yesterday
counts in every week since its clock started; of services that have found an owner meanwhile nothing is known, so that
the line of the blocked incidents is about those that are blocked today.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from audit.model import Verdict
from audit.report.figures.no_owner import blocked
from audit.report.figures.time_to_review import EXPECTED, quantile, working_days

if TYPE_CHECKING:
    from datetime import date

    from audit.engine.result import Result
    from audit.report.figures.trend import Trend


@dataclass(frozen=True, slots=True, kw_only=True)
class TwelveWeeks:
    """One value a week, the oldest first; None: not known, or nothing to count."""

    days: tuple[date, ...]
    """The Sundays of the weeks; as_of in the last."""
    on_time: tuple[float | None, ...]
    """The rate over the window that ended on that day, unrounded; all None where the rate is withheld."""
    open_late: tuple[int, ...]
    blocked: tuple[int, ...]
    """Of the incidents that are blocked today, those that had been declared by then."""
    median: tuple[int | None, ...]
    """Working days to the review."""


def twelve_weeks(result: Result, trend: Trend) -> TwelveWeeks:
    """Compute each figure for the end of each week of the trend."""
    days = (*(week.last for week in trend.weeks[:-1]), result.as_of)
    frame, window = result.evidence.incidents, np.timedelta64(result.evidence.settings.window - 1, "D")
    expected = (result.verdicts.isin(EXPECTED) & frame["due_on"].notna()).to_numpy()
    rows = frame.loc[expected, ["due_on", "anchor_on", "calendar", "review_completed_on"]]
    due_on, completed_on = rows["due_on"].to_numpy(), rows["review_completed_on"].to_numpy()
    on_time = result.verdicts.eq(Verdict.ON_TIME).to_numpy()[expected]
    declared = frame["declared_on"].to_numpy()[blocked(result).to_numpy(dtype=bool)]
    rates, late, waiting, medians = [], [], [], []
    for day in np.array(days, dtype="datetime64[s]"):
        done = completed_on <= day
        due = (due_on >= day - window) & (due_on <= day)
        counted = due & (done | (due_on < day))
        number = int(np.count_nonzero(counted))
        rates.append(int(np.count_nonzero(on_time[counted])) / number if number and result.withheld is None else None)
        late.append(int(np.count_nonzero((due_on < day) & ~done)))
        waiting.append(int(np.count_nonzero(declared <= day)))
        medians.append(_median(rows[due], done[due], day, result))
    return TwelveWeeks(
        days=days, on_time=tuple(rates), open_late=tuple(late), blocked=tuple(waiting), median=tuple(medians)
    )


def _median(rows: pd.DataFrame, done: np.ndarray, day: np.datetime64, result: Result) -> int | None:
    end = rows["review_completed_on"].where(done, pd.Timestamp(day))
    days = working_days(rows["anchor_on"], end, rows["calendar"], result.evidence.calendars)
    return quantile(days.to_numpy(), done, 0.5)

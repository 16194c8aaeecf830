"""The trend over twelve ISO weeks: compliance by the week of the due day, and the flow of open reviews.

All counts are as of ``as_of``: an incident that has required a review only since yesterday counts in the week in which
its clock started. Exempt, waived and inconclusive incidents are left out, as in the compliance figure.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from audit.engine.gaps import PAGES, unread
from audit.report.figures.incident_rows import plain
from audit.report.figures.time_to_review import EXPECTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from audit.engine.result import Result

WEEKS: Final = 12
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One ISO week: the incidents that are due in it (its cohort), and the reviews that started or ended in it."""

    year: int
    """Year of the ISO week."""
    number: int
    """Number of the ISO week, 1 to 53."""
    first: date
    """Monday."""
    last: date
    """Sunday."""
    closed: bool
    """All due days of the cohort have passed; false in the week of as_of."""
    on_time: int
    late: int
    """Completed after the due day."""
    open_late: int
    """Overdue and missing: not completed yet, and late."""
    pending: int
    """Not completed yet, and the due day has not passed."""
    due: int
    """on_time + late + open_late."""
    withheld: bool
    """Something that could change the rate could not be read."""
    rate: float | None
    """on_time / due, unrounded; None if nothing was due, the cohort is open, or the rate is withheld."""
    inflow: int
    """Incidents that require a review and whose clock started in the week."""
    outflow: int
    """Of all such, those whose review was completed in the week; one completed before its clock started counts when
    that started."""
    open_at_end: int
    """Incidents whose clock had started without a completed review by the end of the week, or of as_of in the last."""

    @property
    def name(self) -> str:
        """As ISO 8601 writes it: ``2026-W48``."""
        return f"{self.year}-W{self.number:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The twelve weeks up to and including that of as_of."""

    weeks: tuple[Week, ...]
    """The oldest first, including weeks in which nothing was due."""
    open_before: int
    """Open at the end of the week before the first: open_before + inflow - outflow is what is open at each end."""

    @property
    def any_due(self) -> bool:
        """A review was or is due in one of the weeks."""
        return any(one.due or one.pending for one in self.weeks)

    @property
    def empty(self) -> bool:
        """Nothing was due, opened or open in any of the weeks."""
        counts = ((one.due, one.pending, one.inflow, one.outflow, one.open_at_end) for one in self.weeks)
        return not any(map(any, counts))


def trend(result: Result) -> Trend:
    """Count the cohorts and the flow of the twelve weeks up to and including that of as_of."""
    monday = result.as_of - timedelta(days=result.as_of.weekday())
    firsts = [monday - _WEEK * back for back in reversed(range(WEEKS))]
    counts = _Counts.of(result)
    return Trend(weeks=tuple(map(counts.week, firsts)), open_before=counts.open_before(firsts[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """The counts, by the Monday of the week."""

    as_of: date
    cohorts: Counter[tuple[date | None, str]]
    """(Monday of the due day's week, verdict) -> number of incidents."""
    inflow: Counter[date | None]
    outflow: Counter[date | None]
    doubtful: frozenset[date | None] | None
    """Mondays of the weeks whose rate is unknown; None: all weeks."""

    @classmethod
    def of(cls, result: Result) -> _Counts:
        mondays = _mondays(result.evidence.incidents["due_on"])
        inflow, outflow = _flow(result)
        return cls(
            as_of=result.as_of,
            cohorts=Counter(zip(mondays, result.verdicts.tolist(), strict=True)),
            inflow=inflow,
            outflow=outflow,
            doubtful=_doubtful(result),
        )

    def week(self, first: date) -> Week:
        iso, last = first.isocalendar(), first + _WEEK - timedelta(days=1)
        on_time, late, overdue, missing, pending = (self.cohorts[first, verdict.value] for verdict in EXPECTED)
        due, closed = on_time + late + overdue + missing, last < self.as_of
        withheld = self.doubtful is None or first in self.doubtful
        return Week(
            year=iso.year,
            number=iso.week,
            first=first,
            last=last,
            closed=closed,
            on_time=on_time,
            late=late,
            open_late=overdue + missing,
            pending=pending,
            due=due,
            withheld=withheld,
            rate=on_time / due if due and closed and not withheld else None,
            inflow=self.inflow[first],
            outflow=self.outflow[first],
            open_at_end=self.open_before(first + _WEEK),
        )

    def open_before(self, first: date) -> int:
        """Return the number of open reviews at the end of the week before the first."""
        return _before(self.inflow, first) - _before(self.outflow, first)


def _mondays(days: pd.Series) -> list[date | None]:
    """Return the Monday of each day's week; None for a missing day."""
    return [day and day - timedelta(days=day.weekday()) for day in plain(days)]


def _flow(result: Result) -> tuple[Counter[date | None], Counter[date | None]]:
    """Count by Monday the starts and completions of the incidents whose clock has started."""
    frame = result.evidence.incidents
    started = frame[result.verdicts.isin(EXPECTED) & frame["anchor_on"].notna()]
    began, completed = started["anchor_on"], started["review_completed_on"]
    completed = completed.mask(completed < began, began)
    return Counter(_mondays(began)), Counter(_mondays(completed.dropna()))


def _before(flow: Mapping[date | None, int], first: date) -> int:
    return sum(number for monday, number in flow.items() if monday is not None and monday < first)


def _doubtful(result: Result) -> frozenset[date | None] | None:
    """Return the Mondays of the weeks whose rate is unknown; None: all weeks."""
    if any(gap.what in PAGES for gap in result.gaps):
        return None
    mondays = frozenset(_mondays(result.evidence.incidents.loc[unread(result.evidence, result.verdicts), "due_on"]))
    # an incident without a due day could be due in any week
    return None if None in mondays else mondays

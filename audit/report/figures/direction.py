"""Whether the reviews get better or worse (REPORT.md, Order 1): the last four closed weeks against the four before.

A rate that moved by 5 points, or a number of open reviews that moved by a tenth and at least 2, is a change. Below 5
reviews due in either four weeks nobody can say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.report.figures.trend import Trend, Week

Move = Literal["better", "worse", "same"]
Course = Literal["better", "worse", "mixed", "no_change", "too_few", "not_known"]
"""``not_known``: what could not be read may change the rate of one of the eight weeks."""
SPAN: Final = 4
"""Weeks that are taken together."""
_POINTS: Final = 0.05
_SHARE: Final = 0.1
_LEAST: Final = 2
_FEWEST: Final = 5
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The reviews due in some closed weeks."""

    on_time: int
    due: int

    @property
    def rate(self) -> float | None:
        """on_time / due, unrounded; None if nothing was due."""
        return self.on_time / self.due if self.due else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """Where it goes, and the numbers that say so."""

    course: Course
    rate: Move
    """Of the rate, as far as it was read; below 5 due it is the same."""
    backlog: Move
    """Of the open reviews: fewer of them are better."""
    recent: Cohort
    """Due in the last four weeks whose due days have all passed."""
    before: Cohort
    """Due in the four weeks before those."""
    open_now: int
    """Reviews that are required and not completed, whether late or not."""
    open_four_weeks_ago: int
    """At the end of the week that is four before the one of as_of."""
    open_at_first: int
    """At the end of the first of the twelve weeks."""


def direction(trend: Trend) -> Direction:
    """Compare the weeks of a trend."""
    closed = trend.weeks[:-1]
    recent, before = closed[-SPAN:], closed[-2 * SPAN : -SPAN]
    now, then = trend.weeks[-1].open_at_end, trend.weeks[-1 - SPAN].open_at_end
    made = _cohort(recent), _cohort(before)
    few = min(one.due for one in made) < _FEWEST
    rate: Move = "same" if few else _move((made[0].rate or 0) - (made[1].rate or 0), _POINTS)
    backlog = _move(then - now, max(_LEAST, _SHARE * then))
    doubtful = any(week.withheld for week in (*recent, *before))
    return Direction(
        course="not_known" if doubtful else "too_few" if few else _course({rate, backlog}),
        rate=rate,
        backlog=backlog,
        recent=made[0],
        before=made[1],
        open_now=now,
        open_four_weeks_ago=then,
        open_at_first=trend.weeks[0].open_at_end,
    )


def _cohort(weeks: Sequence[Week]) -> Cohort:
    return Cohort(on_time=sum(week.on_time for week in weeks), due=sum(week.due for week in weeks))


def _move(gain: float, enough: float) -> Move:
    """Return whether something has changed enough; a positive ``gain`` is one for the better."""
    if abs(gain) < enough - _ROUNDING:
        return "same"
    return "better" if gain > 0 else "worse"


def _course(moves: set[Move]) -> Course:
    if moves >= {"better", "worse"}:
        return "mixed"
    return "better" if "better" in moves else "worse" if "worse" in moves else "no_change"

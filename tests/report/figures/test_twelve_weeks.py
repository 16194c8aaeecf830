"""The twelve weeks of the four figures: each point is what an audit of that day would have said."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import pytest

from audit.model import Gap
from audit.report.figures.no_owner import blocked
from tests import records as make
from tests.report import world
from tests.report.world import AS_OF, P

if TYPE_CHECKING:
    from audit.model import Issue
    from audit.report.figures.twelve_weeks import TwelveWeeks


@cache
def _weeks(as_of: date = AS_OF) -> TwelveWeeks:
    """Of a tracker without waivers, whose severities never changed."""
    return world.view(world.result(_tracker(), config=world.settings(waivers=[]), as_of=as_of, gaps=())).twelve_weeks


def _tracker() -> tuple[Issue, ...]:
    git = ("Severity::2", "Service::Git")
    return (
        make.incident(1, created="2026-08-31"),  # due on 7 September
        make.review(101, of=1, created="2026-09-01", closed="2026-09-03"),
        make.incident(2, created="2026-09-28"),  # due on 5 October, done on the 22nd
        make.review(102, of=2, created="2026-09-29", closed="2026-10-22"),
        make.incident(3, created="2026-10-12"),  # due on the 19th
        make.review(103, of=3, created="2026-10-13", closed="2026-10-19"),
        make.incident(4, created="2026-10-19"),  # due on the 26th, open
        make.incident(5, labels=git, created="2026-09-16"),
        make.incident(6, labels=git, created="2026-11-23"),
        make.incident(7, created="2026-11-16"),  # due on the day itself
    )


@pytest.mark.parametrize("back", range(12))
def test_each_point_is_the_figure_of_its_day(back: int) -> None:
    weeks = _weeks()
    day = weeks.days[-1 - back]
    assert day == (AS_OF if back == 0 else date(2026, 11, 29) - timedelta(days=7 * back))
    result = world.result(
        tuple(one for one in _tracker() if one.created_at.date() <= day),
        config=world.settings(waivers=[]),
        as_of=day,
        gaps=(),
    )
    then = world.view(result)
    assert weeks.on_time[-1 - back] == then.compliance.rate
    assert weeks.open_late[-1 - back] == then.compliance.open_late
    assert weeks.median[-1 - back] == then.time_to_review.median
    assert weeks.blocked[-1 - back] == int(blocked(result).sum())


def test_there_is_no_rate_where_it_is_withheld() -> None:
    failed = Gap(ref=P, what="reviews", why="page 3 answered 502")
    view = world.view(world.result(_tracker(), config=world.settings(waivers=[]), gaps=(failed,)))
    assert set(view.twelve_weeks.on_time) == {None}
    assert view.twelve_weeks.open_late[-1] == view.compliance.open_late


def test_nothing_to_count_is_no_rate() -> None:
    weeks = world.view(world.result((), gaps=())).twelve_weeks
    assert (set(weeks.on_time), set(weeks.median), set(weeks.open_late)) == ({None}, {None}, {0})

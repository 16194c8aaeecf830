"""Better or worse: both sides of every boundary of REPORT.md, Order 1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from audit.report.figures.direction import Cohort, Direction, direction
from tests.report import world

if TYPE_CHECKING:
    from collections.abc import Sequence


def _direction(
    before: tuple[int, int], recent: tuple[int, int], *, then: int = 10, now: int = 10, withheld: Sequence[int] = ()
) -> Direction:
    """Each pair is (on time, due), all of it in one of the four weeks; ``withheld``: weeks by their place."""
    trend = world.usual().trend
    weeks = [
        replace(week, on_time=0, due=0, open_at_end=then, withheld=place in withheld)
        for place, week in enumerate(trend.weeks)
    ]
    # weeks 3 to 6 are the four before, 7 to 10 the last four that are closed, 11 is not over
    weeks[3] = replace(weeks[3], on_time=before[0], due=before[1])
    weeks[10] = replace(weeks[10], on_time=recent[0], due=recent[1])
    weeks[2] = replace(weeks[2], on_time=50, due=50)
    weeks[11] = replace(weeks[11], on_time=50, due=50, open_at_end=now)
    weeks[0] = replace(weeks[0], open_at_end=1)
    return direction(replace(trend, weeks=tuple(weeks)))


def test_the_numbers_are_those_of_the_eight_closed_weeks() -> None:
    found = _direction((3, 6), (4, 8), now=13)
    assert (found.before, found.recent) == (Cohort(on_time=3, due=6), Cohort(on_time=4, due=8))
    assert (found.recent.rate, Cohort(on_time=0, due=0).rate) == (0.5, None)
    assert (found.open_now, found.open_four_weeks_ago, found.open_at_first) == (13, 10, 1)


@pytest.mark.parametrize(
    ("before", "recent", "course"),
    [
        # 5 points are a change, 4 are none
        ((50, 100), (55, 100), "better"),
        ((50, 100), (54, 100), "no_change"),
        ((55, 100), (50, 100), "worse"),
        ((54, 100), (50, 100), "no_change"),
        # below 5 due nobody can say
        ((5, 5), (0, 5), "worse"),
        ((4, 4), (0, 5), "too_few"),
        ((5, 5), (0, 4), "too_few"),
        ((0, 0), (0, 0), "too_few"),
    ],
)
def test_the_rate(before: tuple[int, int], recent: tuple[int, int], course: str) -> None:
    assert _direction(before, recent).course == course


@pytest.mark.parametrize(
    ("then", "now", "course"),
    [
        # at least two
        (1, 3, "worse"),
        (1, 2, "no_change"),
        (3, 1, "better"),
        (2, 1, "no_change"),
        # and a tenth
        (100, 110, "worse"),
        (100, 109, "no_change"),
        (100, 90, "better"),
        (100, 91, "no_change"),
    ],
)
def test_the_open_ones(then: int, now: int, course: str) -> None:
    assert _direction((5, 10), (5, 10), then=then, now=now).course == course


@pytest.mark.parametrize(
    ("recent", "now", "course"),
    [((9, 10), 13, "mixed"), ((1, 10), 3, "mixed"), ((9, 10), 3, "better"), ((1, 10), 13, "worse")],
)
def test_both(recent: tuple[int, int], now: int, course: str) -> None:
    found = _direction((5, 10), recent, now=now)
    assert found.course == course
    assert (found.rate, found.backlog) == ("better" if recent[0] == 9 else "worse", "better" if now == 3 else "worse")


def test_what_could_not_be_read_may_change_it() -> None:
    assert _direction((5, 10), (9, 10), withheld=[3]).course == "not_known"
    assert _direction((5, 10), (9, 10), withheld=[10]).course == "not_known"
    assert _direction((5, 10), (9, 10), withheld=[2, 11]).course == "better"

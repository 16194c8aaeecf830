"""Time to review: Kaplan-Meier against small cases that were worked out by hand."""

from __future__ import annotations

import importlib
import warnings
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evidence.working_days import WorkCalendar
from audit.report.figures.time_to_review import TimeToReview, quantile, review_times, time_to_review, working_days
from audit.settings.calendar_settings import Calendar
from tests import records as make
from tests.examples import examples
from tests.report import world

OPEN = False
DONE = True


@pytest.mark.parametrize(
    ("rows", "median", "p90"),
    [
        ([], None, None),
        ([(3, OPEN)], None, None),
        ([(3, DONE)], 3, 3),
        # nothing censored: 1/4 done after 1, 1/2 after 2, 3/4 after 5, all after 9
        ([(1, DONE), (2, DONE), (5, DONE), (9, DONE)], 2, 9),
        # S(1) = 3/4, S(2) = 3/4 x 2/3 = 1/2; the open one was at risk until 7: S(9) = 0
        ([(1, DONE), (2, DONE), (7, OPEN), (9, DONE)], 2, 9),
        # S(1) = 4/5; the two open ones leave after 2; S(4) = 4/5 x 1/2 = 2/5; S(6) = 0
        ([(1, DONE), (2, OPEN), (2, OPEN), (4, DONE), (6, DONE)], 4, 6),
        # an open one counts as at risk on its own day: S(4) = 2/3, never lower
        ([(4, DONE), (4, OPEN), (4, OPEN)], None, None),
        # three of ten still open: half were done by the third day, nine tenths never
        ([(n, DONE) for n in (1, 1, 2, 2, 3, 3, 3)] + [(8, OPEN)] * 3, 3, None),
        # ten tenths, in floating point as in thought
        ([(n, DONE) for n in range(1, 11)], 5, 9),
    ],
)
def test_quantiles_of_the_kaplan_meier_estimate(
    rows: list[tuple[int, bool]], median: int | None, p90: int | None
) -> None:
    days = np.array([day for day, _ in rows], dtype="int64")
    completed = np.array([done for _, done in rows], dtype=bool)
    assert quantile(days, completed, 0.5) == median
    assert quantile(days, completed, 0.9) == p90


def test_an_estimate_without_open_ones_is_the_plain_quantile() -> None:
    days = np.arange(1, 101)
    assert quantile(days, np.ones(100, dtype=bool), 0.5) == 50
    assert quantile(days, np.ones(100, dtype=bool), 0.9) == 90


@pytest.fixture(scope="module")
def fitter() -> Any:
    """The estimate as other people made it: its survival function by day."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        lifelines = importlib.import_module("lifelines")
    return lifelines.KaplanMeierFitter()


ROWS = st.lists(st.tuples(st.integers(min_value=0, max_value=12), st.booleans()), min_size=1, max_size=40)


@examples(8)
@given(rows=ROWS, share=st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9, 1.0]))
def test_quantiles_are_those_of_another_implementation(fitter: Any, rows: list[tuple[int, bool]], share: float) -> None:
    """Days from so small a range tie often, among the completed ones, among the open ones, and between the two."""
    days = np.array([day for day, _ in rows], dtype="int64")
    completed = np.array([done for _, done in rows], dtype=bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        survival = fitter.fit(days, completed).survival_function_["KM_estimate"]
    # a share that is reached exactly is reached, whatever floating point makes of it
    reached = survival.index[survival.to_numpy() <= 1 - share + 1e-9]
    assert quantile(days, completed, share) == (int(reached[0]) if len(reached) else None)


@pytest.mark.parametrize("open_ones", [0, 3, 9])
def test_the_median_is_the_other_implementations_own(fitter: Any, open_ones: int) -> None:
    days = np.array([*range(1, 12), *([4] * open_ones)], dtype="int64")
    completed = np.arange(len(days)) < 11
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        other = fitter.fit(days, completed).median_survival_time_
    assert quantile(days, completed, 0.5) == other


def test_working_days_are_counted_by_the_calendar_of_each_row() -> None:
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    plain = WorkCalendar(Calendar(), first, last)
    closed = WorkCalendar(Calendar(closures=(date(2026, 11, 11),)), first, last)
    rows = pd.DataFrame(
        {
            "start": pd.to_datetime(["2026-11-06", "2026-11-09", "2026-11-09", "2026-11-12"]),
            "end": pd.to_datetime(["2026-11-09", "2026-11-13", "2026-11-13", "2026-11-09"]),
            "calendar": [0, 0, 1, 0],
        },
        index=[7, 3, 5, 1],
    )
    counted = working_days(rows["start"], rows["end"], rows["calendar"], (plain, closed))
    # a weekend between, a week, the same with a closure, and an end before the start
    assert counted.to_dict() == {7: 1, 3: 4, 5: 3, 1: 0}


def test_what_is_not_expected_is_not_waited_for() -> None:
    """Exempt, waived, inconclusive, voluntary and out of scope incidents have no time to review."""
    assert time_to_review(review_times(world.result())) == TimeToReview(median=None, p90=None, completed=3, open=5)


def test_an_open_review_that_is_due_today_is_waited_for() -> None:
    done = make.review(101, of=1, closed="2026-11-18 12:00", created="2026-11-16 12:00")
    tracker = (make.incident(1, created="2026-11-16"), done, make.incident(2, created="2026-11-16"))
    assert time_to_review(review_times(world.result(tracker))) == TimeToReview(median=2, p90=None, completed=1, open=1)


def test_a_review_completed_before_its_clock_began_took_no_time() -> None:
    config = make.settings(policies=[{"anchor": "closed"}])
    tracker = (
        make.incident(1, created="2026-11-02", closed="2026-11-12"),
        make.review(101, of=1, closed="2026-11-06 12:00"),
    )
    assert time_to_review(review_times(world.result(tracker, config=config))).median == 0

"""The compliance figure: its window, its denominator, and when it is not told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from audit.model import Gap
from audit.report.figures.compliance import compliance, verdict_counts
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.model import Issue

AS_OF = date(2026, 11, 23)
WINDOW = make.settings(window=14)
"""From Tuesday 2026-11-10 to Monday 2026-11-23."""


def _done(iid: int, declared: str, completed: str) -> tuple[Issue, ...]:
    return (
        make.incident(iid, created=f"{declared} 10:00"),
        make.review(100 + iid, of=iid, created=f"{declared} 11:00", closed=f"{completed} 10:00"),
    )


@pytest.mark.parametrize(
    ("declared", "due_on", "counted"),
    [
        ("2026-11-02", "2026-11-09", 0),  # the day before the window
        ("2026-11-03", "2026-11-10", 1),  # its first day
        ("2026-11-16", "2026-11-23", 1),  # its last day, which is today
        ("2026-11-17", "2026-11-24", 0),  # tomorrow: completed early, and not counted yet
    ],
)
def test_a_due_day_counts_from_the_first_to_the_last_day_of_the_window(
    declared: str, due_on: str, counted: int
) -> None:
    result = world.result(_done(1, declared, declared), config=WINDOW)
    assert result.evidence.incidents["due_on"].dt.date.tolist() == [date.fromisoformat(due_on)]
    figure = compliance(result)
    assert (figure.first, figure.last) == (date(2026, 11, 10), AS_OF)
    assert (figure.on_time, figure.due) == (counted, counted)


def test_a_missing_review_leaves_the_rate_with_its_window_but_stays_open_late() -> None:
    result = world.result(
        (make.incident(1, created="2026-11-02 10:00"), *_done(2, "2026-11-04", "2026-11-05")), config=WINDOW
    )
    figure = compliance(result)
    assert (figure.on_time, figure.due, figure.rate, figure.open_late) == (1, 1, 1.0, 1)


def test_what_is_due_today_and_open_is_pending_and_no_part_of_the_denominator() -> None:
    figure = compliance(world.result((make.incident(1, created="2026-11-16 10:00"),), config=WINDOW))
    assert (figure.due, figure.rate, figure.open_late) == (0, None, 0)


def test_nothing_due_is_no_rate_at_all() -> None:
    figure = compliance(world.result(()))
    assert (figure.due, figure.rate, figure.rate_counting_exempt) == (0, None, None)


def test_the_second_rate_counts_the_exempt_of_the_window_as_not_done() -> None:
    git = ("Severity::2", "Service::Git")
    tracker = (
        *_done(1, "2026-11-04", "2026-11-05"),
        make.incident(2, labels=git, created="2026-11-04 10:00"),
        make.incident(3, labels=git, created="2026-11-02 10:00"),  # due before the window
        make.incident(4, labels=git, created="2026-11-20 10:00"),  # not due yet
    )
    figure = compliance(world.result(tracker, config=WINDOW))
    assert (figure.due, figure.exempt_due) == (1, 1)
    assert (figure.rate, figure.rate_counting_exempt) == (1.0, 0.5)


def test_with_only_exempt_ones_due_nothing_was_due_and_nothing_was_done() -> None:
    tracker = (make.incident(2, labels=("Severity::2", "Service::Git"), created="2026-11-04 10:00"),)
    figure = compliance(world.result(tracker, config=WINDOW))
    assert (figure.rate, figure.rate_counting_exempt) == (None, 0.0)


def test_a_withheld_figure_keeps_its_counts_and_no_rate() -> None:
    failed = (Gap(ref=make.PROJECT, what="reviews", why="page 3 answered 502"),)
    result = world.result(_done(1, "2026-11-04", "2026-11-05"), gaps=failed)
    figure = compliance(result)
    assert (figure.on_time, figure.due) == (1, 1)
    assert (figure.rate, figure.rate_counting_exempt) == (None, None)
    assert figure.withheld == result.withheld is not None


def test_all_ten_verdicts_are_counted_and_add_up() -> None:
    result = world.result()
    counts = verdict_counts(result.verdicts)
    assert len(counts) == 10
    assert min(counts.values()) > 0
    assert sum(counts.values()) == len(result.evidence.incidents)


def test_rates_are_not_rounded() -> None:
    tracker = (*_done(1, "2026-11-04", "2026-11-05"), *_done(2, "2026-11-04", "2026-11-05"), make.incident(3))
    figure = compliance(world.result(tracker, config=make.settings()))
    assert figure.rate == 2 / 3
    assert compliance(replace(world.result(tracker), withheld="why")).rate is None

"""The trend: cohorts by the week of the due day, and what came and went, against trackers counted by hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Gap, Link
from audit.report.figures.compliance import verdict_counts
from audit.report.figures.trend import Trend, Week, trend
from audit.report.formats.audit_json import audit_json
from audit.report.formats.details import details_md
from tests import records as make
from tests.report import world
from tests.report.world import P

if TYPE_CHECKING:
    from audit.model import Issue


def _trend(*tracker: Issue, as_of: date = world.AS_OF, gaps: tuple[Gap, ...] = (), **fields: Any) -> Trend:
    fields.setdefault("waivers", [])
    return trend(world.result(tracker, config=world.settings(**fields), as_of=as_of, gaps=gaps, rules=()))


@cache
def _counted() -> Trend:
    return _trend(*_cohorts())


def _week(found: Trend, name: str) -> Week:
    return next(week for week in found.weeks if week.name == name)


def test_the_weeks_are_twelve_and_end_with_that_of_the_day() -> None:
    result = world.result((), gaps=())
    for as_of in (date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 29)):
        weeks = trend(replace(result, as_of=as_of)).weeks
        assert [week.name for week in weeks] == [f"2026-W{number}" for number in range(37, 49)]
        assert (weeks[0].first, weeks[0].last) == (date(2026, 9, 7), date(2026, 9, 13))
        assert (weeks[-1].first, weeks[-1].last) == (date(2026, 11, 23), date(2026, 11, 29))
        assert [week.closed for week in weeks] == [True] * 11 + [False]


def test_weeks_go_by_the_iso_year() -> None:
    weeks = _trend(as_of=date(2027, 1, 6)).weeks
    assert [week.name for week in weeks[-3:]] == ["2026-W52", "2026-W53", "2027-W01"]
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(weeks))


def _cohorts() -> tuple[Issue, ...]:
    """Due in week 46 (9 to 15 November): two on time, one late, one overdue, one missing; one pending in week 48."""
    return (
        make.incident(1, created="2026-11-02"),
        make.review(101, of=1, closed="2026-11-09 23:59"),
        make.incident(2, created="2026-11-06"),
        make.review(102, of=2, created="2026-11-07", closed="2026-11-13 12:00"),
        make.incident(3, created="2026-11-02"),
        make.review(103, of=3, closed="2026-11-17 12:00"),
        make.incident(4, created="2026-11-04"),
        make.review(104, of=4, created="2026-11-05"),
        make.incident(5, created="2026-11-04"),
        make.incident(6, created="2026-11-19"),
    )


def test_a_cohort_counts_whose_due_day_lies_in_the_week() -> None:
    week = _week(_counted(), "2026-W46")
    assert (week.due, week.on_time, week.late, week.open_late, week.pending) == (5, 2, 1, 2, 0)
    assert week.rate == pytest.approx(0.4)
    assert not week.withheld


@pytest.mark.parametrize(
    ("created", "name"), [("2026-10-30", "2026-W45"), ("2026-10-31", "2026-W45"), ("2026-11-02", "2026-W46")]
)
def test_the_week_is_that_of_the_due_day_and_not_of_the_incident(created: str, name: str) -> None:
    found = _trend(make.incident(1, created=created))
    assert [week.name for week in found.weeks if week.due] == [name]


def test_the_current_cohort_is_open_and_has_no_rate_yet() -> None:
    tracker = (
        *_cohorts(),
        make.incident(7, created="2026-11-19"),
        make.review(107, of=7, created="2026-11-20", closed="2026-11-20 12:00"),
        make.incident(8, created="2026-11-16"),
    )
    week = _week(_trend(*tracker), "2026-W48")
    # the one that is due today is pending until midnight
    assert (week.closed, week.due, week.on_time, week.pending, week.rate) == (False, 1, 1, 2, None)
    later = _week(_trend(*tracker, as_of=date(2026, 11, 30)), "2026-W48")
    assert (later.closed, later.due, later.open_late) == (True, 3, 2)
    assert later.rate == pytest.approx(1 / 3)


def test_a_week_in_which_nothing_was_due_has_no_rate() -> None:
    week = _week(_counted(), "2026-W47")
    assert (week.closed, week.due, week.rate, week.withheld) == (True, 0, None, False)


def test_what_is_outside_the_figure_is_outside_the_trend() -> None:
    tracker = (
        make.incident(1, labels=("Severity::4",), created="2026-11-02"),
        make.incident(2, labels=("Severity::2", "Service::Git"), created="2026-11-02"),
        make.incident(3, labels=("Severity::2", "Gameday"), created="2026-11-02"),
        make.incident(4, labels=(), created="2026-11-02"),
        make.incident(5, created="2026-11-02"),
    )
    found = _trend(*tracker, waivers=[make.waiver(f"{P}#5", "IR001")])
    assert found.empty
    assert not any(week.rate for week in found.weeks)
    assert found.open_before == 0


def test_what_came_and_went_adds_up_to_what_is_open() -> None:
    found = _trend(*_cohorts(), make.incident(9, created="2026-06-01"))
    flow = [(week.name, week.inflow, week.outflow, week.open_at_end) for week in found.weeks[-5:]]
    assert found.open_before == 1
    assert flow == [
        ("2026-W44", 0, 0, 1),
        ("2026-W45", 5, 0, 6),  # declared 2 to 6 November
        ("2026-W46", 0, 2, 4),
        ("2026-W47", 1, 1, 4),
        ("2026-W48", 0, 0, 4),
    ]


@pytest.mark.parametrize("as_of", [date(2026, 11, 8), date(2026, 11, 9), world.AS_OF, date(2027, 1, 1)])
def test_the_last_week_ends_with_what_the_figures_count_as_open(as_of: date) -> None:
    result = world.result(as_of=as_of, rules=())
    counts, found = verdict_counts(result.verdicts), trend(result)
    weeks = found.weeks
    assert weeks[-1].open_at_end == counts["overdue"] + counts["missing"] + counts["pending"]
    total = found.open_before
    for week in weeks:
        total += week.inflow - week.outflow
        assert week.open_at_end == total


def test_a_review_completed_before_its_clock_began_goes_when_that_began() -> None:
    tracker = (
        make.incident(1, created="2026-11-02", closed="2026-11-17"),
        make.review(101, of=1, closed="2026-11-06 12:00"),
        # its clock has not started: neither has it come
        make.incident(2, created="2026-11-02"),
        make.review(102, of=2, closed="2026-11-06 12:00"),
        make.incident(3, created="2026-11-02"),
    )
    found = _trend(*tracker, policies=[{"anchor": "closed"}])
    assert [(week.name, week.inflow, week.outflow) for week in found.weeks if week.inflow or week.outflow] == [
        ("2026-W47", 1, 1)
    ]
    assert {week.open_at_end for week in found.weeks} == {0}


def test_one_review_of_two_incidents_goes_for_both() -> None:
    tracker = (
        make.incident(1, created="2026-11-02"),
        make.incident(2, created="2026-11-03"),
        make.review(101, of=1, links=(Link(target=make.incident(2).ref),), closed="2026-11-06 12:00"),
    )
    week = _week(_trend(*tracker), "2026-W45")
    assert (week.inflow, week.outflow, week.open_at_end) == (2, 2, 0)


def _withheld(found: Trend) -> list[str]:
    return [week.name for week in found.weeks if week.withheld]


def test_a_rate_is_withheld_in_the_week_of_what_could_not_be_read() -> None:
    hidden = make.incident(7, created="2026-11-04", links=(Link(target=None),))
    found = _trend(*_cohorts(), hidden)
    assert _withheld(found) == ["2026-W46"]
    week = _week(found, "2026-W46")
    assert (week.rate, week.on_time, week.due) == (None, 2, 5)


def test_no_severity_is_no_gap_and_withholds_nothing() -> None:
    assert _withheld(_trend(*_cohorts(), make.incident(7, labels=(), created="2026-11-04"))) == []


def test_every_rate_is_withheld_where_a_page_failed_or_what_is_hidden_has_no_due_day() -> None:
    failed = (Gap(ref=P, what="incidents", why="page 2 answered 502"),)
    assert len(_withheld(_trend(*_cohorts(), gaps=failed))) == 12
    hidden = make.incident(7, created="2026-11-04", links=(Link(target=None),))
    assert len(_withheld(_trend(hidden, policies=[{"anchor": "resolved"}]))) == 12


def test_the_data_hold_what_the_report_prints() -> None:
    view = world.view(world.result(_cohorts(), config=world.settings(waivers=[]), gaps=()))
    told = audit_json(view)["trend"]
    assert told["open_before"] == 0
    assert told["weeks"][-3] == {
        "year": 2026,
        "week": 46,
        "from": "2026-11-09",
        "to": "2026-11-15",
        "closed": True,
        "on_time": 2,
        "late": 1,
        "open_late": 2,
        "pending": 0,
        "due": 5,
        "rate": 0.4,
        "withheld": False,
        "inflow": 0,
        "outflow": 2,
        "open_at_end": 3,
    }
    assert "| 2026-W46 | 2026-11-15 | 5 | 2 | 1 | 2 | 0 | 40 % | 0 | 2 | 3 |" in details_md(view)


def _chart(found: Trend) -> str:
    view = replace(world.usual(), trend=found)
    return details_md(view).partition("```mermaid\n")[2].partition("```")[0]


def test_the_chart_has_a_column_of_counts_for_each_week_and_no_scale() -> None:
    lines = [line.strip() for line in _chart(_counted()).splitlines()]
    assert lines[1:4] == [
        "xychart-beta",
        "x-axis [W37, W38, W39, W40, W41, W42, W43, W44, W45, W46, W47, W48]",
        "y-axis 0 --> 5",
    ]
    # in front of each other, so each layer holds what is below it as well: on time, late, open, pending
    assert [json.loads(line.removeprefix("bar "))[9] for line in lines[4:]] == [5, 5, 3, 2]
    assert '"showLabel": false, "showTick": false' in lines[0]


def test_the_chart_is_short_enough_for_gitlab_and_holds_nothing_but_our_own_words() -> None:
    huge: dict[str, Any] = {"on_time": 99_999_999, "late": 99_999_999, "open_late": 99_999_999, "pending": 99_999_999}
    chart = _chart(Trend(weeks=tuple(replace(week, **huge) for week in _counted().weeks), open_before=0))
    assert len(chart) < 2000
    assert chart.count("399999996") == 13
    assert re.fullmatch(r'[A-Za-z0-9 ,:%{}"#>\[\]\n-]+', chart)


def test_there_is_no_chart_where_nothing_was_due_and_no_table_without_a_number() -> None:
    pending = _trend(make.incident(1, created="2026-11-20"))
    assert (pending.any_due, pending.empty) == (True, False)
    text = details_md(replace(world.usual(), trend=pending))
    assert "mermaid" in text
    assert "| 2026-W48 | 2026-11-29 | 0 | 0 | 0 | 0 | 1 | not over | 0 | 0 | 1 |" in text
    kept = _trend(make.incident(1, created="2026-08-01"))
    assert (kept.any_due, kept.empty) == (False, False)
    assert "mermaid" not in details_md(replace(world.usual(), trend=kept))
    assert "Nothing was due, came or was open in these 12 weeks." in details_md(replace(world.usual(), trend=_trend()))


def test_withheld_rates_are_said_to_be_so() -> None:
    failed = (Gap(ref=P, what="reviews", why="page 2 answered 502"),)
    text = details_md(replace(world.usual(), trend=_trend(*_cohorts(), gaps=failed)))
    assert "| 2026-W47 | 2026-11-22 | 0 | 0 | 0 | 0 | 0 | withheld |" in text

"""Due this week, and within two working days: on both sides of each boundary."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.engine.next_steps import OPEN, approval
from audit.model import User
from audit.report.formats.details import details_md
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.report.figures.upcoming import Upcoming

IDA = User(username="ida")


def _upcoming(*tracker: Any, as_of: date = world.AS_OF, **fields: Any) -> Upcoming:
    config = world.settings(waivers=[], **fields)
    return world.view(world.result(tracker, config=config, as_of=as_of, gaps=())).upcoming


def _near(upcoming: Upcoming) -> list[tuple[str, int, bool, bool]]:
    return [(row.incident.ref, row.working_days_left, row.soon, row.this_week) for row in upcoming.rows]


# due days: 16 Nov -> Mon 23, 17 -> Tue 24, 18 -> Wed 25, 19 -> Thu 26, 20 -> Fri 27, 23 -> Mon 30, 24 -> Tue 1 Dec
DAYS = {1: "2026-11-13", 2: "2026-11-16", 3: "2026-11-18", 4: "2026-11-19", 5: "2026-11-20", 6: "2026-11-23"}


def _one_a_day(last: int = 6) -> list[Any]:
    return [make.incident(iid, created=f"{day} 09:00") for iid, day in DAYS.items() if iid <= last]


def test_on_monday_what_is_due_from_today_through_friday_is_due_this_week() -> None:
    upcoming = _upcoming(*_one_a_day())
    assert _near(upcoming) == [
        (f"{P}#2", 0, True, True),
        (f"{P}#3", 2, True, True),
        (f"{P}#4", 3, False, True),
        (f"{P}#5", 4, False, True),
    ]
    assert (upcoming.this_week, upcoming.soon, upcoming.last) == (4, 2, date(2026, 11, 29))


@pytest.mark.parametrize(
    ("as_of", "near"),
    [
        # on Thursday the second working day is Monday
        (date(2026, 11, 26), [(4, 0, True, True), (5, 1, True, True), (6, 2, True, False)]),
        (date(2026, 11, 27), [(5, 0, True, True), (6, 1, True, False)]),
        # a week ends with its Sunday
        (date(2026, 11, 29), [(6, 1, True, False)]),
        (date(2026, 11, 30), [(6, 0, True, True)]),
        (date(2026, 12, 1), []),
    ],
)
def test_what_is_due_next_week_is_told_once_two_working_days_are_left(
    as_of: date, near: list[tuple[int, int, bool, bool]]
) -> None:
    found = _near(_upcoming(*_one_a_day(), as_of=as_of))
    assert found == [(f"{P}#{iid}", left, soon, in_week) for iid, left, soon, in_week in near]


def test_working_days_are_those_of_the_calendar_by_which_the_due_day_was_counted() -> None:
    calendars = {"services": {"api": {"closures": ["2026-11-24", "2026-11-25"]}}}
    tracker = (
        make.incident(1, labels=("Severity::2", "Service::API"), created="2026-11-17 09:00"),
        make.incident(2, labels=("Severity::2", "Service::Web"), created="2026-11-19 09:00"),
    )
    upcoming = _upcoming(*tracker, calendars=calendars)
    assert [row.due_on for row in upcoming.rows] == [date(2026, 11, 26)] * 2
    assert _near(upcoming) == [(f"{P}#1", 1, True, True), (f"{P}#2", 3, False, True)]


def test_a_due_day_on_a_sunday_still_belongs_to_the_week() -> None:
    policies = [{"due_days": 6, "due_kind": "calendar"}]
    friday = date(2026, 11, 27)
    upcoming = _upcoming(make.incident(1, created="2026-11-23 09:00"), as_of=friday, policies=policies)
    assert _near(upcoming) == [(f"{P}#1", 0, True, True)]
    assert upcoming.rows[0].due_on == upcoming.last


def test_only_what_is_pending_is_due() -> None:
    """Neither a completed review, nor a waived or exempt incident, nor one whose clock has not started."""
    tracker = (
        make.incident(1, created="2026-11-18"),
        make.review(101, of=1, created="2026-11-19", closed="2026-11-20"),
        make.incident(2, created="2026-11-18"),
        make.incident(3, labels=("Severity::2", "Service::Git"), created="2026-11-18"),
        make.incident(4, labels=("Severity::4",), created="2026-11-18"),
    )
    waiver = make.waiver(f"{P}#2", "IR001")
    assert _near(world.view(world.result(tracker, config=world.settings(waivers=[waiver]), gaps=())).upcoming) == []
    assert _near(_upcoming(make.incident(1, created="2026-11-18"), policies=[{"anchor": "resolved"}])) == []


def test_each_says_whom_to_ask_and_what_comes_next() -> None:
    tracker = (
        make.incident(1, labels=("Severity::2", "Service::API"), created="2026-11-16", assignees=(IDA,)),
        make.incident(2, labels=("Severity::2", "Service::API"), created="2026-11-17"),
        make.incident(3, labels=("Severity::2", "Service::Web"), created="2026-11-18"),
        make.review(103, of=3, created="2026-11-19"),
        make.incident(4, created="2026-11-19"),
        make.review(104, of=4, created="2026-11-20", assignees=(IDA,)),
        make.incident(5, created="2026-11-20"),
    )
    found = {row.incident.ref: (row.addressees, row.next_step) for row in _upcoming(*tracker).rows}
    assert found == {
        f"{P}#1": (("ida",), OPEN),
        f"{P}#2": (("boss",), OPEN),  # the manager of the team that owns the service
        f"{P}#3": (("frontend-team",), "Assign the review to the person who leads it"),
        f"{P}#4": (("ida",), "Fill in Key Information"),
        f"{P}#5": ((), OPEN),
    }


def test_an_early_reminder_names_whom_the_report_names() -> None:
    tracker = (make.incident(1, labels=("Severity::2", "Service::API"), created="2026-11-17"),)
    config = world.settings(waivers=[], reminders={"remind_from": "2026-01-01", "before_due": 2})
    result = world.result(tracker, config=config, gaps=())
    (planned,) = world.plan(result).planned
    assert world.view(result).upcoming.rows[0].addressees == planned.addressees == ("boss",)


def test_a_confidential_incident_is_told_by_its_number_alone() -> None:
    tracker = make.incident(
        1, f"{SECRET} leaks", labels=("Severity::1", "Service::API"), confidential=True, created="2026-11-18"
    )
    view = world.view(world.result((tracker,), config=world.settings(waivers=[]), gaps=()))
    (row,) = view.upcoming.rows
    assert (row.addressees, row.incident.services, row.incident.title) == ((), (), "(confidential)")
    assert SECRET not in details_md(view)


def _section(upcoming_of: list[Any]) -> str:
    view = world.view(world.result(upcoming_of, config=world.settings(waivers=[]), gaps=()))
    return details_md(view).partition("## Due this week")[2].partition("## Late")[0]


def test_the_section_marks_what_is_due_within_two_working_days() -> None:
    text = _section(_one_a_day())
    assert "Sun 2026-11-29: 4. Within two working days, in bold: 2." in text
    assert [text.count(words) for words in ("| **due today** |", "| **2** |", "| 3 |")] == [
        1,
        1,
        1,
    ]


def test_the_section_says_that_nothing_is_due() -> None:
    assert (
        "No review is still to be completed by the end of the week, Sun 2026-11-29, or within two working days."
        in _section([])
    )


def test_a_closed_review_that_waits_for_its_approval_is_named_with_who_approves() -> None:
    gate = {"approval": {"labels": ["approved"], "from": "2026-01-01", "by": "the director"}}
    waiting = make.review(2, of=1, created="2026-11-17 10:00", closed="2026-11-20")
    (row,) = _upcoming(make.incident(1, created="2026-11-16 09:00"), waiting, review=gate).rows
    assert row.next_step == approval("the director")

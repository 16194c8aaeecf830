"""Which step is due when, and which reason keeps it back: the boundaries, day by day.

The incident of these tests was declared on Monday, 2 November 2026, and is due on Monday the 9th.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from audit.model import Note, User
from audit.reminders import decide
from audit.reminders.plan import Reason
from tests.reminders.building import (
    ALICE,
    DUE,
    FIRST,
    bare_plan_of,
    bare_result_of,
    incident,
    listed,
    posted,
    ref,
    review,
    scene_of,
    settings,
)
from tests.reminders.building import comment as comment_on

Parts = dict[str, Any]


def nov(day: int) -> date:
    return date(2026, 11, day)


def decided(as_of: date, *notes: Note, reviewed: bool = True, **parts: Any) -> tuple[int, str] | None:
    """Step and what becomes of it; None where nothing is listed."""
    issues = (incident(), review()) if reviewed else (incident(),)
    where = ref(11 if reviewed else 1)
    # the verdict is the same on all days through the due day, and on all after it
    moved = parts.keys() & {"calendars", "policies", "timezone"}
    judged_on = as_of if moved else DUE if as_of <= DUE else FIRST
    result = replace(bare_result_of(*issues, as_of=judged_on, settings=settings(**parts)), as_of=as_of)
    plan = decide.plan(scene_of(result, {where: notes}))
    assert len(plan.planned) + len(plan.withheld) <= 1
    if plan.planned:
        return plan.planned[0].step, "planned"
    return (plan.withheld[0].step, plan.withheld[0].reason.value) if plan.withheld else None


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (nov(2), None),
        (DUE, None),  # the whole due day counts
        (FIRST, (1, "planned")),
        (nov(13), (1, "planned")),
        (nov(14), (1, "non_working_day")),  # a Saturday
        (nov(15), (1, "non_working_day")),
        (nov(16), (1, "planned")),
        (date(2027, 11, 16), (1, "planned")),  # no upper age
    ],
)
@pytest.mark.parametrize("reviewed", [True, False])
def test_the_first_reminder(as_of: date, expected: tuple[int, str] | None, reviewed: bool) -> None:
    assert decided(as_of, reviewed=reviewed) == expected


def test_on_the_weekend_after_a_friday_the_first_day_has_not_come_yet() -> None:
    friday: Parts = {
        "calendars": {"default": {"closures": ["2026-11-03"]}},
        "policies": [{"from": "2026-01-01", "due_days": 3}],
    }
    assert decided(nov(6), **friday) is None
    assert decided(nov(7), **friday) == (1, "not_yet")
    assert decided(nov(8), **friday) == (1, "not_yet")
    assert decided(nov(9), **friday) == (1, "planned")


def test_closures_and_holidays_are_no_working_days() -> None:
    closed: Parts = {"calendars": {"default": {"closures": ["2026-11-10", "2026-11-12"]}}}
    assert decided(FIRST, **closed) == (1, "not_yet")
    assert decided(nov(11), **closed) == (1, "planned")
    assert decided(nov(12), **closed) == (1, "non_working_day")
    poland: Parts = {"calendars": {"default": {"country": "PL"}}}  # the 11th is Independence Day
    assert decided(nov(11), **poland) == (1, "non_working_day")


def test_the_calendar_is_the_one_that_the_due_day_was_counted_with() -> None:
    own: Parts = {"calendars": {"services": {"api": {"weekend": ["Fri", "Sat"]}}}}
    # due on Monday the 9th without the Friday: Tue, Wed, Thu, Sun, Mon
    assert decided(nov(13), **own) == (1, "non_working_day")
    assert decided(nov(15), **own) == (1, "planned")


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (nov(10), (1, "already_posted")),  # run again on the same day
        (nov(11), (2, "not_yet")),
        (nov(14), (2, "not_yet")),
        (nov(16), (2, "not_yet")),  # the 4th working day after
        (nov(17), (2, "planned")),  # the 5th
        (nov(18), (2, "planned")),
        (nov(21), (2, "non_working_day")),
    ],
)
def test_the_second_reminder(as_of: date, expected: tuple[int, str]) -> None:
    assert decided(as_of, posted(nov(10), 1)) == expected


def test_steps_are_counted_by_what_was_posted_and_not_by_the_date() -> None:
    assert decided(nov(30)) == (1, "planned")
    assert decided(nov(30), posted(nov(26), 1)) == (2, "not_yet")
    assert decided(date(2026, 12, 3), posted(nov(26), 1)) == (2, "planned")


def test_the_day_of_posting_is_counted_in_the_zone_of_the_audit() -> None:
    late_evening = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)  # the 11th in Berlin
    berlin: Parts = {"timezone": "Europe/Berlin"}
    assert decided(nov(17), posted(late_evening, 1)) == (2, "planned")
    assert decided(nov(17), posted(late_evening, 1), **berlin) == (2, "not_yet")
    assert decided(nov(18), posted(late_evening, 1), **berlin) == (2, "planned")


def test_what_was_posted_after_as_of_had_not_been_posted() -> None:
    tomorrow = datetime(2026, 11, 11, 0, 0, tzinfo=UTC)
    assert decided(FIRST, posted(tomorrow, 1)) == (1, "planned")


def test_the_ladder_ends() -> None:
    days = [nov(10), nov(17), nov(24), date(2026, 12, 1)]
    all_four = [posted(day, step) for step, day in enumerate(days, start=1)]
    assert decided(date(2026, 12, 1), *all_four[:3]) == (4, "planned")
    assert decided(date(2026, 12, 1), *all_four) == (5, "ladder_exhausted")
    assert decided(date(2027, 6, 1), *all_four) == (5, "ladder_exhausted")
    assert decided(nov(24), *all_four[:1], reminders={"steps": 1}) == (2, "ladder_exhausted")


def test_a_deleted_reminder_does_not_bring_a_later_step_back() -> None:
    assert decided(nov(24), posted(nov(17), 2)) == (3, "planned")


def test_duplicates_count_once_from_the_day_of_the_oldest() -> None:
    twice = (posted(nov(10), 1, id=5), posted(nov(12), 1, id=9))
    assert decided(nov(17), *twice) == (2, "planned")


def test_a_forged_marker_counts_for_nothing() -> None:
    stranger = User(username="mallory")
    assert decided(FIRST, posted(nov(4), 1, author=stranger)) == (1, "planned")
    assert decided(FIRST, posted(nov(4), 1, author=User(username="incident-bot2"))) == (1, "planned")
    assert decided(FIRST, posted(nov(4), 1, system=True)) == (1, "planned")


def test_a_review_opened_after_its_incident_was_reminded_of_has_its_own_ladder_but_not_the_next_day() -> None:
    earlier = {ref(1): (posted(nov(10), 1, on=1),), ref(11): ()}

    def on(as_of: date) -> tuple[int, str]:
        plan = bare_plan_of(
            incident(), review(created_at=datetime(2026, 11, 11, 9, tzinfo=UTC)), as_of=as_of, comments=earlier
        )
        found = listed(plan)
        assert [one.issue for one in found] == [ref(11)]
        return found[0].step, plan.withheld[0].reason.value if plan.withheld else "planned"

    assert on(nov(12)) == (1, "not_yet")
    assert on(nov(16)) == (1, "not_yet")
    assert on(nov(17)) == (1, "planned")


EARLY: Parts = {"reminders": {"before_due": 2}}


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (nov(4), None),
        (nov(5), (0, "planned")),  # two working days before Monday
        (nov(7), (0, "non_working_day")),
        (DUE, (0, "planned")),
        (FIRST, (1, "planned")),
    ],
)
@pytest.mark.parametrize("reviewed", [True, False])
def test_the_early_reminder(as_of: date, expected: tuple[int, str] | None, reviewed: bool) -> None:
    assert decided(as_of, reviewed=reviewed, **EARLY) == expected


def test_the_early_reminder_comes_once_and_stands_outside_the_ladder() -> None:
    early = posted(nov(5), 0)
    assert decided(nov(5), early, **EARLY) == (0, "already_posted")
    assert decided(nov(6), early, **EARLY) == (0, "already_posted")
    assert decided(DUE, early, **EARLY) == (0, "already_posted")
    assert decided(FIRST, early, **EARLY) == (1, "planned")
    assert decided(nov(17), early, posted(nov(10), 1), **EARLY) == (2, "planned")


def snoozed(as_of: date, label: str, *, on: str, **parts: Any) -> bool:
    fields: Parts = {"labels": ("incident", "severity::2", "Service::API", label)}
    issues = {
        "review": (incident(), review(labels=("IncidentReview", label))),
        "incident": (incident(**fields), review()),
        "missing": (incident(**fields),),
    }[on]
    plan = bare_plan_of(*issues, as_of=as_of, settings=settings(**parts))
    return [one.reason for one in plan.withheld] == [Reason.SNOOZED]


@pytest.mark.parametrize("on", ["review", "incident", "missing"])
@pytest.mark.parametrize(
    ("label", "as_of", "expected"),
    [
        ("Review-Snoozed::2026-11-10", nov(10), True),  # through that day
        ("Review-Snoozed::2026-11-10", nov(11), False),
        ("review-snoozed::2026-11-30", nov(10), True),
        ("Review-Snoozed:2026-11-30", nov(10), True),
        ("Review-Snoozed :: 2026-11-30", nov(10), True),
        ("Review-Snoozed::2026-11-31", nov(10), False),
        ("Review-Snoozed::20261130", nov(10), False),
        ("Review-Snoozed::2026-W49-1", nov(10), False),
        ("Review-Snoozed::soon", nov(10), False),
        ("Review-Snoozed", nov(10), False),
        ("Other::2026-11-30", nov(10), False),
    ],
)
def test_snooze_labels(label: str, as_of: date, expected: bool, on: str) -> None:
    assert snoozed(as_of, label, on=on) is expected


def test_the_scope_of_the_snooze_label_is_a_setting() -> None:
    later: Parts = {"labels": {"snooze_scope": "later"}}
    assert snoozed(FIRST, "Later::2026-11-30", on="review", **later)
    assert not snoozed(FIRST, "Review-Snoozed::2026-11-30", on="review", **later)


@pytest.mark.parametrize("issue", ["g/tracker#1", "g/tracker#11", "G/Tracker#11"])
def test_reminders_are_postponed_by_the_settings(issue: str) -> None:
    until: Parts = {"reminders": {"postponed": [{"issue": issue, "until": "2026-11-12"}]}}
    assert decided(nov(12), **until) == (1, "snoozed")
    assert decided(nov(13), **until) == (1, "planned")


@pytest.mark.parametrize(
    ("said_on", "as_of", "expected"),
    [
        (nov(10), nov(10), "recent_comment"),
        (nov(10), nov(11), "recent_comment"),
        (nov(10), nov(12), "recent_comment"),  # two working days before
        (nov(10), nov(13), "planned"),  # three
        (nov(12), nov(16), "recent_comment"),  # Thursday, Monday
        (nov(12), nov(17), "planned"),
        (nov(14), nov(17), "recent_comment"),  # on a Saturday: Monday, Tuesday
        (nov(14), nov(18), "planned"),
        (date(2024, 1, 5), nov(18), "planned"),
    ],
)
def test_a_persons_comment_postpones(said_on: date, as_of: date, expected: str) -> None:
    assert decided(as_of, comment_on(said_on)) == (1, expected)


def test_without_quiet_days_a_comment_postpones_on_its_own_day_only() -> None:
    no_days: Parts = {"reminders": {"quiet_days": 0}}
    assert decided(FIRST, comment_on(nov(10)), **no_days) == (1, "recent_comment")
    assert decided(nov(11), comment_on(nov(10)), **no_days) == (1, "planned")


@pytest.mark.parametrize(
    "note",
    [
        comment_on(nov(10), author=User(username="helper", bot=True)),
        comment_on(nov(10), author=User(username="maria-bot")),  # a bot by its account
        comment_on(nov(10), author=User(username="Incident-Bot")),  # the audit's own, whatever it is marked as
        comment_on(nov(10), system=True),
        comment_on(datetime(2026, 11, 11, 0, 0, tzinfo=UTC)),  # after as_of
    ],
)
def test_who_is_no_person_postpones_nothing(note: Note) -> None:
    accounts = {"maria-bot": User(username="maria-bot", bot=True)}
    plan = bare_plan_of(incident(), review(), as_of=FIRST, comments={ref(11): (note,)}, accounts=accounts)
    assert [one.step for one in plan.planned] == [1]


def test_a_comment_elsewhere_postpones_nothing_here() -> None:
    plan = bare_plan_of(incident(), review(), as_of=FIRST, comments={ref(1): (comment_on(FIRST),), ref(11): ()})
    assert len(plan.planned) == 1


def test_an_internal_comment_is_a_comment() -> None:
    assert decided(FIRST, comment_on(FIRST, internal=True)) == (1, "recent_comment")


def test_the_reasons_come_in_their_order() -> None:
    """Everything that can hold holds at once; one after the other is taken away."""
    saturday = nov(14)
    label = ("IncidentReview", "Review-Snoozed::2026-12-31")
    chatter = comment_on(nov(13))
    nobody: Parts = {"accounts": {}, "catalog": None}

    def reason(as_of: date, *notes: Note, **parts: Any) -> str:
        fields = {"labels": parts.pop("labels", label), "assignees": parts.pop("assignees", ())}
        where = {ref(11): (chatter, *notes)} if parts.pop("chat", True) else {ref(11): notes}
        reminded = {"reminders": {"max_reminders": 0, **parts.pop("reminders", {})}}
        plan = bare_plan_of(
            incident(), review(**fields), as_of=as_of, comments=where, settings=settings(**reminded), **nobody
        )
        return plan.withheld[0].reason.value

    ladder = [posted(nov(9 + step), step) for step in (1, 2, 3, 4)]
    old: Parts = {"reminders": {"remind_from": "2026-11-03"}}
    today = posted(datetime(2026, 11, 14, 1, tzinfo=UTC), 1)
    assert reason(saturday, *ladder, today, **old) == "before_remind_from"
    assert reason(saturday, *ladder, today) == "ladder_exhausted"
    assert reason(saturday, today) == "already_posted"
    assert reason(saturday, posted(nov(13), 1)) == "not_yet"
    assert reason(saturday) == "non_working_day"
    assert reason(nov(16)) == "snoozed"
    assert reason(nov(16), labels=("IncidentReview",)) == "recent_comment"
    assert reason(nov(16), labels=("IncidentReview",), chat=False) == "unreachable"
    assert reason(nov(16), labels=("IncidentReview",), chat=False, assignees=(ALICE,)) == "max_reminders"


def test_without_any_first_day_nobody_is_reminded_of_anything() -> None:
    undated = settings(policies=[{}], reminders={"remind_from": None})
    plan = bare_plan_of(incident(), review(), as_of=FIRST, settings=undated)
    assert [one.reason for one in plan.withheld] == [Reason.BEFORE_REMIND_FROM]


@pytest.mark.parametrize(("first", "expected"), [("2026-11-02", "planned"), ("2026-11-03", "before_remind_from")])
def test_the_first_day_is_held_against_the_day_of_the_declaration(first: str, expected: str) -> None:
    assert decided(FIRST, reminders={"remind_from": first}) == (1, expected)

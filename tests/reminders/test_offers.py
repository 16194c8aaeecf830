"""What a reminder offers, used on the day it is read: the next one comes when it says, or later by the offer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit.reminders import decide
from tests.reminders.building import (
    ALICE,
    BOT,
    DUE,
    FIRST,
    PROJECT,
    bare_result_of,
    comment,
    incident,
    posted,
    ref,
    result_of,
    review,
    scene_of,
    settings,
    words_of,
)
from tests.reminders.rendering import shown

if TYPE_CHECKING:
    from audit.model import Issue, Note
    from audit.reminders.cases import Scene
    from audit.reminders.plan import Plan, Reason

Parts = dict[str, Any]
EARLY_DAY = date(2026, 11, 5)
"""Two working days before the due day."""
LADDER = [FIRST, date(2026, 11, 17), date(2026, 11, 24), date(2026, 12, 1)]


def tracker(place: str, *labels: str) -> tuple[Issue, ...]:
    """The incident, and its review where it has one; labels stand where the reminder is."""
    inc, rev = incident(assignees=(ALICE,)), review()
    if place == "review":
        return inc, replace(rev, labels=(*rev.labels, *labels))
    return (replace(inc, labels=(*inc.labels, *labels)),)


def plan_on(day: date, place: str, *notes: Note, labels: tuple[str, ...] = (), **parts: Any) -> Plan:
    return planned_once(day, place, notes, labels, json.dumps(parts))


@cache
def planned_once(day: date, place: str, notes: tuple[Note, ...], labels: tuple[str, ...], parts: str) -> Plan:
    """A later step looks at the days of the earlier ones again."""
    first = EARLY_DAY if day <= DUE else FIRST
    scene = scene_once(first, place, labels, parts)
    comments = {ref(11 if place == "review" else 1): notes}
    return decide.plan(replace(scene, result=replace(scene.result, as_of=day), comments=comments))


@cache
def scene_once(day: date, place: str, labels: tuple[str, ...], parts: str) -> Scene:
    """The verdict is the same on all days before the due day, and on all after it."""
    given = json.loads(parts)
    where = {"review": {"where": "inline"}} if place == "inline" else {}
    rules = settings(reminders={"before_due": 2, **given.pop("reminders", {})}, **where, **given)
    result = bare_result_of(*tracker(place, *labels), as_of=day, settings=rules)
    return scene_of(result, roles={PROJECT: {"alice": 30}})


def outcome(plan: Plan) -> int | Reason | None:
    """The step that is planned, or why it is not."""
    if plan.planned:
        return plan.planned[0].step
    return plan.withheld[0].reason if plan.withheld else None


def first_day(start: date, step: int, place: str, *notes: Note, **parts: Any) -> date:
    """The first day from ``start`` on which a step comes."""
    days = (start + timedelta(days=number) for number in range(60))
    return next(day for day in days if outcome(plan_on(day, place, *notes, **parts)) == step)


def before(step: int, place: str, **parts: Any) -> tuple[date, tuple[Note, ...]]:
    """The day of a step, and the reminders of before, each posted on its first day."""
    on = 11 if place == "review" else 1
    day, notes = EARLY_DAY, [posted(EARLY_DAY, 0, on=on)]
    for number in range(1, step + 1):
        day = first_day(day + timedelta(days=1), number, place, *notes, **parts)
        notes.append(posted(day, number, on=on))
    return day, tuple(notes[:step])


SETTINGS: dict[str, Parts] = {
    "as they are": {},
    "every third working day": {"reminders": {"step_days": 3}},
    "each working day": {"reminders": {"step_days": 1}},
    "with another weekend": {"calendars": {"default": {"weekend": ["Fri", "Sat"]}}},
    "with a closure behind it": {"calendars": {"default": {"closures": ["2026-11-17", "2026-11-18", "2026-11-19"]}}},
}


@pytest.mark.parametrize("step", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("how", "place"), [("as they are", "missing"), ("as they are", "inline"), *((how, "review") for how in SETTINGS)]
)
def test_each_offer_moves_the_next_reminder(how: str, step: int, place: str) -> None:
    parts, on = SETTINGS[how], 11 if place == "review" else 1
    day, earlier = before(step, place, **parts)
    (reminder,) = plan_on(day, place, *earlier, **parts).planned
    text = shown(words_of(reminder.body))
    said = re.search(r"No further reminder before \w+ (\S+);", text)
    label = re.search(r"label it (\S+)\.", text)
    command = re.search(rf"Comment (@{BOT} snooze \w+),", text)
    assert said
    assert label
    assert command
    there = (*earlier, posted(day, step, on=on))
    said_day = date.fromisoformat(said[1])
    assert first_day(day, step + 1, place, *there, **parts) == said_day, "it is true"
    by_label: Parts = {"labels": (label[1],)}
    by_command, proposal = comment(day, command[1], id=7), comment(day, f"@{BOT} not needed: a drill", id=7)
    for notes, offer in ((there, by_label), ((*there, by_command), {}), ((*there, proposal), {})):
        assert outcome(plan_on(said_day, place, *notes, **offer, **parts)) != step + 1, "it comes later"
        assert first_day(said_day + timedelta(days=40), step + 1, place, *notes, **offer, **parts) > said_day, (
            "and it comes"
        )


def test_where_no_command_reaches_behind_the_next_step_none_is_offered() -> None:
    (reminder,) = plan_on(FIRST, "review", reminders={"step_days": 15}).planned
    assert "snooze" not in words_of(reminder.body).replace("Review-Snoozed", "")
    assert "Label it" in shown(reminder.body)


@pytest.mark.parametrize(
    ("commented", "comes"),
    [
        (FIRST, date(2026, 11, 17)),  # on the day of the reminder: the days count from the same day
        (date(2026, 11, 12), date(2026, 11, 19)),
        (date(2026, 11, 16), date(2026, 11, 23)),
        (date(2026, 11, 20), date(2026, 11, 17)),  # after the next one would have come
    ],
)
def test_a_comment_counts_the_days_anew(commented: date, comes: date) -> None:
    there = (posted(FIRST, 1), comment(commented, id=7))
    assert first_day(FIRST + timedelta(days=1), 2, "review", *there) == comes


def test_from_the_fifteenth_working_day_on_no_comment_holds_it_back() -> None:
    daily = tuple(comment(FIRST + timedelta(days=number), id=number) for number in range(1, 60))
    assert first_day(FIRST + timedelta(days=1), 2, "review", posted(FIRST, 1), *daily) == date(2026, 12, 1)
    rare = {"reminders": {"step_days": 20}}
    assert first_day(FIRST + timedelta(days=1), 2, "review", posted(FIRST, 1), *daily, **rare) == date(2026, 12, 8)


@pytest.mark.parametrize("author", ["pager", "@Pager"])
def test_the_comments_of_a_machine_postpone_nothing(author: str) -> None:
    pager = replace(ALICE, username="pager")
    daily = tuple(comment(FIRST + timedelta(days=number), author=pager, id=number + 9) for number in range(-3, 60))
    assert outcome(plan_on(FIRST, "review", *daily)) == "recent_comment"
    assert outcome(plan_on(FIRST, "review", *daily, bots=[author])) == 1
    there = (posted(FIRST, 1), *daily)
    assert outcome(plan_on(date(2026, 11, 17), "review", *there, bots=[author])) == 2


def test_a_machine_is_no_dri_and_is_never_asked() -> None:
    pager = replace(ALICE, username="pager")
    issues = (incident(), review(assignees=(pager,)))
    bots = settings(bots=["pager", "maria"])
    result = result_of(*issues, as_of=FIRST, settings=bots)
    assert "IR003" in {finding.code for finding in result.findings}
    (reminder,) = decide.plan(scene_of(result)).planned
    assert reminder.addressees == ("g/api-team",), "neither the assignee nor the manager"


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("2026-12-1", True),
        ("2026-12-01", True),
        ("2026-11-10", True),
        ("2026-11-9", False),
        ("01.12.2026", None),
        ("2026/12/01", None),
        ("2026-13-01", None),
        ("next week", None),
    ],
)
def test_the_value_of_a_snooze_label(value: str, *, holds: bool | None) -> None:
    plan = plan_on(FIRST, "review", labels=(f"Review-Snoozed::{value}",))
    assert outcome(plan) == ("snoozed" if holds else 1)
    assert [one.label for one in plan.odd_snoozes] == ([f"Review-Snoozed::{value}"] if holds is None else [])


def test_a_label_on_a_confidential_issue_is_not_told() -> None:
    secret = incident(confidential=True, labels=("incident", "severity::2", "Service::API", "Review-Snoozed::soon"))
    plan = decide.plan(scene_of(bare_result_of(secret, as_of=FIRST)))
    assert [(one.issue, one.label) for one in plan.odd_snoozes] == [(ref(1), "")]


def test_a_run_about_yesterday_counts_from_the_day_on_which_it_posts() -> None:
    result = bare_result_of(incident(), review(), as_of=FIRST)
    late = replace(scene_of(result), today=FIRST + timedelta(days=1))
    assert "before Wed 2026-11-18" in shown(decide.plan(late).planned[0].body)
    older = replace(scene_of(result), today=FIRST + timedelta(days=9))
    assert "before Tue 2026-11-17" in shown(decide.plan(older).planned[0].body)


def test_what_was_written_in_the_evening_counts_on_its_own_day() -> None:
    evening = datetime(2026, 11, 10, 23, 59, tzinfo=UTC)
    there = (posted(FIRST, 1), comment(evening, f"@{BOT} snooze 7d", id=8))
    assert outcome(plan_on(date(2026, 11, 17), "review", *there)) == "snoozed"
    assert outcome(plan_on(date(2026, 11, 18), "review", *there)) == 2

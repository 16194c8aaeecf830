"""Another bot's reminders of before a migration count as posted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from audit import markers
from audit.model import Note, User
from audit.reminders import note_inventory
from audit.reminders.plan import Plan, Reason
from audit.settings.reminder_settings import Adopted
from tests.reminders.building import (
    ALICE,
    BOT,
    FIRST,
    ROBOT,
    comment,
    incident,
    listed,
    plan_of,
    posted,
    ref,
    review,
    settings,
)

OLD = User(username="review-nudge")
ISSUES = (incident(), review())
NEXT_WEEK = FIRST + timedelta(days=7)
ADOPT = settings(reminders={"adopted": [{"author": "@Review-Nudge", "pattern": "review is .* late"}]})


def old(days: int, body: str = "Hi @alice!\nYour review is 2 days late.", author: User = OLD, **fields: Any) -> Note:
    return comment(FIRST + timedelta(days=days), body, author, **fields)


def planned(*notes: Note, days: int = 7) -> Plan:
    return plan_of(*ISSUES, as_of=FIRST + timedelta(days=days), comments={ref(11): notes}, settings=ADOPT)


def test_they_are_steps_of_the_ladder_and_nobody_is_pinged_anew() -> None:
    assert [one.step for one in planned(old(-7), old(0)).planned] == [3]
    early = planned(old(-7), old(3))
    assert [(one.step, one.reason) for one in early.withheld] == [(3, Reason.NOT_YET)]
    today = planned(old(7))
    assert [(one.step, one.reason) for one in today.withheld] == [(1, Reason.ALREADY_POSTED)]
    exhausted = planned(*(old(day, id=20 + day) for day in (-9, -7, -5, -3, 0)))
    assert [one.reason for one in exhausted.withheld] == [Reason.LADDER_EXHAUSTED]


def test_they_are_no_persons_comments_either() -> None:
    """An account that is not flagged as a bot would postpone its own reminders."""
    assert [one.step for one in planned(old(-1), days=6).planned] == [2]


def test_the_bots_own_go_on_where_they_end() -> None:
    both = (old(-7), old(-6), posted(FIRST, 3))
    assert [one.step for one in planned(*both).planned] == [4]
    assert [(one.step, one.reason) for one in planned(old(4), posted(FIRST, 1)).withheld] == [(2, Reason.NOT_YET)]


@pytest.mark.parametrize(
    "note",
    [
        old(0, author=ALICE),
        old(0, body="Thanks all"),
        old(0, system=True),
        old(0, body="\n" * 200 + "Your review is 2 days late."),
        old(0, body="x" * 400 + "review is 2 days late"),
    ],
)
def test_nothing_else_is_adopted(note: Note) -> None:
    assert [one.step for one in listed(planned(note))] == [1]


def test_the_bots_own_notes_without_a_marker_can_be_adopted_those_with_one_count_already() -> None:
    own = settings(reminders={"adopted": [{"author": BOT, "pattern": "Hello"}]})
    notes = (comment(FIRST, "Hello", ROBOT, id=1), posted(FIRST, 2, id=2))
    plan = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): notes}, settings=own)
    assert [one.step for one in plan.planned] == [3]


def test_an_earlier_account_of_this_program_is_adopted_by_its_reminders_alone() -> None:
    """A new project or group access token is a new account; its status notes and answers are no reminders."""
    before = settings(reminders={"adopted": [{"author": "old-bot", "pattern": "Hello"}]})
    old_bot = User(username="old-bot", bot=True)
    status = comment(FIRST, f"Hello.\n\n{markers.write(markers.Marker(kind='status', hash='x'))}", old_bot, id=3)
    notes = (posted(FIRST, 0, author=old_bot, id=1), posted(FIRST, 1, author=old_bot, id=2), status)
    plan = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): notes}, settings=before)
    assert [one.step for one in plan.planned] == [2]
    assert [one.with_status for one in plan.planned] == [True], "that of another account cannot be edited"
    strangers = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): notes})
    assert [one.step for one in strangers.planned] == [1]


def test_what_the_bot_said_and_what_would_be_adopted_is_listed() -> None:
    def marked(kind: str) -> Note:
        return comment(FIRST, f"x\n\n{markers.write(markers.Marker(kind=kind))}", ROBOT, id=9)

    notes = (posted(FIRST, 1), posted(FIRST, 0), *map(marked, ("status", "answer", "duplicate", "later")), old(0))
    said = note_inventory.bot_notes({ref(11): notes, ref(1): ()}, bot=BOT, timezone="UTC")
    assert sorted(one.what for one in said) == [
        "answer", "early reminder", "emptied note", "note of another version", "reminder 1", "status note"
    ]  # fmt: skip
    rule = Adopted(author="review-nudge", pattern="late")
    (one,) = note_inventory.adoptable({ref(11): notes}, rule, bot=BOT, timezone="UTC")
    assert list(note_inventory.lines((one,))) == ["  g/tracker#11: reminder 1, 2026-11-10, "]

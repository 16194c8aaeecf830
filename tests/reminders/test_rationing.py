"""How many reminders a night: so many in all, so many of them to one person, and none where none can be posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Source, User
from audit.reminders import decide
from tests.reminders.building import (
    ALICE,
    BOB,
    DECLARED,
    FIRST,
    PROJECT,
    bare_plan_of,
    bare_result_of,
    incident,
    posted,
    ref,
    review,
    scene_of,
    settings,
)

if TYPE_CHECKING:
    from audit.model import Issue, Note, Ref
    from audit.reminders.plan import Plan

NEXT_WEEK = FIRST + timedelta(days=7)
CAROL = User(username="carol")


def reviews(*people: tuple[User, ...]) -> list[Issue]:
    """A review of an incident of its own for each group of assignees, the first due first."""
    made: list[Issue] = []
    for number, assignees in enumerate(people, 1):
        made.append(incident(number, created_at=DECLARED + timedelta(hours=number), assignees=()))
        made.append(review(100 + number, of=(number,), assignees=assignees))
    return made


def told(plan: Plan) -> list[tuple[int, tuple[str, ...] | str]]:
    """Issue number -> whom its reminder names, or why it is withheld, as planned and then as withheld."""
    planned = [(one.issue.iid, one.addressees) for one in plan.planned]
    return [*planned, *((one.issue.iid, one.reason.value) for one in plan.withheld)]


FULL = "max_per_person"


@pytest.mark.parametrize(
    ("people", "rules", "expected"),
    [
        ([(ALICE,)] * 4, {}, [(101, ("alice",)), (102, ("alice",)), (103, ("alice",)), (104, FULL)]),
        ([(ALICE,)] * 3, {"per_person": 1}, [(101, ("alice",)), (102, FULL), (103, FULL)]),
        ([(ALICE,), (BOB,), (ALICE,)], {"per_person": 1}, [(101, ("alice",)), (102, ("bob",)), (103, FULL)]),
        # whoever is full is left out of the next, which the others get
        ([(ALICE,), (ALICE, BOB), (BOB,)], {"per_person": 1}, [(101, ("alice",)), (102, ("bob",)), (103, FULL)]),
        # a reminder that is left for the next run makes nobody full
        (
            [(ALICE,), (BOB,), (ALICE,)],
            {"per_person": 1, "max_reminders": 1},
            [(101, ("alice",)), (102, "max_reminders"), (103, FULL)],
        ),
        # the manager of the team, who is asked where nobody is assigned, is counted; the contact is not
        ([()] * 4, {}, [(101, ("maria",)), (102, ("maria",)), (103, ("maria",)), (104, FULL)]),
    ],
)
def test_one_person_is_asked_about_so_many_reviews(
    people: list[tuple[User, ...]], rules: dict[str, Any], expected: list[tuple[int, Any]]
) -> None:
    assert told(bare_plan_of(*reviews(*people), as_of=FIRST, settings=settings(reminders=rules))) == expected


def test_the_contact_of_the_settings_is_asked_about_all() -> None:
    rules = settings(reminders={"contact": "sre-oncall", "per_person": 1})
    plan = bare_plan_of(*reviews(*[()] * 4), as_of=FIRST, settings=rules, catalog=None)
    assert [names for _, names in told(plan)] == [("sre-oncall",)] * 4


def test_managers_who_are_named_by_step_are_not_counted() -> None:
    issues = reviews((ALICE,), (BOB,), (CAROL,), (User(username="dan"),))
    notes = {ref(100 + number): (posted(FIRST, 1, on=100 + number, of=number),) for number in range(1, 5)}
    rules = settings(reminders={"per_person": 1})
    plan = bare_plan_of(*issues, as_of=NEXT_WEEK, comments=notes, settings=rules)
    assert [names[-1] for _, names in told(plan)] == ["maria"] * 4


def test_a_run_after_one_that_was_killed_asks_nobody_about_more() -> None:
    """Of the three for Alice two were posted: one is left, and the fourth waits as it would have."""
    notes = {ref(100 + number): (posted(FIRST, 1, on=100 + number, of=number),) for number in (1, 2)}
    plan = bare_plan_of(*reviews(*[(ALICE,)] * 4), as_of=FIRST, comments=notes)
    assert told(plan) == [(103, ("alice",)), (101, "already_posted"), (102, "already_posted"), (104, FULL)]
    full = notes | {ref(103): (posted(FIRST, 1, on=103, of=3),)}
    assert not bare_plan_of(*reviews(*[(ALICE,)] * 4), as_of=FIRST, comments=full).planned


def test_nine_reviews_of_one_person_make_three_mails_a_night() -> None:
    issues, mails = reviews(*[(ALICE,)] * 9), []
    comments: dict[Ref, tuple[Note, ...]] = {}
    for day in (FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=2)):
        plan = bare_plan_of(*issues, as_of=day, comments=comments)
        mails.append(len(plan.planned) + sum(note.new for note in plan.status_notes))
        for one in plan.planned:
            body = one.body
            comments[one.issue] = (replace(posted(day, 1, on=one.issue.iid, of=one.incident.iid), body=body),)
    assert mails == [3, 3, 3]


@pytest.mark.parametrize(
    ("source", "fields", "posts"),
    [
        ({}, {}, True),
        ({"archived": True}, {}, False),
        ({"role": 10}, {"discussion_locked": True}, True),
        ({"role": None}, {"discussion_locked": True}, True),  # nobody knows: it is tried
        ({"role": 0}, {"discussion_locked": True}, False),
        ({"role": 0}, {}, True),
        ({}, {"comments": 4_999}, True),
        ({}, {"comments": 5_000}, False),
        ({"role": 10}, {"confidential": True}, False),  # GitLab would show the note to everybody
        ({"role": 15}, {"confidential": True}, True),
        ({"role": None}, {"confidential": True}, True),
    ],
)
def test_what_cannot_be_posted_is_known_before_and_takes_no_place(
    source: dict[str, Any], fields: dict[str, Any], *, posts: bool
) -> None:
    first, second, *others = reviews((ALICE,), (BOB,))
    live = replace(others[1], ref=ref(102, "g/live"))
    place = Source(project=PROJECT, incidents=True, reviews=True, **source)
    issues = (first, replace(second, **fields), others[0], live)
    result = bare_result_of(
        *issues,
        as_of=FIRST,
        settings=settings(reminders={"max_reminders": 1}),
        sources=(place, Source(project="g/live", incidents=False, reviews=True)),
    )
    scene = replace(scene_of(result, {issue.ref: () for issue in issues}), held_roles={})
    plan = decide.plan(scene)
    cannot = [one.issue.iid for one in plan.withheld if one.reason.value == "cannot_post"]
    assert cannot == ([] if posts else [101])
    assert len(plan.planned) == 1, "the next in line has its place"

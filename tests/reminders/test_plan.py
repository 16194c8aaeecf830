"""One reminder an issue, the cap, confidential records, and what the report is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from audit import markers
from audit.model import DueDateChange, Gap, Issue, LabelEvent, Link, Source, StateEvent, Verdict
from audit.reminders import confirmation, decide
from audit.reminders.cases import cases
from audit.reminders.plan import FollowUp, Plan, Posted, Reason
from audit.report.formats.reminders_json import reminders_json
from tests.reminders.building import (
    ALICE,
    BOB,
    DECLARED,
    DUE,
    FIRST,
    PROJECT,
    bare_plan_of,
    comment,
    incident,
    plan_of,
    posted,
    ref,
    result_of,
    review,
    scene_of,
    settings,
    status_of,
)
from tests.reminders.rendering import html, mentioned, referred_to, shown

TUESDAY = FIRST + timedelta(days=7)
HOSTILE = "Down </a> @all /close ![x](https://evil.example/p.png) | `code` <!-- --> ~label"


def pairs(plan: Plan) -> list[tuple[int, int]]:
    return [(one.issue.iid, one.incident.iid) for one in plan.planned]


def later(iid: int, days: int = 1, **fields: Any) -> Issue:
    return incident(iid, created_at=DECLARED + timedelta(days=days), **fields)


def test_a_review_of_several_incidents_gets_one_for_the_one_that_was_due_first() -> None:
    plan = bare_plan_of(later(1), incident(2), review(of=(1, 2)), as_of=TUESDAY)
    assert pairs(plan) == [(11, 2)]
    assert not plan.withheld


def test_at_the_same_due_day_the_lower_number_is_named() -> None:
    assert pairs(bare_plan_of(incident(3), incident(2), review(of=(2, 3)), as_of=TUESDAY)) == [(11, 2)]


def test_while_the_first_is_late_the_second_ones_early_reminder_does_not_come_too() -> None:
    both = settings(reminders={"before_due": 3})
    plan = bare_plan_of(incident(1), later(2, days=3), review(of=(1, 2)), as_of=FIRST, settings=both)
    assert [(one.step, one.incident.iid) for one in plan.planned] == [(1, 1)]


def test_an_incident_of_before_does_not_silence_a_newer_one_on_the_same_review() -> None:
    recent = settings(reminders={"remind_from": "2026-11-03"})
    assert pairs(bare_plan_of(incident(1), later(2), review(of=(1, 2)), as_of=TUESDAY, settings=recent)) == [(11, 2)]


def test_without_a_review_the_incident_itself_is_the_place() -> None:
    assert pairs(plan_of(incident(), as_of=FIRST)) == [(1, 1)]


def test_an_inline_review_is_reminded_of_on_its_incident() -> None:
    inline = settings(review={"where": "inline"})
    plan = plan_of(incident(), as_of=FIRST, settings=inline)
    assert pairs(plan) == [(1, 1)]
    assert "`Incident::Review-Completed`" in status_of(plan).body


@pytest.mark.parametrize(
    "issues",
    [
        (incident(labels=("incident", "severity::4")),),
        (incident(labels=("incident", "severity::2", "Gameday")),),
        (incident(labels=("incident", "severity::2", "Service::Lost")),),
        (incident(labels=("incident",)),),
        (incident(), review(closed_at=DECLARED + timedelta(days=2))),
        (incident(), review(closed_at=DECLARED + timedelta(days=9))),
    ],
)
def test_other_verdicts_are_not_listed(issues: tuple[Issue, ...]) -> None:
    plan = bare_plan_of(*issues, as_of=FIRST + timedelta(days=9))
    assert (plan.planned, plan.withheld, plan.status_notes) == ((), (), ())


def test_a_waived_one_is_not_listed() -> None:
    waiver = {"subject": "g/tracker#1", "rules": ["IR001"], "reason": "x", "approved_by": "y", "expires": "2026-12-31"}
    plan = plan_of(incident(), as_of=FIRST, settings=settings(waivers=[waiver]))
    assert (plan.planned, plan.withheld) == ((), ())


def test_the_oldest_due_go_first_and_the_cap_leaves_the_others() -> None:
    issues = [later(1, days=4), later(2, days=1), incident(4), incident(3)]
    plan = bare_plan_of(*issues, as_of=TUESDAY, settings=settings(reminders={"max_reminders": 2}))
    assert pairs(plan) == [(3, 3), (4, 4)]
    assert [(one.issue.iid, one.reason) for one in plan.withheld] == [
        (2, Reason.MAX_REMINDERS),
        (1, Reason.MAX_REMINDERS),
    ]
    assert [one.with_status for one in plan.planned] == [True, True]
    assert [one.issue.iid for one in plan.next_in_line.reminders] == [2, 1]


def test_what_is_held_back_for_another_reason_does_not_use_up_the_cap() -> None:
    issues = [incident(1), incident(2), later(3)]
    plan = bare_plan_of(
        *issues,
        as_of=TUESDAY,
        comments={ref(1): (comment(TUESDAY),)},
        settings=settings(reminders={"max_reminders": 1}),
    )
    assert pairs(plan) == [(2, 2)]
    assert [one.reason for one in plan.withheld] == [Reason.RECENT_COMMENT, Reason.MAX_REMINDERS]


def test_the_same_facts_make_the_same_plan() -> None:
    issues = [incident(1), later(2), review(of=(1,))]
    assert plan_of(*issues, as_of=TUESDAY) == plan_of(*reversed(issues), as_of=TUESDAY)


@pytest.mark.parametrize(
    "issues",
    [
        (incident(confidential=True, title=HOSTILE), review()),
        (incident(title=HOSTILE), review(confidential=True)),
        (incident(confidential=True, title=HOSTILE),),
    ],
)
def test_a_confidential_one_is_internal_and_tells_nothing(issues: tuple[Issue, ...]) -> None:
    plan = plan_of(*issues, as_of=FIRST)
    (reminder,) = plan.planned
    note = status_of(plan)
    assert reminder.internal
    assert note.internal
    assert "Key Information, begun" not in note.body
    assert "evil" not in reminder.body + note.body


def test_an_open_one_is_no_internal_note_and_brings_the_table() -> None:
    note = status_of(plan_of(incident(), review(), as_of=FIRST))
    assert not note.internal
    assert "Key Information, begun" in note.body


def test_a_review_to_be_opened_for_a_confidential_incident_is_confidential_and_has_no_title() -> None:
    (reminder,) = plan_of(incident(confidential=True, title="secret"), as_of=FIRST).planned
    assert "issue%5Bconfidential%5D=true" in reminder.body
    assert "secret" not in reminder.body


def test_a_review_of_a_confidential_and_a_public_incident_does_not_name_the_confidential_one() -> None:
    plan = plan_of(incident(1), later(2, confidential=True), review(of=(1, 2)), as_of=TUESDAY)
    assert "g/tracker#2" not in plan.planned[0].body


def test_where_the_review_is_opened() -> None:
    def body(**fields: Any) -> str:
        return plan_of(incident(), as_of=FIRST, **fields).planned[0].body

    own = Source(project=PROJECT, incidents=True, reviews=False, url="https://gitlab.example.com/g/tracker")
    one = Source(project="g/reviews", incidents=False, reviews=True, url="https://gitlab.example.com/g/reviews")
    other = replace(one, project="g/more")
    assert "https://gitlab.example.com/g/tracker/-/issues/new?" in body()
    assert "add_related_issue=1" in body()
    assert "https://gitlab.example.com/g/reviews/-/issues/new?" in body(sources=(own, one))
    assert "add_related_issue" not in body(sources=(own, one))
    assert "whose title begins with “Incident Review:”" in body(sources=(own, one, other))


@pytest.mark.parametrize("step", [1, 2, 3, 4])
@pytest.mark.parametrize("reviewed", [True, False])
def test_hostile_titles_and_labels_do_nothing(step: int, reviewed: bool) -> None:
    labels = ("incident", "severity::2", f"Service::{HOSTILE}", "Service::API")
    issues = [incident(title=HOSTILE, labels=labels)] + (
        [review(title=f"Incident Review: {HOSTILE}")] if reviewed else []
    )
    where = 11 if reviewed else 1
    notes = tuple(posted(FIRST - timedelta(days=60 - n), n, on=where) for n in range(1, step))
    plan = plan_of(*issues, as_of=FIRST, comments={ref(where): notes})
    (reminder,) = plan.planned
    note = status_of(plan)
    assert mentioned(reminder.body) == set(reminder.addressees)
    assert mentioned(note.body) == set()
    for body in (reminder.body.replace(f"{markers.SEAM}\n\n", ""), note.body):
        assert "<img" not in html(body)
        assert 'href="https://evil' not in html(body)
        assert not {found for found in referred_to(body) if not found.startswith("g/tracker#")}
        assert not any(line.lstrip().startswith("/") for line in body.splitlines())
        assert body.count("<!--") == 1
        assert body.endswith(" -->")


def test_each_step_says_where_it_stands_on_the_ladder() -> None:
    def text(*steps: int) -> str:
        notes = tuple(posted(FIRST - timedelta(days=60 - n), n) for n in steps)
        return shown(plan_of(incident(), review(), as_of=FIRST, comments={ref(11): notes}).planned[0].body)

    assert "is still open" in text()
    assert "No further reminder before Tue 2026-11-17; that one also names @maria." in text()
    assert "You are asked as the assignee; @maria as manager." in text(1)
    assert "that one is 3 of 4" in text(1)
    assert "that one is the last" in text(1, 2)
    assert "This is the last reminder;" in text(1, 2, 3)
    assert "Review-Snoozed::2026-11-23" in text(1, 2)
    assert "No further" not in text(1, 2, 3)


def test_the_handbooks_sentence_is_quoted_only_where_its_rule_is_in_force() -> None:
    assert "within 5 working days of the incident." in shown(plan_of(incident(), as_of=FIRST).planned[0].body)
    longer = settings(policies=[{"from": "2026-01-01", "due_days": 3, "due_kind": "calendar", "anchor": "declared"}])
    assert "within 3 calendar days of the incident." in shown(
        plan_of(incident(), as_of=FIRST, settings=longer).planned[0].body
    )


def test_comments_that_could_not_be_read_say_nothing_is_done_there() -> None:
    plan = plan_of(incident(), review(comments=3), incident(2), as_of=FIRST)
    assert pairs(plan) == [(2, 2)]
    assert plan.unread == (ref(11),)
    assert not plan.withheld


def test_the_issues_whose_comments_are_wanted() -> None:
    result = result_of(
        incident(1, comments=1),
        review(11, comments=2),
        incident(2, comments=0),
        incident(3, comments=1, labels=("incident", "severity::4")),  # not required, but due in the window
        incident(4, comments=1, created_at=datetime(2026, 9, 1, tzinfo=UTC)),  # before remind_from
        incident(5, comments=1, created_at=datetime(2026, 11, 9, tzinfo=UTC)),  # pending
        as_of=FIRST,
    )
    assert decide.wanted(scene_of(result)) == (ref(1), ref(3), ref(11))


def test_a_waiver_that_comes_late_still_reaches_the_status_note() -> None:
    waiver = {"subject": "g/tracker#1", "rules": ["IR001"], "reason": "x", "approved_by": "y", "expires": "2027-12-31"}
    result = result_of(incident(comments=2), as_of=date(2027, 6, 1), settings=settings(waivers=[waiver]))
    assert decide.wanted(scene_of(result)) == (ref(1),)


def test_reminders_json_is_the_contract() -> None:
    plan = plan_of(
        later(5),
        incident(1),
        incident(2, confidential=True),
        review(11, of=(1,)),
        as_of=TUESDAY,
        comments={ref(5): (comment(TUESDAY),)},
    )
    told = reminders_json(plan, [Posted(issue=ref(2), step=1, note_id=8), Posted(issue=ref(11), step=1, note_id=7)])
    assert told == {
        "schema_version": 1,
        "as_of": "2026-11-17",
        "plan": confirmation.fingerprint(plan),
        "planned": [
            {
                "issue": "g/tracker#11",
                "incident": "g/tracker#1",
                "step": 1,
                "addressees": ["alice"],
                "internal": False,
                "due_on": "2026-11-09",
                "why": "6 working days after the due day",
                "with_status": True,
            },
            {
                "issue": "g/tracker#2",
                "incident": "g/tracker#2",
                "step": 1,
                "addressees": [],
                "internal": True,
                "due_on": "2026-11-09",
                "why": "6 working days after the due day",
                "with_status": True,
            },
        ],
        "withheld": [
            {
                "issue": "g/tracker#5",
                "incident": "g/tracker#5",
                "step": 1,
                "addressees": ["maria"],
                "internal": False,
                "due_on": "2026-11-10",
                "reason": "recent_comment",
            }
        ],
        "status_notes": [],
        "answers": [],
        "reactions": [],
        "odd_snoozes": [],
        "folds": [],
        "duplicates": [],
        "not_reminded": {},
        "unread": [],
        "posted": [
            {"issue": "g/tracker#11", "step": 1, "note_id": 7},
            {"issue": "g/tracker#2", "step": 1, "note_id": 8},
        ],
    }
    everything = reminders_json(plan, confidential_destination=True)
    assert everything["planned"][1]["addressees"] == ["maria"]
    assert everything["posted"] == []


def nov(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def closing(day: int, until: int) -> tuple[StateEvent, ...]:
    """Closed on a day of November, and opened again."""
    return (StateEvent(at=nov(day), closed=True), StateEvent(at=nov(until), closed=False))


def snoozed(day: int, label: str | None = "review-snoozed::2026-12-01", *, added: bool = True) -> LabelEvent:
    return LabelEvent(at=nov(day), label=label, added=added)


def due(day: int, due_on: date | None) -> tuple[DueDateChange, ...]:
    return (DueDateChange(at=nov(day), due_on=due_on),)


@pytest.mark.parametrize(
    ("issues", "notes", "as_of", "expected"),
    [
        ((incident(), review()), (), date(2026, 11, 12), FollowUp.WAITING),
        ((incident(), review()), (), date(2026, 11, 13), FollowUp.NOTHING),
        ((incident(), review()), (comment(date(2026, 11, 12), id=1),), date(2026, 11, 20), FollowUp.COMMENTED),
        ((incident(), review()), (comment(date(2026, 11, 13), id=1),), date(2026, 11, 20), FollowUp.NOTHING),
        ((incident(), review()), (comment(date(2026, 11, 9), id=1),), date(2026, 11, 20), FollowUp.NOTHING),
        (
            (incident(), review(closed_at=datetime(2026, 11, 12, 20, tzinfo=UTC))),
            (comment(date(2026, 11, 11), id=1),),
            date(2026, 11, 20),
            FollowUp.COMPLETED,
        ),
        ((incident(), review(closed_at=datetime(2026, 11, 13, tzinfo=UTC))), (), date(2026, 11, 20), FollowUp.NOTHING),
        # completed and opened again: it was an answer all the same
        ((incident(), review(state_events=closing(11, 13))), (), date(2026, 11, 20), FollowUp.COMPLETED),
        ((incident(), review(state_events=closing(9, 11))), (), date(2026, 11, 20), FollowUp.NOTHING),
        ((incident(state_events=closing(11, 13)), review()), (), date(2026, 11, 20), FollowUp.NOTHING),
        ((incident(), review(label_events=(snoozed(12),))), (), date(2026, 11, 20), FollowUp.POSTPONED),
        ((incident(label_events=(snoozed(12),)), review()), (), date(2026, 11, 20), FollowUp.POSTPONED),
        ((incident(), review(label_events=(snoozed(13), snoozed(9)))), (), date(2026, 11, 20), FollowUp.NOTHING),
        ((incident(), review(label_events=(snoozed(11, added=False),))), (), date(2026, 11, 20), FollowUp.NOTHING),
        ((incident(), review(label_events=(snoozed(11, label=None),))), (), date(2026, 11, 20), FollowUp.NOTHING),
        (
            (incident(), review(label_events=(snoozed(11, label="Severity::2"),))),
            (),
            date(2026, 11, 20),
            FollowUp.NOTHING,
        ),
        ((incident(), review(due_changes=due(11, date(2026, 11, 30)))), (), date(2026, 11, 20), FollowUp.POSTPONED),
        ((incident(), review(due_changes=due(11, None))), (), date(2026, 11, 20), FollowUp.NOTHING),
        (
            (incident(), review(due_changes=due(11, date(2026, 11, 30)))),
            (comment(date(2026, 11, 12), id=1),),
            date(2026, 11, 20),
            FollowUp.COMMENTED,
        ),
    ],
)
def test_what_followed_a_reminder(
    issues: tuple[Issue, ...], notes: tuple[Any, ...], as_of: date, expected: FollowUp
) -> None:
    plan = bare_plan_of(*issues, as_of=as_of, comments={ref(11): (posted(FIRST, 1), *notes)})
    assert [(one.step, one.posted_on, one.follow_up) for one in plan.earlier] == [(1, FIRST, expected)]


def test_opening_the_review_is_an_answer_to_a_reminder_on_the_incident() -> None:
    opened = review(created_at=datetime(2026, 11, 11, 9, tzinfo=UTC), links=(Link(target=ref(1)),))
    plan = bare_plan_of(incident(), opened, as_of=date(2026, 11, 13), comments={ref(1): (posted(FIRST, 1, on=1),)})
    assert [one.follow_up for one in plan.earlier] == [FollowUp.OPENED]


def test_a_reminder_is_of_the_incident_that_it_was_posted_for() -> None:
    """Of two incidents of one review each has its own: what followed that of a confidential one is not the other's."""
    issues = (incident(1), incident(2, confidential=True), review(of=(1, 2)))
    notes = (posted(FIRST, 1, of=2, internal=True), posted(date(2026, 11, 16), 2, of=1), posted(FIRST, 3, of=9))
    plan = bare_plan_of(*issues, as_of=date(2026, 11, 20), comments={ref(11): notes})
    assert [(one.step, one.incident.iid, one.confidential) for one in plan.earlier] == [
        (1, 2, True), (2, 1, False), (3, 1, False)
    ]  # fmt: skip


def test_people_of_both_kinds_can_be_assigned() -> None:
    plan = plan_of(incident(), review(assignees=(ALICE, BOB)), as_of=FIRST)
    assert "`@alice`, `@bob`" in status_of(plan).body
    assert mentioned(plan.planned[0].body) == {"alice", "bob"}
    assert plan.planned[0].due_on == DUE


def test_only_what_has_a_due_day_can_be_reminded_of() -> None:
    undecided = settings(policies=[{"from": "2026-01-01", "anchor": "resolved"}])
    result = result_of(incident(), as_of=FIRST, settings=undecided)
    (case,) = cases(result)
    with pytest.raises(ValueError, match="g/tracker#1 has no due day"):
        _ = case.due
    plan = replace(decide.plan(scene_of(result)), addressees={})
    assert plan == Plan(as_of=FIRST, not_reminded=((Verdict.PENDING, (ref(1),)),))


FUTURE, BYGONE = "Review-Snoozed::2026-11-30", "Review-Snoozed::2026-11-09"


@pytest.mark.parametrize(
    ("cut", "whole", "existing", "unread"),
    [
        ({"labels_read": False}, {}, (FUTURE,), True),
        ({}, {"labels_read": False}, (FUTURE,), True),
        ({"labels_read": False}, {}, (BYGONE, "severity::2", "severity::1"), False),
        ({"labels_read": False}, {}, (), True),
        ({"assignees_read": False}, {}, (FUTURE,), False),
        ({"assignees_read": False, "assignees": ()}, {"assignees": (ALICE,)}, (FUTURE,), True),
        ({"assignees": ()}, {"assignees_read": False}, (FUTURE,), True),
        ({"assignees": ()}, {"assignees_read": False, "assignees": (ALICE,)}, (FUTURE,), False),
        ({}, {"comments": 3}, (FUTURE,), True),
    ],
)
def test_no_reminder_rests_on_what_could_not_be_read(
    cut: dict[str, Any], whole: dict[str, Any], existing: tuple[str, ...], unread: bool
) -> None:
    """A label may postpone it, somebody else may be assigned, and a comment may be a reminder of yesterday."""
    source = Source(project=PROJECT, incidents=True, reviews=True, labels=existing)
    plan = bare_plan_of(incident(**whole), review(**cut), as_of=FIRST, sources=(source,))
    assert plan.unread == ((ref(11),) if unread else ())
    assert pairs(plan) == ([] if unread else [(11, 1)])


def test_owners_whose_accounts_could_not_be_read_are_not_passed_over() -> None:
    failed = Gap(ref="@maria", what="users", why="the server failed (500)")
    plan = plan_of(incident(), as_of=FIRST, accounts={}, gaps=(failed,))
    assert (plan.unread, plan.planned) == ((ref(1),), ())
    other = replace(failed, ref="@walter"), replace(failed, ref=f"{PROJECT}#7")
    assert plan_of(incident(), as_of=FIRST, gaps=other).planned[0].addressees == ("maria",)

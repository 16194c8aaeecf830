"""The one comment that is edited in place, from its first day to the last."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit import markers
from audit.model import Issue, Link, Note, Source, StateEvent, User
from audit.reminders import decide
from audit.text.documents import document
from tests.reminders.building import (
    ALICE,
    DECLARED,
    FIRST,
    PROJECT,
    ROBOT,
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
    words_of,
)
from tests.reminders.rendering import mentioned, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.reminders.plan import Plan, StatusNote

OPENED = datetime(2026, 11, 11, 9, tzinfo=UTC)
WEDNESDAY, THURSDAY, SATURDAY = (date(2026, 11, day) for day in (11, 12, 14))


def as_note(status: StatusNote, **fields: Any) -> Note:
    """The note that is on the server once a plan has been carried out."""
    return replace(comment(FIRST, status.body, ROBOT, id=900, internal=status.internal), **fields)


def first_day(*issues: Issue) -> tuple[Note, ...]:
    """The one note of the first day: reminder and status note."""
    (reminder,) = plan_of(*issues, as_of=FIRST).planned
    return (comment(FIRST, reminder.body, ROBOT, id=800, internal=reminder.internal),)


def first_day_before(*issues: Issue) -> tuple[Note, Note]:
    """The two notes that an earlier version wrote on the first day."""
    plan = plan_of(*issues, as_of=FIRST)
    (reminder,) = plan.planned
    marker = replace(markers.read(reminder.body) or markers.Marker(kind=""), status=False, hash="", edition=1)
    words = f"{words_of(reminder.body)}\n\n{markers.write(marker)}"
    status = markers.without(status_of(plan).body)
    below = f"{status}\n\n{markers.write(replace(marker, kind=markers.STATUS, hash=markers.digest(status)))}"
    internal = reminder.internal
    return comment(FIRST, words, ROBOT, id=800, internal=internal), comment(
        FIRST, below, ROBOT, id=801, internal=internal
    )


def next_plan(*issues: Issue, as_of: date, on: int, notes: tuple[Note, ...], **fields: Any) -> Plan:
    return plan_of(*issues, as_of=as_of, comments={ref(on): notes, **fields.pop("comments", {})}, **fields)


def test_it_comes_with_a_reminder_and_notifies_nobody() -> None:
    note = status_of(plan_of(incident(), review(), as_of=FIRST))
    assert note.create
    assert not mentioned(note.body)
    text = shown(note.body)
    assert "open" in text
    assert "Mon 2026-11-09" in text
    assert "1 working day" in text
    assert "Close the review" in text
    assert markers.read(note.body) == markers.Marker(
        kind="reminder", issue="g/tracker#11", incident="g/tracker#1", step=1, hash=note.hash, status=True, edition=2
    )


def test_where_nothing_is_posted_there_is_none() -> None:
    plan = plan_of(incident(), review(), as_of=SATURDAY)
    assert not plan.status_notes
    quiet = plan_of(incident(), review(), as_of=FIRST, comments={ref(11): (comment(FIRST),)})
    assert not quiet.status_notes


def test_what_is_missing_is_told_in_the_rules_words() -> None:
    result = result_of(incident(), review(assignees=()), as_of=FIRST)
    note = status_of(decide.plan(scene_of(result)))
    (finding,) = [finding for finding in result.findings if finding.code == "IR007"]
    assert f"Fill in Key Information (IR007). {finding.message}" in shown(note.body)
    assert "1. Assign the review to the person who leads it (IR003).\n1. Fill in" in note.body
    assert "IR002" not in note.body


def test_in_a_confidential_one_the_rules_names_are_all_that_is_told() -> None:
    note = status_of(plan_of(incident(), review(assignees=(), confidential=True), as_of=FIRST))
    assert "1. Fill in Key Information (IR007).\n" in note.body


@pytest.mark.parametrize("destination", [True, False])
def test_a_review_of_a_confidential_incident_too_tells_everybody_nothing_of_it(destination: bool) -> None:
    """Its severity, say, as "the worst of its incidents": wherever the report goes, this note is read on the issue."""
    hidden = incident(2, confidential=True, labels=("incident", "severity::1", "Service::API"))
    told = settings(report={"confidential_destination": destination})
    note = status_of(plan_of(incident(), hidden, review(of=(1, 2)), as_of=FIRST, settings=told))
    assert not note.internal
    assert "(IR005)." in note.body
    assert "severity 1" not in shown(note.body)


@pytest.mark.parametrize("end", [{"closed_at": OPENED}, {}], ids=["done", "waived"])
def test_what_everybody_could_read_stays_where_it_is_to_its_end(end: dict[str, Any]) -> None:
    """An incident that is confidential and was due later does not turn the note into an internal one at the end."""
    both = (1, 2)
    incidents = (incident(1, created_at=DECLARED + timedelta(days=1), confidential=True), incident(2))
    notes = first_day(*incidents, review(of=both))
    assert [note.internal for note in notes] == [False]
    waivers = [
        {"subject": f"g/tracker#{n}", "rules": ["IR001"], "reason": "x", "approved_by": "y", "expires": "2027-12-31"}
        for n in ([] if end else both)
    ]
    plan = plan_of(
        *(*incidents, review(of=both, **end)),
        as_of=WEDNESDAY,
        comments={ref(11): notes},
        settings=settings(waivers=waivers),
    )
    (note,) = plan.status_notes
    assert (note.internal, note.new) == (False, False)


def test_the_table_is_begun_with_what_is_known() -> None:
    closed = incident(closed_at=DECLARED + timedelta(hours=2, minutes=5, seconds=40))
    note = status_of(plan_of(closed, review(), as_of=FIRST))
    cells = {name: values for name, *values in rows(note)}
    assert cells["Customers Affected"] == cells["Requests Affected"] == [""]
    assert cells["Start Time"] == ["2026-11-02 10:00 UTC"]
    assert cells["End Time"] == ["2026-11-02 12:05 UTC"]
    assert cells["Total Duration"] == [""], "that of the record is not that of the impact"
    assert cells["Link to Incident Issue"] == ["g/tracker#1"]
    assert '| Incident Severity | `~"severity::2"` |' in note.body


def rows(note: StatusNote) -> Iterator[list[str]]:
    """Yield the cells of the note's table as a reader sees them."""
    for passage in document(note.body).passages:
        if passage.table is not None:
            yield [re.sub(r"\\(?=\W)", "", cell) for cell in passage.cells]


def table(note: StatusNote) -> dict[str, str]:
    return {name: values[0] for name, *values in rows(note) if values}


def test_the_table_ends_with_services_people_and_corrective_actions_where_they_are_known() -> None:
    def action(iid: int, **fields: Any) -> Issue:
        labels = ("corrective action",)
        return incident(iid, issue_type="issue", labels=labels, links=(Link(target=ref(1)),), **fields)

    talk = (
        comment(DECLARED, author=User(username="carol"), id=1),
        comment(DECLARED, author=User(username="dan"), id=2, internal=True),
        comment(DECLARED, author=User(username="pager", bot=True), id=3),
        comment(DECLARED, author=ROBOT, id=4),
    )
    known = incident(assignees=(ALICE, User(username="ghost", active=False)))
    plan = plan_of(known, review(), action(31), action(30), action(32, confidential=True), as_of=FIRST,
                   comments={ref(1): talk})  # fmt: skip
    note = status_of(plan)
    cells = table(note)
    assert cells["Services"] == "api"
    assert "| Participants | `@alice`, `@bob`, `@carol` |" in note.body
    assert cells["Corrective Actions"] == "g/tracker#30, g/tracker#31"
    assert list(cells)[-4:] == ["Link to Incident Issue", "Services", "Participants", "Corrective Actions"]
    assert not mentioned(note.body)


def test_what_is_not_known_has_no_row_that_the_template_does_not_ask_for() -> None:
    nothing = incident(labels=("incident", "severity::2"), author=User(username="ghost", active=False))
    note = status_of(plan_of(nothing, review(), as_of=FIRST))
    assert not {"Services", "Participants", "Corrective Actions"} & table(note).keys()
    secret = status_of(plan_of(incident(confidential=True), review(), as_of=FIRST))
    assert "Participants" not in secret.body


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"labels": ("incident", "Severity:1", "Service::API")}, '`~"Severity:1"`'),
        ({"labels": ("incident", "Service::API"), "severity": 2}, '`~"severity::2"`'),
        ({"labels": ("incident", "Review-Requested", "Service::API")}, ""),
    ],
)
def test_the_severity_is_a_label_as_it_is_spelt(fields: dict[str, Any], severity: str) -> None:
    note = status_of(plan_of(incident(**fields), review(), as_of=FIRST))
    assert f"| Incident Severity | {severity} |" in note.body
    assert "| End Time |  |" in note.body
    assert "| Total Duration |  |" in note.body


def test_an_unchanged_note_is_left_alone_and_a_day_later_it_is_edited() -> None:
    issues = (incident(), review())
    notes = first_day(*issues)
    assert not next_plan(*issues, as_of=FIRST, on=11, notes=notes).status_notes
    (edit,) = next_plan(*issues, as_of=WEDNESDAY, on=11, notes=notes).status_notes
    assert "2 working days" in edit.body
    assert f'"hash": "{edit.hash}"' not in notes[0].body


def test_a_reminder_that_lost_its_note_gets_one_on_a_working_day() -> None:
    reminder = posted(FIRST, 1)
    (note,) = next_plan(incident(), review(), as_of=WEDNESDAY, on=11, notes=(reminder,)).status_notes
    assert note.create
    assert not next_plan(incident(), review(), as_of=SATURDAY, on=11, notes=(reminder,)).status_notes
    answer = comment(FIRST, f"Thank you.\n\n{markers.write(markers.Marker(kind='answer', answers=3))}", ROBOT)
    hushed = (answer, comment(FIRST, "On it."))
    assert not next_plan(incident(), review(), as_of=WEDNESDAY, on=11, notes=hushed).status_notes, "only answered"


def test_a_forged_status_note_is_not_the_bots() -> None:
    issues = (incident(), review())
    (both,) = first_day(*issues)
    forged = replace(both, author=replace(ROBOT, username="mallory"))
    (reminder,) = next_plan(*issues, as_of=FIRST + timedelta(days=6), on=11, notes=(forged,)).planned
    assert reminder.with_status


def test_a_snooze_is_told() -> None:
    issues = (incident(), review(labels=("IncidentReview", "Review-Snoozed::2026-11-30")))
    (note,) = next_plan(*issues, as_of=WEDNESDAY, on=11, notes=first_day(incident(), review())).status_notes
    assert "postponed through Mon 2026-11-30" in shown(note.body)


def test_after_completion_it_says_so_once_and_no_more_reminders_come() -> None:
    notes = first_day(incident(), review())
    done = review(closed_at=OPENED)
    plan = next_plan(incident(), done, as_of=THURSDAY, on=11, notes=notes)
    (note,) = plan.status_notes
    assert "completed on Wed 2026-11-11" in shown(note.body)
    assert not plan.planned
    assert not plan.withheld
    said = (as_note(note),)
    for as_of in (THURSDAY, date(2026, 11, 30)):
        assert not next_plan(incident(), done, as_of=as_of, on=11, notes=said).status_notes


def test_a_completion_is_never_a_new_comment() -> None:
    plan = next_plan(incident(), review(closed_at=OPENED), as_of=THURSDAY, on=11, notes=(posted(FIRST, 1),))
    assert not plan.status_notes


def test_a_review_that_is_opened_again_is_open_again() -> None:
    done = plan_of(
        incident(), review(closed_at=OPENED), as_of=THURSDAY, comments={ref(11): first_day(incident(), review())}
    )
    notes = (posted(FIRST, 1), as_note(done.status_notes[0]))
    plan = next_plan(incident(), review(), as_of=date(2026, 11, 17), on=11, notes=notes)
    assert [one.step for one in plan.planned] == [2]
    assert "Incident review: open" in shown(plan.status_notes[0].body)


def test_a_review_that_was_opened_again_says_when() -> None:
    events = (StateEvent(at=OPENED, closed=True), StateEvent(at=OPENED + timedelta(days=1), closed=False))
    note = status_of(plan_of(incident(), review(state_events=events), as_of=date(2026, 11, 17)))
    assert "Incident review: open again" in shown(note.body)
    assert "Opened againThu 2026-11-12" in shown(note.body).replace("\n", "")
    never = status_of(plan_of(incident(), review(), as_of=date(2026, 11, 17)))
    assert "again" not in never.body


def test_when_a_review_appears_the_incidents_note_says_where() -> None:
    notes = first_day(incident())
    issues = (incident(), review(created_at=OPENED))
    (note,) = next_plan(*issues, as_of=THURSDAY, on=1, notes=notes).status_notes
    assert note.issue == ref(1)
    assert "it is at g/tracker#11 now" in shown(note.body)
    said = (as_note(note),)
    closed = (incident(), review(created_at=OPENED, closed_at=OPENED + timedelta(days=5)))
    for later in (issues, closed):
        plan = next_plan(*later, as_of=date(2026, 11, 30), on=1, notes=said)
        assert ref(1) not in {one.issue for one in plan.status_notes}


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (("incident", "severity::4"), "the policy does not ask for one"),
        (("incident", "severity::2", "Gameday"), "out of the policy's scope"),
        (("incident", "severity::2", "Service::Lost"), "nobody owns the service yet"),
    ],
)
def test_when_no_review_is_asked_for_any_more_it_says_why(labels: tuple[str, ...], why: str) -> None:
    notes = first_day(incident())
    plan = next_plan(incident(labels=labels), as_of=THURSDAY, on=1, notes=notes)
    (note,) = plan.status_notes
    assert why in shown(note.body)
    assert not note.create
    assert not plan.planned


def test_a_waiver_is_told() -> None:
    waiver = {"subject": "g/tracker#1", "rules": ["IR001"], "reason": "x", "approved_by": "y", "expires": "2026-12-31"}
    notes = first_day(incident())
    (note,) = next_plan(incident(), as_of=THURSDAY, on=1, notes=notes, settings=settings(waivers=[waiver])).status_notes
    assert "it is waived for now" in shown(note.body)


def test_what_cannot_be_told_is_left_as_it_was() -> None:
    notes = first_day(incident())
    blind = incident(links=(Link(target=None),))
    assert not next_plan(blind, as_of=THURSDAY, on=1, notes=notes).status_notes


def test_a_review_that_lost_its_incident_says_so_unless_something_was_not_read() -> None:
    notes = first_day(incident(), review())
    alone = review(links=(), title="Incident Review: of nothing")
    (note,) = next_plan(alone, as_of=THURSDAY, on=11, notes=notes).status_notes
    assert "no incident that is audited has it as its review" in shown(note.body)
    partly = Source(project=PROJECT, incidents=True, reviews=True, complete=False)
    assert not next_plan(alone, as_of=THURSDAY, on=11, notes=notes, sources=(partly,)).status_notes
    unread = next_plan(incident(2), as_of=THURSDAY, on=11, notes=notes).status_notes
    assert ref(11) not in {one.issue for one in unread}


def test_when_the_incident_becomes_confidential_the_note_is_written_anew_as_internal() -> None:
    notes = first_day(incident(), review())
    plan = next_plan(incident(confidential=True), review(), as_of=FIRST, on=11, notes=notes)
    (note,) = plan.status_notes
    assert note.internal
    assert "Key Information, begun" not in note.body


def test_duplicates_are_in_the_plan() -> None:
    notes = (posted(FIRST, 1, id=3), posted(FIRST, 1, id=5), posted(FIRST, 1, id=4))
    plan = next_plan(incident(), review(), as_of=WEDNESDAY, on=11, notes=notes)
    assert [one.note_id for one in plan.heal] == [4, 5]


def test_nobody_is_asked_to_assign_what_may_be_assigned() -> None:
    def text(**fields: Any) -> str:
        notes = (posted(FIRST, 1),)
        plan = next_plan(incident(), review(assignees=(), **fields), as_of=WEDNESDAY, on=11, notes=notes)
        return shown(plan.status_notes[0].body)

    assert "Assign the review" in text()
    assert "Assign the review" not in text(assignees_read=False)


def test_notes_of_before_are_read_as_they_are() -> None:
    """A reminder and a status note in two: the one counts as posted, the other is edited, and nothing is doubled."""
    issues = (incident(), review())
    notes = first_day_before(*issues)
    plan = next_plan(*issues, as_of=WEDNESDAY, on=11, notes=notes)
    assert (plan.planned, plan.heal, plan.folds) == ((), (), ())
    (edit,) = plan.status_notes
    assert (edit.new, markers.SEAM in edit.body) == (False, False)
    second = next_plan(*issues, as_of=date(2026, 11, 17), on=11, notes=notes)
    assert [(one.step, one.with_status) for one in second.planned] == [(2, False)]
    assert [one.note_id for one in second.folds] == [800], "the old reminder is folded, as before"


def test_the_words_stay_until_the_next_step_and_ping_nobody_in_an_edit() -> None:
    issues = (incident(), review())
    (both,) = first_day(*issues)
    assert mentioned(both.body) == {"alice"}
    (edit,) = next_plan(*issues, as_of=WEDNESDAY, on=11, notes=(both,)).status_notes
    assert "Hello @alice, this review" in shown(edit.body)
    assert not mentioned(edit.body)
    assert not next_plan(*issues, as_of=WEDNESDAY, on=11, notes=(as_note(edit),)).status_notes
    plan = next_plan(*issues, as_of=date(2026, 11, 17), on=11, notes=(as_note(edit),))
    assert not plan.folds, "it is the status note, and is never folded"
    (bare,) = plan.status_notes
    assert "Hello" not in bare.body
    after = (as_note(bare), posted(date(2026, 11, 17), 2, id=901))
    (next_day,) = next_plan(*issues, as_of=date(2026, 11, 18), on=11, notes=after).status_notes
    assert "Hello" not in next_day.body
    kept = markers.read(both.body)
    assert kept is not None
    assert markers.read(next_day.body) == replace(kept, hash=next_day.hash)


@pytest.mark.parametrize("words", ["/close", "x\n/label ~y"])
def test_words_that_somebody_wrote_a_command_into_go(words: str) -> None:
    (both,) = first_day(incident(), review())
    both = replace(both, body=both.body.replace("You are asked", f"{words}\nYou are asked"))
    (edit,) = next_plan(incident(), review(), as_of=WEDNESDAY, on=11, notes=(both,)).status_notes
    assert words not in edit.body
    assert not next_plan(incident(), review(), as_of=WEDNESDAY, on=11, notes=(as_note(edit),)).status_notes


def test_once_it_is_done_the_last_reminder_is_folded_and_the_thanks_come_once() -> None:
    notes = (*first_day(incident(), review()), posted(date(2026, 11, 17), 2, id=901))
    done = review(closed_at=datetime(2026, 11, 18, 9, tzinfo=UTC))
    plan = next_plan(incident(), done, as_of=date(2026, 11, 19), on=11, notes=notes)
    (note,) = plan.status_notes
    assert "Hello" not in note.body
    assert shown(note.body).count("Thank you") == 1
    assert [(one.note_id, one.newest_too) for one in plan.folds] == [(901, True)]
    ended = (as_note(note), replace(notes[1], body=plan.folds[0].body))
    again = next_plan(incident(), done, as_of=date(2026, 11, 20), on=11, notes=ended)
    assert (again.status_notes, again.folds) == ((), ())


def test_when_an_issue_becomes_confidential_the_new_note_carries_no_step() -> None:
    (both,) = first_day(incident(), review())
    secret = (incident(confidential=True), review(confidential=True))
    (note,) = next_plan(*secret, as_of=WEDNESDAY, on=11, notes=(both,)).status_notes
    assert (note.internal, note.new) == (True, True)
    assert markers.read(note.body) == markers.Marker(
        kind="status", issue="g/tracker#11", incident="g/tracker#1", hash=note.hash
    )


@pytest.mark.parametrize(
    ("comments", "locked", "expected"),
    [(4_999, False, True), (5_000, False, False), (0, True, False)],
)
def test_no_new_note_is_planned_where_none_can_be_posted(*, comments: int, locked: bool, expected: bool) -> None:
    made = review(comments=comments, discussion_locked=locked)
    source = Source(project=PROJECT, incidents=True, reviews=True, role=None if not locked else 0)
    notes = (posted(FIRST, 1),)
    plan = next_plan(incident(), made, as_of=WEDNESDAY, on=11, notes=notes, sources=(source,))
    assert bool(plan.status_notes) is expected


def test_a_review_that_waits_for_its_approval_says_for_whom() -> None:
    gate = {"labels": ["Review::Approved"], "from": "2026-01-01", "by": "the incident manager"}
    gated = settings(review={"approval": gate})
    closed = review(closed_at=OPENED - timedelta(days=3))
    plan = plan_of(incident(), closed, as_of=FIRST, settings=gated)
    (reminder,) = plan.planned
    assert reminder.on_closed, "that it is closed is no reason to leave it"
    text = shown(words_of(reminder.body))
    assert "is closed but not approved" in text
    assert "Next step: Wait for the approval by the incident manager." in text
    note = status_of(plan)
    assert "Incident review: closed, and not approved yet" in shown(note.body)
    assert "Close the review" not in note.body

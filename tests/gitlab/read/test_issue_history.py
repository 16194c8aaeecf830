from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.read.graphql_nodes import SystemNote
from audit.gitlab.read.issue_history import (
    History,
    due_change,
    from_activity,
    label_events,
    label_events_of,
    state_events_of,
)
from audit.gitlab.read.rest_rows import LabelEventRow, StateEventRow
from audit.model import DueDateChange, LabelEvent, StateEvent
from tests.gitlab.conftest import at
from tests.sandbox import faults
from tests.sandbox.faults import Hook

if TYPE_CHECKING:
    from audit.model import Issue, Records
    from tests.gitlab.conftest import Desk, Open, Tracker

NOON = at("2026-11-02 12:00")
TITLES = {1: "a", 2: "Severity::1", 3: "c"}


def words(body: str) -> str | None:
    """Say what a label note was understood to mean; a deleted label is a dash."""
    events = label_events(body, NOON, TITLES)
    return None if events is None else " ".join(f"{'+' if e.added else '-'}{e.label or '?'}" for e in events)


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        ("added ~1 label", "+a"),
        ("added ~1 ~2 labels", "+a +Severity::1"),
        ("removed ~3 label", "-c"),
        ("added ~1 label and removed ~2 ~3 labels", "+a -Severity::1 -c"),
        ("added ~1 + 1 deleted label", "+a +?"),
        ("added ~1 ~2 + 2 deleted labels", "+a +Severity::1 +? +?"),
        ("added 3 deleted labels", "+? +? +?"),
        ("removed 1 deleted label", "-?"),
        ("added ~1 label and removed 1 deleted label", "+a -?"),
        ("added production~1 acme/sre/production~2 labels", "+a +Severity::1"),
        ("added ~2 scoped label and automatically removed ~1 label", "+Severity::1 -a"),
        ("added ~3 label and added ~2 scoped label and automatically removed ~1 label", "+c +Severity::1 -a"),
        ("Added ~1 label", "+a"),
        ("added ~9 label", None),
        ("added ~a label", None),
        ('added ~"Severity::1" label', None),
        ("added label", None),
        ("added ~1 label for fun", None),
        ("added ~1 label and ~2", None),
        ("replaced ~1 label", None),
    ],
)
def test_what_a_label_note_means(body: str, meaning: str | None) -> None:
    assert words(body) == meaning


def note(body: str, action: str | None = None, created: str = "2026-11-02T12:00:00Z") -> SystemNote:
    metadata = {"action": action} if action else None
    node = {"body": body, "system": True, "createdAt": created, "systemNoteMetadata": metadata}
    return SystemNote.model_validate(node)


@pytest.mark.parametrize(
    ("body", "action", "closed"),
    [
        ("closed", "closed", True),
        ("closed via merge request !12", "closed", True),
        ("closed via commit 1a2b3c4d", "closed", True),
        ("reopened", "opened", False),
        ("reopened", "reopened", False),
        ("reopened via merge request !12", "opened", False),
        ("automatically closed this incident because the alert resolved", "closed", True),
        ("resolved the corresponding error and closed the issue.", "closed", True),
        ("closed", None, True),
        ("Status changed to closed by commit 1a2b3c4d", None, True),
        ("Reopened", None, False),
    ],
)
def test_what_a_state_note_means(body: str, action: str | None, *, closed: bool) -> None:
    assert from_activity([note(body, action)], {}) == History(states=(StateEvent(at=NOON, closed=closed),))


@pytest.mark.parametrize(
    ("body", "due_on"),
    [
        ("changed due date to November 9, 2026", date(2026, 11, 9)),
        ("changed due date to November 09, 2026", date(2026, 11, 9)),
        ("changed due date to May  1, 2027", date(2027, 5, 1)),
        ("changed start date to November 1, 2026 and changed due date to November 9, 2026", date(2026, 11, 9)),
        ("removed due date", None),
        ("removed due date November 9, 2026", None),
        ("removed start date November 1, 2026 and removed due date November 9, 2026", None),
    ],
)
def test_what_a_due_date_note_means(body: str, due_on: date | None) -> None:
    assert due_change(body, NOON) == DueDateChange(at=NOON, due_on=due_on)
    assert from_activity([note(body, "due_date")], {}).dates == (DueDateChange(at=NOON, due_on=due_on),)


@pytest.mark.parametrize(
    ("body", "action"),
    [
        ("changed title from **a** to **added ~1 label**", "title"),
        ("added ~1 label", "title"),
        ("closed", "title"),
        ("changed due date to November 9, 2026", "title"),
        ("marked this incident as related to #5", "relate"),
        ("removed the relation with #5", None),
        ("closed the task #5", None),
        ("changed start date to November 1, 2026", "start_date_or_due_date"),
        ("assigned to @anna", "assignee"),
    ],
)
def test_notes_of_other_things_mean_nothing(body: str, action: str | None) -> None:
    assert from_activity([note(body, action)], TITLES) == History()


@pytest.mark.parametrize(
    ("body", "action", "doubt"),
    [
        ("added ~99 label", "label", "labels"),
        ("added ~99 label", None, "labels"),
        ("put ~1 on it", "label", "labels"),
        ("finished", "closed", "states"),
        ("changed due date to 9.11.2026", "due_date", "dates"),
        ("changed due date to November 31, 2026", "due_date", "dates"),
        ("changed due date to November 9, 20261", "due_date", "dates"),
        ("changed due date to Brumaire 9, 2026", "due_date", "dates"),
    ],
)
def test_what_is_not_understood_is_a_doubt(body: str, action: str | None, doubt: str) -> None:
    assert from_activity([note(body, action)], TITLES).doubts == {doubt}


def test_what_people_write_is_no_history() -> None:
    assert from_activity([note("closed").model_copy(update={"system": False})], {}) == History()


def test_offsets_and_order() -> None:
    late, early = note("closed", "closed", "2026-11-02T14:00:00.500+01:00"), note("reopened", "opened")

    assert from_activity([late, early], {}).states == (
        StateEvent(at=NOON, closed=False),
        StateEvent(at=at("2026-11-02 13:00:00.500"), closed=True),
    )


def row(number: int, created: str, kind: str = "Issue", **more: Any) -> dict[str, Any]:
    return {"id": number, "created_at": created, "resource_type": kind, **more}


def test_rest_events_are_sorted_and_those_of_other_things_dropped() -> None:
    labels = [
        row(3, "2026-11-03T10:00:00.000Z", label={"name": "a"}, action="remove"),
        row(2, "2026-11-02T13:00:00.000+01:00", label={"name": "a"}, action="add"),
        row(1, "2026-11-02T12:00:00.000Z", label=None, action="add"),
        row(4, "2026-11-01T12:00:00.000Z", "Epic", label={"name": "a"}, action="add"),
    ]
    states = [
        row(6, "2026-11-05T12:00:00.000Z", state="reopened"),
        row(5, "2026-11-04T12:00:00.000Z", state="closed"),
    ]

    assert label_events_of(map(LabelEventRow.model_validate, labels)) == (
        LabelEvent(at=NOON, label=None, added=True),
        LabelEvent(at=NOON, label="a", added=True),
        LabelEvent(at=at("2026-11-03 10:00"), label="a", added=False),
    )
    assert [event.closed for event in state_events_of(map(StateEventRow.model_validate, states))] == [True, False]


def test_the_published_example_of_label_events_is_read(corpus_api: Any) -> None:
    labels = label_events_of(map(LabelEventRow.model_validate, corpus_api("resource_label_events")))
    states = state_events_of(map(StateEventRow.model_validate, corpus_api("resource_state_events")))

    assert [(e.label, e.added) for e in labels] == [("a1", True), ("p1", False)]
    assert [e.closed for e in states] == [False, True]


# on a server


def one(records: Records) -> Issue:
    (issue,) = records.issues
    return issue


def eventful(tracker: Tracker) -> None:
    issue, anna = tracker.incident(labels=("Severity::1",)), tracker.anna
    hours = [NOON + n * timedelta(hours=1) for n in range(7)]
    issue.add_label("Service::API", at=hours[0], by=anna)
    issue.remove_label("Severity::1", at=hours[1], by=anna)
    issue.close(at=hours[2], by=anna)
    issue.reopen(at=hours[3], by=anna)
    issue.set_due(date(2026, 11, 9), at=hours[4], by=anna)
    issue.set_due(None, at=hours[5], by=anna)
    issue.comment("closed", by=anna, at=hours[6])


EVENTS = (
    LabelEvent(at=at("2026-11-02 10:00"), label="Severity::1", added=True),
    LabelEvent(at=at("2026-11-02 12:00"), label="Service::API", added=True),
    LabelEvent(at=at("2026-11-02 13:00"), label="Severity::1", added=False),
)
STATES = (StateEvent(at=at("2026-11-02 14:00"), closed=True), StateEvent(at=at("2026-11-02 15:00"), closed=False))
DUES = (
    DueDateChange(at=at("2026-11-02 16:00"), due_on=date(2026, 11, 9)),
    DueDateChange(at=at("2026-11-02 17:00"), due_on=None),
)


def assert_all_told(issue: Issue) -> None:
    assert issue.label_events == EVENTS
    assert issue.state_events == STATES
    assert issue.due_changes == DUES
    assert issue.history_read


def test_a_history_is_read_with_one_request(tracker: Tracker, desk: Desk) -> None:
    eventful(tracker)

    assert_all_told(one(desk.pull()))
    assert desk.server.count(operation="Activity") == 1
    assert desk.server.count(path="resource_") == 0


def test_a_history_of_many_pages(tracker: Tracker, desk: Desk) -> None:
    issue = tracker.incident()
    for n in range(125):
        issue.add_label("Severity::1", at=NOON + timedelta(minutes=2 * n), by=tracker.anna)
        issue.remove_label("Severity::1", at=NOON + timedelta(minutes=2 * n + 1), by=tracker.anna)

    assert [event.added for event in one(desk.pull()).label_events] == [True, False] * 125
    assert desk.server.count(operation="Activity") == 3


def test_a_deleted_label_has_no_name(tracker: Tracker, desk: Desk) -> None:
    issue = tracker.incident()
    for name in ("gone", "Severity::1"):
        issue.add_label(name, at=NOON, by=tracker.anna)
    tracker.world.delete_label(tracker.production, "gone")

    events = one(desk.pull()).label_events

    assert sorted((event.label or "", event.added) for event in events) == [("", True), ("Severity::1", True)]
    assert desk.server.count(path="resource_") == 0


def test_a_label_of_another_project_is_asked_for_by_rest(tracker: Tracker, desk: Desk) -> None:
    old = tracker.world.project("acme/sre/old")
    issue = old.issue("Outage", author=tracker.anna, created_at=at("2026-11-02 10:00"))
    issue.add_label("only there", at=NOON, by=tracker.anna)
    tracker.production.receive(issue, at=NOON + timedelta(hours=1), by=tracker.anna)

    found = {i.ref.project: i for i in desk.pull().issues}["acme/sre/production"]

    assert found.label_events == (LabelEvent(at=NOON, label="only there", added=True),)
    assert found.history_read
    assert desk.server.count(path="resource_label_events") == 1
    assert desk.server.count(path="resource_state_events") == 0


def test_activity_that_times_out_is_read_in_smaller_parts(tracker: Tracker, desk: Desk) -> None:
    for _ in range(4):
        eventful(tracker)
    desk.server.fault(faults.graphql_timeout(), operation="Activity", times=2)

    records = desk.pull()

    for issue in records.issues:
        assert_all_told(issue)
    assert records.gaps == ()
    assert desk.server.count(operation="Activity") == 5
    assert desk.server.count(path="resource_") == 0


def test_activity_that_never_comes_is_read_by_rest(tracker: Tracker, desk: Desk) -> None:
    eventful(tracker)
    desk.server.fault(faults.graphql_timeout(), operation="Activity", times=None)

    records = desk.pull()

    assert_all_told(one(records))
    assert records.gaps == ()


def test_a_second_page_of_activity_that_fails_is_read_by_rest(tracker: Tracker, desk: Desk) -> None:
    issue = tracker.incident()
    for n in range(101):
        issue.add_label("Severity::1", at=NOON + timedelta(minutes=2 * n), by=tracker.anna)
        issue.remove_label("Severity::1", at=NOON + timedelta(minutes=2 * n + 1), by=tracker.anna)
    desk.server.fault(faults.graphql_timeout(), operation="Activity", skip=1, times=None)

    records = desk.pull()

    assert len(one(records).label_events) == 202
    assert records.gaps == ()


def test_a_history_that_cannot_be_read_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    desk.server.fault(faults.graphql_timeout(), operation="Activity", times=None)
    desk.server.fault(faults.json_status(403, {"message": "403 Forbidden"}), path="resource_", times=None)

    records = desk.pull()

    (gap,) = records.gaps
    assert (gap.ref, gap.what) == ("acme/sre/production#1", "history")
    assert "403 Forbidden" in gap.why
    assert not one(records).history_read


def test_an_issue_that_vanishes_between_two_pages_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    issue = tracker.incident()
    for n in range(101):
        issue.system_note("changed the description", by=tracker.anna, at=NOON + n * timedelta(hours=1), action="x")
    desk.server.fault(Hook(call=lambda _: tracker.production.issues.clear()), operation="Activity", skip=1)

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [("acme/sre/production#1", "history")]
    assert not one(records).history_read


def without_closing(answer: Any) -> Any:
    for node in answer["data"]["project"]["issues"]["nodes"]:
        node["closedAt"] = None
    return answer


def test_a_closing_of_before_gitlab_kept_the_time_is_read_from_the_history(tracker: Tracker, desk: Desk) -> None:
    review = tracker.review()
    review.close(at=at("2026-11-04 10:00"), by=tracker.anna)
    review.comment("still here", by=tracker.anna, at=at("2026-11-20 10:00"))
    desk.server.fault(faults.Alter(change=without_closing), operation="Issues", times=None)

    records = desk.pull()

    assert (records.issues[0].closed_at, records.issues[0].closing_read) == (at("2026-11-04 10:00"), True)
    assert records.gaps == ()


def test_a_closing_that_nothing_tells_of_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    review = tracker.review()
    review.close(at=at("2026-11-04 10:00"), by=tracker.anna)
    review.state_events.clear()
    desk.server.fault(faults.Alter(change=without_closing), operation="Issues", times=None)

    records = desk.pull()

    assert not records.issues[0].closing_read
    assert [(gap.ref, gap.what) for gap in records.gaps] == [("acme/sre/production#1", "history")]


def test_a_due_date_in_unknown_words_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    issue = tracker.incident()
    issue.system_note("changed due date to 9.11.2026", by=tracker.anna, at=NOON, action="due_date")

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [("acme/sre/production#1", "history")]
    assert one(records).history_read


def test_an_instance_with_a_zone_of_its_own(tracker: Tracker, open_desk: Open) -> None:
    eventful(tracker)

    assert_all_told(one(open_desk(tracker.world, utc_offset=timedelta(hours=5, minutes=30)).pull()))

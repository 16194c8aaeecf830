"""What an issue's past looks like: events, the notes made up from them, renamed and deleted labels, moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.caller import HOUR, PRODUCTION, START, Caller

if TYPE_CHECKING:
    from tests.sandbox.caller import Small
    from tests.sandbox.conftest import Serve

EVENTS = "projects/acme%2Fsre%2Fproduction/issues/1/resource_label_events"
ACTIVITY = """query($id: WorkItemID!, $filter: NotesFilterType) { workItem(id: $id) { widgets(onlyTypes: [NOTES]) {
  ... on WorkItemWidgetNotes { discussions(filter: $filter, first: 100) { nodes { notes { nodes {
    id body system systemNoteMetadata { action } } } } } } } } }"""
LATER = START + 30 * HOUR


def _activity(caller: Caller, issue_id: int, kind: str = "ONLY_ACTIVITY") -> list[dict[str, Any]]:
    found = caller.data(ACTIVITY, id=f"gid://gitlab/WorkItem/{issue_id}", filter=kind)
    threads = found["workItem"]["widgets"][0]["discussions"]["nodes"]
    return [note for thread in threads for note in thread["notes"]["nodes"]]


def test_activity_folds_label_and_state_events_into_the_stored_notes(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    labels = sorted(event.row.id for event in small.incident.label_events)
    notes = _activity(client("reporter-token"), small.incident.id)
    assert [(note["body"], note["systemNoteMetadata"]["action"]) for note in notes] == [
        (f"added ~{labels[0]} ~{labels[1]} labels", "label"),
        ("marked this incident as related to #3", "relate"),
        ("marked this incident as related to vault/secrets#1", "relate"),
        ("closed", "closed"),
    ]
    assert _activity(client("guest-token"), small.incident.id, "ONLY_COMMENTS")[0]["body"] == "First look"


def test_stored_notes_do_not_hold_events(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    query = f'{{ project(fullPath: "{PRODUCTION}") {{ issue(iid: "1") {{ notes {{ nodes {{ body }} }} }} }} }}'
    bodies = [note["body"] for note in client("guest-token").data(query)["project"]["issue"]["notes"]["nodes"]]
    assert not [body for body in bodies if body.startswith(("added", "closed"))]


@pytest.mark.parametrize(
    ("added", "removed", "deleted", "body"),
    [
        (["a"], [], [], "added ~{a} label"),
        (["a", "b"], ["c"], [], "added ~{a} ~{b} labels and removed ~{c} label"),
        (["a", "b"], [], ["b"], "added ~{a} + 1 deleted label"),
        ([], ["c"], ["c"], "removed 1 deleted label"),
    ],
)
def test_label_notes_are_worded_as_gitlab_words_them(  # noqa: PLR0917 - a table's columns
    added: list[str], removed: list[str], deleted: list[str], body: str, small: Small, serve: Serve
) -> None:
    world, review, by = small.world, small.review, small.people["reporter"]
    for name in removed:
        review.add_label(name, at=START + 3 * HOUR, by=by)
    for name in added:
        review.add_label(name, at=LATER, by=by)
    for name in removed:
        review.remove_label(name, at=LATER, by=by)
    ids = {name: label.id for name, label in small.production.labels.items()}
    for name in deleted:
        world.delete_label(small.production, name)
    _, client = serve(world)
    assert _activity(client("bot-token"), review.id)[-1]["body"] == body.format(**ids)


def test_a_renamed_label_rewrites_history_and_a_deleted_one_empties_it(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller = client("reporter-token")
    before = caller.get(EVENTS).json()
    small.world.rename_label(small.production, "Service::API", "Service::Gateway")
    small.world.delete_label(small.world.groups["acme"], "Severity::1")
    after = caller.get(EVENTS).json()
    assert [event["label"] and event["label"]["name"] for event in after] == [None, "Service::Gateway"]
    assert after[1]["label"]["id"] == before[1]["label"]["id"]
    assert caller.get("projects/acme%2Fsre%2Fproduction/issues/1").json()["labels"] == ["Service::Gateway"]


def test_a_move_leaves_a_closed_issue_that_points_to_the_new_one(small: Small, serve: Serve) -> None:
    target = small.world.project("acme/sre/reviews")
    new = target.receive(small.incident, at=LATER, by=small.people["reporter"])
    _, client = serve(small.world)
    query = """query($id: IssueID!, $item: WorkItemID!) {
      issue(id: $id) { state moved movedTo { webUrl } } workItem(id: $item) { movedToWorkItemUrl } }"""
    ids = {"id": f"gid://gitlab/Issue/{small.incident.id}", "item": f"gid://gitlab/WorkItem/{small.incident.id}"}
    url = client("bot-token").data(query, **ids)["workItem"]["movedToWorkItemUrl"]
    assert url.endswith("/acme/sre/reviews/-/work_items/1")
    hidden = client("guest-token").data(query, **ids)["issue"]
    assert hidden == {"state": "closed", "moved": True, "movedTo": None}
    own = next(e.row for e in new.label_events if e.row.name == "Service::API")
    assert f"production~{own.id}" in _activity(client("bot-token"), new.id)[0]["body"]
    row = client("bot-token").get("projects/acme%2Fsre%2Fproduction/issues/1").json()
    assert row["moved_to_id"] == new.id


def test_a_duplicate_is_closed_linked_and_says_of_what(small: Small, serve: Serve) -> None:
    small.review.mark_duplicate(small.incident, at=LATER, by=small.people["reporter"])
    _, client = serve(small.world)
    query = f'{{ project(fullPath: "{PRODUCTION}") {{ issue(iid: "3") {{ state closedAsDuplicateOf {{ iid }} }} }} }}'
    assert client("guest-token").data(query)["project"]["issue"] == {
        "state": "closed",
        "closedAsDuplicateOf": {"iid": "1"},
    }


def test_due_dates_leave_notes(small: Small, serve: Serve) -> None:
    by = small.people["reporter"]
    small.review.set_due((START + 7 * 24 * HOUR).date(), at=LATER, by=by)
    small.review.set_due(None, at=LATER + HOUR, by=by)
    _, client = serve(small.world)
    notes = _activity(client("bot-token"), small.review.id)
    assert [n["body"] for n in notes if n["systemNoteMetadata"]["action"] == "due_date"] == [
        "changed due date to November 9, 2026",
        "removed due date",
    ]


def test_what_touches_an_issue(small: Small) -> None:
    review, by = small.review, small.people["reporter"]
    review.mentioned_in(small.incident, by=by, at=LATER)
    assert review.updated_at == START + 3 * HOUR
    review.comment("x", by=by, at=LATER)
    assert review.updated_at == LATER
    small.secret.link_to(review, at=LATER + HOUR, by=by)
    assert (review.updated_at, small.secret.updated_at) == (LATER + HOUR, LATER + HOUR)


def test_former_paths_are_sent_on_to_the_number(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    caller = client("reporter-token")
    answer = caller.get("projects/acme%2Finfra%2Fproduction/issues", state="closed")
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{server.url}/api/v4/projects/{small.production.id}/issues?state=closed"
    assert caller.post("projects/acme%2Finfra%2Fproduction/issues/1/notes", body="x").status_code == 405
    small.world.rename_project(small.production, "acme/sre/prod")
    assert caller.get("projects/acme%2Fsre%2Fproduction").status_code == 301

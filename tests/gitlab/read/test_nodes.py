from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from audit.gitlab.http.failures import from_status
from audit.gitlab.read import nodes
from audit.gitlab.read.graphql_nodes import LinkNode, ListedIssue, WorkItemNode
from audit.model import Issue, Link, Ref, User

LAST_PAGE = {"hasNextPage": False, "endCursor": None}
ISSUE: dict[str, Any] = {
    "id": "gid://gitlab/Issue/77",
    "iid": "12",
    "reference": "g/p#12",
    "webUrl": "https://gitlab.example.com/g/p/-/issues/12",
    "title": "Outage",
    "description": None,
    "type": None,
    "state": "opened",
    "confidential": False,
    "discussionLocked": False,
    "createdAt": "2026-11-02T10:00:00Z",
    "updatedAt": "2026-11-03T10:00:00Z",
    "closedAt": None,
    "dueDate": None,
    "severity": None,
    "userNotesCount": None,
    "author": None,
    "assignees": {"nodes": [], "pageInfo": LAST_PAGE},
    "labels": {"nodes": [{"title": "a"}], "pageInfo": LAST_PAGE},
    "moved": None,
    "movedTo": None,
    "closedAsDuplicateOf": None,
}


def issue(**changed: Any) -> Issue:
    return nodes.issue(ListedIssue.model_validate(ISSUE | changed), path="g/p", root="")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-02T10:00:00Z", 10),
        ("2026-11-02T10:00:00.000Z", 10),
        ("2026-11-02T10:00:00+02:00", 8),
        ("2026-11-02T10:00:00.000-09:00", 19),
        ("2026-11-02T10:00:00", 10),
    ],
)
def test_every_time_is_in_utc(text: str, hour: int) -> None:
    assert issue(createdAt=text).created_at == datetime(2026, 11, 2, hour, tzinfo=UTC)
    assert issue(createdAt=text).created_at.tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-11-09", "2026-11-09T00:00:00Z", "2026-11-09T00:00:00+02:00"])
def test_a_day_is_the_day_that_is_written(text: str) -> None:
    assert issue(dueDate=text).due_on == date(2026, 11, 9)


def test_a_due_date_after_the_last_day_of_the_calendar_is_that_day() -> None:
    assert issue(dueDate="12026-11-09T00:00:00Z").due_on == date.max


@pytest.mark.parametrize(
    "damage",
    [
        {"labels": []},
        {"labels": {"nodes": [None], "pageInfo": LAST_PAGE}},
        {"assignees": {"nodes": []}},
        {"moved": "yes"},
        {"moved": 1},
        {"confidential": None},
        {"title": None},
        {"title": ["Outage"]},
        {"state": "open"},
        {"iid": 12},
        {"id": "12 "},
        {"createdAt": None},
        {"createdAt": "yesterday"},
        {"createdAt": "0001-01-01T00:00:00+14:00"},
        {"dueDate": "soon"},
        {"severity": "HUGE"},
        {"author": "anna"},
        {"movedTo": {}},
    ],
    ids=str,
)
def test_an_issue_of_another_form_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        issue(**damage)


def test_what_the_server_leaves_out() -> None:
    bare = issue()

    assert (bare.description, bare.issue_type, bare.severity, bare.comments) == ("", "issue", None, 0)
    assert bare.author == User(username="ghost", active=False)
    assert (bare.labels, bare.assignees, bare.links, bare.moved) == (("a",), (), (), False)


def test_a_closed_issue_of_before_gitlab_kept_the_time() -> None:
    closed = issue(state="closed")
    reopened = issue(closedAt="2026-11-03T10:00:00Z")

    assert closed.closed_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert not closed.closing_read
    assert (reopened.closed_at, reopened.closing_read) == (None, True)


HERE = "https://gitlab.example.com"


@pytest.mark.parametrize(
    ("reference", "url", "links"),
    [
        ("g/p#5", f"{HERE}/g/p/-/work_items/5", (Link(target=Ref("g/p", 5)),)),
        ("g/p#5", None, (Link(target=Ref("g/p", 5)),)),
        ("#5", f"{HERE}/g/p/-/issues/5", (Link(target=Ref("g/p", 5)),)),
        ("g&5", f"{HERE}/groups/g/-/epics/5", ()),
        ("g/s&5", None, ()),
        ("g/s#5", f"{HERE}/groups/g/s/-/work_items/5", ()),
        ("g#5", f"{HERE}/groups/g/-/work_items/5", ()),
        ("", None, (Link(target=None),)),
        ("#5", None, (Link(target=None),)),
        ("g/p[epic:5]", f"{HERE}/elsewhere/5", (Link(target=None),)),
    ],
)
def test_a_link_to_an_epic_is_no_issue_link_and_one_without_a_name_is_hidden(
    reference: str, url: str | None, links: tuple[Link, ...]
) -> None:
    end = {"reference": reference, "webUrl": url, "movedToWorkItemUrl": None, "duplicatedToWorkItemUrl": None}
    rows = [LinkNode.model_construct(link_created_at=None, work_item=WorkItemNode.model_validate(end)), None]

    assert nodes.links(rows, root="") == (*links, Link(target=None))


def test_an_error_body_that_is_a_bare_word() -> None:
    assert "GitLab refused it (GET /x: 400, nope)" in str(from_status(400, b'"nope"', "GET /x"))

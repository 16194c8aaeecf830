from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from audit.gitlab.http.failures import from_status
from audit.gitlab.read import nodes
from audit.model import Link, User

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
    "assignees": None,
    "labels": {"nodes": [{"title": "a"}, None]},
    "moved": None,
    "movedTo": None,
    "closedAsDuplicateOf": None,
}


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
    assert nodes.moment(text) == datetime(2026, 11, 2, hour, tzinfo=UTC)
    assert nodes.moment(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["2026-11-09", "2026-11-09T00:00:00Z", "2026-11-09T00:00:00+02:00"])
def test_a_day_is_the_day_that_is_written(text: str) -> None:
    assert nodes.day(text) == date(2026, 11, 9)


def test_what_the_server_leaves_out() -> None:
    issue = nodes.issue(ISSUE, path="g/p", root="")

    assert (issue.description, issue.issue_type, issue.severity, issue.comments) == ("", "issue", None, 0)
    assert issue.author == User(username="ghost", active=False)
    assert (issue.labels, issue.assignees, issue.links, issue.moved) == (("a",), (), (), False)


def test_a_closed_issue_of_before_gitlab_kept_the_time() -> None:
    closed = nodes.issue(ISSUE | {"state": "closed"}, path="g/p", root="")
    reopened = nodes.issue(ISSUE | {"closedAt": "2026-11-03T10:00:00Z"}, path="g/p", root="")

    assert closed.closed_at == datetime(2026, 11, 3, 10, tzinfo=UTC)
    assert reopened.closed_at is None


def test_a_link_to_an_epic_is_no_issue_link() -> None:
    epic = {"reference": "g&5", "webUrl": "https://gitlab.example.com/groups/g/-/epics/5"}
    rows: list[dict[str, Any]] = [{"linkCreatedAt": None, "workItem": None}, {"linkCreatedAt": None, "workItem": epic}]

    assert nodes.links(rows, root="") == (Link(target=None),)


def test_an_error_body_that_is_a_bare_word() -> None:
    assert "GitLab refused it (GET /x: 400, nope)" in str(from_status(400, b'"nope"', "GET /x"))

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.gitlab.http.failures import RequestError
from audit.gitlab.read.comments import comments, comments_of
from audit.model import Ref
from tests.gitlab.conftest import HERE, at
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker

NOON = at("2026-11-02 12:00")


def talk(tracker: Tracker, count: int = 1) -> None:
    issue = tracker.incident()
    issue.system_note("changed the description", by=tracker.anna, at=NOON, action="description")
    for n in range(count):
        issue.comment(f"comment {n}", by=tracker.anna, at=NOON)
    issue.comment("beep", by=tracker.bot, at=NOON, internal=True)


def test_comments_with_their_authors(tracker: Tracker, desk: Desk) -> None:
    talk(tracker)
    tracker.incident()

    found = comments(desk.client, [Ref(HERE, 2), Ref(HERE, 1), Ref(HERE, 1)])

    assert list(found.by_ref) == [Ref(HERE, 1), Ref(HERE, 2)]
    assert found.by_ref[Ref(HERE, 2)] == ()
    told, beep = found.by_ref[Ref(HERE, 1)]
    assert (told.body, told.author.username, told.author.bot, told.internal) == ("comment 0", "anna", False, False)
    assert (beep.body, beep.author.username, beep.author.bot, beep.internal) == ("beep", "auditor", True, True)
    assert told.at == NOON
    assert told.url.endswith(f"#note_{told.id}")
    assert (desk.client.requests, found.gaps) == (1, ())


def test_all_pages_of_comments(tracker: Tracker, desk: Desk) -> None:
    talk(tracker, 250)

    told = comments(desk.client, [Ref(HERE, 1)]).by_ref[Ref(HERE, 1)]

    assert [note.body for note in told] == [*(f"comment {n}" for n in range(250)), "beep"]
    assert desk.client.requests == 3


def test_one_issues_comments_as_they_are_now(tracker: Tracker, desk: Desk) -> None:
    talk(tracker, 150)

    told = comments_of(desk.client, Ref(HERE, 1))
    fresh = comments(desk.client, [Ref(HERE, 1)]).by_ref[Ref(HERE, 1)]

    assert [(note.id, note.at, note.body, note.internal) for note in told] == [
        (note.id, note.at, note.body, note.internal) for note in fresh
    ]
    assert desk.server.count("GET") == 2


def test_many_issues(tracker: Tracker, desk: Desk) -> None:
    for n in range(120):
        tracker.incident().comment(str(n), by=tracker.anna, at=NOON)

    found = comments(desk.client, [Ref(HERE, n) for n in range(1, 121)])

    assert [note.body for notes in found.by_ref.values() for note in notes] == [str(n) for n in range(120)]
    assert desk.client.requests == 3


def test_a_batch_that_times_out_is_halved(tracker: Tracker, desk: Desk) -> None:
    for _ in range(4):
        talk(tracker)
    desk.server.fault(faults.graphql_timeout(), operation="Comments")

    found = comments(desk.client, [Ref(HERE, n) for n in range(1, 5)])

    assert (len(found.by_ref), found.gaps, desk.client.requests) == (4, (), 3)


def test_what_cannot_be_read_is_missing_and_a_gap(tracker: Tracker, desk: Desk) -> None:
    talk(tracker)
    talk(tracker, 101)
    desk.server.fault(faults.json_status(403, {"message": "403 Forbidden"}), operation="IssueComments")

    found = comments(desk.client, [Ref(HERE, 1), Ref(HERE, 2), Ref(HERE, 9), Ref("no/body", 1)])

    assert list(found.by_ref) == [Ref(HERE, 1)]
    assert [(gap.ref, gap.what) for gap in found.gaps] == [
        (f"{HERE}#2", "comments"),
        (f"{HERE}#9", "comments"),
        ("no/body#1", "comments"),
    ]


def test_a_whole_batch_that_cannot_be_read(tracker: Tracker, desk: Desk) -> None:
    talk(tracker)
    desk.server.fault(faults.graphql_timeout(), operation="Comments", times=None)

    found = comments(desk.client, [Ref(HERE, 1)])

    assert (found.by_ref, [gap.what for gap in found.gaps]) == ({}, ["comments"])


def test_one_issues_comments_or_an_error(desk: Desk) -> None:
    with pytest.raises(RequestError, match="does not exist"):
        comments_of(desk.client, Ref(HERE, 1))

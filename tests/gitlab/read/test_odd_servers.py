"""Servers that answer correctly, and oddly: pages, addresses and projects that are not as they were a moment before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from audit.errors import AuditError
from audit.gitlab.read.comments import comments, comments_of
from audit.gitlab.read.members import read_roles
from audit.model import Ref
from audit.sandbox.limits import Limits
from tests.gitlab.conftest import HERE, at, by_iid, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker
    from tests.sandbox.faults import Turn

BY_TYPE = '["INCIDENT"], "first"'
NOWHERE = "http://[nowhere"
"""An address that is none."""


@dataclass(frozen=True, kw_only=True)
class Headers:
    """Answer as usual, but with other headers."""

    without: str = ""
    given: tuple[tuple[str, str], ...] = ()

    def act(self, turn: Turn) -> None:
        reply = turn.handle()
        kept = {name: value for name, value in reply.headers.items() if name != self.without}
        turn.send(replace(reply, headers=kept | dict(self.given)))


def issues_of(answer: Any) -> Any:
    return answer["data"]["project"]["issues"]


def pages_of(tracker: Tracker, count: int = 6) -> dict[str, Any]:
    """Make so many incidents, and return the settings that read two a page."""
    for number in range(count):
        tracker.incident(str(number), f"2026-11-02 10:{number:02}")
    return {"gitlab": {"page_size": 2}}


# Pages


def test_an_empty_page_is_not_the_last_one(tracker: Tracker, desk: Desk) -> None:
    def empty(answer: Any) -> Any:
        issues_of(answer)["nodes"] = []
        return answer

    chosen = pages_of(tracker)
    desk.server.fault(faults.Alter(change=empty), operation="Issues", contains=BY_TYPE, skip=1)

    assert sorted(by_iid(desk.pull(settings(**chosen)))) == [1, 2, 5, 6]


def test_pages_that_go_round_in_a_circle_end(tracker: Tracker, desk: Desk) -> None:
    cursors: list[str] = []

    def back(answer: Any) -> Any:
        end = issues_of(answer)["pageInfo"]
        cursors.append(end["endCursor"])
        end |= {"hasNextPage": True, "endCursor": cursors[len(cursors) % 3 - 1] if len(cursors) > 2 else cursors[-1]}
        return answer

    chosen = pages_of(tracker)
    desk.server.fault(faults.Alter(change=back), operation="Issues", contains=BY_TYPE, times=None)

    records = desk.pull(settings(**chosen))

    assert [gap.what for gap in records.gaps] == ["incidents"]
    assert "do not go on" in records.gaps[0].why


def test_pages_of_activity_that_go_round_in_a_circle_are_read_by_rest(tracker: Tracker, desk: Desk) -> None:
    def again(answer: Any) -> Any:
        for node in answer["data"]["project"]["workItems"]["nodes"]:
            for widget in node["widgets"]:
                if widget.get("discussions"):
                    widget["discussions"]["pageInfo"] = {"hasNextPage": True, "endCursor": "x"}
        return answer

    tracker.incident().add_label("Severity::1", at=at("2026-11-02 11:00"), by=tracker.anna)
    desk.server.fault(faults.Alter(change=again), operation="Activity", times=None)

    records = desk.pull()

    assert [event.label for event in by_iid(records)[1].label_events] == ["Severity::1"]
    assert records.gaps == ()


def test_what_a_page_repeats_is_there_once(tracker: Tracker, desk: Desk) -> None:
    def twice(answer: Any) -> Any:
        issues_of(answer)["nodes"] *= 2
        return answer

    chosen = pages_of(tracker)
    desk.server.fault(faults.Alter(change=twice), operation="Issues", times=None)

    assert [issue.ref.iid for issue in desk.pull(settings(**chosen)).issues] == [1, 2, 3, 4, 5, 6]


def test_a_comment_that_two_pages_show_is_one(tracker: Tracker, desk: Desk) -> None:
    def twice(answer: Any) -> Any:
        if isinstance(answer, list):
            return answer * 2
        for node in answer["data"]["project"]["issues"]["nodes"]:
            node["notes"]["nodes"] *= 2
        return answer

    tracker.incident().comment("words", by=tracker.anna, at=at("2026-11-03 10:00"))
    desk.server.fault(
        faults.Alter(change=twice), times=None, where=lambda request: "notes" in f"{request.body!r}" + request.path
    )

    ref = Ref(HERE, 1)
    assert [note.body for note in comments(desk.client, [ref]).by_ref[ref]] == ["words"]
    assert [note.body for note in comments_of(desk.client, ref)] == ["words"]


def test_without_addresses_of_further_pages_their_numbers_lead_on(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world, limits=Limits(page=2))
    for number in range(5):
        tracker.world.member(tracker.production, tracker.world.user(f"user-{number}"), 30)
    whole = read_roles(desk.client, [HERE]).by_project[HERE]
    desk.server.fault(Headers(without="Link"), path="/members/all", times=None)

    assert read_roles(desk.client, [HERE]).by_project[HERE] == whole
    assert len(whole) == 7


# Addresses


@pytest.mark.parametrize("field", ["webUrl", "movedTo", "linked"])
def test_an_address_that_is_none_is_a_gap_about_its_issue(tracker: Tracker, desk: Desk, field: str) -> None:
    def damaged(answer: Any) -> Any:
        for node in issues_of(answer)["nodes"]:
            if field == "linked":
                for link in node["linkedWorkItems"]["nodes"]:
                    link["workItem"] |= {"webUrl": NOWHERE, "reference": ""}
            else:
                node[field] = NOWHERE if field == "webUrl" else {"reference": "", "webUrl": NOWHERE}
        return answer

    tracker.link(tracker.incident(), tracker.review("Something else", labels=()))
    desk.server.fault(faults.Alter(change=damaged), operation="Issues", contains=BY_TYPE, times=None)

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#1", "incidents")]
    assert not records.sources[0].complete


def test_a_project_with_an_address_that_is_none_is_an_error_with_advice(desk: Desk) -> None:
    damaged = faults.Alter(change=lambda answer: answer | {"web_url": NOWHERE})
    desk.server.fault(damaged, path=r"/projects/[^/]+$", times=None)

    with pytest.raises(AuditError) as caught:
        desk.pull()

    assert caught.value.advice


@pytest.mark.parametrize("way", ["redirect", "next page"])
def test_an_address_that_is_none_leads_nowhere(desk: Desk, way: str) -> None:
    given = (
        faults.moved(NOWHERE) if way == "redirect" else Headers(given=(("Link", f'<{NOWHERE}?page=2>; rel="next"'),))
    )
    desk.server.fault(given, path="/members/all", times=None)

    roles = read_roles(desk.client, [HERE])

    assert (roles.by_project, [gap.what for gap in roles.gaps]) == ({}, ["users"])


# What changes while it is read


def test_a_project_that_is_renamed_meanwhile_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    chosen = pages_of(tracker)

    def rename(_: object) -> None:
        tracker.world.rename_project(tracker.production, "acme/sre/renamed")

    desk.server.fault(faults.Hook(call=rename, after=True), operation="Issues", contains=BY_TYPE)

    records = desk.pull(settings(**chosen))

    assert {gap.what for gap in records.gaps} >= {"incidents"}
    assert not records.sources[0].complete


def test_a_token_that_loses_its_scope_meanwhile_leaves_gaps(tracker: Tracker, desk: Desk) -> None:
    chosen = pages_of(tracker)
    body = {"error": "insufficient_scope", "error_description": "The request requires higher privileges"}
    for _ in range(6):
        tracker.review()
    desk.server.fault(faults.json_status(403, body), operation="Issues", skip=2, times=None)

    records = desk.pull(settings(**chosen))

    assert {gap.what for gap in records.gaps} >= {"incidents", "reviews"}


def test_an_issue_that_is_moved_meanwhile_is_read_as_it_is_at_last(tracker: Tracker, desk: Desk) -> None:
    edge = tracker.world.project("acme/sre/edge")
    chosen = pages_of(tracker)

    def move(_: object) -> None:
        edge.receive(tracker.production.issues[1], at=at("2026-11-23 05:00"), by=tracker.anna)

    desk.server.fault(faults.Hook(call=move, after=True), operation="Issues", contains=BY_TYPE)

    records = desk.pull(settings(projects={"incidents": [HERE, "acme/sre/edge"]}, **chosen))

    assert by_iid(records)[1].moved_to == Ref("acme/sre/edge", 1)
    assert records.gaps == ()


# Values


def test_a_severity_that_is_not_known_here_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    def another(answer: Any) -> Any:
        for node in issues_of(answer)["nodes"][:1]:
            node["severity"] = "CATASTROPHIC"
        return answer

    pages_of(tracker, 2)
    desk.server.fault(faults.Alter(change=another), operation="Issues", contains=BY_TYPE, times=None)

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#1", "incidents")]
    assert sorted(by_iid(records)) == [2]


def test_errors_that_are_an_empty_list_are_none(tracker: Tracker, desk: Desk) -> None:
    pages_of(tracker, 2)
    desk.server.fault(
        faults.Alter(change=lambda answer: answer | {"errors": []}), where=lambda one: bool(one.operation), times=None
    )

    records = desk.pull()

    assert (sorted(by_iid(records)), records.gaps) == ([1, 2], ())


def test_the_count_of_comments_that_a_server_gives_decides_nothing(tracker: Tracker, desk: Desk) -> None:
    def many(answer: Any) -> Any:
        for node in issues_of(answer)["nodes"]:
            node["userNotesCount"] = 99
        return answer

    tracker.incident().comment("words", by=tracker.anna, at=at("2026-11-03 10:00"))
    desk.server.fault(faults.Alter(change=many), operation="Issues", times=None)

    (issue,) = desk.pull().issues
    read = comments(desk.client, [issue.ref])

    assert (len(read.by_ref[issue.ref]), read.gaps) == (1, ())

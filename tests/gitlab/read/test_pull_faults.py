from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.gitlab.http.failures import Cause, RequestError
from audit.model import Link, Mention, Ref
from tests.gitlab.conftest import HERE, at, by_iid, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker
    from tests.sandbox.faults import Action

BY_TYPE = '["INCIDENT"], "first"'
"""What only the list of incidents by type has in its variables."""


def fill(tracker: Tracker, count: int) -> None:
    for n in range(count):
        tracker.incident(str(n), f"2026-11-02 10:{n:02}")


def sizes(desk: Desk, operation: str = "Issues") -> list[int]:
    """Return the page sizes that the first list was asked for with."""
    bodies = [r.body["variables"] for r in desk.server.requests if r.operation == operation]
    return [variables["first"] for variables in bodies if variables.get("types") == ["INCIDENT"]]


@pytest.mark.parametrize(
    "action",
    [faults.graphql_timeout(), faults.field_timeout(), faults.html_status(504, "Gateway Timeout")],
    ids=["503", "field", "504"],
)
def test_a_page_that_times_out_is_halved(tracker: Tracker, desk: Desk, action: Action) -> None:
    fill(tracker, 8)
    desk.server.fault(action, operation="Issues", contains=BY_TYPE, skip=1, times=1)

    records = desk.pull(settings(gitlab={"page_size": 4}))

    assert sizes(desk) == [4, 4, 2, 2]
    assert sorted(by_iid(records)) == list(range(1, 9))
    assert (records.gaps, records.sources[0].complete, desk.waits) == ((), True, [])


def test_pages_grow_again(tracker: Tracker, desk: Desk) -> None:
    fill(tracker, 20)
    desk.server.fault(faults.graphql_timeout(), operation="Issues", contains=BY_TYPE)

    desk.pull(settings(gitlab={"page_size": 4}))

    assert sizes(desk) == [4, 2, 2, 2, 2, 4, 4, 4]


def test_a_page_that_never_comes_is_a_gap_and_the_rest_stays(tracker: Tracker, desk: Desk) -> None:
    fill(tracker, 8)
    tracker.review()
    desk.server.fault(faults.graphql_timeout(), operation="Issues", contains=BY_TYPE, skip=1, times=None)

    records = desk.pull(settings(gitlab={"page_size": 4}))

    (gap,) = records.gaps
    assert sizes(desk) == [4, 4, 2, 1, 1, 1, 1], "and those of the issue behind"
    assert sorted(by_iid(records)) == [1, 2, 3, 4, 9]
    assert (gap.ref, gap.what, gap.could_change_a_verdict) == (HERE, "incidents", True)
    assert "Request timed out" in gap.why
    assert not records.sources[0].complete


def test_reviews_that_never_come_are_a_gap_of_reviews(tracker: Tracker, desk: Desk) -> None:
    fill(tracker, 1)
    tracker.review()
    tracker.review(labels=())
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="Issues", contains="TITLE", times=None)

    records = desk.pull(settings(gitlab={"page_size": 1}))

    assert {(gap.ref, gap.what) for gap in records.gaps} == {(HERE, "reviews")}
    assert sorted(by_iid(records)) == [1, 2]
    assert not records.sources[0].complete


def test_a_gateway_that_fails_once_is_no_gap(tracker: Tracker, desk: Desk) -> None:
    fill(tracker, 1)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="Issues")

    assert desk.pull().gaps == ()


def test_a_query_that_hangs_is_a_gap(tracker: Tracker, open_desk: Open) -> None:
    fill(tracker, 1)
    desk = open_desk(tracker.world, timeout=0.3)
    desk.server.fault(faults.Hang(), operation="Issues", contains=BY_TYPE, times=None)

    records = desk.pull(settings(gitlab={"page_size": 10, "parallel": 2}))

    assert {(gap.what, "did not answer" in gap.why) for gap in records.gaps} == {("incidents", True)}


def test_pages_that_do_not_go_on_end(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    page = {"pageInfo": {"hasNextPage": True, "endCursor": None}, "nodes": []}
    answer = {"data": {"project": {"issues": page}}}
    desk.server.fault(faults.json_status(200, answer), operation="Issues", contains=BY_TYPE, times=None)

    (gap,) = desk.pull().gaps

    assert "do not go on" in gap.why


def test_labels_that_cannot_be_read_leave_everything_in_doubt(tracker: Tracker, desk: Desk) -> None:
    project, day = tracker.production, at("2026-11-05 10:00")
    project.issue("by label", author=tracker.anna, created_at=day, issue_type="issue", labels=("incident",))
    desk.server.fault(faults.graphql_timeout(), operation="Labels|.*LabelOfProjects|LabelsOfProjects", times=None)

    records = desk.pull()

    assert [(gap.what, gap.could_change_a_verdict) for gap in records.gaps] == [
        ("incidents", True),
        ("labels", False),
        ("reviews", True),
    ]
    assert sorted(by_iid(records)) == [1]
    assert not records.sources[0].complete


def test_links_that_cannot_be_read_are_a_gap(tracker: Tracker, desk: Desk) -> None:
    incident = tracker.incident()
    for _ in range(101):
        tracker.link(incident, tracker.review("RCA"))
    desk.server.fault(faults.json_status(403, {"message": "403 Forbidden"}), operation="IssueLinks", times=None)

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#1", "links")]
    assert (len(by_iid(records)[1].links), by_iid(records)[1].links_read) == (100, False)


def test_a_project_that_vanishes_after_the_preflight(desk: Desk) -> None:
    nothing = faults.json_status(200, {"data": {"project": None}})
    desk.server.fault(nothing, operation="Counts|Issues|IssuesByNumber", times=None)

    records = desk.pull()

    assert {gap.what for gap in records.gaps} == {"incidents", "reviews"}
    assert all("may not see it" in gap.why for gap in records.gaps)


def test_a_token_that_ends_in_the_middle_ends_the_audit(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    desk.server.fault(faults.json_status(401, {"errors": [{"message": "Invalid token"}]}), operation="Issues")

    with pytest.raises(RequestError) as caught:
        desk.pull()

    assert caught.value.cause is Cause.TOKEN


def test_accounts_and_paths_that_cannot_be_asked_for(tracker: Tracker, desk: Desk) -> None:
    tracker.review(description="see other/place#1")
    desk.server.fault(faults.text_status(403, "Forbidden"), path="/users|other%2Fplace", times=None)

    records = desk.pull(settings(reminders={"contact": "boss"}))

    assert [(gap.ref, gap.what) for gap in records.gaps] == [("@boss", "users")]
    (unasked,) = records.unasked
    assert (unasked.issue, unasked.place, unasked.mention) == (Ref(HERE, 1), "other/place#1", Mention.TEXT)
    assert "403" in unasked.why


def test_a_gap_is_one_printable_line(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    told = {"errors": [{"message": "bad\nthings\x07 \u202e happened"}]}
    desk.server.fault(faults.json_status(422, told), operation="Issues", contains=BY_TYPE)

    (gap,) = desk.pull().gaps

    assert gap.why.isprintable()
    assert "bad things happened" in gap.why


# servers before 17.8


def test_an_older_server_tells_links_one_by_one(tracker: Tracker, open_desk: Open) -> None:
    edge = tracker.world.project("acme/sre/edge")
    when = at("2026-11-04 10:00")
    hidden = tracker.world.project("other/secret").issue("x", author=tracker.anna, created_at=when)
    incident, review, other, same = tracker.incident(), tracker.review(), tracker.incident(), tracker.incident()
    for end in (incident, other, same, hidden):
        tracker.link(review, end)
    edge.receive(other, at=when, by=tracker.anna)
    same.mark_duplicate(incident, at=when, by=tracker.anna)
    desk = open_desk(tracker.world, version="17.5.2")

    records = desk.pull(settings(projects={"incidents": [HERE, "acme/sre/edge"]}))

    issues = by_iid(records)
    linked = at("2026-11-03 11:00")
    assert not records.unreadable_links_shown
    assert records.gaps == ()
    assert set(issues[2].links) == {
        Link(target=Ref(HERE, 1), at=linked),
        Link(target=Ref(HERE, 3), points_to=Ref("acme/sre/edge", 1), at=linked),
        Link(target=Ref(HERE, 4), points_to=Ref(HERE, 1), at=linked),
    }
    assert issues[1].links_read
    assert desk.server.count(operation="Issues") == 0


def test_an_older_servers_links_that_cannot_be_read(tracker: Tracker, open_desk: Open) -> None:
    tracker.incident()
    desk = open_desk(tracker.world, version="17.5.2")
    desk.server.fault(faults.text_status(403, "Forbidden"), path="/links", times=None)

    records = desk.pull()

    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#1", "links")]
    assert not by_iid(records)[1].links_read


def test_a_server_that_lacks_a_field_within_the_links(tracker: Tracker, desk: Desk) -> None:
    tracker.link(tracker.incident(), tracker.review())
    unknown = {"errors": [{"message": "Field 'movedToWorkItemUrl' doesn't exist on type 'WorkItem'"}]}
    desk.server.fault(faults.json_status(200, unknown), operation="Issues|IssuesByNumber", times=None)

    records = desk.pull()

    assert records.gaps == ()
    assert not records.unreadable_links_shown
    assert by_iid(records)[1].links == (Link(target=Ref(HERE, 2), at=at("2026-11-03 11:00")),)

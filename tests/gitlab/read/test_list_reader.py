"""Many lists with few requests, and none of their issues lost, whatever fails."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from graphql import parse, validate

from audit.gitlab.read.issue_lists import IssueQuery
from audit.gitlab.read.list_counts import Ask, document
from audit.gitlab.read.number_batches import batches
from audit.model import Ref
from audit.sandbox.complexity import weigh
from audit.sandbox.graph.building import schema_of
from tests.gitlab.conftest import HERE, UNTIL, at, by_iid, settings
from tests.sandbox import faults
from tests.sandbox.conftest import contract
from tests.sandbox.contract_schema import schema_of_gitlab

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gitlab.conftest import Desk, Open, Tracker

__all__ = ["contract"]

MANY = 450


def scattered(tracker: Tracker, count: int = MANY) -> None:
    """Make incidents at odd moments of a year, many of them on one day."""
    chance = random.Random(1)  # noqa: S311 - no secret
    for number in range(count):
        days = 100 if number % 3 else chance.randrange(300)
        tracker.production.issue(
            f"Outage {number}", author=tracker.anna, created_at=at("2026-01-02 10:00") + timedelta(days, number)
        )


def test_a_long_list_is_read_in_windows_and_is_whole(tracker: Tracker, desk: Desk) -> None:
    scattered(tracker)

    records = desk.pull()

    assert sorted(by_iid(records)) == list(range(1, MANY + 1))
    assert records.gaps == ()
    windows = {str(r.body["variables"].get("createdAfter")) for r in desk.server.requests if r.operation == "Issues"}
    assert len(windows) > 1
    assert desk.server.count(operation="Counts") == 2
    assert desk.server.count(operation="Issues") <= 8


def test_what_is_created_while_windows_are_counted_is_read(tracker: Tracker, desk: Desk) -> None:
    scattered(tracker)

    def create(_: object) -> None:
        tracker.incident("New", "2026-11-23 07:00")

    desk.server.fault(faults.Hook(call=create, after=True), operation="Counts", skip=1)

    assert MANY + 1 in by_iid(desk.pull())


@pytest.mark.parametrize("skip", [0, 1])
def test_a_list_that_cannot_be_counted_is_read_in_one_piece(tracker: Tracker, desk: Desk, skip: int) -> None:
    scattered(tracker)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="Counts", skip=skip, times=None)

    records = desk.pull()

    assert (len(records.issues), records.gaps) == (MANY, ())


def test_a_window_that_fails_is_a_gap_of_its_list(tracker: Tracker, desk: Desk) -> None:
    scattered(tracker)
    tracker.review()
    desk.server.fault(
        faults.html_status(502, "Bad Gateway"), operation="Issues", contains='"createdAfter": "2026', times=None
    )

    records = desk.pull()

    assert {(gap.ref, gap.what, gap.could_change_a_verdict) for gap in records.gaps} == {(HERE, "incidents", True)}
    assert MANY + 1 in by_iid(records)
    assert not records.sources[0].complete


def test_short_lists_are_read_together(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    tracker.review()
    tracker.review(labels=())

    records = desk.pull()

    assert sorted(by_iid(records)) == [1, 2, 3]
    assert (desk.server.count(operation="Issues"), desk.server.count(operation="IssuesByNumber")) == (0, 1)


def test_one_of_them_that_fails_is_a_gap_of_its_own_list(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    tracker.review()
    tracker.review(labels=())
    desk.server.fault(
        faults.graphql_timeout(),
        operation="IssuesByNumber",
        where=lambda one: "3" in one.data["variables"]["iids"],
        times=None,
    )

    records = desk.pull()

    assert sorted(by_iid(records)) == [1, 2]
    assert [(gap.ref, gap.what, gap.could_change_a_verdict) for gap in records.gaps] == [(HERE, "reviews", True)]


def test_further_labels_that_fail_keep_the_label_of_the_list(tracker: Tracker, desk: Desk) -> None:
    for number in range(101):
        tracker.world.label(tracker.production, f"A{number:03}")
    tracker.incident()
    tracker.review("Something else", labels=(*(f"A{number:03}" for number in range(100)), "IncidentReview"))
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="IssueLabels", times=None)

    records = desk.pull()

    assert "IncidentReview" in by_iid(records)[2].labels
    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#2", "labels")]


# Groups

GROUP = settings(projects={"incident_groups": ["acme"]})


def near_empty(tracker: Tracker, count: int) -> None:
    for number in range(count):
        project = tracker.world.project(f"acme/team/p{number:03}", archived=number == 7)
        if number % 20 == 7:
            made = at("2026-11-02 10:00") + timedelta(hours=number)
            project.issue(f"Outage of {number}", author=tracker.anna, created_at=made)
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)


def test_a_project_that_has_nothing_costs_nothing(tracker: Tracker, open_desk: Open) -> None:
    near_empty(tracker, 200)
    tracker.incident()
    tracker.review()
    desk = open_desk(tracker.world)

    records = desk.pull(GROUP)

    assert sorted(issue.ref.iid for issue in records.issues) == [1] * 11 + [2]
    assert records.gaps == ()
    assert all(source.labels for source in records.sources)
    trees = desk.server.count(path="/repository/")
    assert desk.client.requests - trees <= 20


@pytest.mark.parametrize(
    "refusal",
    [
        faults.json_status(200, {"errors": [{"message": "Field 'issues' doesn't accept argument 'includeArchived'"}]}),
        faults.json_status(200, {"data": {"q0": None}}),
        faults.json_status(403, {"message": "403 Forbidden"}),
    ],
    ids=["an old release", "no group", "forbidden"],
)
def test_projects_are_read_where_the_list_of_a_group_is_refused(
    tracker: Tracker, open_desk: Open, refusal: faults.Action
) -> None:
    near_empty(tracker, 30)
    tracker.incident()
    tracker.review()
    usual = open_desk(tracker.world, public_url="http://gitlab.example.com").pull(GROUP)
    desk = open_desk(tracker.world, public_url="http://gitlab.example.com")
    desk.server.fault(refusal, operation="Counts", contains="includeSubgroups", times=None)

    records = desk.pull(GROUP)

    assert desk.server.count(operation="IssuesOfGroup") == 0
    assert (records.issues, records.gaps, records.sources) == (usual.issues, (), usual.sources)


def test_the_list_of_a_group_holds_only_what_those_of_its_projects_do(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.project("acme/web", issues_enabled=False)
    by_text = tracker.review("Something else", labels=(), description="See the incident review: it names an RCA.")
    by_title = tracker.review("RCA: x", labels=())
    other = tracker.world.project("acme/other").issue("RCA: y", author=tracker.anna, created_at=by_title.created_at)
    other.issue_type = "issue"
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    desk = open_desk(tracker.world)

    records = desk.pull(settings(projects={"incident_groups": ["acme"], "reviews": [HERE]}))

    assert by_text.iid not in by_iid(records)
    assert [issue.ref for issue in records.issues] == [Ref(HERE, by_title.iid)]


def test_a_list_of_a_group_that_fails_is_a_gap_of_each_project(tracker: Tracker, open_desk: Open) -> None:
    near_empty(tracker, 3)
    tracker.incident()
    desk = open_desk(tracker.world)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="IssuesOfGroup", times=None)

    records = desk.pull(GROUP)

    places = [HERE, *(f"acme/team/p{number:03}" for number in range(3))]
    assert [(gap.ref, gap.what) for gap in records.gaps] == [(place, "incidents") for place in places]


@pytest.mark.parametrize("refused", [False, True])
def test_histories_of_many_projects_are_read_by_their_group(tracker: Tracker, open_desk: Open, refused: bool) -> None:
    for number in range(25):
        project = tracker.world.project(f"acme/team/p{number:03}")
        issue = project.issue("Outage", author=tracker.anna, created_at=at("2026-11-02 10:00"))
        issue.add_label("Severity::1", at=at("2026-11-02 11:00"), by=tracker.anna)
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    desk = open_desk(tracker.world)
    if refused:
        unknown = {"errors": [{"message": "Field 'workItems' doesn't accept argument 'ids'"}]}
        desk.server.fault(faults.json_status(200, unknown), operation="ActivityOfGroup")

    records = desk.pull(GROUP)

    assert [[event.label for event in issue.label_events] for issue in records.issues] == [["Severity::1"]] * 25
    assert desk.server.count(operation="Activity") == (13 if refused else 0)


def test_a_label_of_a_group_that_is_deleted_meanwhile_is_a_gap(tracker: Tracker, open_desk: Open) -> None:
    near_empty(tracker, 3)
    tracker.review()
    tracker.world.label(tracker.production, "Incident")
    desk = open_desk(tracker.world)

    def delete(_: object) -> None:
        tracker.world.delete_label(tracker.world.groups["acme"], "IncidentReview")

    desk.server.fault(faults.Hook(call=delete), operation="Counts")

    records = desk.pull(GROUP)

    places = [HERE, *(f"acme/team/p{number:03}" for number in range(3))]
    assert [(gap.ref, gap.what) for gap in records.gaps] == [(place, "reviews") for place in places]
    assert desk.server.count(operation="EveryLabelOfProjects") == 2


# The parts


def queries() -> list[IssueQuery]:
    filters: list[dict[str, Any]] = [
        {"types": ["INCIDENT"]},
        {"or": {"labelNames": ["incident"]}, "not": {"types": ["INCIDENT"]}},
        {"search": "Incident Review", "in": ["TITLE"], "not": {"labelName": ["IncidentReview"]}},
    ]
    before = {"createdBefore": UNTIL.isoformat(), "createdAfter": "2026-01-01T00:00:00Z"}
    return [
        IssueQuery(path=path, what="incidents", filters=before | chosen, group=group)
        for path, group in ((HERE, False), ("acme", True))
        for chosen in filters
    ]


@pytest.mark.parametrize("members", [True, False])
def test_counts_are_a_query_of_gitlab_and_weigh_what_is_reckoned(members: bool, contract: Path) -> None:
    asks = [Ask(query=query, members=members) for query in queries()]
    text, variables = document(asks)

    assert validate(schema_of_gitlab(contract), parse(text)) == []
    found = weigh(schema_of(frozenset()), parse(text), variables, 100)
    assert found.score == sum(ask.weight for ask in asks) + len({ask.place for ask in asks})


def test_batches_by_number_are_few_and_full() -> None:
    refs = [
        Ref(f"g/p{project}", iid) for project, count in ((1, 130), (2, 60), (3, 30), (4, 5)) for iid in range(count)
    ]

    made = batches(refs, 100)

    assert sorted(ref for batch in made for ref in batch) == sorted(refs)
    assert [len(batch) for batch in made] == [100, 95, 30]
    assert all(len({ref.project for ref in batch}) <= 3 for batch in made)

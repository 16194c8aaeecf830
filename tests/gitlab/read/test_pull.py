from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from audit.gitlab.read.pull import pull
from audit.model import Link, Ref, User
from tests.gitlab.conftest import HERE, UNTIL, at, by_iid, settings
from tests.sandbox.faults import Hook

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker


def test_every_field(tracker: Tracker, open_desk: Open) -> None:
    gone = tracker.world.user("gone", state="blocked")
    robot = tracker.world.user("robot", bot=True)
    incident = tracker.incident(
        "Outage",
        "2026-11-02 23:30",
        description="down",
        confidential=True,
        severity="HIGH",
        labels=("Severity::1", "Service::API"),
        assignees=(tracker.anna, gone, robot),
        due_on=date(2026, 11, 9),
    )
    incident.lock(at=at("2026-11-03 01:00"), by=tracker.anna)
    incident.comment("on it", by=tracker.anna, at=at("2026-11-03 02:00"))
    incident.close(at=at("2026-11-03 03:00"), by=tracker.anna)
    desk = open_desk(tracker.world, utc_offset=timedelta(hours=-3))

    (issue,) = desk.pull().issues

    assert issue.ref == Ref(HERE, 1)
    assert issue.id == incident.id
    assert issue.url.endswith("/acme/sre/production/-/work_items/1")
    assert (issue.title, issue.description, issue.issue_type) == ("Outage", "down", "incident")
    assert (issue.confidential, issue.discussion_locked) == (True, True)
    assert issue.created_at == at("2026-11-02 23:30")
    assert issue.created_at.tzinfo is UTC
    assert issue.closed_at == at("2026-11-03 03:00")
    assert issue.due_on == date(2026, 11, 9)
    assert sorted(issue.labels) == ["Service::API", "Severity::1"]
    assert issue.severity == 2
    assert issue.author == User(username="anna")
    assert issue.assignees == (
        User(username="anna"),
        User(username="gone", active=False),
        User(username="robot", bot=True),
    )
    assert (issue.moved, issue.moved_to, issue.duplicate_of, issue.links) == (False, None, None, ())
    assert (issue.comments, issue.links_read, issue.history_read) == (1, True, True)


def test_what_is_told_of_the_projects(tracker: Tracker, open_desk: Open) -> None:
    tracker.production.visibility = "internal"
    tracker.world.label(tracker.production, "own")
    desk = open_desk(tracker.world, public_url="https://gitlab.example.com")

    records = desk.pull(settings(gitlab={"hosts": ["Git.Example.com"]}))

    (source,) = records.sources
    assert (source.project, source.incidents, source.reviews) == (HERE, True, True)
    assert (source.visibility, source.complete) == ("internal", True)
    assert source.url == "https://gitlab.example.com/acme/sre/production"
    assert source.labels == ("IncidentReview", "Service::API", "Severity::1", "incident", "own")
    assert records.hosts == tuple(
        sorted((desk.server.url.removeprefix("http://"), "git.example.com:*", "gitlab.example.com"))
    )
    assert (records.gaps, records.former_paths, records.accounts) == ((), {}, {})
    assert records.unreadable_links_shown


def test_which_issues_are_read(tracker: Tracker, desk: Desk) -> None:
    project, anna = tracker.production, tracker.anna
    day = at("2026-11-05 10:00")
    tracker.incident("1: by type")
    project.issue("2: by label", author=anna, created_at=day, issue_type="issue", labels=("incident",))
    project.issue("3: a task", author=anna, created_at=day, issue_type="task")
    tracker.review("4: by label")
    tracker.review("5: RCA of it", labels=())
    tracker.review("2026-11-02: incident review - 6", labels=())
    project.issue("7: neither", author=anna, created_at=day, issue_type="issue", description="Incident Review")
    tracker.incident("8: both", labels=("IncidentReview", "incident"))

    assert sorted(by_iid(desk.pull())) == [1, 2, 4, 5, 6, 8]


def test_spellings_are_the_trackers(tracker: Tracker, desk: Desk) -> None:
    project, anna, day = tracker.production, tracker.anna, at("2026-11-05 10:00")
    for n, name in enumerate(("INCIDENT", "type:incident", "Type::Incident", "incidental")):
        project.issue(str(n), author=anna, created_at=day, issue_type="issue", labels=(name,))
    tracker.review("by label", labels=("incidentreview",))
    chosen = settings(labels={"incident": ["incident", "type::Incident"]})

    assert sorted(by_iid(desk.pull(chosen))) == [1, 2, 3, 5]


def test_only_incidents_of_the_days_that_are_read(tracker: Tracker, desk: Desk) -> None:
    for created in ("2026-10-31 22:59", "2026-10-31 23:00", "2026-11-23 22:59:59", "2026-11-23 23:00"):
        tracker.incident(created, created)
    tracker.review("Incident Review: old", "2020-01-01 10:00")
    tracker.review("RCA: too late", "2026-11-23 23:00")
    chosen = settings(since="2026-11-01", timezone="Europe/Berlin")

    records = desk.pull(chosen, until=at("2026-11-23 23:00"))

    assert sorted(by_iid(records)) == [2, 3, 5]


def test_a_day_that_has_no_midnight(tracker: Tracker, desk: Desk) -> None:
    for created in ("2026-09-06 03:59", "2026-09-06 04:00"):
        tracker.incident(created, created)

    records = desk.pull(settings(since="2026-09-06", timezone="America/Santiago"))

    assert sorted(by_iid(records)) == [2]


def test_incidents_and_reviews_in_projects_of_their_own(tracker: Tracker, desk: Desk) -> None:
    reviews = tracker.world.project("acme/sre/reviews")
    day = at("2026-11-05 10:00")
    tracker.incident("an incident")
    tracker.review("Incident Review: in the wrong place")
    reviews.issue("Incident Review: x", author=tracker.anna, created_at=day, issue_type="issue")
    reviews.issue("an incident in the wrong place", author=tracker.anna, created_at=day)
    chosen = settings(projects={"incidents": [HERE], "reviews": ["acme/sre/reviews"]})

    records = desk.pull(chosen)

    assert [str(issue.ref) for issue in records.issues] == [f"{HERE}#1", "acme/sre/reviews#1"]
    assert [(s.project, s.incidents, s.reviews) for s in records.sources] == [
        (HERE, True, False),
        ("acme/sre/reviews", False, True),
    ]


def test_many_pages(tracker: Tracker, desk: Desk) -> None:
    for n in range(45):
        tracker.incident(str(n), labels=("incident",))
        tracker.review(f"RCA: {n}")

    records = desk.pull(settings(gitlab={"page_size": 10}))

    assert sorted(by_iid(records)) == list(range(1, 91))
    assert list(records.issues) == sorted(records.issues, key=lambda issue: issue.ref)


def test_an_issue_that_changes_while_pages_are_read(tracker: Tracker, desk: Desk) -> None:
    incidents = [tracker.incident(str(n), f"2026-11-02 10:{n:02}") for n in range(30)]

    def touch(_: object) -> None:
        for incident in incidents[:15]:
            incident.add_label("Severity::1", at=at("2026-11-20 10:00"), by=tracker.anna)

    desk.server.fault(Hook(call=touch), operation="Issues", skip=1)

    records = desk.pull(settings(gitlab={"page_size": 10, "parallel": 1}))

    assert sorted(by_iid(records)) == list(range(1, 31))
    assert [bool(issue.labels) for issue in records.issues] == [True] * 15 + [False] * 15


def test_inner_lists_are_read_to_their_end(tracker: Tracker, desk: Desk) -> None:
    people = [tracker.world.user(f"user-{n:03}") for n in range(150)]
    names = [f"label {n:03}" for n in range(150)]
    incident = tracker.incident(labels=names, assignees=people)
    for _ in range(130):
        tracker.link(incident, tracker.review("RCA"))

    issue = by_iid(desk.pull())[1]

    assert sorted(issue.labels) == names
    assert sorted(user.username for user in issue.assignees) == [user.username for user in people]
    assert sorted(link.target or Ref("", 0) for link in issue.links) == [Ref(HERE, n) for n in range(2, 132)]


def test_links_from_both_ends_with_their_time(tracker: Tracker, desk: Desk) -> None:
    incident, review = tracker.incident(), tracker.review()
    tracker.world.link(review, incident, at=at("2026-11-04 09:00"), by=tracker.anna, kind="blocks")

    issues = by_iid(desk.pull())

    assert issues[1].links == (Link(target=Ref(HERE, 2), at=at("2026-11-04 09:00")),)
    assert issues[2].links == (Link(target=Ref(HERE, 1), at=at("2026-11-04 09:00")),)


def test_a_link_whose_other_end_cannot_be_read(tracker: Tracker, desk: Desk) -> None:
    hidden = tracker.world.project("other/secret").issue("x", author=tracker.anna, created_at=at("2026-11-02 10:00"))
    tracker.link(tracker.incident(), hidden)

    records = desk.pull()

    assert by_iid(records)[1].links == (Link(target=None, at=at("2026-11-03 11:00")),)
    assert records.gaps == ()


def test_moved_and_duplicate(tracker: Tracker, desk: Desk) -> None:
    edge, secret = tracker.world.project("acme/sre/edge"), tracker.world.project("other/secret")
    when = at("2026-11-03 10:00")
    moved, hidden, same, review = tracker.incident(), tracker.incident(), tracker.incident(), tracker.review()
    tracker.link(review, moved)
    tracker.link(review, same)
    edge.receive(moved, at=when, by=tracker.anna)
    secret.receive(hidden, at=when, by=tracker.anna)
    same.mark_duplicate(moved, at=when, by=tracker.anna)

    issues = by_iid(desk.pull())

    assert (issues[1].moved, issues[1].moved_to) == (True, Ref("acme/sre/edge", 1))
    assert (issues[2].moved, issues[2].moved_to) == (True, None)
    assert (issues[3].moved, issues[3].duplicate_of) == (False, Ref(HERE, 1))
    assert {(link.target, link.points_to) for link in issues[4].links} >= {
        (Ref(HERE, 1), Ref("acme/sre/edge", 1)),
        (Ref(HERE, 3), Ref(HERE, 1)),
    }


def test_the_same_tracker_gives_the_same_records(tracker: Tracker, open_desk: Open) -> None:
    for n in range(30):
        tracker.link(tracker.incident(str(n)), tracker.review(f"RCA: {n}"))
    chosen = settings(gitlab={"page_size": 3, "parallel": 8})
    desk = open_desk(tracker.world)

    first, second = desk.pull(chosen), desk.pull(chosen)

    assert first == second


def test_progress_is_told(tracker: Tracker, desk: Desk) -> None:
    for n in range(5):
        tracker.link(tracker.incident(str(n)), tracker.review(f"RCA: {n}"))

    desk.pull(settings(gitlab={"page_size": 2}, labels={"incident": ["none"]}))

    last = {stage: (done, total) for stage, done, total in desk.told}
    assert last == {
        "labels": (1, 1),
        "incidents": (5, None),
        "reviews": (5, None),
        "linked issues": (0, 0),
        "histories": (10, 10),
    }
    told = [done for stage, done, _ in desk.told if stage == "incidents"]
    assert (told, set(told)) == (sorted(told), {2, 4, 5})


def test_reading_costs_few_requests(tracker: Tracker, desk: Desk) -> None:
    for n in range(150):
        tracker.link(tracker.incident(str(n)), tracker.review(f"Incident Review: {n}"))

    desk.pull()

    # preflight 3, labels 1, counts of the five lists 1, incidents 2, reviews 2, histories 2, templates 1, and the
    # labels once more, since no issue has the label incident
    assert desk.client.requests == 13


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
def test_until_is_an_instant(tracker: Tracker, desk: Desk, zone: str) -> None:
    tracker.incident(created="2026-11-23 23:59:59")
    chosen = settings(timezone=zone)

    records = pull(desk.client, chosen, desk.preflight(chosen), until=UNTIL, progress=desk.progress).records

    assert len(records.issues) == 1
    assert isinstance(records.issues[0].created_at, datetime)

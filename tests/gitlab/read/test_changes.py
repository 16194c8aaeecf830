"""A pull from an earlier one: few requests, and the same records as a full pull, whatever happened in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.read.pull import pull
from audit.gitlab.read.pull_doubts import differences
from audit.model import Ref
from audit.snapshot.masks import Masks
from tests.bench.month import month
from tests.gitlab.conftest import HERE, UNTIL, at, by_iid, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from audit.pull_model import Pull
    from audit.sandbox.data.work_items import WorkItem
    from audit.settings.settings import Settings
    from tests.gitlab.conftest import Desk, Open, Tracker

NIGHT = at("2026-11-23 23:00")
NEXT = at("2026-11-24 23:00")


def pulled(desk: Desk, earlier: Pull | None = None, chosen: Settings | None = None, until: datetime = UNTIL) -> Pull:
    chosen = chosen or settings()
    flight = desk.preflight(chosen)
    return pull(desk.client, chosen, flight, until=until, progress=desk.progress, earlier=earlier)


def second_night(
    desk: Desk, change: Callable[[], object], chosen: Settings | None = None, *, moment: datetime = NEXT
) -> tuple[Pull, Pull]:
    """Pull, change something, and pull from that and in full; return both."""
    desk.server.world.now = NIGHT
    first = pulled(desk, None, chosen)
    desk.server.world.now = moment
    change()
    until = UNTIL + timedelta(days=1)
    return pulled(desk, first, chosen, until), pulled(desk, None, chosen, until)


@pytest.fixture
def outside(tracker: Tracker) -> WorkItem:
    """An action elsewhere, with which an incident is linked."""
    project = tracker.world.project("other/tools")
    tracker.world.member(project, tracker.bot, 20)
    action = project.issue(
        "Do it", author=tracker.anna, created_at=at("2026-11-03 10:00"), labels=("corrective action",)
    )
    tracker.link(tracker.incident(), action)
    return action


def test_a_night_without_changes_reads_next_to_nothing(tracker: Tracker, desk: Desk) -> None:
    for number in range(150):
        tracker.link(tracker.incident(str(number)), tracker.review(f"Incident Review: {number}"))
    desk.server.world.now = NIGHT
    first = pulled(desk)
    desk.server.requests.clear()
    desk.server.world.now = NEXT

    second = pulled(desk, first)

    assert (first.full, second.full, second.full_at) == (True, False, first.started_at)
    assert second.records == first.records
    assert desk.server.count(operation="Issues") == desk.server.count(operation="Activity") == 0
    # preflight 3, labels 1, counts 1, one issue by its number for the accounts in it, templates 1, and labels again
    assert len(desk.server.requests) <= 8


def retype(_: Tracker, issue: WorkItem) -> None:
    issue.issue_type = "issue"
    issue.touch(NEXT)


def imported(tracker: Tracker, _: WorkItem) -> None:
    issue = tracker.incident("Old", "2026-11-01 10:00")
    issue.updated_at = issue.created_at


CHANGES: dict[str, Callable[[Tracker, WorkItem], Any]] = {
    "a label": lambda t, i: i.add_label("Severity::1", at=NEXT, by=t.anna),
    "its closing": lambda t, i: i.close(at=NEXT, by=t.anna),
    "a comment": lambda t, i: i.comment("x", at=NEXT, by=t.anna),
    "no longer an incident": retype,
    "a move": lambda t, i: t.world.project("acme/sre/edge").receive(i, at=NEXT, by=t.anna),
    "a new link": lambda t, i: i.link_to(t.production.issues[2], at=NEXT, by=t.anna),
    "a new incident": lambda t, _: t.incident("New", "2026-11-24 10:00"),
    "an imported incident": imported,
    "a blocked account": lambda t, _: setattr(t.anna, "state", "blocked"),
    "a renamed account": lambda t, _: setattr(t.anna, "username", "anne"),
    "a new label": lambda t, _: t.world.label(t.production, "Incident"),
    "a label that is gone": lambda t, _: t.world.delete_label(t.world.groups["acme"], "IncidentReview"),
    "a label of another name": lambda t, _: t.world.rename_label(t.world.groups["acme"], "IncidentReview", "PIR"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_is_read(tracker: Tracker, desk: Desk, outside: WorkItem, name: str) -> None:
    tracker.review()
    tracker.incident().assign(tracker.anna, at=at("2026-11-02 11:00"), by=tracker.anna)

    made, full = second_night(desk, lambda: CHANGES[name](tracker, tracker.production.issues[1]))

    assert made.records == full.records
    assert made.lists == full.lists
    assert made.full is name.startswith(("a label that", "a label of", "a new label"))
    assert outside.iid == 1


def delete(tracker: Tracker, issue: WorkItem) -> None:
    for link in list(issue.links):
        link.other(issue).links.remove(link)
    del tracker.world.projects[issue.project.path].issues[issue.iid]
    del tracker.world.issues[issue.id]


ELSEWHERE: dict[str, Callable[[Tracker, WorkItem], Any]] = {
    "deleted": delete,
    "closed": lambda t, i: i.close(at=NEXT, by=t.anna),
    "hidden": lambda t, _: t.world.projects["other/tools"].members.clear(),
    "renamed": lambda t, _: t.world.rename_project(t.world.projects["other/tools"], "other/things"),
    "moved": lambda t, i: t.world.project("other/next").receive(i, at=NEXT, by=t.anna),
    "moved here": lambda t, i: t.production.receive(i, at=NEXT, by=t.anna),
    "relabelled": lambda t, i: i.remove_label("corrective action", at=NEXT, by=t.anna),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_happens_at_the_far_end_of_a_link_is_read(
    tracker: Tracker, desk: Desk, outside: WorkItem, name: str
) -> None:
    made, full = second_night(desk, lambda: ELSEWHERE[name](tracker, outside))

    assert not made.full
    assert made.records == full.records
    assert (by_iid(full.records)[1].links == ()) is (name == "deleted")


@pytest.mark.parametrize("home", [HERE, "other/tools"])
@pytest.mark.parametrize("place", [HERE, "other/next", "acme/sre/edge"])
def test_links_that_are_moved_with_an_issue_are_read(tracker: Tracker, desk: Desk, home: str, place: str) -> None:
    """GitLab gives the links of an issue that is moved to the new one, and touches none of their far ends."""
    world = tracker.world
    for path in ("other/tools", "other/next"):
        world.member(world.project(path), tracker.bot, 20)
    world.project("acme/sre/edge")
    tracker.incident("Read for its accounts")
    incident = tracker.incident()
    action = world.projects[home].issue("Do it", author=tracker.anna, created_at=at("2026-11-03 10:00"))
    tracker.link(incident, action)

    def move() -> None:
        new = world.projects[place].receive(action, at=NEXT, by=tracker.anna)
        for link in action.links:
            link.source, link.target = link.other(action), new
        new.links, action.links = action.links, []

    made, full = second_night(desk, move)

    assert not made.full
    assert made.records == full.records
    assert [link.target for link in by_iid(made.records)[incident.iid].links] == [
        Ref(place, max(world.projects[place].issues))
    ]


def test_a_far_end_that_comes_into_sight(tracker: Tracker, desk: Desk, outside: WorkItem) -> None:
    project = tracker.world.projects["other/tools"]
    project.members.clear()

    made, full = second_night(desk, lambda: tracker.world.member(project, tracker.bot, 20))

    assert not made.full
    assert made.records == full.records
    assert by_iid(full.records)[1].links[0].target == Ref("other/tools", outside.iid)


@pytest.mark.parametrize("count", [3, 130])
def test_an_issue_that_was_deleted_is_gone(tracker: Tracker, desk: Desk, count: int) -> None:
    for number in range(count):
        tracker.incident(str(number), f"2026-{1 + number % 11:02}-02 10:00")
    tracker.link(tracker.production.issues[1], tracker.production.issues[2])

    made, full = second_night(desk, lambda: delete(tracker, tracker.production.issues[2]))

    assert not made.full
    assert made.records == full.records
    assert made.lists == full.lists
    assert sorted(by_iid(full.records)) == [1, *range(3, count + 1)]


def test_as_many_that_went_as_came_are_told_apart(tracker: Tracker, desk: Desk) -> None:
    for number in range(130):
        tracker.incident(str(number), f"2026-{1 + number % 11:02}-02 10:00")

    def change() -> None:
        delete(tracker, tracker.production.issues[2])
        tracker.incident("Moved here", "2026-02-03 10:00").touch(NEXT)

    made, full = second_night(desk, change)

    assert (made.full, made.records == full.records) == (False, True)


def test_more_than_a_page_of_changes_is_read(tracker: Tracker, desk: Desk) -> None:
    for number in range(130):
        tracker.incident(str(number))

    def change() -> None:
        for issue in tracker.production.issues.values():
            issue.touch(NEXT)

    made, full = second_night(desk, change)

    assert (made.full, made.records == full.records) == (False, True)


# Doubts


def test_other_settings_mean_a_full_pull(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    first = pulled(desk)

    second = pulled(desk, first, settings(labels={"incident": ["outage"]}))

    assert (second.full, "settings" in second.notes[0]) == (True, True)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"until": UNTIL + timedelta(days=9)}, "later day"),
        ({"lists": ()}, "not read to its end"),
        ({"key": "x"}, "program"),
    ],
)
def test_an_earlier_pull_that_does_not_fit_means_a_full_one(
    tracker: Tracker, desk: Desk, given: dict[str, Any], why: str
) -> None:
    tracker.incident()

    second = pulled(desk, replace(pulled(desk), **given))

    assert (second.full, len(second.notes), why in second.notes[0]) == (True, 1, True)


def test_an_older_server_is_read_in_full(tracker: Tracker, open_desk: Open) -> None:
    tracker.incident()
    desk = open_desk(tracker.world, version="17.5.2")

    assert pulled(desk, pulled(desk)).notes == ("everything is read: this GitLab's lists have no links",)


@pytest.mark.parametrize("operation", ["Counts", "IssuesByNumber", "EveryLabelOfProjects|.*Labels"])
def test_what_cannot_be_asked_for_means_a_full_pull(tracker: Tracker, desk: Desk, operation: str) -> None:
    tracker.incident()
    first = pulled(desk)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation=operation, times=None)

    second = pulled(desk, first)

    assert second.full
    assert second.notes[0].startswith("everything is read: ")


def test_a_list_that_had_a_gap_is_read_in_full(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="Issues", times=None)
    first = pulled(desk)
    assert first.records.gaps
    desk.server.faults.clear()

    second = pulled(desk, first)

    assert (second.full, second.records.gaps) == (True, ())


def test_a_history_that_had_a_gap_is_read_again(tracker: Tracker, desk: Desk) -> None:
    tracker.incident().add_label("Severity::1", at=at("2026-11-02 11:00"), by=tracker.anna)
    desk.server.fault(faults.text_status(403, "Forbidden"), operation="Activity")
    desk.server.fault(faults.text_status(403, "Forbidden"), path="resource_label_events")
    first = pulled(desk)
    assert [(gap.ref, gap.what) for gap in first.records.gaps] == [(f"{HERE}#1", "history")]
    desk.server.world.now = NEXT

    second = pulled(desk, first)

    assert (second.full, second.records.gaps, second.notes) == (False, (), ())
    assert [event.label for event in by_iid(second.records)[1].label_events] == ["Severity::1"]


def test_a_full_pull_after_a_week_says_how_many_records_differed(tracker: Tracker, desk: Desk) -> None:
    tracker.incident()
    hidden = tracker.incident()
    desk.server.world.now = NIGHT
    first = pulled(desk)
    tampered = replace(
        first,
        records=replace(
            first.records,
            issues=tuple(replace(one, title="x") if one.id == hidden.id else one for one in first.records.issues),
        ),
    )
    desk.server.world.now = NIGHT + timedelta(days=8)

    good, bad = pulled(desk, first), pulled(desk, tampered)

    assert (good.full, bad.full) == (True, True)
    assert good.notes == ("everything was read anew: as expected, none of 2 records differs",)
    assert bad.notes == (f"everything was read anew: 1 of 2 records differ ({HERE}#2)",)


def test_a_template_that_was_changed_and_changed_back_is_read_as_in_full(tracker: Tracker, desk: Desk) -> None:
    """It has the blob that it had, and commits that were not read."""
    path, anna = ".gitlab/issue_templates/incident_review.md", tracker.anna
    tracker.production.file(path, "## Summary\n")
    tracker.review()

    def change() -> None:
        tracker.production.commit({path: "## Other\n"}, message="x", by=anna, at=at("2026-11-24 10:00"))
        tracker.review(created="2026-11-24 11:00")
        tracker.production.commit({path: "## Summary\n"}, message="y", by=anna, at=at("2026-11-24 12:00"))

    made, full = second_night(desk, change)
    moment = at("2026-11-25 00:00")
    assert (made.full, [*differences(made.records, full.records, moment)]) == (False, [])
    other = replace(full.records, templates={})
    assert [*differences(made.records, other, moment)] == ["templates"], "a full pull after a week would tell"


def test_groups_are_read_by_their_changes_too(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    for number in range(30):
        project = tracker.world.project(f"acme/team/p{number:03}")
        project.issue("Outage", author=tracker.anna, created_at=at("2026-11-02 10:00"))
    desk = open_desk(tracker.world)
    chosen = settings(projects={"incident_groups": ["acme"]})

    made, full = second_night(
        desk, lambda: tracker.world.projects["acme/team/p003"].issues[1].close(at=NEXT, by=tracker.anna), chosen
    )

    assert (made.full, made.records == full.records) == (False, True)


@pytest.mark.parametrize("count", [3, 120])
def test_what_a_group_finds_by_its_text_only_is_passed_over(tracker: Tracker, open_desk: Open, count: int) -> None:
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    for number in range(count):
        tracker.review(f"Something else {number}", labels=(), description="As the RCA says.")
    desk = open_desk(tracker.world)
    chosen = settings(projects={"incident_groups": ["acme"]})

    made, full = second_night(desk, lambda: None, chosen)
    changed, read = second_night(
        desk,
        lambda: tracker.production.issues[2].edit(at=NEXT, by=tracker.anna, title="RCA: x"),
        chosen,
        moment=NEXT + timedelta(minutes=30),
    )

    assert (made.full, made.records == full.records, made.lists == full.lists) == (False, True, True)
    assert (changed.full, changed.records == read.records, changed.lists == read.lists) == (False, True, True)
    assert [issue.ref.iid for issue in changed.records.issues] == [2]


def test_a_masked_title_is_still_in_the_list_of_its_group(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    tracker.incident("Read for its accounts")
    tracker.review("Acme's incident review", labels=(), confidential=True)
    desk = open_desk(tracker.world)
    chosen = settings(projects={"incident_groups": ["acme"]})
    masks = Masks(key=b"key", settings=chosen)
    desk.server.world.now = NIGHT
    first = pulled(desk, None, chosen)
    first = replace(first, records=masks.masked(first.records, lambda issue: issue.confidential))
    desk.server.world.now = NEXT

    made, full = pulled(desk, first, chosen), pulled(desk, None, chosen)

    assert not made.full
    assert made.lists == full.lists
    assert [*differences(made.records, full.records, NEXT)] == []
    assert sorted(by_iid(made.records)) == [1, 2]


@pytest.mark.parametrize("seed", [101, 102])
def test_nights_of_random_changes_are_read_as_in_full(seed: int) -> None:
    lived = month(seed, nights=4, incidents=24)

    assert lived.differences == []
    assert lived.by_changes >= 1

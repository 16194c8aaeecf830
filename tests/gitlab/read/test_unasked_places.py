"""Places to which incidents and reviews lead, and of which a failed request says nothing."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Mention, Ref
from tests.gitlab.conftest import HERE, at, by_iid, settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from audit.model import Records
    from audit.sandbox.data.work_items import WorkItem
    from tests.gitlab.conftest import Desk, Open, Tracker
    from tests.sandbox.faults import Action

ROW = "| Key Information | |\n|---|---|\n| Link to Incident Issue | {} |\n"
SUPPORT = "acme/support"


def elsewhere(tracker: Tracker, count: int = 1, project: str = SUPPORT, **fields: Any) -> list[WorkItem]:
    made = tracker.world.projects.get(project) or tracker.world.project(project)
    given: dict[str, Any] = {
        "author": tracker.anna,
        "created_at": at("2026-11-02 10:00"),
        "issue_type": "issue",
    } | fields
    tracker.world.member(made, tracker.bot, 20)
    return [made.issue(f"It fails {n}", **given) for n in range(count)]


def unasked(records: Records) -> list[tuple[Ref, str, Mention, bool]]:
    return [(one.issue, one.place, one.mention, one.beyond) for one in records.unasked]


def null_title(answer: Any) -> Any:
    for node in answer["data"]["project"]["issues"]["nodes"][:1]:
        node["title"] = None
    return answer


DAMAGE: dict[str, Action] = {
    "500": faults.json_status(500, {"message": "500 Internal Server Error"}),
    "502": faults.html_status(502, "Bad Gateway"),
    "403": faults.json_status(403, {"message": "403 Forbidden"}),
    "garbage": faults.html_status(200, "Sign in"),
    "a list": faults.json_status(200, []),
    "null": faults.json_status(200, None),
    "429": faults.too_many("60"),
}


@pytest.mark.parametrize("action", DAMAGE.values(), ids=DAMAGE.keys())
@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ({"description": ROW.format("acme/support#1")}, Mention.ROW),
        ({"title": "Incident Review: acme/support#1"}, Mention.TITLE),
        ({"description": "see acme/support#1"}, Mention.TEXT),
    ],
    ids=["row", "title", "text"],
)
def test_a_project_that_cannot_be_asked_for_is_not_nothing(
    tracker: Tracker, desk: Desk, action: Action, text: dict[str, str], mention: Mention
) -> None:
    elsewhere(tracker)
    tracker.review(**text)
    desk.server.fault(action, method="GET", path="acme%2Fsupport$", times=None)

    records = desk.pull()

    assert unasked(records) == [(Ref(HERE, 1), "acme/support#1", mention, False)]
    assert records.unasked[0].why.isprintable()
    assert records.gaps == ()


def test_the_link_row_may_have_a_name_of_the_settings(tracker: Tracker, desk: Desk) -> None:
    elsewhere(tracker)
    tracker.review(description=ROW.format("acme/support#1").replace("Link to Incident Issue", "Ticket"))
    desk.server.fault(DAMAGE["403"], method="GET", path="acme%2Fsupport$", times=None)

    records = desk.pull(settings(review={"rows": [{"Link to Incident Issue": "Ticket"}]}))

    assert unasked(records) == [(Ref(HERE, 1), "acme/support#1", Mention.ROW, False)]


@pytest.mark.parametrize("action", [*DAMAGE.values(), faults.Alter(change=null_title)], ids=[*DAMAGE, "a record"])
def test_a_target_that_cannot_be_asked_for_is_not_nothing(tracker: Tracker, desk: Desk, action: Action) -> None:
    (target,) = elsewhere(tracker)
    incident = tracker.incident()
    tracker.link(incident, target)
    tracker.review(description=ROW.format("acme/support#1"))
    desk.server.fault(action, operation="IssuesByNumber", contains=f'"{SUPPORT}"', times=None)

    records = desk.pull()

    assert unasked(records) == [
        (Ref(HERE, 1), "acme/support#1", Mention.LINK, False),
        (Ref(HERE, 2), "acme/support#1", Mention.ROW, False),
    ]
    assert records.gaps == ()


def test_what_a_move_leads_to_and_cannot_be_asked_for(tracker: Tracker, desk: Desk) -> None:
    edge = tracker.world.project("acme/sre/edge")
    moved = tracker.incident()
    edge.receive(moved, at=at("2026-11-02 11:00"), by=tracker.anna).issue_type = "issue"
    desk.server.fault(faults.html_status(502, "Bad Gateway"), operation="IssuesByNumber", contains='"iids"', times=None)

    records = desk.pull(settings(projects={"incidents": [HERE, "acme/sre/edge"]}))

    assert unasked(records) == [(Ref(HERE, 1), "acme/sre/edge#1", Mention.MOVE, False)]


def test_an_answer_that_nothing_is_there_is_one(tracker: Tracker, desk: Desk) -> None:
    elsewhere(tracker)
    tracker.review(description="no/body#1 acme/support#99 and acme/sre/production#98")

    records = desk.pull()

    assert (records.unasked, records.gaps) == ((), ())


def test_that_there_is_no_such_project_answers_a_text_and_not_a_link(tracker: Tracker, desk: Desk) -> None:
    (target,) = elsewhere(tracker)
    tracker.link(tracker.incident(), target)
    tracker.review(description=ROW.format("acme/support#1"))
    nothing = faults.json_status(200, {"data": {"project": None}})
    desk.server.fault(nothing, operation="IssuesByNumber", contains=f'"{SUPPORT}"', times=None)

    records = desk.pull()

    assert unasked(records) == [(Ref(HERE, 1), "acme/support#1", Mention.LINK, False)]
    assert records.gaps == ()


def test_a_target_that_fails_once_is_read(tracker: Tracker, desk: Desk) -> None:
    elsewhere(tracker)
    tracker.review(description="acme/support#1")
    desk.server.fault(DAMAGE["500"], method="GET", path="acme%2Fsupport$")
    desk.server.fault(DAMAGE["garbage"], operation="IssuesByNumber", contains=f'"{SUPPORT}"')

    records = desk.pull()

    assert (records.unasked, sorted(by_iid(records, SUPPORT))) == ((), [1])


def test_of_one_review_fifty_places_are_asked_for_links_first_then_row_title_and_text(
    tracker: Tracker, desk: Desk
) -> None:
    targets = elsewhere(tracker, 60)
    for target in (*targets[:2], tracker.incident()):
        target.created_at = at("2026-11-02 10:00")
    text = " ".join(f"{SUPPORT}#{number}" for number in range(5, 61))
    review = tracker.review(
        title=f"Incident Review: {SUPPORT}#4", description=ROW.format(f"{SUPPORT}#3 {HERE}#1") + text
    )
    for target in targets[:2]:
        tracker.link(review, target)

    records = desk.pull()

    assert len(by_iid(records, SUPPORT)) == 50
    assert {1, 2, 3, 4} <= by_iid(records, SUPPORT).keys()
    missing = set(range(1, 61)) - by_iid(records, SUPPORT).keys()
    assert unasked(records) == sorted((Ref(HERE, 2), f"{SUPPORT}#{number}", Mention.TEXT, True) for number in missing)


def test_a_long_text_takes_no_place_from_another_review(tracker: Tracker, desk: Desk) -> None:
    tracker.world.moved_paths["acme/old"] = tracker.production
    tracker.incident()
    for number in range(60):
        tracker.review(f"RCA: {number}", description=f"team{number}/tools#1 and team{number}/docs#1")
    named = tracker.review(description=ROW.format("acme/old#1"))

    records = desk.pull()

    assert records.former_paths == {"acme/old": HERE}
    assert (records.unasked, records.gaps) == ((), ())
    assert by_iid(records)[named.iid].description == named.description


def test_what_is_left_is_told_of_its_own_review(tracker: Tracker, desk: Desk) -> None:
    long = tracker.review(description=" ".join(f"team{number}/tools#1" for number in range(70)))
    tracker.review(description="acme/other#1")

    records = desk.pull()

    assert {(one.issue.iid, one.beyond) for one in records.unasked} == {(long.iid, True)}
    assert len(records.unasked) == 20
    assert desk.server.count("GET", path="%2Ftools") == 50


# the lists within an issue


def labelled(tracker: Tracker) -> None:
    names = [f"l{number:03}" for number in range(104)]
    for name in names:
        tracker.world.label(tracker.world.groups["acme"], name)
    tracker.incident(labels=(*names, "Severity::1"))


@pytest.mark.parametrize("action", DAMAGE.values(), ids=DAMAGE.keys())
def test_labels_of_which_a_page_fails_are_not_all_read(tracker: Tracker, desk: Desk, action: Action) -> None:
    labelled(tracker)
    desk.server.fault(action, operation="IssueLabels", times=None)

    records = desk.pull()

    issue = by_iid(records)[1]
    assert (issue.labels_read, issue.assignees_read, len(issue.labels)) == (False, True, 100)
    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#1", "labels")]


def test_an_issue_has_the_label_by_which_it_was_found_even_on_a_page_that_failed(tracker: Tracker, desk: Desk) -> None:
    names = [f"a{number:03}" for number in range(104)]
    for name in names:
        tracker.world.label(tracker.world.groups["acme"], name)
    tracker.review("It failed", labels=(*names, "IncidentReview"))
    desk.server.fault(DAMAGE["500"], operation="IssueLabels", times=None)

    issue = by_iid(desk.pull())[1]

    assert (issue.labels_read, len(issue.labels), issue.labels[-1]) == (False, 101, "IncidentReview")


def test_assignees_of_which_a_page_fails_are_not_all_read(tracker: Tracker, desk: Desk) -> None:
    tracker.review(assignees=[tracker.world.user(f"u{number}") for number in range(101)])
    desk.server.fault(DAMAGE["garbage"], operation="IssueAssignees", times=None)

    records = desk.pull()

    issue = by_iid(records)[1]
    assert (issue.assignees_read, issue.labels_read, len(issue.assignees)) == (False, True, 100)
    assert [(gap.ref, gap.what) for gap in records.gaps] == [(f"{HERE}#1", "users")]


@pytest.mark.parametrize("name", ["labels", "assignees", "linkedWorkItems"])
def test_a_list_that_is_null_is_read_for_itself(tracker: Tracker, desk: Desk, name: str) -> None:
    review = tracker.review(assignees=(tracker.anna,))
    tracker.link(tracker.incident(), review)

    def nulled(answer: Any) -> Any:
        for node in answer["data"]["project"]["issues"]["nodes"]:
            node[name] = None
        return answer

    desk.server.fault(faults.Alter(change=nulled), operation="Issues|IssuesByNumber", times=None)

    records = desk.pull()

    issue = by_iid(records)[1]
    assert (issue.labels, len(issue.assignees), len(issue.links)) == (("IncidentReview",), 1, 1)
    assert (issue.labels_read, issue.assignees_read, issue.links_read, records.gaps) == (True, True, True, ())


# records of another form


def test_an_issue_of_another_form_is_a_gap_and_the_others_are_read(tracker: Tracker, desk: Desk) -> None:
    for _ in range(3):
        tracker.incident()
    desk.server.fault(faults.Alter(change=null_title), operation="Issues", contains='["INCIDENT"], "first"', times=None)

    records = desk.pull()

    assert sorted(by_iid(records)) == [2, 3]
    (gap,) = records.gaps
    assert (gap.ref, gap.what, gap.could_change_a_verdict) == (f"{HERE}#1", "incidents", True)
    assert "another form" in gap.why
    assert not records.sources[0].complete


def test_a_due_date_after_the_last_day_is_no_reason_to_lose_the_issue(tracker: Tracker, desk: Desk) -> None:
    tracker.review()

    def late(answer: Any) -> Any:
        return json.loads(json.dumps(answer).replace('"dueDate": null', '"dueDate": "12026-11-09T00:00:00Z"'))

    desk.server.fault(faults.Alter(change=late), operation="Issues|IssuesByNumber", times=None)

    records = desk.pull()

    assert (records.gaps, by_iid(records)[1].due_on) == ((), date.max)


# labels that are deleted meanwhile


def test_a_label_that_is_deleted_while_issues_are_read_is_no_label_of_the_project_any_more(
    tracker: Tracker, desk: Desk
) -> None:
    tracker.incident(labels=("Severity::1",))

    def delete(_: object) -> None:
        tracker.world.delete_label(tracker.world.groups["acme"], "Severity::1")

    desk.server.fault(faults.Hook(call=delete), operation="Issues|IssuesByNumber")

    records = desk.pull()

    assert "Severity::1" not in records.sources[0].labels
    assert [event.label for event in by_iid(records)[1].label_events] == [None]


def test_a_review_label_that_is_deleted_before_its_list_is_read_is_a_gap(tracker: Tracker, desk: Desk) -> None:
    tracker.review("It failed")

    def delete(_: object) -> None:
        tracker.world.delete_label(tracker.world.groups["acme"], "IncidentReview")

    desk.server.fault(faults.Hook(call=delete, after=True), operation="Labels|.*LabelOfProjects|LabelsOfProjects")

    records = desk.pull()

    assert [(gap.ref, gap.what, gap.could_change_a_verdict) for gap in records.gaps] == [(HERE, "reviews", True)]
    assert "was deleted while" in records.gaps[0].why


# servers before 17.8


def test_what_links_of_rest_lead_to_is_read_too(tracker: Tracker, open_desk: Open) -> None:
    (action,) = elsewhere(tracker, labels=("corrective action", "Severity::1"))
    review = tracker.review()
    tracker.link(review, action)

    found = {}
    for version in ("17.5.2", "19.4.0"):
        issue = by_iid(open_desk(tracker.world, version=version).pull(), SUPPORT)[1]
        found[version] = (issue.labels, issue.history_read, issue.links_read, [link.target for link in issue.links])

    assert found["17.5.2"] == found["19.4.0"]


def test_a_rest_target_that_cannot_be_asked_for(tracker: Tracker, open_desk: Open) -> None:
    (action,) = elsewhere(tracker)
    tracker.link(tracker.review(), action)
    desk = open_desk(tracker.world, version="17.5.2")
    desk.server.fault(DAMAGE["502"], operation="IssuesByNumberWithoutLinks", contains=f'"{SUPPORT}"', times=None)

    assert unasked(desk.pull()) == [(Ref(HERE, 1), "acme/support#1", Mention.LINK, False)]


def without_names(answer: Any) -> Any:
    return [row | {"references": None, "web_url": "https://elsewhere.example/"} for row in answer]


def test_a_rest_link_without_a_name_is_a_link_that_cannot_be_read(tracker: Tracker, open_desk: Open) -> None:
    tracker.link(tracker.review(), tracker.incident())
    desk = open_desk(tracker.world, version="17.5.2")
    desk.server.fault(faults.Alter(change=without_names), path="/links", times=None)

    issues = by_iid(desk.pull())

    assert [[link.target for link in issue.links] for issue in issues.values()] == [[None], [None]]


# what the token may not see


@pytest.mark.parametrize(("level", "seen"), [(10, False), (15, True), (20, True), (30, True)])
@pytest.mark.parametrize("projects", [{"incidents": ["labs/edge"]}, {"incident_groups": ["labs"]}], ids=str)
def test_confidential_issues_that_the_token_cannot_see_are_a_gap(
    tracker: Tracker, open_desk: Open, level: int, projects: dict[str, list[str]], *, seen: bool
) -> None:
    tracker.world.group("labs")
    edge = tracker.world.project("labs/edge")
    tracker.world.member(edge, tracker.bot, level)
    desk = open_desk(tracker.world)

    records = desk.pull(settings(projects=projects))

    assert [(gap.ref, gap.what, gap.could_change_a_verdict) for gap in records.gaps] == (
        [] if seen else [("labs/edge", "confidential issues", False)]
    )
    warnings = desk.preflight(settings(projects=projects)).warnings
    assert any("confidential issues stay unseen" in warning for warning in warnings) is not seen

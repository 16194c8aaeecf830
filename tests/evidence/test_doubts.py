"""What could not be read decides nothing: links, moves and places out of sight, labels and assignees cut short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.engine.gaps import in_window
from audit.model import Gap, Link, Mention, Ref, Unasked, User
from tests.examples import examples
from tests.records import (
    PROJECT,
    TOOLS,
    action,
    added,
    asked,
    at,
    audited,
    found,
    incident,
    issue,
    review,
    row,
    settings,
    source,
    verdict,
    weighed,
)

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.model import Issue

pytestmark = pytest.mark.together

OLD = "acme/old"
ONE, FIVE = Ref(PROJECT, 1), Ref(PROJECT, 5)
HIDDEN = (Link(target=None),)
DONE: dict[str, Any] = {"of": 1, "closed": "2026-11-05"}
FAILED = "the server failed (500)"


def to(*iids: int, project: str = PROJECT) -> tuple[Link, ...]:
    return tuple(Link(target=Ref(project, iid)) for iid in iids)


def place(mention: Mention, iid: int = 5, **fields: Any) -> Unasked:
    return Unasked(issue=Ref(PROJECT, iid), place="acme/support", mention=mention, why=FAILED, **fields)


def told(result: Result) -> dict[tuple[str, str], bool]:
    """Return which gaps could change a verdict."""
    return {(gap.ref.removeprefix(PROJECT), gap.what): gap.could_change_a_verdict for gap in result.gaps}


# Links, moves and duplicates

AWAY = review(5, links=to(1), moved=True, closed="2026-11-04")
"""A review that was moved out of sight."""


@pytest.mark.parametrize(
    "issues",
    [
        pytest.param((incident(1, links=to(5)), AWAY), id="linked with a review that was moved out of sight"),
        pytest.param((incident(1), AWAY), id="linked from its other end alone"),
        pytest.param((incident(1), incident(2, duplicate_of=ONE, links=HIDDEN)), id="its duplicate's link"),
        pytest.param((incident(1), incident(2, moved=True, moved_to=ONE, links=HIDDEN)), id="link of what was moved"),
        pytest.param((incident(1), incident(2, duplicate_of=ONE, links_read=False)), id="its duplicate's links"),
        pytest.param((incident(1), incident(2, duplicate_of=ONE, links=to(5)), AWAY), id="both"),
    ],
)
def test_moves_and_duplicates_are_followed_for_what_cannot_be_read(issues: tuple[Issue, ...]) -> None:
    if issues[-1] is AWAY and len(issues) == 2:
        issues = (replace(issues[0], links=to(5)), AWAY)  # GitLab shows a link at both ends
    result = audited(*issues)
    assert result.verdicts.tolist()[0] == "inconclusive"
    assert result.withheld is not None
    assert told(result)["#1", "links"]
    assert found(result, "IR001") == {}
    completed = audited(*issues, review(9, **DONE))
    assert (completed.verdicts.tolist()[0], completed.withheld) == ("on_time", None)


@pytest.mark.parametrize(
    "away",
    [
        pytest.param({"moved": True, "moved_to": Ref(OLD, 9)}, id="to where nothing is audited"),
        pytest.param({"closed": "2026-11-01", "links": to(1)}, id="completed before the declaration"),
    ],
)
def test_what_is_known_not_to_be_its_review_hides_nothing(away: dict[str, Any]) -> None:
    assert verdict(incident(1, links=to(5)), review(5, **away)) == "missing"


def test_a_link_of_an_issue_that_is_not_audited_hides_nothing() -> None:
    assert verdict(incident(1), issue(7, project=OLD, moved=True, moved_to=ONE, links=HIDDEN)) == "missing"


@pytest.mark.parametrize("moved_to", [None, Ref(OLD, 7)])
@pytest.mark.parametrize(
    "besides", [(), (issue(7, project=OLD),), (issue(7, project=OLD), review(9, description=f"{OLD}#7"))]
)
def test_moved_to_what_is_not_audited(moved_to: Ref | None, besides: tuple[Issue, ...]) -> None:
    """It changes nothing that something else has the target fetched besides."""
    gone = incident(1, moved=True, moved_to=moved_to)
    assert verdict(gone, *besides) == "inconclusive"
    assert verdict(gone, *besides, review(5, **DONE)) == "on_time"


@pytest.mark.parametrize("unasked", [(place(Mention.MOVE, 1),), ()])
def test_where_it_was_moved_to_could_not_be_asked_for(unasked: tuple[Unasked, ...]) -> None:
    """An issue of an audited project is always asked for: one that was not read could not be."""
    gone = incident(1, moved=True, moved_to=Ref(OLD, 7) if unasked else Ref(PROJECT, 77))
    for reviews in ((), (review(5, **DONE),), (review(5, of=1),)):
        result = weighed(gone, *reviews, unasked=unasked)
        assert result.verdicts.tolist() == ["inconclusive"]
        assert result.withheld is not None
        assert told(result) == {("#1", "target"): True}


def test_an_open_issue_that_once_was_closed_as_a_duplicate_is_in_scope() -> None:
    assert verdict(incident(1, duplicate_of=Ref(PROJECT, 2), closed_at=None), incident(2)) == "missing"
    assert verdict(incident(1, duplicate_of=Ref(PROJECT, 2), closed="2026-11-03"), incident(2)) == "out_of_scope"


def test_out_of_scope_no_criterion_is_told() -> None:
    held = row(incident(1, labels=("Severity::1", "Review-Requested", "Gameday")))
    assert (held["scope_reason"], held["required_because"]) == ("label Gameday", ())


# Places that could not be asked for


@pytest.mark.parametrize(
    ("mention", "made", "verdict"),
    [
        (Mention.LINK, {}, "inconclusive"),
        (Mention.ROW, {}, "inconclusive"),
        (Mention.ROW, {"closed": "2026-11-06"}, "inconclusive"),
        (Mention.TITLE, {}, "inconclusive"),
        (Mention.TEXT, {}, "missing"),
        (Mention.ROW, {"closed": "2026-11-02 09:59", "created": "2026-11-01"}, "missing"),
        (Mention.ROW, {"closed": "2026-11-02 10:00", "created": "2026-11-01"}, "inconclusive"),
    ],
)
def test_a_place_to_which_a_review_leads(mention: Mention, made: dict[str, Any], verdict: str) -> None:
    result = weighed(incident(1), review(5, **made), unasked=(place(mention),))
    assert result.verdicts.tolist() == [verdict]
    assert (result.withheld is not None) is (verdict == "inconclusive")
    assert told(result) == {("#5", "place"): verdict == "inconclusive"}
    assert result.gaps[0].why == f"acme/support: {FAILED}"


def test_a_place_beyond_the_limit_is_told_and_changes_no_verdict() -> None:
    result = weighed(incident(1), review(5), unasked=(place(Mention.ROW, beyond=True),))
    assert (result.verdicts.tolist(), told(result)) == (["missing"], {("#5", "place"): False})


def test_a_place_hides_nothing_where_a_review_is_found_or_none_is_required() -> None:
    unasked = (place(Mention.ROW),)
    assert verdict(incident(1), review(2, **DONE), review(5), unasked=unasked) == "on_time"
    assert verdict(incident(1), review(2, of=1), review(5), unasked=unasked) == "overdue"
    assert verdict(incident(1, labels=("Severity::4",)), review(5), unasked=unasked) == "not_required"
    inline = settings(review={"where": "inline"})
    assert verdict(incident(1), review(5), unasked=unasked, settings=inline) == "overdue"


def test_the_place_of_what_was_moved_to_a_review_counts_as_its_own() -> None:
    sources = (source(), source("ops/reviews", incidents=False))
    gone = review(5, moved=True, moved_to=Ref("ops/reviews", 6), closed="2026-11-04")
    moved = review(6, project="ops/reviews")
    assert verdict(incident(1), gone, moved, sources=sources, unasked=(place(Mention.ROW),)) == "inconclusive"


@pytest.mark.parametrize("gone", [{"moved": True, "moved_to": Ref(PROJECT, 66)}, {"duplicate_of": Ref(PROJECT, 66)}])
def test_a_review_that_went_where_nobody_could_ask(gone: dict[str, Any]) -> None:
    """What it points to is the review, and nobody knows what that says."""
    away = review(5, closed="2026-11-04", **gone)
    linked = weighed(incident(1, links=to(5)), away)
    assert (linked.verdicts.tolist(), told(linked)) == (["inconclusive"], {("#1", "links"): True})
    result = weighed(incident(1), away, unasked=(place(Mention.MOVE),))
    assert (result.verdicts.tolist(), told(result)) == (["inconclusive"], {("#5", "target"): True})


def test_a_link_of_an_incident_that_could_not_be_asked_for() -> None:
    result = weighed(incident(1, links=to(8, project=TOOLS)), unasked=(place(Mention.LINK, 1),))
    assert result.verdicts.tolist() == ["inconclusive"]
    assert told(result) == {("#1", "links"): True, ("#1", "place"): True}


def test_old_incidents_withhold_nothing() -> None:
    """Their due day lies before the window."""
    old = incident(1, created="2026-05-04")
    result = weighed(old, review(5, created="2026-05-05"), unasked=(place(Mention.ROW),))
    assert result.verdicts.tolist() == ["inconclusive"]
    assert not in_window(result.evidence).any()
    assert (result.withheld, told(result)) == (None, {("#5", "place"): False})


@pytest.mark.parametrize(
    ("mention", "unknown"),
    [
        (Mention.LINK, {"IR010", "IR013", "IR014"}),
        (Mention.ROW, {"IR013", "IR014", "IR009", "IR016"}),
        (Mention.TITLE, {"IR014"}),
        (Mention.TEXT, {"IR014", "IR009", "IR016"}),
    ],
)
def test_rules_that_such_a_place_leaves_open(mention: Mention, unknown: set[str]) -> None:
    row = "| Metric | Value |\n|---|---|\n| Link to Incident Issue | #8 |\n"
    empty, orphan = review(5, **DONE), review(5)
    stated = review(5, closed="2026-11-05", of=1, description=row)
    other = issue(8)
    told = {
        "IR009": audited(incident(1), review(5, of=1), unasked=(place(mention),)),
        "IR010": audited(incident(1), empty, unasked=(place(mention),)),
        "IR013": audited(incident(1), stated, other, unasked=(place(mention),)),
        "IR014": audited(orphan, unasked=(place(mention),)),
        "IR016": audited(incident(1), empty, unasked=(place(mention),)),
    }
    assert {code for code, result in told.items() if asked(result, code) == {"unknown": 1}} == unknown
    assert all(asked(result, code) == {"violates": 1} for code, result in told.items() if code not in unknown)


# Labels that could not all be read


@pytest.mark.parametrize(
    ("labels", "exist", "verdict"),
    [
        pytest.param(("x",), ("Severity::1", "Severity::3"), "inconclusive", id="a severity may be missing"),
        pytest.param(("Severity::3",), ("Severity::1",), "inconclusive", id="a worse one may be missing"),
        pytest.param(("Severity::3",), ("Severity::3", "Severity::4"), "not_required", id="there is no worse one"),
        pytest.param(("Severity::2",), ("Severity::1", "Severity::2"), "missing", id="a worse one asks for it too"),
        pytest.param(("Severity::2",), ("backstage", "Severity::2"), "inconclusive", id="nobody may have seen it"),
        pytest.param(("Severity::3",), ("Review-Requested",), "inconclusive", id="a request may be missing"),
        pytest.param(("Severity::3", "Review-Requested"), ("Severity::1", "x"), "missing", id="it was requested"),
        pytest.param(("Severity::2",), ("Gameday", "x"), "inconclusive", id="it may be out of scope"),
        pytest.param(("Gameday",), ("Severity::1", "x"), "out_of_scope", id="it is out of scope"),
        pytest.param(("backstage",), ("Severity::1", "x"), "not_required", id="nobody saw it"),
        pytest.param(("Severity::2",), (), "inconclusive", id="labels that exist are not known"),
    ],
)
def test_what_the_read_labels_settle(labels: tuple[str, ...], exist: tuple[str, ...], verdict: str) -> None:
    gap = Gap(ref=f"{PROJECT}#1", what="labels", why=FAILED)
    cut = incident(1, labels=labels, labels_read=False)
    result = weighed(cut, sources=(source(labels=exist),), gaps=(gap,))
    assert result.verdicts.tolist() == [verdict]
    assert told(result) == {("#1", "labels"): verdict == "inconclusive"}
    assert (result.withheld is not None) is (verdict == "inconclusive")


def test_labels_of_a_project_that_were_cut_short_settle_nothing() -> None:
    cut = incident(1, labels=("Severity::3",), labels_read=False)
    gaps = tuple(Gap(ref=ref, what="labels", why=FAILED) for ref in (PROJECT, f"{PROJECT}#1"))
    known = (source(labels=("Severity::3", "Severity::4")),)
    assert verdict(cut, sources=known, gaps=gaps[1:]) == "not_required"
    assert verdict(cut, sources=known, gaps=gaps) == "inconclusive"


def test_a_severity_of_gitlabs_own_does_not_stand_for_a_label_that_may_be_there() -> None:
    cut = incident(1, labels=(), severity=2, labels_read=False)
    assert verdict(cut, sources=(source(labels=("Severity::2",)),)) == "missing"
    assert verdict(cut, sources=(source(labels=("Severity::3",)),)) == "inconclusive"
    peak = settings(policies=[{"severity_by": "peak"}])
    worse = (source(labels=("Severity::1",)),)
    assert verdict(replace(cut, severity=4), sources=worse, settings=peak) == "inconclusive"


def test_an_exemption_needs_all_labels() -> None:
    whole = incident(1, labels=("Severity::2", "Service::Git"))
    assert verdict(whole) == "exempt_unowned"
    assert verdict(replace(whole, labels_read=False)) == "inconclusive"


def test_an_inline_review_may_be_completed_by_a_label_that_was_not_read() -> None:
    inline = settings(review={"where": "inline"})
    exist = (source(labels=("Severity::2", "Incident::Review-Completed")),)
    assert verdict(incident(1), sources=exist, settings=inline) == "overdue"
    assert verdict(incident(1, labels_read=False), sources=exist, settings=inline) == "inconclusive"
    done = incident(
        1,
        labels=("Severity::2", "Incident::Review-Completed"),
        label_events=(added("Incident::Review-Completed", "2026-11-05"),),
        labels_read=False,
    )
    assert verdict(done, sources=exist, settings=inline) == "on_time"


@pytest.mark.parametrize(
    ("code", "made", "outcome"),
    [
        ("IR005", {"labels": ("IncidentReview", "Severity::2")}, "unknown"),
        ("IR005", {"labels": ("IncidentReview",)}, "unknown"),
        ("IR005", {"labels": ("IncidentReview", "Severity::2", "Severity::3")}, "violates"),
        ("IR010", {"closed": "2026-11-05"}, "unknown"),
        ("IR010", {"labels": ("IncidentReview", "NoCorrectiveActionNeeded"), "closed": "2026-11-05"}, "conforms"),
    ],
)
def test_labels_of_a_review(code: str, made: dict[str, Any], outcome: str) -> None:
    assert asked(audited(incident(1), review(5, of=1, labels_read=False, **made)), code) == {outcome: 1}


@pytest.mark.parametrize(
    ("code", "labels", "outcome"),
    [
        ("IR015", (), "unknown"),
        ("IR015", ("Severity::2",), "unknown"),
        ("IR015", ("Severity::2", "Severity::3"), "violates"),
        ("SO002", ("Service::API",), "unknown"),
        ("SO002", (), "unknown"),
        ("SO002", ("Service::Other",), "violates"),
    ],
)
def test_labels_of_an_incident(code: str, labels: tuple[str, ...], outcome: str) -> None:
    assert asked(audited(incident(1, labels=labels, labels_read=False)), code) == {outcome: 1}


def test_an_action_may_have_the_label_that_was_not_read() -> None:
    linked = review(5, closed="2026-11-05", links=to(1, 8))
    assert asked(audited(incident(1), linked, issue(8)), "IR010") == {"violates": 1}
    assert asked(audited(incident(1), linked, issue(8, labels_read=False)), "IR010") == {"unknown": 1}


@pytest.mark.parametrize(
    ("level", "made", "outcome"),
    [
        (2, {}, "unknown"),
        (1, {}, "unknown"),
        (3, {}, "violates"),
        (1, {"labels": ("Severity::1",)}, "conforms"),
        (2, {"labels": (), "severity": 1}, "unknown"),
    ],
)
def test_the_severity_of_an_incident_may_be_worse_than_was_read(level: int, made: dict[str, Any], outcome: str) -> None:
    cut = incident(1, labels_read=False, **made)
    result = audited(cut, review(5, of=1, labels=("IncidentReview", f"Severity::{level}")))
    assert asked(result, "IR005") == {outcome: 1}


@pytest.mark.parametrize(
    ("level", "made", "outcome"),
    [
        ("Severity::3", {}, "unknown"),
        ("Severity::1", {"created": "2026-11-20"}, "conforms"),
        ("Severity::3", {"closed": "2026-11-05"}, "conforms"),
        ("Severity::1", {}, "violates"),
        ("x", {}, "unknown"),
        ("x", {"severity": 1}, "unknown"),
    ],
)
def test_the_severity_of_an_action_may_be_worse_than_was_read(level: str, made: dict[str, Any], outcome: str) -> None:
    fix = action(8, of=1, labels=("corrective action", level), labels_read=False, **made)
    assert asked(audited(incident(1), fix), "CA001") == {outcome: 1}


def test_an_incident_may_share_a_service_that_was_not_read() -> None:
    earlier = incident(1, labels=("Severity::2", "Service::API"))
    fix = action(8, of=1, labels=("corrective action", "Severity::1"))
    repeat = incident(2, created="2026-11-19", labels=("Severity::2",))
    assert asked(audited(earlier, repeat, fix), "CA003") == {"conforms": 2}
    assert asked(audited(earlier, replace(repeat, labels_read=False), fix), "CA003") == {"conforms": 1, "unknown": 1}


# Assignees that could not all be read


@pytest.mark.parametrize(
    ("assignees", "outcome"),
    [((), "unknown"), ((User(username="gone", active=False),), "unknown"), ((User(username="anna"),), "conforms")],
)
def test_assignees_cut_short(assignees: tuple[User, ...], outcome: str) -> None:
    result = audited(incident(1), review(5, of=1, assignees=assignees, assignees_read=False))
    assert asked(result, "IR003") == {outcome: 1}
    fix = action(8, of=1, assignees=assignees, assignees_read=False)
    assert asked(audited(incident(1), fix), "CA002") == {outcome: 1}


# Due days and completions that rest on what could not be read

EAST = {"calendars": {"services": {"web": {"closures": ["2026-11-04", "2026-11-05"]}, "api": {}}}}
"""With the service web an incident of Monday 2026-11-02 is due on the 11th, else on the 9th."""
SERVED = (source(labels=("Severity::2", "Service::Web", "Service::API")),)


@pytest.mark.parametrize(
    ("as_of", "reviewed", "verdict"),
    [
        pytest.param("2026-11-09", {}, "pending", id="not due by any calendar"),
        pytest.param("2026-11-10", {}, "inconclusive", id="due by one of them"),
        pytest.param("2026-11-12", {}, "overdue", id="due by each of them"),
        pytest.param("2026-11-12", {"closed": "2026-11-09"}, "on_time", id="on time by each of them"),
        pytest.param("2026-11-12", {"closed": "2026-11-10"}, "inconclusive", id="late by one of them"),
        pytest.param("2026-11-12", {"closed": "2026-11-12"}, "late", id="late by each of them"),
    ],
)
def test_a_service_that_was_not_read_may_move_the_due_day(as_of: str, reviewed: dict[str, Any], verdict: str) -> None:
    gap = Gap(ref=f"{PROJECT}#1", what="labels", why=FAILED)
    cut = incident(1, labels=("Severity::2", "Service::API"), labels_read=False)
    fields: dict[str, Any] = {"settings": settings(**EAST), "sources": SERVED, "gaps": (gap,), "as_of": as_of}
    result = audited(cut, review(5, of=1, **reviewed), **fields)
    assert result.verdicts.tolist() == [verdict]
    assert told(result) == {("#1", "labels"): verdict == "inconclusive"}
    assert (result.withheld is not None) is (verdict == "inconclusive")
    whole = audited(replace(cut, labels_read=True), review(5, of=1, **reviewed), **{**fields, "gaps": ()})
    assert whole.verdicts.tolist() != ["inconclusive"]
    assert asked(result, "IR011") == {"unknown": 1}


def test_with_one_calendar_or_no_further_service_no_due_day_is_in_doubt() -> None:
    cut = incident(1, labels=("Severity::2", "Service::API"), labels_read=False)
    assert verdict(cut, as_of="2026-11-10", sources=SERVED) == "missing"
    alone = (source(labels=("Severity::2", "Service::API")),)
    assert verdict(cut, as_of="2026-11-10", sources=alone, settings=settings(**EAST)) == "missing"


RESOLVED = "Incident::Resolved"
BY_RESOLUTION = settings(policies=[{"anchor": "resolved"}])


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        pytest.param({"labels": ("Severity::2", RESOLVED)}, "missing", id="all was read"),
        pytest.param({"labels": ("Severity::2", RESOLVED), "history_read": False}, "inconclusive", id="its event"),
        pytest.param({"history_read": False}, "pending", id="it is not resolved"),
        pytest.param({"labels_read": False}, "inconclusive", id="the label"),
        pytest.param({"labels_read": False, "label_events": ()}, "pending", id="it never was there"),
    ],
)
def test_when_it_was_resolved_could_not_be_read(made: dict[str, Any], verdict: str) -> None:
    made = {"label_events": (added(RESOLVED, "2026-11-03"),), **made}
    exist = (source(labels=("Severity::2", RESOLVED)),)
    result = weighed(incident(1, **made), sources=exist, settings=BY_RESOLUTION)
    assert result.verdicts.tolist() == [verdict]
    assert (result.withheld is not None) is (verdict == "inconclusive")
    done = weighed(incident(1, **made), review(5, of=1, closed="2026-11-04"), sources=exist, settings=BY_RESOLUTION)
    assert done.verdicts.tolist() == ["on_time"]


def test_an_inline_review_of_which_the_events_were_not_read_is_not_completed_on_its_first_day() -> None:
    done = incident(1, labels=("Severity::2", "Incident::Review-Completed"), history_read=False)
    inline = settings(review={"where": "inline"})
    for as_of, expected in (("2026-11-09", "on_time"), ("2026-11-23", "inconclusive")):
        result = weighed(done, settings=inline, as_of=as_of)
        assert result.verdicts.tolist() == [expected]
        assert told(result) == {("#1", "history"): expected == "inconclusive"}


@pytest.mark.parametrize(
    ("exist", "made", "verdict"),
    [
        (("Severity::2", "Incident::Review-Completed"), {}, "inconclusive"),
        (("Severity::2",), {}, "overdue"),
        (("Severity::2", "Incident::Review-Completed"), {"closed": "2026-11-12"}, "late"),
    ],
)
def test_beside_an_open_review_an_inline_one_may_be_completed(
    exist: tuple[str, ...], made: dict[str, Any], verdict: str
) -> None:
    cut = incident(1, labels_read=False)
    fields: dict[str, Any] = {"sources": (source(labels=exist),), "settings": settings(review={"where": "both"})}
    gap = Gap(ref=f"{PROJECT}#1", what="labels", why=FAILED)
    result = weighed(cut, review(5, of=1, **made), gaps=(gap,), **fields)
    assert result.verdicts.tolist() == [verdict]
    assert told(result)["#1", "labels"] is (verdict == "inconclusive")


# Reviews and actions that were moved, or are duplicates


def test_a_review_that_was_linked_before_it_was_moved_is_not_asked_which_incident_it_is_about() -> None:
    sources = (source(), source("ops/reviews", incidents=False))
    moved = review(6, project="ops/reviews")
    for before in ({"links": to(3, project="else/where")}, {"links": HIDDEN}):
        gone = review(5, moved=True, moved_to=moved.ref, closed="2026-11-04", **before)
        assert asked(audited(gone, moved, sources=sources), "IR014") == {"conforms": 1}
    gone = review(5, moved=True, moved_to=moved.ref, closed="2026-11-04")
    assert asked(audited(gone, moved, sources=sources), "IR014") == {"violates": 1}


def test_an_action_that_is_linked_with_a_reviews_duplicate_elsewhere() -> None:
    twin = issue(7, project=OLD, duplicate_of=FIVE)
    fix = action(8, assignees=(), links=to(7, project=OLD))
    result = audited(incident(1), review(5, **DONE), twin, fix)
    assert [one.subject for one in result.findings if one.code == "CA002"] == [f"{TOOLS}#8"]
    assert asked(result, "IR010") == {"conforms": 1}


def test_days_of_the_past_know_nothing_of_later_moves() -> None:
    gone = review(5, links=to(1), moved=True, closed="2026-11-12")
    then = weighed(incident(1, links=to(5)), gone, as_of="2026-11-11")
    assert then.as_of == date(2026, 11, 11)
    assert then.verdicts.tolist() == ["overdue"]
    assert gone.closed_at == at("2026-11-12")


# What is fetched besides

PROJECTS = st.sampled_from([OLD, TOOLS, "else/where"])
NUMBERS = st.integers(min_value=1, max_value=4)


@st.composite
def trackers(draw: st.DrawFn) -> list[Issue]:
    """Incidents and reviews of the audited project, some moved, closed as duplicates, or linked out of sight."""
    issues = []
    for iid in range(1, draw(st.integers(min_value=2, max_value=5)) + 1):
        fields: dict[str, Any] = {"links": draw(st.sampled_from([(), HIDDEN, to(1), to(2), to(3, project=OLD)]))}
        away = draw(st.sampled_from(["", "", "moved", "hidden", "duplicate"]))
        target = Ref(draw(st.sampled_from([PROJECT, OLD])), draw(NUMBERS))
        if away in {"moved", "hidden"}:
            fields |= {"moved": True, "moved_to": target if away == "moved" else None, "closed": "2026-11-04"}
        elif away:
            fields |= {"duplicate_of": target, "closed": "2026-11-04"}
        issues.append(draw(st.sampled_from([incident, review]))(iid, **fields))
    return issues


@st.composite
def mentions(draw: st.DrawFn) -> list[Issue]:
    """A review of another incident whose text names issues elsewhere, and these issues, which are fetched for it."""
    elsewhere = [
        issue(
            iid,
            project=draw(PROJECTS),
            title=draw(st.sampled_from(["Something broke 1", "Incident Review: number 2", "Else"])),
            links=draw(st.sampled_from([(), HIDDEN, to(2, project=TOOLS)])),
            labels=draw(st.sampled_from([(), ("IncidentReview",), ("incident",), ("corrective action",)])),
            moved=draw(st.booleans()),
        )
        for iid in draw(st.lists(NUMBERS, min_size=1, max_size=4, unique=True))
    ]
    named = " ".join(f"See {one.ref}." for one in elsewhere)
    return [*elsewhere, review(91, of=90, description=named)]


@examples(10)
@given(trackers(), mentions())
def test_an_unrelated_mention_changes_no_verdict(tracker: list[Issue], besides: list[Issue]) -> None:
    further = [incident(90, "Another one"), review(91, of=90)]
    before, after = (weighed(*tracker, *more) for more in (further, [further[0], *besides]))
    assert before.verdicts.tolist() == after.verdicts.tolist()
    assert before.withheld == after.withheld

"""The table of POLICY.md section 4: each row at its edge, and which of two rows goes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from audit.engine.verdicts import judge
from audit.model import Gap, Issue, Link, Ref, Verdict
from audit.rules import RULES
from tests.examples import examples
from tests.records import (
    PROJECT,
    added,
    at,
    audited,
    closed,
    evidence,
    incident,
    issue,
    removed,
    reopened,
    review,
    settings,
    source,
    verdict,
    waiver,
    weighed,
)

if TYPE_CHECKING:
    from audit.engine.result import Result

pytestmark = pytest.mark.together

SEV2 = ("Severity::2", "Service::API")
UNOWNED = ("Severity::2", "Service::Git")
HIDDEN = (Link(target=None),)
DONE = {"closed": "2026-11-09 12:00", "state_events": (closed("2026-11-09 12:00"),)}
LATE = {"closed": "2026-11-10 12:00", "state_events": (closed("2026-11-10 12:00"),)}
WAIVED = settings(waivers=[waiver(f"{PROJECT}#1", "IR001")])
PAGE = (Gap(ref=PROJECT, what="reviews", why="timeout"),)
BOTH = settings(review={"where": "both"})
INLINE = settings(review={"where": "inline"})


@pytest.mark.parametrize(
    ("labels", "reviewed", "as_of", "expected"),
    [
        (SEV2, None, "2026-11-02", "pending"),
        (SEV2, None, "2026-11-09", "pending"),  # the whole due day counts
        (SEV2, None, "2026-11-10", "missing"),
        (SEV2, {}, "2026-11-09", "pending"),
        (SEV2, {}, "2026-11-10", "overdue"),
        (SEV2, {"closed": "2026-11-09 23:59"}, "2026-11-09", "on_time"),
        (SEV2, {"closed": "2026-11-09 23:59"}, "2026-11-23", "on_time"),
        (SEV2, {"closed": "2026-11-10 00:00"}, "2026-11-23", "late"),
        (("Severity::3",), None, "2026-11-23", "not_required"),
        (("Severity::3",), {}, "2026-11-23", "not_required"),  # voluntary
        (("Severity::1", "backstage"), None, "2026-11-23", "not_required"),
        ((), None, "2026-11-23", "inconclusive"),
        ((), {"closed": "2026-11-04"}, "2026-11-23", "inconclusive"),  # also with a completed review
        (("Severity::1", "Gameday"), {"closed": "2026-11-04"}, "2026-11-23", "out_of_scope"),
        (("Gameday",), None, "2026-11-23", "out_of_scope"),
        (UNOWNED, None, "2026-11-03", "exempt_unowned"),  # before the due day too
        (UNOWNED, None, "2026-11-23", "exempt_unowned"),
        (UNOWNED, {}, "2026-11-09", "pending"),  # it has a review
        (UNOWNED, {}, "2026-11-10", "overdue"),
        (UNOWNED, {"closed": "2026-11-20"}, "2026-11-23", "late"),
        (("Severity::2", "Service::Git", "Service::API"), None, "2026-11-23", "missing"),  # one of them is owned
        (("Severity::2", "Service::Git", "Service::Nope"), None, "2026-11-23", "missing"),  # unknown is not unowned
        (("Severity::2", "Service::Git", "Service::mail room"), None, "2026-11-23", "exempt_unowned"),
        (("Severity::2",), None, "2026-11-23", "missing"),  # no service at all
    ],
)
def test_the_table(labels: tuple[str, ...], reviewed: dict[str, Any] | None, as_of: str, expected: str) -> None:
    issues = [incident(1, labels=labels)]
    if reviewed is not None:
        issues.append(review(2, of=1, **reviewed))
    assert verdict(*issues, as_of=as_of) == expected


@pytest.mark.parametrize(
    ("of_incident", "of_review", "gaps", "expected"),
    [
        ({"links": HIDDEN}, None, (), "inconclusive"),
        ({"links": HIDDEN, "labels": UNOWNED}, None, (), "inconclusive"),  # before it is exempt
        ({"links": HIDDEN}, {}, (), "overdue"),  # a review is found
        ({"links": HIDDEN}, LATE, (), "late"),
        ({"links": HIDDEN}, DONE, (), "on_time"),
        ({"links": HIDDEN, "labels": ("Severity::3",)}, None, (), "not_required"),
        ({"links": (Link(target=Ref(PROJECT, 99)),)}, None, (), "missing"),  # readable: it is no review
        ({"links_read": False}, None, (), "inconclusive"),
        ({"links_read": False}, DONE, (), "on_time"),
        ({"moved": True, **DONE}, None, (), "inconclusive"),
        ({"moved": True, "moved_to": Ref("else/where", 3), **DONE}, None, (), "inconclusive"),
        ({"moved": True, "moved_to": Ref(PROJECT, 3), **DONE}, None, (), "out_of_scope"),
        ({"moved": True, **DONE}, {}, (), "overdue"),
        ({"moved": True, **DONE}, DONE, (), "on_time"),
        ({}, None, PAGE, "inconclusive"),
        ({}, {}, PAGE, "overdue"),
        ({}, LATE, PAGE, "late"),
        ({}, None, (Gap(ref=PROJECT, what="incidents", why="timeout"),), "missing"),
        ({}, None, (Gap(ref=f"{PROJECT}#1", what="comments", why="timeout"),), "missing"),
        ({"description": "see #98 and #99"}, None, (), "missing"),  # references make nothing inconclusive
        ({"labels": ("Severity::3",), "label_events": (added(None, "2026-11-02"),)}, None, (), "not_required"),
    ],
)
def test_what_cannot_be_read(
    of_incident: dict[str, Any], of_review: dict[str, Any] | None, gaps: tuple[Gap, ...], expected: str
) -> None:
    issues = [incident(1, **of_incident), issue(3)]
    if of_review is not None:
        issues.append(review(2, of=1, **of_review))
    assert verdict(*issues, gaps=gaps) == expected


@pytest.mark.parametrize(("reviewed", "expected"), [(None, "inconclusive"), (DONE, "inconclusive")])
def test_a_deleted_label_leaves_it_open_whether_one_is_required(reviewed: dict[str, Any] | None, expected: str) -> None:
    issues = [incident(1, labels=("Severity::3",), label_events=(added(None, "2026-11-02"),))]
    if reviewed is not None:
        issues.append(review(2, of=1, **reviewed))
    assert verdict(*issues, sources=(source(labels=()),)) == expected


def test_a_review_with_an_unreadable_link_hides_nothing_of_an_incident() -> None:
    """Only a link of the incident itself can be its review."""
    assert verdict(incident(1, labels=SEV2), review(2, links=HIDDEN)) == "missing"


@pytest.mark.parametrize(
    ("labels", "of_incident", "of_review", "as_of", "expected"),
    [
        (SEV2, {}, None, "2026-11-05", "waived"),  # before it is pending
        (SEV2, {}, None, "2026-11-23", "waived"),
        (SEV2, {}, {}, "2026-11-23", "waived"),
        (SEV2, {}, DONE, "2026-11-23", "on_time"),
        (SEV2, {}, LATE, "2026-11-23", "late"),  # a completed review is late whatever was waived
        (UNOWNED, {}, None, "2026-11-23", "waived"),  # before it is exempt
        (("Severity::3",), {}, None, "2026-11-23", "not_required"),
        (("Gameday",), {}, None, "2026-11-23", "out_of_scope"),
        ((), {}, None, "2026-11-23", "inconclusive"),
        (SEV2, {"links": HIDDEN}, None, "2026-11-23", "inconclusive"),
    ],
)
def test_a_waiver_goes_after_what_is_completed_and_before_what_is_open(
    labels: tuple[str, ...],
    of_incident: dict[str, Any],
    of_review: dict[str, Any] | None,
    as_of: str,
    expected: str,
) -> None:
    issues = [incident(1, labels=labels, **of_incident)]
    if of_review is not None:
        issues.append(review(2, of=1, **of_review))
    assert verdict(*issues, as_of=as_of, settings=WAIVED) == expected


@pytest.mark.parametrize(
    ("unowned", "expected"), [("exempt", "exempt_unowned"), ("flag", "missing"), ("require", "missing")]
)
def test_unowned_services_by_policy(unowned: str, expected: str) -> None:
    assert verdict(incident(1, labels=UNOWNED), settings=settings(policies=[{"unowned": unowned}])) == expected


def test_without_a_catalogue_nobody_is_exempt() -> None:
    assert verdict(incident(1, labels=UNOWNED), catalog=None) == "missing"


@pytest.mark.parametrize(
    ("labels", "reviewed", "expected"),
    [
        (SEV2, None, "pending"),
        (SEV2, {}, "pending"),
        (SEV2, DONE, "on_time"),
        (UNOWNED, None, "exempt_unowned"),
    ],
)
@pytest.mark.parametrize("anchor", ["resolved", "closed"])
def test_without_an_anchor_yet(
    labels: tuple[str, ...], reviewed: dict[str, Any] | None, expected: str, anchor: str
) -> None:
    issues = [incident(1, labels=labels, created="2026-08-03")]
    if reviewed is not None:
        issues.append(review(2, of=1, created="2026-08-04", **reviewed))
    assert verdict(*issues, settings=settings(policies=[{"anchor": anchor}])) == expected


def test_a_waiver_on_an_incident_without_an_anchor() -> None:
    waived = settings(policies=[{"anchor": "resolved"}], waivers=[waiver(f"{PROJECT}#1", "IR002")])
    assert verdict(incident(1), settings=waived) == "waived"


def test_reopened_and_still_open_is_open() -> None:
    events = (closed("2026-11-05"), reopened("2026-11-06"))
    again = review(2, of=1, state_events=events)
    assert verdict(incident(1), again) == "overdue"
    assert verdict(incident(1), again, as_of="2026-11-05") == "on_time"
    once_more = replace(again, closed_at=at("2026-11-20"), state_events=(*events, closed("2026-11-20")))
    assert verdict(incident(1), once_more) == "late"


@pytest.mark.parametrize(
    ("reviews", "chosen", "expected"),
    [
        # the one completed first, whichever was opened first
        (({"iid": 5, **LATE}, {"iid": 6, "created": "2026-11-04", **DONE}), 6, "on_time"),
        (({"iid": 5}, {"iid": 6, "created": "2026-11-04", **LATE}), 6, "late"),
        # none is completed: the one opened first, then the lower number
        (({"iid": 5, "created": "2026-11-04"}, {"iid": 6}), 6, "overdue"),
        (({"iid": 6}, {"iid": 5}), 5, "overdue"),
        (({"iid": 6, **DONE}, {"iid": 5, **DONE}), 5, "on_time"),
        (({"iid": 10}, {"iid": 9}), 9, "overdue"),  # by number, not by text
    ],
)
def test_the_review_of_several(reviews: tuple[dict[str, Any], ...], chosen: int, expected: str) -> None:
    result = weighed(incident(1), *(review(of=1, **fields) for fields in reviews))
    assert result.evidence.incidents["review"].tolist() == [f"{PROJECT}#{chosen}"]
    assert result.verdicts.tolist() == [expected]


def test_at_the_same_instant_the_lower_path_goes_first() -> None:
    far = review(1, project="ops/archive", links=(Link(target=Ref(PROJECT, 1)),))
    result = weighed(incident(1), review(2, of=1), far, sources=(source(), source("ops/archive")))
    assert result.evidence.incidents["review"].tolist() == ["ops/archive#1"]
    assert result.evidence.incidents["reviews"].tolist() == [("ops/archive#1", f"{PROJECT}#2")]


@pytest.mark.parametrize(
    ("config", "of_incident", "gaps", "expected"),
    [
        (INLINE, {"links": HIDDEN}, (), "overdue"),  # what is linked does not matter: it is its own review
        (INLINE, {"links_read": False}, (), "overdue"),
        (INLINE, {}, PAGE, "overdue"),
        (INLINE, {"moved": True, **DONE}, (), "inconclusive"),  # the label may be on what it was moved to
        (BOTH, {}, (), "overdue"),
        (BOTH, {"links": HIDDEN}, (), "inconclusive"),  # a review issue may be linked
        (BOTH, {}, PAGE, "inconclusive"),
    ],
)
def test_what_cannot_be_read_of_an_inline_review(
    config: Any, of_incident: dict[str, Any], gaps: tuple[Gap, ...], expected: str
) -> None:
    assert verdict(incident(1, **of_incident), gaps=gaps, settings=config) == expected
    completed = {"labels": ("Severity::2", "Incident::Review-Completed")}
    done = incident(1, **{**of_incident, **completed, "label_events": (added(completed["labels"][1], "2026-11-09"),)})
    assert verdict(done, gaps=gaps, settings=config) == "on_time"


LABELS_DRAWN = st.lists(
    st.sampled_from(
        [
            *("Severity::1", "severity:2", "Severity::3", "Review-Requested", "backstage", "Gameday"),
            *("Service::API", "Service::Git", "Service::Nope"),
        ]
    ),
    max_size=3,
    unique=True,
).map(tuple)
HISTORIES = (
    (),
    (added(None, "2026-11-01 12:00"),),
    (added("Severity::1", "2026-11-01 12:00"),),
    (added("Review-Requested", "2026-11-01 12:00"), removed("Review-Requested", "2026-11-01 14:00")),
)
MINUTES = st.integers(0, 60 * 24 * 30)


@st.composite
def trackers(draw: st.DrawFn) -> tuple[Issue, ...]:
    """Draw a few incidents and reviews, as trackers have them in November 2026."""
    many = draw(st.integers(1, 4))
    issues: list[Issue] = []
    for iid in range(1, many + 1):
        start = at("2026-11-01") + timedelta(minutes=draw(MINUTES))
        events = draw(st.sampled_from(HISTORIES))
        made = incident(
            iid,
            labels=draw(LABELS_DRAWN),
            label_events=events,
            links=draw(st.sampled_from([(), HIDDEN])),
            moved=draw(st.booleans()) and draw(st.booleans()),
        )
        issues.append(replace(made, created_at=start))
    for iid in range(11, 11 + draw(st.integers(0, 4))):
        start = at("2026-11-01") + timedelta(minutes=draw(MINUTES))
        end = draw(st.one_of(st.none(), MINUTES.map(timedelta)))
        ended = None if end is None else start + timedelta(minutes=end.days)
        linked = review(iid, of=draw(st.integers(1, many)), state_events=())
        events_of = () if ended is None else (replace(closed("2026-11-01"), at=ended),)
        issues.append(replace(linked, created_at=start, closed_at=ended, state_events=events_of))
    return tuple(issues)


FRAMES = {rule.code: f"{rule.subject}s".removeprefix("corrective ") for rule in RULES}
"""Code of a rule -> the frame of its subjects."""
DAYS = st.dates(date(2026, 10, 30), date(2027, 2, 1))
few = examples(4, suppress_health_check=[HealthCheck.too_slow])
ANCHORS = st.sampled_from(["declared", "resolved", "closed"])


def by_ref(result: Result) -> dict[str, str]:
    return dict(zip(result.evidence.incidents["ref"], result.verdicts, strict=True))


@few
@given(trackers(), DAYS, ANCHORS)
def test_every_incident_has_exactly_one_verdict(issues: tuple[Issue, ...], day: date, anchor: str) -> None:
    result = audited(*issues, as_of=day.isoformat(), settings=settings(policies=[{"anchor": anchor}]))
    read = {str(one.ref) for one in issues if one.issue_type == "incident" and one.created_at.date() <= day}
    assert set(by_ref(result)) == read
    counts = {one.value: int(result.verdicts.eq(one).sum()) for one in Verdict}
    assert sum(counts.values()) == len(read)
    for one in result.outcomes:
        total = one.conforms + one.violates + one.waived + one.not_applicable + one.unknown
        assert total == len(getattr(result.evidence, FRAMES[one.code]))
        assert min(one.conforms, one.violates, one.waived, one.not_applicable, one.unknown) >= 0


@few
@given(trackers(), st.lists(DAYS, min_size=2, max_size=2).map(sorted))
def test_a_later_day_never_turns_late_into_on_time_or_back(issues: tuple[Issue, ...], days: list[date]) -> None:
    """Links have no instants here, and no history is rewritten in between: what was completed stays so."""
    before, after = (by_ref(weighed(*issues, as_of=day.isoformat())) for day in days)
    for ref, verdict_before in before.items():
        if {verdict_before, after[ref]} == {"late", "on_time"}:
            pytest.fail(f"{ref} was {verdict_before} on {days[0]} and {after[ref]} on {days[1]}")
        if verdict_before in {"late", "on_time"}:
            assert after[ref] == verdict_before


@few
@given(trackers(), st.data())
def test_the_order_of_the_records_changes_nothing(issues: tuple[Issue, ...], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(issues))
    one, other = audited(*issues), audited(*shuffled)
    for name in ("incidents", "reviews", "services"):
        assert getattr(one.evidence, name).equals(getattr(other.evidence, name))
    assert one.verdicts.equals(other.verdicts)
    assert one.findings == other.findings
    assert (one.outcomes, one.gaps, one.withheld) == (other.outcomes, other.gaps, other.withheld)


def test_verdicts_stand_on_the_index_of_the_frame_that_was_asked_about() -> None:
    frame = evidence(incident(1), incident(2, created="2026-11-20")).incidents.set_axis(pd.Index([7, 3]))
    told = judge(frame, date(2026, 11, 23))
    assert told.to_dict() == {7: "missing", 3: "pending"}
    assert (told.name, str(told.dtype)) == ("verdict", "str")
    later = np.array(["2026-11-23", "2026-11-22"], dtype="datetime64[s]")
    assert judge(frame, date(2026, 11, 23), due_on=later).to_dict() == {7: "pending", 3: "missing"}


@few
@given(trackers(), DAYS)
def test_a_waiver_never_changes_what_is_completed(issues: tuple[Issue, ...], day: date) -> None:
    every = settings(waivers=[waiver(f"{PROJECT}#{iid}", "IR002", expires="2027-12-31") for iid in range(1, 5)])
    bare = by_ref(weighed(*issues, as_of=day.isoformat()))
    waived = by_ref(weighed(*issues, as_of=day.isoformat(), settings=every))
    open_ones = {"exempt_unowned", "pending", "overdue", "missing"}
    assert waived == {ref: "waived" if said in open_ones else said for ref, said in bare.items()}

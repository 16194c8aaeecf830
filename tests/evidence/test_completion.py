"""When a review is completed, with and without an approval gate (POLICY.md section 6)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from audit.evidence.completion import Completion, Completions
from audit.model import Verdict
from tests.records import (
    PROJECT,
    added,
    asked,
    at,
    audited,
    evidence,
    found,
    incident,
    removed,
    review,
    settings,
    verdict,
)

pytestmark = pytest.mark.together

GATE = {"labels": ["Review::Approved", "Bar-Raised"], "from": "2026-11-03", "by": "a Bar Raiser"}
GATED = settings(review={"approval": GATE})
OK = "review:approved"
LABELS = ("IncidentReview", OK)


def completion(*, zone: str = "UTC", **fields: Any) -> Completion:
    return Completions(settings=GATED, zone=ZoneInfo(zone)).of(review(2, of=1, **fields))


def done(when: str, hidden_by: str = "") -> Completion:
    return Completion(at(when), hidden_by)


WAITS = Completion(None, awaits_approval=True)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Completion(None)),
        ({"labels": LABELS}, Completion(None)),  # approved and open
        ({"closed": "2026-11-05"}, WAITS),
        ({"closed": "2026-11-05", "labels": LABELS}, done("2026-11-05")),  # no event tells of the label
        (
            {"closed": "2026-11-05", "labels": LABELS, "label_events": (added(OK, "2026-11-06"),)},
            done("2026-11-06"),
        ),
        (
            {"closed": "2026-11-05", "labels": LABELS, "label_events": (added(OK, "2026-11-04"),)},
            done("2026-11-05"),
        ),
        (
            {
                "closed": "2026-11-05",
                "labels": LABELS,
                "label_events": (added(OK, "2026-11-06"), removed(OK, "2026-11-07"), added(OK, "2026-11-09")),
            },
            done("2026-11-09"),
        ),
        (
            {
                "closed": "2026-11-05",
                "labels": (*LABELS, "Bar-Raised"),
                "label_events": (added(OK, "2026-11-06"), added("Bar-Raised", "2026-11-08")),
            },
            done("2026-11-08"),
        ),
        (
            # the one that was taken off again counts for nothing
            {
                "closed": "2026-11-05",
                "labels": LABELS,
                "label_events": (
                    added(OK, "2026-11-06"),
                    added("Bar-Raised", "2026-11-08"),
                    removed("Bar-Raised", "2026-11-09"),
                ),
            },
            done("2026-11-06"),
        ),
        (
            {"closed": "2026-11-05", "label_events": (added(OK, "2026-11-06"), removed(OK, "2026-11-07"))},
            WAITS,
        ),
        ({"closed": "2026-11-05", "created": "2026-11-02 23:59"}, done("2026-11-05")),  # before the gate
        ({"closed": "2026-11-05", "created": "2026-11-03 00:00"}, WAITS),
        ({"closed": "2026-11-05", "labels_read": False}, Completion(None, "approval")),
        ({"closed": "2026-11-05", "labels": LABELS, "history_read": False}, done("2026-11-05", "approval")),
        ({"closed": "2026-11-05", "labels": LABELS, "closing_read": False}, done("2026-11-05", "closing")),
        ({"closed": "2026-11-05", "closing_read": False}, Completion(None, "closing")),
    ],
)
def test_under_a_gate(fields: dict[str, Any], expected: Completion) -> None:
    assert completion(**fields) == expected


def test_the_gate_begins_on_a_local_day() -> None:
    fields = {"closed": "2026-11-05", "created": "2026-11-02 23:30"}
    assert completion(zone="Europe/Berlin", **fields) == WAITS
    assert completion(zone="UTC", **fields) == done("2026-11-05")


CLOSED = review(2, of=1, closed="2026-11-05")


@pytest.mark.parametrize(
    ("fields", "as_of", "expected"),
    [
        ({}, "2026-11-09", Verdict.PENDING),
        ({}, "2026-11-10", Verdict.OVERDUE),
        ({"labels": LABELS}, "2026-11-10", Verdict.ON_TIME),
        ({"labels": LABELS, "label_events": (added(OK, "2026-11-09 23:59"),)}, "2026-11-23", Verdict.ON_TIME),
        ({"labels": LABELS, "label_events": (added(OK, "2026-11-10"),)}, "2026-11-23", Verdict.LATE),
        ({"labels": LABELS, "label_events": (added(OK, "2026-11-10"),)}, "2026-11-09", Verdict.PENDING),  # then
        ({"labels_read": False}, "2026-11-23", Verdict.INCONCLUSIVE),
        ({"labels": LABELS, "history_read": False}, "2026-11-23", Verdict.INCONCLUSIVE),
        ({"labels": LABELS, "history_read": False}, "2026-11-09", Verdict.ON_TIME),  # whenever it was
    ],
)
def test_the_verdict_under_a_gate(fields: dict[str, Any], as_of: str, expected: Verdict) -> None:
    one = review(2, of=1, closed="2026-11-05", **fields)
    assert verdict(incident(1), one, settings=GATED, as_of=as_of) == expected


def test_a_review_that_waits_is_open_for_every_rule() -> None:
    result = audited(incident(1), CLOSED, settings=GATED)
    assert asked(result, "IR010") == {"conforms": 1}  # not completed, so no corrective action is asked for
    assert asked(result, "IR016") == {"conforms": 1}
    assert list(found(result, "IR003")) == ["#2"]
    late = found(result, "IR002")["#1"]
    assert late.message == (
        f"Review {PROJECT}#2 is closed, and waits for its approval by a Bar Raiser; it was due on 2026-11-09."
    )
    assert late.open
    row = result.evidence.reviews.iloc[0]
    assert (row["awaits_approval"], row["completed_on"] is not None) == (True, True)
    assert found(audited(incident(1), CLOSED), "IR010")


def test_an_incident_that_was_declared_before_the_approval_is_found() -> None:
    second = incident(3, created="2026-11-06")
    one = review(2, of=1, closed="2026-11-05", links=review(9, of=3).links)
    covered = evidence(incident(1), second, one, settings=GATED).reviews.iloc[0]["incidents"]
    assert covered == (f"{PROJECT}#1", f"{PROJECT}#3")
    assert evidence(incident(1), second, one).reviews.iloc[0]["incidents"] == (f"{PROJECT}#1",)


def test_of_two_closed_reviews_the_approved_one_is_the_review() -> None:
    approved = review(3, of=1, closed="2026-11-06", labels=LABELS)
    held = evidence(incident(1), CLOSED, approved, settings=GATED).incidents.iloc[0]
    assert (held["review"], held["awaits_approval"], held["approver"]) == (f"{PROJECT}#3", False, "")
    held = evidence(incident(1), CLOSED, settings=GATED).incidents.iloc[0]
    assert (held["review"], held["awaits_approval"], held["approver"]) == (f"{PROJECT}#2", True, "a Bar Raiser")


def test_an_inline_review_keeps_its_own_label() -> None:
    inline = settings(review={"where": "inline", "approval": {**GATE, "from": "2026-01-01"}})
    one = incident(1, labels=("Severity::2", "Incident::Review-Completed"))
    assert verdict(one, settings=inline) == Verdict.ON_TIME

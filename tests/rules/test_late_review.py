from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link
from tests.records import PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR002")


@pytest.mark.parametrize(
    ("made", "reviewed", "as_of", "outcome"),
    [
        ({}, {}, "2026-11-09", "conforms"),
        ({}, {}, "2026-11-10", "violates"),
        ({}, {"closed": "2026-11-09 23:59"}, "2026-11-23", "conforms"),
        ({}, {"closed": "2026-11-10"}, "2026-11-23", "violates"),
        ({}, None, "2026-11-23", "not applicable"),  # one cause, one finding: it is missing
        ({}, None, "2026-11-09", "not applicable"),
        ({"labels": ("Severity::3",)}, {}, "2026-11-23", "not applicable"),
        ({"labels": ()}, {"closed": "2026-11-20"}, "2026-11-23", "not applicable"),
        ({"labels": ("Gameday",)}, {}, "2026-11-23", "not applicable"),
        ({"links": (Link(target=None),)}, {}, "2026-11-23", "violates"),
    ],
)
def test_when_it_is_violated(made: dict[str, Any], reviewed: dict[str, Any] | None, as_of: str, outcome: str) -> None:
    issues = [incident(1, **made)]
    if reviewed is not None:
        issues.append(review(2, of=1, **reviewed))
    assert asked(audited(*issues, as_of=as_of), "IR002") == {outcome: 1}


def test_without_an_anchor_no_review_is_late() -> None:
    anchored = settings(policies=[{"anchor": "resolved"}])
    assert asked(audited(incident(1), review(2, of=1), settings=anchored), "IR002") == {"conforms": 1}


def test_an_open_one_can_still_be_mended() -> None:
    one = found(audited(incident(1), review(2, of=1)), "IR002")["#1"]
    assert one.message == f"Review {PROJECT}#2 is still open; it was due on 2026-11-09."
    assert (one.level, one.open) == (Level.VIOLATION, True)
    assert one.evidence == {
        "required_because": ["severity"],
        "severity": 2,
        "anchor": "declared",
        "anchor_on": "2026-11-02",
        "due_on": "2026-11-09",
        "review": f"{PROJECT}#2",
        "linked_by": "issue_link",
        "review_opened_on": "2026-11-03",
        "review_completed_on": None,
        "request_removed_on": None,
    }


def test_a_completed_one_cannot() -> None:
    one = found(audited(incident(1), review(2, of=1, closed="2026-11-12")), "IR002")["#1"]
    assert one.message == f"Review {PROJECT}#2 was completed on 2026-11-12, after its due day 2026-11-09."
    assert not one.open
    assert one.evidence["review_completed_on"] == "2026-11-12"

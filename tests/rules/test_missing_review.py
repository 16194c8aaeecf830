from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link
from tests.records import added, asked, found, incident, removed, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR001", "IR002")

SEV2 = ("Severity::2", "Service::API")


@pytest.mark.parametrize(
    ("made", "reviewed", "as_of", "outcome"),
    [
        ({}, None, "2026-11-09", "conforms"),
        ({}, None, "2026-11-10", "violates"),
        ({}, {}, "2026-11-10", "conforms"),  # its review is late: another rule's matter
        ({}, {"closed": "2026-11-20"}, "2026-11-23", "conforms"),
        ({}, {"closed": "2026-11-05"}, "2026-11-23", "conforms"),
        ({"labels": ("Severity::3",)}, None, "2026-11-23", "not applicable"),
        ({"labels": ("Gameday", "Severity::1")}, None, "2026-11-23", "not applicable"),
        ({"labels": ("Severity::2", "Service::Git")}, None, "2026-11-23", "not applicable"),
        ({"labels": ()}, None, "2026-11-23", "unknown"),
        ({"links": (Link(target=None),)}, None, "2026-11-23", "unknown"),
    ],
)
def test_when_it_is_violated(made: dict[str, Any], reviewed: dict[str, Any] | None, as_of: str, outcome: str) -> None:
    issues = [incident(1, **{"labels": SEV2, **made})]
    if reviewed is not None:
        issues.append(review(2, of=1, **reviewed))
    assert asked(audited(*issues, as_of=as_of), "IR001") == {outcome: 1}


def test_an_inline_review_can_be_late_but_never_missing() -> None:
    result = audited(incident(1), settings=settings(review={"where": "inline"}))
    assert asked(result, "IR001") == {"conforms": 1}
    assert list(found(result, "IR002")) == ["#1"]


def test_what_it_says() -> None:
    requested = (added("Review-Requested", "2026-11-02"),)
    one = found(audited(incident(1, labels=(*SEV2, "Review-Requested"), label_events=requested)), "IR001")["#1"]
    assert one.message == "No review is linked to this incident; it was due on 2026-11-09."
    assert (one.level, one.open) == (Level.VIOLATION, True)
    assert one.evidence == {
        "required_because": ["severity", "requested"],
        "severity": 2,
        "anchor": "declared",
        "anchor_on": "2026-11-02",
        "due_on": "2026-11-09",
        "services": ["api"],
        "owners": ["backend"],
        "request_removed_on": None,
    }


def test_it_tells_when_the_request_was_taken_off() -> None:
    events = (added("Review-Requested", "2026-11-02 12:00"), removed("Review-Requested", "2026-11-03 23:30"))
    one = incident(1, labels=("Severity::3", "Service::API"), label_events=events)
    told = found(audited(one, settings=settings(timezone="Europe/Berlin")), "IR001")["#1"]
    assert told.message.endswith(
        " it was due on 2026-11-09. A review was requested by a label, which was taken off on 2026-11-04."
    )
    assert told.evidence["request_removed_on"] == "2026-11-04"
    late = found(audited(one, review(2, of=1)), "IR002")["#1"]
    assert late.message.endswith("which was taken off on 2026-11-03.")

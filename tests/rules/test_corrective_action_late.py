from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link, Ref
from tests.records import PROJECT, TOOLS, action, asked, found, incident, review, settings, waiver
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("CA001")

CORRECTIVE = "corrective action"


@pytest.mark.parametrize(
    ("severity", "as_of", "outcome"),
    [
        (1, "2026-11-11", "conforms"),  # opened on 2026-11-04
        (1, "2026-11-12", "violates"),
        (2, "2026-12-04", "conforms"),
        (2, "2026-12-05", "violates"),
        (3, "2027-01-03", "conforms"),
        (3, "2027-01-04", "violates"),
        (4, "2027-02-02", "conforms"),
        (4, "2027-02-03", "violates"),
    ],
)
def test_the_days_of_each_severity(severity: int, as_of: str, outcome: str) -> None:
    one = action(7, of=1, labels=(CORRECTIVE, f"Severity::{severity}"))
    assert asked(audited(incident(1), one, as_of=as_of), "CA001") == {outcome: 1}


@pytest.mark.parametrize(
    ("made", "as_of", "outcome"),
    [
        ({"labels": (CORRECTIVE,)}, "2030-01-01", "not applicable"),  # without a severity
        ({"labels": (CORRECTIVE,), "severity": 1}, "2026-11-12", "violates"),
        ({"closed": "2026-12-10"}, "2026-12-09", "violates"),
        ({"closed": "2026-12-10"}, "2026-12-10", "conforms"),  # late, and done
        ({"assignees": ()}, "2026-12-05", "violates"),
        ({"created": "2026-08-01"}, "2026-11-23", "violates"),  # older than its incident
    ],
)
def test_when_it_is_violated(made: dict[str, Any], as_of: str, outcome: str) -> None:
    assert asked(audited(incident(1), action(7, of=1, **made), as_of=as_of), "CA001") == {outcome: 1}


def test_the_day_is_a_local_one() -> None:
    berlin = settings(timezone="Europe/Berlin")
    issues = (incident(1), action(7, of=1, created="2026-11-04 23:30", labels=(CORRECTIVE, "Severity::1")))
    assert asked(audited(*issues, as_of="2026-11-12", settings=berlin), "CA001") == {"conforms": 1}
    assert asked(audited(*issues, as_of="2026-11-13", settings=berlin), "CA001") == {"violates": 1}


def test_it_is_asked_once_however_many_incidents_it_belongs_to() -> None:
    links = (Link(target=Ref(PROJECT, 3)),)
    one = action(7, of=1, links=links)
    assert asked(audited(incident(1), incident(3), review(2, of=1), one), "CA001") == {"conforms": 1}


def test_a_waiver_names_the_action() -> None:
    config = settings(waivers=[waiver(f"{TOOLS}#7", "CA001", expires="2027-12-31")])
    result = audited(incident(1), action(7, of=1), as_of="2026-12-05", settings=config)
    assert asked(result, "CA001") == {"waived": 1}
    # its incident's does not cover it
    config = settings(waivers=[waiver(f"{PROJECT}#1", "CA001", expires="2027-12-31")])
    assert asked(audited(incident(1), action(7, of=1), as_of="2026-12-05", settings=config), "CA001") == {"violates": 1}


def test_what_it_says() -> None:
    result = audited(incident(1), review(2, of=1), action(7, of=2), as_of="2026-12-05")
    one = found(result, "CA001")[f"{TOOLS}#7"]
    assert one.message == (
        "This corrective action of severity 2 was opened on 2026-11-04 and is still open; its 30 days ended on"
        " 2026-12-04."
    )
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "severity": 2,
        "opened_on": "2026-11-04",
        "late_after": "2026-12-04",
        "assignees": ["anna"],
        "incidents": [f"{PROJECT}#1"],
        "reviews": [f"{PROJECT}#2"],
    }

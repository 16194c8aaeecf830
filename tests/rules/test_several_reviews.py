from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link, Ref
from tests.records import PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR018")


@pytest.mark.parametrize(
    ("made", "reviews", "outcome"),
    [
        ({}, [], "conforms"),
        ({}, [{}], "conforms"),
        ({}, [{}, {}], "violates"),
        ({}, [{}, {"closed": "2026-11-05"}], "violates"),
        ({}, [{}, {"confidential": True}], "conforms"),  # an internal one beside a public one
        ({}, [{"confidential": True}, {"confidential": True}], "conforms"),
        ({}, [{}, {}, {"confidential": True}], "violates"),
        ({}, [{}, {"duplicate_of": Ref(PROJECT, 10)}], "conforms"),
        ({"labels": ("Severity::4",)}, [{}, {}], "violates"),  # whether one is required or not
        ({"labels": ("Gameday",)}, [{}, {}], "not applicable"),
        ({"links": (Link(target=None),)}, [{}], "unknown"),
        ({"links": (Link(target=None),)}, [{}, {}], "violates"),
        ({"links_read": False}, [], "unknown"),
    ],
)
def test_when_it_is_violated(made: dict[str, Any], reviews: list[dict[str, Any]], outcome: str) -> None:
    issues = [review(10 + number, of=1, **fields) for number, fields in enumerate(reviews)]
    assert asked(audited(incident(1, **made), *issues), "IR018") == {outcome: 1}


def test_a_review_that_is_a_part_of_its_incident_is_no_second_one() -> None:
    both = settings(review={"where": "both"})
    one = incident(1, labels=("Severity::2", "Incident::Review-Completed"))
    assert asked(audited(one, review(2, of=1), settings=both), "IR018") == {"conforms": 1}
    assert asked(audited(one, review(2, of=1), review(3, of=1), settings=both), "IR018") == {"violates": 1}


def test_what_it_says() -> None:
    finding = found(audited(incident(1), review(2, of=1), review(3, of=1, closed="2026-11-05")), "IR018")["#1"]
    assert finding.message == (
        f"Several reviews are linked with this incident: {PROJECT}#3 and {PROJECT}#2. Which one is it?"
    )
    assert (finding.level, finding.open) == (Level.INFO, True)
    assert finding.evidence == {"public_reviews": [f"{PROJECT}#3", f"{PROJECT}#2"], "review": f"{PROJECT}#3"}

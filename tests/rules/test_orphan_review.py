from __future__ import annotations

from typing import Any

import pytest

from audit.model import Gap, Level, Link, Ref
from tests.records import PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR014")


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        ({}, "violates"),
        ({"description": "about #99"}, "violates"),  # a text is no statement
        ({"description": "about #1"}, "conforms"),  # but it finds an incident
        ({"description": "| Metric | Value |\n|---|---|\n| Link to Incident Issue | else/where#7 |"}, "conforms"),
        ({"description": "| Metric | Value |\n|---|---|\n| Link to Incident Issue |  |"}, "violates"),
        ({"links": (Link(target=None),)}, "conforms"),  # what it is about cannot be read
        ({"links": (Link(target=Ref("else/where", 5)),)}, "conforms"),
        ({"links_read": False}, "unknown"),
        ({"links_read": False, "description": "about #1"}, "conforms"),
        ({"created": "2026-11-01 23:59"}, "not applicable"),  # opened before the first day that is read
        ({"created": "2026-11-02 00:00"}, "violates"),
    ],
)
def test_when_it_is_asked(made: dict[str, Any], outcome: str) -> None:
    result = audited(incident(1), review(2, **made), settings=settings(since="2026-11-02"))
    assert asked(result, "IR014") == {outcome: 1}


def test_an_incident_out_of_scope_is_one() -> None:
    assert asked(audited(incident(1, labels=("Gameday",)), review(2, of=1)), "IR014") == {"conforms": 1}


def test_a_review_in_its_incident_is_not_asked() -> None:
    inline = settings(review={"where": "inline"})
    assert asked(audited(incident(1), settings=inline), "IR014") == {"not applicable": 1}


def test_while_a_page_of_incidents_is_unread_nobody_is_asked() -> None:
    page = Gap(ref=PROJECT, what="incidents", why="timeout")
    assert asked(audited(review(2), gaps=(page,)), "IR014") == {"unknown": 1}


def test_what_it_says() -> None:
    one = found(audited(review(2)), "IR014")["#2"]
    assert one.message == "No incident was found for this review, and it names no issue: which incident is it about?"
    assert (one.level, one.open) == (Level.INFO, True)
    assert one.evidence == {"opened_on": "2026-11-03"}

from __future__ import annotations

from typing import Any

import pytest

from audit.model import Gap, Level, Link, Ref
from tests.records import PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR004")

ROW = "| Metric | Value |\n|---|---|\n| Link to Incident Issue | #1 |"


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        ({"links": (Link(target=Ref(PROJECT, 1)),)}, "conforms"),
        ({"description": ROW}, "conforms"),
        ({"description": "about INC-7"}, "violates"),
        ({"title": "Incident Review: #1"}, "violates"),
        ({"description": "about #1"}, "violates"),
        ({"title": "Incident Review: Something broke 1 INC-8"}, "not applicable"),
        ({"title": "Incident Review: Something broke, INC-7"}, "violates"),
        ({"description": "about #1", "links_read": False}, "unknown"),
        ({"description": ROW, "links_read": False}, "conforms"),
        ({}, "not applicable"),  # of no incident
    ],
)
def test_when_it_is_violated(made: dict[str, Any], outcome: str) -> None:
    result = audited(incident(1, "Something broke, INC-7"), review(2, **made))
    assert asked(result, "IR004") == {outcome: 1}


def test_an_incident_out_of_scope_ties_nobody() -> None:
    assert asked(audited(incident(1, labels=("Gameday",)), review(2, description="about #1")), "IR004") == {
        "not applicable": 1
    }


def test_a_review_in_its_incident_is_not_asked() -> None:
    inline = settings(review={"where": "inline"})
    assert asked(audited(incident(1), settings=inline), "IR004") == {"not applicable": 1}


def test_while_a_page_of_incidents_is_unread_a_guess_is_not_held_against_anybody() -> None:
    page = Gap(ref=PROJECT, what="incidents", why="timeout")
    assert asked(audited(incident(1), review(2, description="about #1"), gaps=(page,)), "IR004") == {"unknown": 1}


@pytest.mark.apart
@pytest.mark.parametrize(
    ("title", "description", "signal", "by"),
    [
        ("", "about INC-7", "external_id", "the external id in both texts"),
        ("Incident Review: #1", "", "title_reference", "a reference in its title"),
        ("", "about #1", "description_reference", "the only incident that its description names"),
        ("Incident Review: Disk full", "", "title_match", "an equal title"),
    ],
)
def test_what_it_says(title: str, description: str, signal: str, by: str) -> None:
    of = incident(1, "Disk full", description="INC-7")
    one = found(audited(of, review(2, title, description=description)), "IR004")["#2"]
    assert one.message == f"Only {by} ties this review to {PROJECT}#1: add an issue link."
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {"incidents": [f"{PROJECT}#1"], "signals": [signal]}


def test_it_names_all_of_several() -> None:
    issues = (incident(1), incident(2), incident(3), review(9, "Incident Review: #3, #1 and #2"))
    message = found(audited(*issues), "IR004")["#9"].message
    assert f"ties this review to {PROJECT}#1, {PROJECT}#2 and {PROJECT}#3:" in message

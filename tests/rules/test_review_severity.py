from __future__ import annotations

from typing import Any

import pytest

from audit.model import Gap, Level, Link, Ref
from tests.records import PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR005")

PAGE = Gap(ref=PROJECT, what="incidents", why="timeout")


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (("Severity::2",), "conforms"),
        (("severity:2",), "conforms"),
        (("Severity::2", "severity:2"), "conforms"),  # two spellings of one
        (("Severity::1",), "violates"),
        (("Severity::3",), "violates"),
        ((), "violates"),
        (("Severity::2", "Severity::3"), "violates"),
        (("Severity::5",), "violates"),  # none
        (("S2",), "violates"),  # only if it is set
    ],
)
def test_when_it_is_violated(labels: tuple[str, ...], outcome: str) -> None:
    assert asked(audited(incident(1), review(2, of=1, labels=("IncidentReview", *labels))), "IR005") == {outcome: 1}


def test_plain_severities_if_they_are_set() -> None:
    plain = settings(labels={"plain_severity": True})
    issues = (incident(1), review(2, of=1, labels=("IncidentReview", "S2")))
    assert asked(audited(*issues, settings=plain), "IR005") == {"conforms": 1}


@pytest.mark.parametrize(
    ("incidents", "outcome"),
    [
        (({"labels": ("Severity::3",)}, {}), "conforms"),  # the worst counts
        (({"labels": ("Severity::1",)}, {}), "violates"),
        (({"labels": ("Severity::1", "Gameday")}, {}), "conforms"),  # out of scope
        (({"labels": ("Severity::1", "Severity::2")},), "violates"),  # of two severities the worst counts
        (({"labels": (), "severity": 2},), "conforms"),  # GitLab's own field
        (({"labels": ("Severity::3",), "severity": 2},), "violates"),  # after the labels
        (({"labels": ()}, {}), "conforms"),  # those without one say nothing
        (({"labels": ()},), "unknown"),
        (({"labels": ("Severity::3",)},), "violates"),  # a voluntary review too
        (({"labels": ("Severity::2", "Gameday")},), "not applicable"),
    ],
)
def test_the_worst_current_severity_of_its_incidents_in_scope(incidents: Any, outcome: str) -> None:
    links = tuple(Link(target=Ref(PROJECT, iid)) for iid in range(1, len(incidents) + 1))
    made = (incident(iid, **fields) for iid, fields in enumerate(incidents, 1))
    one = review(9, links=links, labels=("IncidentReview", "Severity::2"))
    assert asked(audited(*made, one), "IR005") == {outcome: 1}


def test_no_label_is_none_whatever_the_incident_says() -> None:
    assert asked(audited(incident(1, labels=()), review(2, of=1)), "IR005") == {"violates": 1}


@pytest.mark.parametrize(
    ("severity", "label", "outcome"),
    [
        (2, 2, "unknown"),  # a worse incident may be out of sight
        (2, 1, "unknown"),
        (2, 3, "violates"),  # it is worse than that in any case
        (1, 1, "conforms"),  # nothing is worse
        (1, 2, "violates"),
    ],
)
def test_what_is_out_of_sight_can_only_be_worse(severity: int, label: int, outcome: str) -> None:
    issues = (
        incident(1, labels=(f"Severity::{severity}",)),
        review(2, of=1, labels=("IncidentReview", f"Severity::{label}")),
    )
    assert asked(audited(*issues, gaps=(PAGE,)), "IR005") == {outcome: 1}


def test_a_missing_label_is_missing_whatever_is_out_of_sight() -> None:
    assert asked(audited(incident(1), review(2, of=1, links_read=False), gaps=(PAGE,)), "IR005") == {"violates": 1}


def test_an_inline_review_has_its_incidents_severity() -> None:
    assert asked(audited(incident(1), settings=settings(review={"where": "inline"})), "IR005") == {"not applicable": 1}


@pytest.mark.parametrize(
    ("labels", "of", "message"),
    [
        ((), ("Severity::2",), "This review has no severity label, and its incident has severity 2."),
        ((), (), "This review has no severity label."),
        (
            ("Severity::3",),
            ("Severity::2",),
            "This review is labelled with severity 3, and its incident has severity 2.",
        ),
        (
            ("Severity::3", "Severity::1"),
            ("Severity::2",),
            "This review is labelled with severity 1 and 3, and its incident has severity 2.",
        ),
    ],
)
def test_what_it_says(labels: tuple[str, ...], of: tuple[str, ...], message: str) -> None:
    result = audited(incident(1, labels=of), review(2, of=1, labels=("IncidentReview", *labels)))
    one = found(result, "IR005")["#2"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "own_severities": sorted(int(label[-1]) for label in labels),
        "incident_severity": int(of[0][-1]) if of else None,
        "in_scope_incidents": [f"{PROJECT}#1"],
    }


def test_it_speaks_of_several_incidents() -> None:
    links = tuple(Link(target=Ref(PROJECT, iid)) for iid in (1, 2))
    issues = (incident(1), incident(2, labels=("Severity::1",)))
    message = found(audited(*issues, review(9, links=links)), "IR005")["#9"].message
    assert message == "This review has no severity label, and the worst of its incidents has severity 1."

from __future__ import annotations

import pytest

from audit.model import Level
from tests.records import asked, found, incident, review, settings
from tests.rules.one_rule import audited_by
from tests.rules.written import text

pytestmark = pytest.mark.together

audited = audited_by("IR008")

INLINE = settings(review={"where": "inline"})


@pytest.mark.parametrize(
    ("description", "outcome"),
    [
        (text(), "conforms"),
        (text(summary=None), "violates"),
        (text(summary=None) + "\n\n##### executive SUMMARY\n\nA disk was full.", "conforms"),
        (text(summary=None) + "\n\n# Exec Summary\n\nA disk was full.", "conforms"),
        (text(summary=None) + "\n\n# Summary of actions\n\nA disk was full.", "violates"),
        (text(summary="N/A"), "conforms"),
        (text(summary=""), "violates"),
        (text(summary="TBD"), "violates"),
        (text(summary="{+ TBD +}"), "violates"),
        (text(summary="1. ..."), "violates"),
        (text(summary="1. ...\n1. A disk was full."), "conforms"),
        (text(summary="<!-- A disk was full. -->"), "violates"),
        (text(summary="<!-- never closed\n\nA disk was full."), "violates"),
        (text(summary="More information will be added as we investigate the issue."), "violates"),
    ],
)
def test_when_it_is_violated(description: str, outcome: str) -> None:
    assert asked(audited(incident(1), review(2, of=1, description=description)), "IR008") == {outcome: 1}


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-11-04", "conforms"), ("2026-11-05", "violates")])
def test_only_when_it_is_ripe(as_of: str, outcome: str) -> None:
    issues = (incident(1), review(2, of=1, description=text(summary=None)))
    assert asked(audited(*issues, as_of=as_of), "IR008") == {outcome: 1}


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (("Severity::3",), "violates"),  # voluntary
        (("Severity::2", "Gameday"), "not applicable"),
    ],
)
def test_who_is_asked(labels: tuple[str, ...], outcome: str) -> None:
    issues = (incident(1, labels=labels), review(2, of=1, description=text(summary=None)))
    assert asked(audited(*issues), "IR008") == {outcome: 1}


def test_a_paper_review_has_that_finding_alone() -> None:
    assert asked(audited(incident(1), review(2, of=1, closed="2026-11-06")), "IR008") == {"not applicable": 1}
    assert asked(audited(incident(1), review(2, of=1)), "IR008") == {"violates": 1}


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [("## Summary\n\nA disk was full.", "conforms"), ("## Summary\n\n...", "violates")],
)
def test_an_inline_review_begins_at_its_heading(inside: str, outcome: str) -> None:
    before = "## Summary\n\nUsers see errors." if outcome == "violates" else "## Summary\n\n..."
    one = incident(1, description=f"{before}\n\n# Incident Review\n\n{inside}")
    assert asked(audited(one, settings=INLINE), "IR008") == {outcome: 1}


def test_the_headings_are_settings() -> None:
    german = settings(review={"sections": {"summary": ["Zusammenfassung"], "inline": "Nachbetrachtung"}})
    one = review(2, of=1, description="## Zusammenfassung\n\nDie Platte war voll.")
    assert asked(audited(incident(1), one), "IR008") == {"violates": 1}
    assert asked(audited(incident(1), one, settings=german), "IR008") == {"conforms": 1}


@pytest.mark.parametrize(
    ("summary", "state", "message"),
    [
        (None, "absent", "This review has no summary."),
        ("...", "placeholder", "The summary of this review is not written yet."),
    ],
)
def test_what_it_says(summary: str | None, state: str, message: str) -> None:
    one = found(audited(incident(1), review(2, of=1, description=text(summary=summary))), "IR008")["#2"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {"summary": state, "due_on": "2026-11-09", "completed_on": None}

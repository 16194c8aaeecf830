from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, Link, Ref
from tests.records import PROJECT, TOOLS, action, added, asked, found, incident, issue, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR010")

UNNEEDED = "NoCorrectiveActionNeeded"
DONE: dict[str, Any] = {"closed": "2026-11-20 12:00"}
HIDDEN = (Link(target=None),)


def outcomes(text: str) -> str:
    return f"## Summary\n\nsee {TOOLS}#8 and &8\n\n## Outcomes\n\n{text}\n\n## Details\n\nsee {TOOLS}#9\n"


@pytest.mark.parametrize(
    ("issues", "outcome"),
    [
        ((incident(1), review(2, of=1, **DONE)), "violates"),
        ((incident(1), review(2, of=1)), "conforms"),  # not completed yet
        ((incident(1, labels=("Severity::4",)), review(2, of=1, **DONE)), "violates"),  # voluntary
        ((incident(1, labels=("Gameday",)), review(2, of=1, **DONE)), "not applicable"),
        ((review(2, **DONE),), "not applicable"),  # an orphan
        ((incident(1), review(2, of=1, **DONE), action(7, of=2)), "conforms"),
        ((incident(1), review(2, of=1, **DONE), action(7, of=1)), "conforms"),
        ((incident(1), review(2, of=1, **DONE), action(7, of=1, labels=("infradev",))), "conforms"),
        ((incident(1), review(2, of=1, **DONE), action(7, of=1, closed="2026-11-09")), "conforms"),
        ((incident(1), review(2, of=1, **DONE), action(7, of=1, moved=True, closed="2026-11-09")), "conforms"),
        ((incident(1), review(2, of=1, **DONE), action(7)), "violates"),  # of something else
        ((incident(1), review(2, of=1, **DONE), action(7, of=2, labels=())), "violates"),
        ((incident(1), review(2, of=1, labels=("IncidentReview", UNNEEDED), **DONE)), "conforms"),
        ((incident(1, labels=("Severity::2", UNNEEDED.lower())), review(2, of=1, **DONE)), "conforms"),
    ],
)
def test_when_it_is_violated(issues: tuple[Any, ...], outcome: str) -> None:
    assert asked(audited(*issues), "IR010") == {outcome: 1}


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-11-19", "conforms"), ("2026-11-20", "violates")])
def test_from_the_day_it_was_completed(as_of: str, outcome: str) -> None:
    assert asked(audited(incident(1), review(2, of=1, **DONE), as_of=as_of), "IR010") == {outcome: 1}


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("None needed.", "violates"),
        ("1. Let the alerts point to the runbook.", "violates"),  # prose without a reference
        ("#1, #2, production#1 and https://gitlab.example/ops/production/-/issues/2", "violates"),
        ("what #3 says", "conforms"),  # another incident
        ("- #99", "conforms"),  # whatever it is
        (f"{TOOLS}#7", "conforms"),
        ("[it](https://gitlab.example/else/where/-/work_items/7)", "conforms"),  # of a project that is not read
        ("https://ops.gitlab.net/a/b/-/issues/7", "conforms"),  # another GitLab's
        ("a/confidential/project#7", "conforms"),
        ("- &12", "conforms"),
        ("ops&12", "conforms"),
        ("ops/team/&12+s", "conforms"),
        ("https://gitlab.example/groups/ops/-/epics/12", "conforms"),
        ("`&12` <!-- #99 -->", "violates"),
        ("!12", "conforms"),
        ("[it](https://acme.atlassian.example/browse/OPS-13)", "conforms"),
        ("see https://wiki.example/pages/13", "violates"),
        ("%3, #incident-7, INC-7, AT&T", "violates"),
        ("", "violates"),
    ],
)
def test_what_the_outcomes_name(text: str, outcome: str) -> None:
    made = review(2, of=1, description=outcomes(text), **DONE)
    assert asked(audited(incident(1), incident(3), made), "IR010") == {outcome: 1}


def test_all_that_a_review_covers_is_its_own() -> None:
    both = (Link(target=Ref(PROJECT, 1)), Link(target=Ref(PROJECT, 3)))
    made = review(2, links=both, description=outcomes("of #1 and #3, once #4"), **DONE)
    old = incident(4, moved=True, moved_to=Ref(PROJECT, 1), closed="2026-11-02 12:00")
    drill = incident(3, labels=("Gameday",))
    assert asked(audited(incident(1), drill, old, made), "IR010") == {"violates": 1}
    # and an action of any of them is one of the review
    assert asked(audited(incident(1), drill, old, made, action(7, of=3)), "IR010") == {"conforms": 1}
    assert asked(audited(incident(1), incident(3, labels=(UNNEEDED,)), made), "IR010") == {"conforms": 1}


@pytest.mark.parametrize(
    ("issues", "outcome"),
    [
        ((incident(1), review(2, of=1, links=HIDDEN, **DONE)), "unknown"),
        ((incident(1, links=HIDDEN), review(2, of=1, **DONE)), "unknown"),
        ((incident(1), review(2, of=1, links_read=False, description=outcomes("of #1"), **DONE)), "unknown"),
        ((incident(1), review(2, of=1, links=HIDDEN)), "conforms"),  # not completed yet
        ((incident(1), review(2, of=1, links=HIDDEN, description=outcomes("#99"), **DONE)), "conforms"),
        ((incident(1), review(2, of=1, links=HIDDEN, **DONE), action(7, of=1)), "conforms"),
    ],
)
def test_where_a_linked_issue_cannot_be_read_it_cannot_be_told(issues: tuple[Any, ...], outcome: str) -> None:
    assert asked(audited(*issues), "IR010") == {outcome: 1}


COMPLETED = "Incident::Review-Completed"


@pytest.mark.parametrize(
    ("text", "labels", "outcome"),
    [
        ("", (COMPLETED,), "violates"),
        ("", (), "conforms"),
        (outcomes("see #1"), (COMPLETED,), "violates"),
        (outcomes("see #5"), (COMPLETED,), "conforms"),
        ("see #5", (COMPLETED,), "violates"),
        ("", (COMPLETED, UNNEEDED), "conforms"),
    ],
)
def test_an_inline_review(text: str, labels: tuple[str, ...], outcome: str) -> None:
    events = (added(COMPLETED, "2026-11-09"),) if labels else ()
    one = incident(1, description=text, labels=("Severity::2", *labels), label_events=events)
    assert asked(audited(one, settings=settings(review={"where": "inline"})), "IR010") == {outcome: 1}


def test_what_it_says() -> None:
    one = found(audited(incident(1), review(2, of=1, **DONE), issue(3)), "IR010")["#2"]
    assert one.message == (
        "This review was completed on 2026-11-20; no corrective action is linked with it or its incident, its Outcomes"
        " section names no issue, merge request or ticket, and no label says that none is needed."
    )
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {"completed_on": "2026-11-20", "in_scope_incidents": [f"{PROJECT}#1"]}

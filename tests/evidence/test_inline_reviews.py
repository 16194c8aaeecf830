"""Reviews that are part of their incident (POLICY.md section 2, inline reviews)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.records import (
    PROJECT,
    added,
    asked,
    audited,
    evidence,
    found,
    incident,
    removed,
    review,
    row,
    settings,
    verdict,
    weighed,
)

pytestmark = pytest.mark.together

COMPLETED = "Incident::Review-Completed"
INLINE = settings(review={"where": "inline"})
BOTH = settings(review={"where": "both"})


def marked(*events: Any, labels: tuple[str, ...] = ("Severity::2", COMPLETED), **fields: Any) -> Any:
    return incident(1, labels=labels, label_events=events, **fields)


@pytest.mark.parametrize(
    ("one", "as_of", "expected"),
    [
        (incident(1), "2026-11-09", "pending"),
        (incident(1), "2026-11-10", "overdue"),  # never missing
        (incident(1, closed="2026-11-05"), "2026-11-10", "overdue"),  # closed is not completed
        (marked(added(COMPLETED, "2026-11-09 23:59")), "2026-11-23", "on_time"),
        (marked(added(COMPLETED, "2026-11-10 00:00")), "2026-11-23", "late"),
        (marked(added(COMPLETED, "2026-11-10")), "2026-11-09", "pending"),  # not yet that day
        (marked(added("incident:review-completed", "2026-11-09")), "2026-11-23", "on_time"),
        # the last add counts
        (
            marked(added(COMPLETED, "2026-11-04"), removed(COMPLETED, "2026-11-05"), added(COMPLETED, "2026-11-12")),
            "2026-11-23",
            "late",
        ),
        # only while it is on
        (
            marked(added(COMPLETED, "2026-11-04"), removed(COMPLETED, "2026-11-05"), labels=("Severity::2",)),
            "2026-11-23",
            "overdue",
        ),
        (
            marked(added(COMPLETED, "2026-11-04"), removed(COMPLETED, "2026-11-12"), labels=("Severity::2",)),
            "2026-11-11",
            "on_time",
        ),
        (marked(), "2026-11-23", "on_time"),  # without an event it was there from the beginning
        (marked(added(COMPLETED, "2026-11-04"), labels=("Severity::3", COMPLETED)), "2026-11-23", "not_required"),
        (marked(added(COMPLETED, "2026-11-04"), labels=(COMPLETED,)), "2026-11-23", "inconclusive"),
        # it is no review for the exemption until it is completed
        (incident(1, labels=("Severity::2", "Service::Git")), "2026-11-23", "exempt_unowned"),
        (
            marked(added(COMPLETED, "2026-11-04"), labels=("Severity::2", "Service::Git", COMPLETED)),
            "2026-11-23",
            "on_time",
        ),
    ],
)
def test_every_incident_is_its_own_review(one: Any, as_of: str, expected: str) -> None:
    assert verdict(one, as_of=as_of, settings=INLINE) == expected


def test_a_review_issue_counts_for_nothing_where_reviews_are_inline() -> None:
    held = evidence(incident(1), review(2, of=1, closed="2026-11-04"), settings=INLINE)
    assert held.incidents["reviews"].tolist() == [(f"{PROJECT}#1",)]
    assert held.incidents["linked_by"].tolist() == ["inline"]
    assert held.reviews["ref"].tolist() == [f"{PROJECT}#1"]


def test_the_add_of_another_completed_label_does_not_count() -> None:
    """Two spellings stood on one page of the handbook, and both may be configured."""
    config = settings(review={"where": "inline"}, labels={"review_completed": [COMPLETED, "Incident::ReviewCompleted"]})
    swapped = marked(
        added(COMPLETED, "2026-11-04"),
        added("Incident::ReviewCompleted", "2026-11-20"),
        removed("Incident::ReviewCompleted", "2026-11-21"),
    )
    assert verdict(swapped, settings=config) == "on_time"


@pytest.mark.parametrize(
    ("one", "issue", "chosen", "expected"),
    [
        (incident(1), None, 1, "overdue"),  # no review issue is linked
        (incident(1), {}, 2, "overdue"),
        (incident(1), {"closed": "2026-11-09"}, 2, "on_time"),
        (marked(added(COMPLETED, "2026-11-06")), None, 1, "on_time"),
        (marked(added(COMPLETED, "2026-11-06")), {}, 1, "on_time"),
        (marked(added(COMPLETED, "2026-11-06")), {"closed": "2026-11-05"}, 2, "on_time"),  # completed first
        (marked(added(COMPLETED, "2026-11-06")), {"closed": "2026-11-07"}, 1, "on_time"),
        (marked(added(COMPLETED, "2026-11-06")), {"closed": "2026-11-06"}, 1, "on_time"),  # the lower number
    ],
)
def test_both(one: Any, issue: dict[str, Any] | None, chosen: int, expected: str) -> None:
    issues = [one] if issue is None else [one, review(2, of=1, **issue)]
    result = weighed(*issues, settings=BOTH)
    said = result.evidence.incidents.iloc[0]
    assert said["review"] == f"{PROJECT}#{chosen}"
    assert said["inline"] == (chosen == 1)
    assert result.verdicts.tolist() == [expected]
    # every review that an incident names has a row
    assert set(said["reviews"]) == set(result.evidence.reviews["ref"])


def test_an_inline_review_is_none_for_a_voluntary_count_until_it_is_completed() -> None:
    assert not row(incident(1, labels=("Severity::3",)), settings=INLINE)["has_review"]
    assert row(marked(labels=("Severity::3", COMPLETED)), settings=INLINE)["has_review"]


def test_a_lowered_severity_is_asked_about_until_an_inline_review_is_completed() -> None:
    events = (added("Severity::1", "2026-11-02 10:00"), removed("Severity::1", "2026-11-02 12:00"))
    open_one = incident(1, labels=("Severity::3",), label_events=events)
    assert list(found(audited(open_one, settings=INLINE), "IR012")) == ["#1"]
    done = marked(*events, added(COMPLETED, "2026-11-04"), labels=("Severity::3", COMPLETED))
    assert found(audited(done, settings=INLINE), "IR012") == {}


def test_the_rules_about_review_issues_do_not_speak_of_inline_ones() -> None:
    result = audited(incident(1), settings=INLINE)
    assert asked(result, "IR004") == {"not applicable": 1}
    assert asked(result, "IR014") == {"not applicable": 1}
    assert asked(result, "IR003") == {"violates": 1}


def test_the_row_of_an_inline_review() -> None:
    said = evidence(marked(added(COMPLETED, "2026-11-06")), settings=INLINE).reviews.iloc[0]
    assert said["inline"]
    assert said["linked"]
    assert said["required"]
    assert said["incidents"] == said["in_scope_incidents"] == (f"{PROJECT}#1",)
    assert said["signals"] == ("inline",)
    assert not said["guessed"]
    assert said["opened_on"] == pd.Timestamp("2026-11-02")
    assert said["completed_on"] == pd.Timestamp("2026-11-06")
    assert said["due_on"] == pd.Timestamp("2026-11-09")


def test_an_incident_out_of_scope_is_no_review() -> None:
    assert evidence(incident(1, labels=("Gameday",)), settings=INLINE).reviews.empty

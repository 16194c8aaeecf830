"""Policies are dated: an incident is judged by the one of the local day it was declared (POLICY.md section 6)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.records import added, evidence, incident, issue, removed, review, row, settings, verdict, weighed

pytestmark = pytest.mark.together

HISTORY = [
    {"from": "2020-05-01", "due_days": 14, "due_kind": "calendar", "unowned": "require"},
    {"from": "2021-03-01", "severities": [1], "due_days": 7, "unowned": "require"},
    {"from": "2022-11-01", "severities": [], "due_days": 7, "unowned": "require"},
    {"from": "2025-01-01"},
    {"from": "2026-04-28", "anchor": "resolved"},
    {"from": "2026-08-11", "anchor": "resolved", "unowned": "require"},
]


@pytest.mark.parametrize(
    ("created", "labels", "policy", "due", "expected"),
    [
        ("2020-04-30 23:59", ("Severity::1",), 0, None, "out_of_scope"),
        ("2020-05-01 00:00", ("Severity::2",), 0, "2020-05-15", "missing"),
        ("2021-02-28 23:59", ("Severity::2",), 0, "2021-03-14", "missing"),
        ("2021-03-01 00:00", ("Severity::2",), 1, "2021-03-10", "not_required"),
        ("2021-03-01 00:00", ("Severity::1",), 1, "2021-03-10", "missing"),
        ("2022-11-01 00:00", ("Severity::1",), 2, "2022-11-10", "not_required"),
        ("2022-11-01 00:00", (), 2, "2022-11-10", "not_required"),  # its severity does not matter
        ("2022-11-01 00:00", ("Review-Requested",), 2, "2022-11-10", "missing"),
        ("2022-11-01 00:00", ("Review-Requested", "Service::Git"), 2, "2022-11-10", "missing"),
        ("2025-01-01 00:00", ("Severity::2", "Service::Git"), 3, "2025-01-08", "exempt_unowned"),
        ("2026-04-28 00:00", ("Severity::2",), 4, None, "pending"),
        ("2026-08-11 00:00", ("Severity::2", "Service::Git"), 5, None, "pending"),
    ],
)
def test_the_policy_of_the_day(
    created: str, labels: tuple[str, ...], policy: int, due: str | None, expected: str
) -> None:
    result = weighed(incident(1, created=created, labels=labels), settings=settings(policies=HISTORY))
    said = result.evidence.incidents.iloc[0]
    assert said["policy"] == policy
    assert result.verdicts.tolist() == [expected]
    if expected != "out_of_scope":
        assert said["due_on"] is pd.NaT if due is None else said["due_on"] == pd.Timestamp(due)


def test_the_settings_may_list_policies_in_any_order() -> None:
    assert row(incident(1, created="2021-03-01"), settings=settings(policies=HISTORY[::-1]))["policy"] == 1


@pytest.mark.parametrize(
    ("zone", "created", "policy"),
    [
        ("Europe/Berlin", "2024-12-31 22:59", 0),
        ("Europe/Berlin", "2024-12-31 23:00", 1),
        ("America/Santiago", "2025-01-01 02:59", 0),
        ("America/Santiago", "2025-01-01 03:00", 1),
    ],
)
def test_a_policy_begins_at_midnight_in_the_zone(zone: str, created: str, policy: int) -> None:
    config = settings(timezone=zone, policies=[{"from": "2024-01-01"}, {"from": "2025-01-01"}])
    assert row(incident(1, created=created), settings=config)["policy"] == policy


def test_declared_before_the_first_policy_by_the_local_day() -> None:
    config = settings(timezone="America/Santiago", since="2024-01-01", policies=[{"from": "2025-01-01"}])
    early = row(incident(1, created="2025-01-01 02:59"), settings=config)
    assert early["scope_reason"] == "declared before the first policy"
    assert row(incident(1, created="2025-01-01 03:00"), settings=config)["scope_reason"] == ""


def test_a_policy_without_a_first_day_is_always_in_force() -> None:
    assert verdict(incident(1, created="2009-11-02")) == "missing"


@pytest.mark.parametrize(
    ("fields", "before", "after"),
    [
        ({"severity_by": "peak"}, "not_required", "missing"),
        ({"grace_minutes": 240, "severity_by": "peak"}, "not_required", "not_required"),
        ({"request_labels": ["RCA-please"]}, "not_required", "missing"),
        ({"more_information_labels": ["rca-please"]}, "not_required", "missing"),
    ],
)
def test_what_is_dated(fields: dict[str, Any], before: str, after: str) -> None:
    raised = (added("Severity::1", "2026-11-02 10:00"), removed("Severity::1", "2026-11-02 12:00"))
    one = incident(1, labels=("Severity::3", "RCA-Please"), label_events=raised)
    if "severity_by" in fields:
        one = incident(1, labels=("Severity::3",), label_events=raised)
    assert verdict(one, settings=settings(policies=[{"from": "2026-01-01"}])) == before
    assert verdict(one, settings=settings(policies=[{"from": "2025-01-01"}, {"from": "2026-11-02", **fields}])) == after


def test_which_reviews_count_as_opened_since_the_first_day() -> None:
    reviews = (review(7, created="2025-12-31 22:59"), review(8, created="2025-12-31 23:00"))
    config = settings(timezone="Europe/Berlin", policies=[{"from": "2026-01-01"}])
    assert evidence(*reviews, settings=config).reviews["since"].tolist() == [False, True]
    assert evidence(*reviews).reviews["since"].tolist() == [True, True]
    later = settings(timezone="Europe/Berlin", since="2026-01-02", policies=[{"from": "2025-01-01"}])
    assert evidence(*reviews, settings=later).reviews["since"].tolist() == [False, False]


def test_a_moved_or_duplicate_incident_stays_out_of_scope_under_every_policy() -> None:
    gone = incident(1, moved=True, moved_to=issue(2).ref, closed="2026-11-03")
    assert verdict(gone, incident(2), settings=settings(policies=HISTORY)) == "out_of_scope"

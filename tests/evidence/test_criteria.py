"""When a review is required (POLICY.md section 5), and of what severity an incident is or was (section 2)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from audit.model import LabelEvent, Ref
from tests.records import LABELS, added, evidence, incident, issue, removed, row, settings, source

pytestmark = pytest.mark.together

DAY = "2026-11-02"


def policy(**fields: Any) -> Any:
    return settings(policies=[fields])


def spell(label: str, start: str, end: str) -> tuple[LabelEvent, LabelEvent]:
    return added(label, f"{DAY} {start}"), removed(label, f"{DAY} {end}")


@pytest.mark.parametrize(
    ("labels", "native", "severity", "different"),
    [
        ((), None, None, 0),
        ((), 1, 1, 0),
        (("Severity::3",), None, 3, 1),
        (("Severity::3",), 1, 3, 1),  # a label goes before GitLab's own field
        (("severity::3", "Severity:3"), None, 3, 1),  # two spellings of one are one
        (("Severity::3", "severity:2"), None, 2, 2),  # of two different ones the worst counts
        (("SEVERITY : 2",), None, 2, 1),
        (("Severity::5", "Severity::High", "Severity::"), None, None, 0),
        (("Severity::5",), 4, 4, 0),
        (("S1",), None, None, 0),  # plain ones only if set
        (("Severity1",), None, None, 0),
        (("Customer::Severity::1",), None, None, 0),
    ],
)
def test_severity(labels: tuple[str, ...], native: int | None, severity: int | None, different: int) -> None:
    said = row(incident(1, labels=labels, severity=native))
    assert (None if said["severity"] is pd.NA else said["severity"]) == severity
    assert said["severities"] == different


@pytest.mark.parametrize(
    ("label", "severity"), [("S1", 1), ("s4", 4), ("S5", None), ("S1 maybe", None), ("severity::2", 2)]
)
def test_plain_severities_if_set(label: str, severity: int | None) -> None:
    said = row(incident(1, labels=(label,)), settings=settings(labels={"plain_severity": True}))
    assert (None if said["severity"] is pd.NA else said["severity"]) == severity


def test_another_scope_of_severity() -> None:
    said = row(incident(1, labels=("Severity::1", "impact::3")), settings=settings(labels={"severity_scope": "impact"}))
    assert said["severity"] == 3


@pytest.mark.parametrize(
    ("labels", "because"),
    [
        (("Severity::1",), ("severity",)),
        (("Severity::2",), ("severity",)),
        (("Severity::3",), ()),
        (("Severity::3", "review-requested"), ("requested",)),
        (("Severity::1", "Review-Requested"), ("severity", "requested")),
        (("Severity::4", "Needs-Detail"), ("more_information",)),
        (("Severity::2", "Review-Requested", "needs-detail"), ("severity", "requested", "more_information")),
        (("Severity::1", "backstage"), ()),  # not user facing
        (("Severity::1", "Backstage", "Review-Requested"), ("requested",)),
        (("backstage",), ()),  # not user facing: its severity does not matter
    ],
)
def test_the_criteria_that_hold(labels: tuple[str, ...], because: tuple[str, ...]) -> None:
    said = row(incident(1, labels=labels), settings=policy(more_information_labels=["Needs-Detail"]))
    assert said["required_because"] == because
    assert said["required"] == bool(because)


@pytest.mark.parametrize(
    ("labels", "required", "because"),
    [
        ((), pd.NA, ()),  # user facing with no severity
        (("Review-Requested",), True, ("requested",)),  # but another criterion holds
        (("backstage",), False, ()),
    ],
)
def test_without_a_severity(labels: tuple[str, ...], required: Any, because: tuple[str, ...]) -> None:
    said = row(incident(1, labels=labels))
    assert said["required"] is required or said["required"] == required
    assert said["required_because"] == because
    assert said["history_gap"] == ""  # no severity is data, not a gap


def test_where_no_severity_requires_a_review_its_absence_hides_nothing() -> None:
    said = row(incident(1, labels=()), settings=policy(severities=[]))
    assert said["required"] is not pd.NA
    assert not said["required"]


@pytest.mark.parametrize(
    ("start", "end", "severity_of_peak", "lowered_from"),
    [
        ("10:00", "10:59", 3, None),
        ("10:00", "11:00", 3, None),  # exactly the grace is no longer than the grace
        ("10:00", "11:01", 1, 1),
    ],
)
def test_peak_and_the_grace(start: str, end: str, severity_of_peak: int, lowered_from: int | None) -> None:
    raised = incident(1, labels=("Severity::3",), label_events=spell("Severity::1", start, end))
    said = row(raised)
    assert said["severity"] == 3
    assert said["peak_severity"] == severity_of_peak
    assert (None if said["lowered_from"] is pd.NA else said["lowered_from"]) == lowered_from
    assert said["required"] == False  # noqa: E712 - by current severity
    assert row(raised, settings=policy(severity_by="peak"))["required"] == (severity_of_peak == 1)


def test_peak_counts_the_current_severity_whatever_its_source_and_age() -> None:
    by_peak = policy(severity_by="peak")
    field = row(incident(1, labels=(), severity=2), settings=by_peak)
    assert (field["peak_severity"], field["required_because"]) == (2, ("severity",))
    fresh = incident(1, labels=("Severity::1",), label_events=(added("Severity::1", "2026-11-23 23:59"),))
    assert row(fresh, settings=by_peak)["peak_severity"] == 1


def test_a_label_of_which_no_end_is_known_stood() -> None:
    """Moving an issue drops labels without an event."""
    moved = incident(1, labels=("Severity::3",), label_events=(added("Severity::1", f"{DAY} 10:00"),))
    said = row(moved)
    assert said["peak_severity"] == 1
    assert said["lowered_from"] == 1
    assert said["lowered_at"] is pd.NaT
    assert said["lowered_on"] is pd.NaT


def test_a_label_without_an_add_event_stood_since_the_declaration() -> None:
    assert row(incident(1, labels=(), label_events=(removed("severity:2", f"{DAY} 11:01"),)))["lowered_from"] == 2
    said = row(incident(1, labels=(), label_events=(removed("severity:2", f"{DAY} 11:00"),)))
    assert said["lowered_from"] is pd.NA


def test_a_severity_that_gitlabs_own_field_still_says_is_not_gone() -> None:
    once = spell("Severity::1", "10:00", "12:00")
    assert row(incident(1, labels=(), severity=1, label_events=once))["lowered_from"] is pd.NA
    assert row(incident(1, labels=(), severity=2, label_events=once))["lowered_from"] == 1


def test_lowered_tells_the_worst_and_the_last_time_in_the_zone() -> None:
    events = (
        *spell("Severity::2", "10:00", "12:00"),
        *spell("Severity::1", "12:00", "14:00"),
        added("Severity::1", f"{DAY} 20:00"),
        removed("Severity::1", f"{DAY} 23:30"),
    )
    said = row(incident(1, labels=("Severity::4",), label_events=events), settings=settings(timezone="Europe/Berlin"))
    assert said["lowered_from"] == 1
    assert said["lowered_at"] == pd.Timestamp("2026-11-02 23:30", tz="UTC")
    assert said["lowered_on"] == pd.Timestamp("2026-11-03")


@pytest.mark.parametrize(
    ("end", "required", "told"),
    [("10:30", False, None), ("11:00", False, None), ("11:01", True, "2026-11-02 11:01"), (None, True, None)],
)
def test_a_request_that_was_taken_back(end: str | None, required: bool, told: str | None) -> None:
    events = [added("Review-Requested", f"{DAY} 10:00")]
    if end:
        events.append(removed("review-requested", f"{DAY} {end}"))
    said = row(incident(1, labels=("Severity::3",), label_events=tuple(events)))
    assert said["required"] == required
    assert said["required_because"] == (("requested",) if required else ())
    assert (
        said["request_removed_at"] is pd.NaT if told is None else said["request_removed_at"] == pd.Timestamp(told + "Z")
    )


def test_each_add_of_a_request_has_its_own_grace() -> None:
    events = (*spell("Review-Requested", "10:00", "10:45"), *spell("Review-Requested", "10:50", "11:40"))
    assert not row(incident(1, labels=("Severity::3",), label_events=events))["required"]


def test_the_grace_is_a_setting() -> None:
    events = spell("Review-Requested", "10:00", "10:01")
    assert row(incident(1, labels=("Severity::3",), label_events=events), settings=policy(grace_minutes=0))["required"]


DELETED = (added(None, f"{DAY} 10:05"),)


@pytest.mark.parametrize(
    ("exist", "fields", "required", "gap"),
    [
        (LABELS, {}, False, ""),  # everything asked for exists: the deleted one was another
        (("Severity::1", "severity::2"), {}, None, "label"),  # it may have been the request
        (("review-requested",), {}, False, ""),  # by current severity the past does not matter
        (("review-requested",), {"severity_by": "peak"}, None, "label"),
        (("review-requested", "Severity::1"), {"severity_by": "peak"}, None, "label"),  # one for each required
        (("review-requested", "Severity::1", "severity:2"), {"severity_by": "peak"}, False, ""),
        ((), {"request_labels": []}, False, ""),  # no label is asked for
        (("Review-Requested",), {"request_labels": ["Review-Requested", "RCA-Requested"]}, None, "label"),
        (("Review-Requested",), {"severity_by": "peak", "severities": []}, False, ""),
    ],
)
def test_a_deleted_label(exist: tuple[str, ...], fields: dict[str, Any], required: bool | None, gap: str) -> None:
    hidden = incident(1, labels=("Severity::3",), label_events=DELETED)
    said = row(hidden, sources=(source(labels=exist),), settings=policy(**fields))
    assert (None if said["required"] is pd.NA else said["required"]) == required
    assert said["history_gap"] == gap


def test_plain_severities_exist_too() -> None:
    spelt = settings(labels={"plain_severity": True}, policies=[{"severity_by": "peak", "request_labels": []}])
    hidden = incident(1, labels=("S3",), label_events=DELETED)
    assert row(hidden, sources=(source(labels=("S1", "S2")),), settings=spelt)["required"] == False  # noqa: E712


def test_a_deleted_label_that_was_only_taken_off_hides_nothing() -> None:
    hidden = incident(1, labels=("Severity::3",), label_events=(removed(None, f"{DAY} 10:05"),))
    assert row(hidden, sources=(source(labels=()),))["required"] == False  # noqa: E712


def test_a_deleted_label_hides_nothing_where_another_criterion_holds() -> None:
    said = row(incident(1, labels=("Severity::1",), label_events=DELETED), sources=(source(labels=()),))
    assert (said["required_because"], said["history_gap"]) == (("severity",), "")


@pytest.mark.parametrize(
    ("fields", "required", "gap"),
    [({}, None, "history"), ({"request_labels": []}, False, ""), ({"severity_by": "peak"}, None, "history")],
)
def test_a_history_that_was_not_read(fields: dict[str, Any], required: bool | None, gap: str) -> None:
    said = row(incident(1, labels=("Severity::3",), history_read=False), settings=policy(**fields))
    assert (None if said["required"] is pd.NA else said["required"]) == required
    assert said["history_gap"] == gap


def test_without_a_severity_a_deleted_label_is_a_gap_only_if_it_may_have_been_asked_for() -> None:
    by_peak = policy(severity_by="peak")
    hidden = incident(1, labels=(), label_events=DELETED)
    assert row(hidden, settings=by_peak)["history_gap"] == ""
    assert row(hidden, settings=by_peak, sources=(source(labels=("Review-Requested",)),))["history_gap"] == "label"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, ""),
        ({"labels": ("Severity::1", "gameday")}, "label gameday"),
        ({"labels": ("Test Incident",)}, "label Test Incident"),
        ({"labels": ("incident-type:test",)}, "label incident-type:test"),
        ({"labels": ("near miss",)}, "label near miss"),
        ({"labels": ("Self-Managed",)}, "label Self-Managed"),
        ({"duplicate_of": ("ops/production", 2), "closed": DAY}, "closed as a duplicate of ops/production#2"),
        ({"duplicate_of": ("else/where", 2), "closed": DAY}, "closed as a duplicate of else/where#2"),
        ({"moved": True, "moved_to": ("ops/production", 2), "closed": DAY}, "moved to ops/production#2"),
        ({"moved": True, "moved_to": ("else/where", 2), "closed": DAY}, ""),
        ({"moved": True, "closed": DAY}, ""),
    ],
)
def test_out_of_scope(fields: dict[str, Any], reason: str) -> None:
    made: dict[str, Any] = {
        name: Ref(*value) if name in {"duplicate_of", "moved_to"} else value for name, value in fields.items()
    }
    assert row(incident(1, **made), issue(2))["scope_reason"] == reason


def test_an_issue_with_an_incident_label_is_an_incident_only_in_an_incident_project() -> None:
    labelled = issue(1, labels=("Incident", "Severity::1"))
    elsewhere = issue(2, project="ops/other", labels=("incident",), issue_type="incident")
    frame = evidence(labelled, elsewhere, sources=(source(), source("ops/other", incidents=False))).incidents
    assert list(frame["ref"]) == ["ops/production#1"]

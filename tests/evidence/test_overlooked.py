"""What is passed over is told, once each, with the setting that mends it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from audit.evidence.overlooked import (
    no_incident,
    no_severities,
    page_drift,
    severity_labels,
    unknown_waivers,
    unread_severities,
)
from audit.model import Gap, Records
from audit.settings.tracker_settings import LabelNames
from tests.records import PROJECT, audited, incident, records, review, row, settings, source, waiver, weighed

pytestmark = pytest.mark.together

DEFAULT = LabelNames()


@pytest.mark.parametrize(
    ("names", "existing", "words"),
    [
        (DEFAULT, [], ""),
        (DEFAULT, ["bug", "priority::s1"], ""),  # no label of that scope: another warning's matter
        (DEFAULT, ["severity::1", "severity::unknown"], ""),  # one of them is read
        (
            DEFAULT,
            ["severity::s1", "severity::s2"],
            "not 1 to 4 (labels.severity_scope); set labels.severities, like {1: 'severity::s1', 2: 'severity::s2'}",
        ),
        (
            DEFAULT,
            ["Severity: Critical", "severity::Low"],
            " set labels.severities, like {1: 'Severity: Critical', 4: 'severity::Low'}",
        ),
        (DEFAULT, ["severity::blocker"], " set labels.severities, which says which label is which severity"),
        (DEFAULT, ["severity::5", "severity::12"], " set labels.severities, which says which label is which severity"),
        (LabelNames(severities={1: ("severity::s1",)}), ["severity::s1", "severity::s2"], ""),
        (LabelNames(plain_severity=True), ["S1", "severity::x"], ""),
        (LabelNames(plain_severity=True), ["severity::x"], " set labels.severities, which says"),
        (LabelNames(severity_scope="prio"), ["prio::p3", "severity::1"], "like {3: 'prio::p3'}"),
    ],
)
def test_a_tracker_without_a_severity_is_told_how_to_name_them(
    names: LabelNames, existing: list[str], words: str
) -> None:
    told = unread_severities(names, existing)
    assert words in told
    assert bool(told) is bool(words)


def test_only_a_few_labels_are_named() -> None:
    told = unread_severities(
        DEFAULT, [f"severity::x{n}" for n in range(5, 9)] + [f"severity::{n}" for n in range(10, 90)]
    )
    assert "severity::10, severity::11, severity::12, severity::13, severity::14, severity::15 and 78 more" in told


@pytest.mark.parametrize(
    ("issues", "words"),
    [
        ((incident(1, labels=("severity::s2",)),), "1 incident has no severity by label or field, but a label of the"),
        ((incident(1, labels=("severity::s2",)), incident(2, labels=("severity::x",))), ": severity::s2, severity::x;"),
        ((incident(1, labels=("severity::s2", "severity::2")),), ""),
        ((incident(1, labels=("severity::s2",), severity=2),), ""),  # GitLab's own field tells
        ((incident(1, labels=("bug",)),), ""),  # it has none: IR015
        ((incident(1, labels=("severity::s2",), confidential=True),), ""),
        ((review(2, labels=("IncidentReview", "severity::s2")),), ""),
    ],
)
def test_single_incidents_whose_label_is_no_severity(issues: tuple[Any, ...], words: str) -> None:
    told = severity_labels(records(*issues), settings())
    assert words in told
    assert bool(told) is bool(words)


def test_single_values_that_are_no_severity() -> None:
    assert no_severities(DEFAULT, ["severity::2", "Severity::none", "bug"]) == ("Severity::none",)


@pytest.mark.parametrize(
    ("labels", "severity", "severities"),
    [
        (("severity::s1",), 1, 1),
        (("SEV2",), 2, 1),
        (("severity::1", "severity::s1"), 1, 1),  # two spellings of one
        (("severity::3", "Sev2"), 2, 2),
        (("severity::s3",), None, 0),
    ],
)
def test_further_labels_may_be_severities(labels: tuple[str, ...], severity: int | None, severities: int) -> None:
    named = settings(labels={"severities": {1: ["severity::s1", "sev1"], 2: "sev2"}})
    made = row(incident(1, labels=labels), settings=named)
    assert (made["severity"] if severity else None, made["severities"]) == (severity, severities)


def test_a_review_and_its_incident_are_compared_by_the_same_severities() -> None:
    named = settings(labels={"severities": {1: "severity::s1", 2: "severity::s2"}})
    one = review(2, of=1, labels=("IncidentReview", "severity::s2"))
    result = audited(incident(1, labels=("severity::s2",)), one, settings=named)
    assert not [finding for finding in result.findings if finding.code in {"IR005", "IR015"}]
    assert result.verdicts.tolist() == ["overdue"]


@pytest.mark.parametrize(
    ("subjects", "unknown"),
    [
        ([f"{PROJECT}#1", "API", f"{PROJECT.upper()}#2"], ()),
        ([f"{PROJECT}#9", "old/path#1", "nothing", f"{PROJECT}#9"], ("nothing", "old/path#1", f"{PROJECT}#9")),
    ],
)
def test_a_waiver_on_what_is_not_known(subjects: list[str], unknown: tuple[str, ...]) -> None:
    given = settings(waivers=[waiver(subject, "IR001") for subject in subjects]).waivers
    assert unknown_waivers(given, (f"{PROJECT}#1", f"{PROJECT}#2", "api")) == unknown


def test_the_report_notes_each_kind_once() -> None:
    lapsed = waiver("old", "SO001", expires="2026-11-22")  # it is listed as lapsed
    given = settings(waivers=[waiver(f"{PROJECT}#9", "IR001"), waiver("ghost", "SO001"), lapsed])
    odd = (source(labels=("severity::s1", "Service::API")),)
    result = weighed(incident(1), settings=given, sources=odd)
    assert len(result.notes) == 2
    assert result.notes[0].startswith("No label of the tracker is a severity: the value of severity::s1 ")
    assert result.notes[1] == (f"2 waivers name neither an issue that was read nor a service: ghost, {PROJECT}#9.")
    assert weighed(incident(1)).notes == ()


PAGE = {"project": "handbook", "path": "review.md"}


@pytest.mark.parametrize(
    ("policies", "zone", "changed", "told"),
    [
        ([{"from": "2025-01-01"}], "UTC", "2026-08-11 10:00", True),
        ([{"from": "2026-08-10"}], "UTC", "2026-08-11 00:00", True),
        ([{"from": "2026-08-11"}], "UTC", "2026-08-11 23:59", False),  # the policy of that day knows of it
        ([{"from": "2026-08-11"}], "Europe/Berlin", "2026-08-11 22:30", True),  # the next day there
        ([{"from": "2025-01-01"}, {"from": "2026-09-01"}], "UTC", "2026-08-11 10:00", False),
        ([{}], "UTC", "2026-08-11 10:00", False),  # without a day nothing is later
    ],
)
def test_a_page_that_changed_after_the_newest_policy(
    policies: list[dict[str, Any]], zone: str, changed: str, told: bool
) -> None:
    given = settings(policies=policies, policy_page=PAGE, timezone=zone)
    at = datetime.fromisoformat(changed).replace(tzinfo=UTC)
    assert bool(page_drift(given, at, "8194127ea2690cda")) is told


def test_the_report_asks_whether_the_policy_still_holds() -> None:
    given = settings(policies=[{"from": "2025-01-01"}], policy_page=PAGE)
    commit = (datetime(2026, 8, 11, 9, tzinfo=UTC), "8194127ea2690cda322c")
    (note,) = weighed(incident(1), settings=given, page_commit=commit).notes
    assert note == (
        "The page on which the policy rests, review.md of handbook, was changed on 2026-08-11 (commit 8194127e);"
        " the newest policy is of 2025-01-01: does it still hold?"
    )
    assert weighed(incident(1), settings=given).notes == ()  # it could not be read: a gap tells


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("read", "given", "words"),
    [
        (records(incident(1)), {}, ""),
        (records(review(2, of=1)), {}, "no incident was found among 1 issue, by type or by a label incident: check"),
        (records(review(2, of=1, labels=("INCIDENT",))), {}, ""),
        (
            records(),
            {"labels": {"incident": ["outage", "crash"]}},
            "by a label outage, crash: check `projects`, `labels",
        ),
        (records(gaps=(Gap(ref="p", what="incidents", why="502", could_change_a_verdict=True),)), {}, ""),
        (
            records(incident(1)),
            {"since": "2026-11-24"},
            "no incident is audited: `since` is 2026-11-24, later than 2026",
        ),
        (records(incident(1)), {"policies": [{"from": "2026-11-24"}]}, "the first policy's `from` is 2026-11-24"),
        (records(incident(1)), {"since": "2026-11-23"}, ""),
    ],
)
def test_that_no_incident_was_read_is_told(read: Records, given: dict[str, Any], words: str) -> None:
    told = no_incident(read, settings(**given), DAY)
    assert words in told
    assert bool(told) is bool(words)

"""What another reading of the policy would say (POLICY.md section 6, sensitivity)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from audit.engine.result import Change, Sensitivity
from audit.engine.sensitivity import compared
from tests.records import PROJECT, audited, incident, review, settings, waiver

ONE = f"{PROJECT}#1"


def sensitivity(*issues: Any, **fields: Any) -> tuple[Sensitivity, ...]:
    return compared(audited(*issues, **fields)).sensitivity


def changes(*issues: Any, reading: int = 0, **fields: Any) -> list[tuple[str, str, str]]:
    told = sensitivity(*issues, **fields)[reading].changes
    return [(change.ref.removeprefix(PROJECT), change.verdict, change.other) for change in told]


@pytest.mark.parametrize(
    ("anchor", "closed", "reviewed", "expected"),
    [
        ("declared", None, None, [("#1", "missing", "pending")]),  # not resolved yet
        ("declared", "2026-11-02", None, []),
        ("declared", "2026-11-20", None, [("#1", "missing", "pending")]),
        ("declared", "2026-11-04", "2026-11-11", [("#1", "late", "on_time")]),
        ("declared", "2026-11-04", "2026-11-12", []),
        ("resolved", None, None, [("#1", "pending", "missing")]),
        ("resolved", "2026-11-04", "2026-11-11", [("#1", "on_time", "late")]),
        ("closed", None, None, [("#1", "pending", "missing")]),
        ("closed", "2026-11-20", "2026-11-11", [("#1", "on_time", "late")]),
    ],
)
def test_the_other_anchor(
    anchor: str, closed: str | None, reviewed: str | None, expected: list[tuple[str, str, str]]
) -> None:
    issues = [incident(1, **({"closed": closed} if closed else {}))]
    if reviewed:
        issues.append(review(2, of=1, closed=reviewed))
    assert changes(*issues, settings=settings(policies=[{"anchor": anchor}])) == expected


@pytest.mark.parametrize(
    ("completed", "as_of", "expected"),
    [
        ("2026-11-07", "2026-11-23", []),
        ("2026-11-08", "2026-11-23", [("#1", "on_time", "late")]),
        ("2026-11-09", "2026-11-23", [("#1", "on_time", "late")]),
        ("2026-11-10", "2026-11-23", []),
        (None, "2026-11-07", []),
        (None, "2026-11-08", [("#1", "pending", "overdue")]),
        (None, "2026-11-10", []),
    ],
)
def test_calendar_instead_of_working_days(
    completed: str | None, as_of: str, expected: list[tuple[str, str, str]]
) -> None:
    reviewed = review(2, of=1, **({"closed": completed} if completed else {}))
    assert changes(incident(1), reviewed, reading=1, as_of=as_of) == expected


def test_where_calendar_days_are_counted_anyhow_nothing_changes() -> None:
    config = settings(policies=[{"due_kind": "calendar"}])
    assert changes(incident(1), reading=1, as_of="2026-11-08", settings=config) == []


def test_both_due_days_are_told() -> None:
    told = audited(incident(1), review(2, of=1, closed="2026-11-08"))
    assert compared(told).sensitivity[1].changes == (
        Change(ref=ONE, verdict="on_time", other="late", due_on=date(2026, 11, 9), other_due_on=date(2026, 11, 7)),
    )
    first = sensitivity(incident(1))[0].changes[0]
    assert (first.due_on, first.other_due_on) == (date(2026, 11, 9), None)


@pytest.mark.parametrize(
    ("one", "some"),
    [
        (incident(1, labels=("Severity::3",)), []),
        (incident(1, labels=("Gameday",)), []),
        (incident(1, labels=()), []),
        (incident(1, labels=("Severity::2", "Service::Git")), []),
        (incident(1), [waiver(ONE, "IR001")]),  # waived under either reading
    ],
)
def test_what_does_not_hang_on_the_due_day_does_not_change(one: Any, some: list[dict[str, Any]]) -> None:
    told = sensitivity(one, settings=settings(waivers=some))
    assert [reading.changes for reading in told] == [(), ()]


@pytest.mark.parametrize(
    ("policies", "words"),
    [
        ([{}], "the clock starts when the incident is resolved"),
        ([{"anchor": "closed"}], "the clock starts when the incident is declared"),
        (
            [{"from": "2020-01-01"}, {"from": "2026-11-02", "anchor": "resolved"}],
            "the clock starts at the resolution instead of the declaration, and the other way round",
        ),
    ],
)
def test_the_reading_in_words(policies: list[dict[str, Any]], words: str) -> None:
    issues = (incident(1), incident(2, created="2026-11-01"))
    told = sensitivity(*issues, settings=settings(policies=policies))
    assert [reading.reading for reading in told] == [
        words,
        "calendar days are counted instead of working days",
    ]


def test_the_other_anchor_is_counted_with_the_incidents_own_calendar() -> None:
    config = settings(calendars={"teams": {"backend": {"closures": ["2026-11-05"]}}})
    one = incident(1, labels=("Severity::2", "Service::API"), closed="2026-11-04")
    told = sensitivity(one, review(2, of=1, closed="2026-11-12"), settings=config)[0]
    assert [(change.other, change.other_due_on) for change in told.changes] == [("on_time", date(2026, 11, 12))]


def test_without_a_catalogue() -> None:
    assert changes(incident(1, labels=("Severity::2", "Service::API")), catalog=None) == [("#1", "missing", "pending")]

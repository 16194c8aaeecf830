from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level
from tests.records import added, asked, found, incident, removed, review, settings, source
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR012")


def lowered(minutes: int = 61, label: str = "Severity::1", **fields: Any) -> Any:
    end = f"2026-11-02 {10 + minutes // 60}:{minutes % 60:02}"
    fields.setdefault("labels", ("Severity::3",))
    return incident(1, label_events=(added(label, "2026-11-02 10:00"), removed(label, end)), **fields)


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        (lowered(), "violates"),
        (lowered(60), "conforms"),  # no longer than the grace
        (lowered(label="Severity::2"), "violates"),
        (lowered(label="Severity::4"), "conforms"),  # of no required severity
        (incident(1, labels=("Severity::3",)), "conforms"),
        (lowered(labels=("Severity::2",)), "not applicable"),  # required anyhow
        (lowered(labels=("Severity::3", "backstage")), "not applicable"),
        (lowered(labels=("Severity::3", "Gameday")), "not applicable"),
        (lowered(labels=()), "not applicable"),  # whether one is required cannot be told
        (lowered(labels=("backstage",)), "not applicable"),
    ],
)
def test_when_it_is_asked(one: Any, outcome: str) -> None:
    assert asked(audited(one), "IR012") == {outcome: 1}


@pytest.mark.parametrize("closed", [{}, {"closed": "2026-11-20"}])
def test_not_where_a_review_exists(closed: dict[str, str]) -> None:
    assert asked(audited(lowered(), review(2, of=1, **closed)), "IR012") == {"not applicable": 1}


def test_not_where_the_peak_requires_one() -> None:
    assert asked(audited(lowered(), settings=settings(policies=[{"severity_by": "peak"}])), "IR012") == {
        "not applicable": 1
    }


@pytest.mark.parametrize(
    ("exist", "outcome"),
    [
        (("Review-Requested", "Severity::1", "Severity::2"), "conforms"),
        (("Review-Requested", "Severity::1"), "unknown"),  # the deleted label may have been Severity::2
    ],
)
def test_a_deleted_label_may_hide_a_severity(exist: tuple[str, ...], outcome: str) -> None:
    one = incident(1, labels=("Severity::3",), label_events=(added(None, "2026-11-02"),))
    assert asked(audited(one, sources=(source(labels=exist),)), "IR012") == {outcome: 1}


def test_an_unread_history_may_hide_a_severity() -> None:
    one = incident(1, labels=("Severity::3",), history_read=False)
    unasked = settings(policies=[{"request_labels": []}])
    assert asked(audited(one, settings=unasked), "IR012") == {"unknown": 1}
    nothing = settings(policies=[{"request_labels": [], "severities": []}])
    assert asked(audited(one, settings=nothing), "IR012") == {"conforms": 1}


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (lowered(), "This incident was severity 1 until 2026-11-02 and is severity 3 now: is a review still wanted?"),
        (
            incident(1, labels=("Severity::3",), label_events=(added("Severity::2", "2026-11-02"),)),
            "This incident was severity 2 and is severity 3 now: is a review still wanted?",
        ),
    ],
)
def test_what_it_says(one: Any, message: str) -> None:
    told = found(audited(one), "IR012")["#1"]
    assert told.message == message
    assert (told.level, told.open) == (Level.INFO, True)
    assert list(told.evidence) == ["lowered_from", "lowered_at", "severity", "peak_severity"]
    assert f"This incident was severity {told.evidence['lowered_from']} " in message


def test_the_day_is_a_local_one() -> None:
    events = (added("Severity::1", "2026-11-02 10:00"), removed("Severity::1", "2026-11-02 23:30"))
    one = incident(1, labels=("Severity::3",), label_events=events)
    message = found(audited(one, settings=settings(timezone="Europe/Berlin")), "IR012")["#1"].message
    assert "until 2026-11-03 and" in message


def test_the_severity_of_now_may_be_gitlabs_own() -> None:
    assert "and is severity 4 now" in found(audited(lowered(labels=(), severity=4)), "IR012")["#1"].message

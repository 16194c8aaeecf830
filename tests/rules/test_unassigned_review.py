from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, User
from tests.records import PROJECT, added, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR003")

ACTIVE = User(username="anna")
BLOCKED = User(username="gone", active=False)
BOT = User(username="helper", bot=True)


@pytest.mark.parametrize(
    ("made", "as_of", "outcome"),
    [
        ({}, "2026-11-03", "conforms"),  # opened on Tuesday
        ({}, "2026-11-04", "conforms"),  # the first working day that follows
        ({}, "2026-11-05", "violates"),
        ({"created": "2026-11-06"}, "2026-11-09", "conforms"),  # Friday, then Monday
        ({"created": "2026-11-06"}, "2026-11-10", "violates"),
        ({"created": "2026-11-07"}, "2026-11-09", "conforms"),  # Saturday
        ({"created": "2026-11-07"}, "2026-11-10", "violates"),
        ({"assignees": (ACTIVE,)}, "2026-11-23", "conforms"),
        ({"assignees": (BOT, ACTIVE)}, "2026-11-23", "conforms"),
        ({"assignees": (BLOCKED, BOT)}, "2026-11-23", "violates"),
        ({"closed": "2026-11-20"}, "2026-11-23", "conforms"),  # completed
        ({"closed": "2026-11-20"}, "2026-11-19", "violates"),
    ],
)
def test_when_it_is_violated(made: dict[str, Any], as_of: str, outcome: str) -> None:
    assert asked(audited(incident(1), review(2, of=1, **made), as_of=as_of), "IR003") == {outcome: 1}


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (("Severity::2",), "violates"),
        (("Severity::3",), "not applicable"),  # voluntary
        ((), "not applicable"),
        (("Severity::1", "Gameday"), "not applicable"),
        (("Severity::3", "Review-Requested"), "violates"),
    ],
)
def test_who_is_asked(labels: tuple[str, ...], outcome: str) -> None:
    assert asked(audited(incident(1, labels=labels), review(2, of=1)), "IR003") == {outcome: 1}


def test_an_orphan_is_not_asked() -> None:
    assert asked(audited(review(2)), "IR003") == {"not applicable": 1}


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-11-06", "conforms"), ("2026-11-07", "violates")])
def test_the_grace_is_counted_with_the_incidents_calendar(as_of: str, outcome: str) -> None:
    closed = settings(calendars={"teams": {"backend": {"closures": ["2026-11-04", "2026-11-05"]}}})
    issues = (incident(1, labels=("Severity::2", "Service::API")), review(2, of=1))
    assert asked(audited(*issues, as_of=as_of, settings=closed), "IR003") == {outcome: 1}


def test_the_day_it_was_opened_is_a_local_one() -> None:
    berlin = settings(timezone="Europe/Berlin")
    issues = (incident(1), review(2, of=1, created="2026-11-03 23:00"))
    assert asked(audited(*issues, as_of="2026-11-05", settings=berlin), "IR003") == {"conforms": 1}
    assert asked(audited(*issues, as_of="2026-11-06", settings=berlin), "IR003") == {"violates": 1}


def test_an_inline_review_is_asked_until_it_is_completed() -> None:
    inline = settings(review={"where": "inline"})
    assert asked(audited(incident(1), settings=inline, as_of="2026-11-04"), "IR003") == {"violates": 1}
    done = "Incident::Review-Completed"
    one = incident(1, labels=("Severity::2", done), label_events=(added(done, "2026-11-20"),))
    assert asked(audited(one, settings=inline), "IR003") == {"conforms": 1}


@pytest.mark.parametrize(
    ("assignees", "message"),
    [
        ((), "This review was opened on 2026-11-03 and has no DRI: it has no assignee."),
        ((BOT,), "This review was opened on 2026-11-03 and has no DRI: its assignees are blocked or bots."),
    ],
)
def test_what_it_says(assignees: tuple[User, ...], message: str) -> None:
    one = found(audited(incident(1), review(2, of=1, assignees=assignees)), "IR003")["#2"]
    assert one.message == message
    assert (one.level, one.open) == (Level.VIOLATION, True)
    assert one.evidence == {
        "opened_on": "2026-11-03",
        "assign_by": "2026-11-04",
        "assignees": [user.username for user in assignees],
        "in_scope_incidents": [f"{PROJECT}#1"],
    }

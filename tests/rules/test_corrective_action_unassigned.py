from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level, User
from tests.records import ANNA, PROJECT, TOOLS, action, asked, found, incident
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("CA002")

BLOCKED = User(username="gone", active=False)
BOT = User(username="helper", bot=True)


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        ({}, "conforms"),
        ({"assignees": (BOT, ANNA)}, "conforms"),
        ({"assignees": ()}, "violates"),
        ({"assignees": (BLOCKED, BOT)}, "violates"),
        ({"assignees": (), "labels": ("infradev",)}, "violates"),  # without a severity too
        ({"assignees": (), "created": "2026-11-23 12:00"}, "violates"),  # there is no grace
        ({"assignees": (), "closed": "2026-11-23 12:00"}, "conforms"),
        ({"assignees": (), "closed": "2026-11-24 12:00"}, "violates"),  # not closed yet
    ],
)
def test_when_it_is_violated(made: dict[str, Any], outcome: str) -> None:
    assert asked(audited(incident(1), action(7, of=1, **made)), "CA002") == {outcome: 1}


@pytest.mark.parametrize(
    ("assignees", "why"),
    [((), "it has no assignee"), ((BOT,), "its assignees are blocked or bots")],
)
def test_what_it_says(assignees: tuple[User, ...], why: str) -> None:
    one = found(audited(incident(1), action(7, of=1, assignees=assignees)), "CA002")[f"{TOOLS}#7"]
    assert one.message == (f"This corrective action is open since 2026-11-04, and nobody who can act has it: {why}.")
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {
        "opened_on": "2026-11-04",
        "assignees": [user.username for user in assignees],
        "incidents": [f"{PROJECT}#1"],
        "reviews": [],
    }

from __future__ import annotations

from typing import Any

import pytest

from audit.model import Level
from tests.records import asked, found, incident
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR015")


@pytest.mark.parametrize(
    ("made", "outcome"),
    [
        ({"labels": ("Severity::2",)}, "conforms"),
        ({"labels": ("Severity::2", "severity:2")}, "conforms"),  # two spellings of one
        ({"labels": ("Severity::2", "Severity:3")}, "violates"),
        ({"labels": ()}, "violates"),
        ({"labels": ("backstage",)}, "violates"),
        ({"labels": (), "severity": 2}, "conforms"),
        ({"labels": ("Severity::4",), "severity": 1}, "conforms"),  # the label goes before the field
        ({"labels": ("Gameday",)}, "not applicable"),
    ],
)
def test_when_it_is_violated(made: dict[str, Any], outcome: str) -> None:
    assert asked(audited(incident(1, **made)), "IR015") == {outcome: 1}


@pytest.mark.parametrize(
    ("labels", "message", "severities"),
    [
        ((), "This incident has no severity.", 0),
        (("Severity::3", "Severity:2"), "This incident has 2 severities; the worst, 2, counts.", 2),
    ],
)
def test_what_it_says(labels: tuple[str, ...], message: str, severities: int) -> None:
    one = found(audited(incident(1, labels=labels)), "IR015")["#1"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {"severity": 2 if severities else None, "severities": severities}

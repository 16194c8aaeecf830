"""Whether and when an issue was closed may not be known: then it decides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from audit.model import Gap
from tests.records import PROJECT, asked, at, audited, closed, incident, reopened, review, settings, weighed

pytestmark = pytest.mark.together

GAP = Gap(ref=f"{PROJECT}#5", what="history", why="GitLab does not say since when it is closed")
UNKNOWN: dict[str, Any] = {"of": 1, "closing_read": False}


@pytest.mark.parametrize(
    ("as_of", "made", "verdict"),
    [
        pytest.param("2026-11-09", {"closed": "2026-11-09"}, "on_time", id="closed before its due day has passed"),
        pytest.param("2026-11-23", {"closed": "2026-11-20"}, "inconclusive", id="closed by the 20th, due on the 9th"),
        pytest.param("2026-11-23", {}, "inconclusive", id="maybe closed, due on the 9th"),
        pytest.param("2026-11-09", {}, "inconclusive", id="maybe closed, and still in time if not"),
    ],
)
def test_a_review_of_which_it_is_not_known_when_it_was_closed(as_of: str, made: dict[str, Any], verdict: str) -> None:
    result = weighed(incident(1), review(5, **UNKNOWN, **made), as_of=as_of, gaps=(GAP,))

    assert result.verdicts.tolist() == [verdict]
    decisive = [gap.ref for gap in result.gaps if gap.could_change_a_verdict]
    assert decisive == ([f"{PROJECT}#1"] if verdict == "inconclusive" else [])
    assert (result.withheld is not None) is (verdict == "inconclusive")


def test_a_second_review_may_be_completed_where_the_first_is_open() -> None:
    reviews = (review(5, of=1), review(6, **UNKNOWN, created="2026-11-04"))

    assert weighed(incident(1), *reviews).verdicts.tolist() == ["inconclusive"]


def test_a_completed_review_stands_beside_one_of_which_it_is_not_known() -> None:
    reviews = (review(5, of=1, closed="2026-11-05"), review(6, **UNKNOWN))

    assert weighed(incident(1), *reviews).verdicts.tolist() == ["on_time"]


@pytest.mark.parametrize(("code", "made"), [("IR003", {}), ("IR010", {"closed": "2026-11-05"})])
def test_rules_that_ask_whether_it_is_closed(code: str, made: dict[str, Any]) -> None:
    assert asked(audited(incident(1), review(5, of=1, **made)), code) == {"violates": 1}
    assert asked(audited(incident(1), review(5, **UNKNOWN, **made)), code) == {"unknown": 1}


@pytest.mark.parametrize(
    ("anchor", "verdict"), [("declared", "missing"), ("closed", "inconclusive"), ("resolved", "inconclusive")]
)
def test_an_incident_of_which_it_is_not_known_when_it_was_closed(anchor: str, verdict: str) -> None:
    one = incident(1, closed="2026-11-20", closing_read=False)

    result = weighed(one, settings=settings(policies=[{"anchor": anchor}]))

    assert result.verdicts.tolist() == [verdict]


CHANGED: dict[str, Any] = {"updated_at": at("2026-11-30"), "history_read": False}
"""Its history could not be read, and something happened after the day that the audit speaks about."""


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        pytest.param({"closed": "2026-11-05"}, "on_time", id="closed since before that day"),
        pytest.param({**CHANGED, "closed": "2026-11-05"}, "on_time", id="closed since before that day, changed since"),
        pytest.param({"closed": "2026-11-30"}, "overdue", id="closed later"),
        pytest.param({**CHANGED, "closed": "2026-11-30"}, "inconclusive", id="closed later, maybe also before"),
        pytest.param(CHANGED, "inconclusive", id="open, maybe closed on that day"),
        pytest.param({**CHANGED, "updated_at": at("2026-11-10")}, "overdue", id="not changed since"),
        pytest.param(
            {"state_events": (closed("2026-11-05"), reopened("2026-11-30"))}, "on_time", id="its history tells"
        ),
    ],
)
def test_a_past_day_of_a_review_of_which_the_history_was_not_read(made: dict[str, Any], verdict: str) -> None:
    assert weighed(incident(1), review(5, of=1, **made)).verdicts.tolist() == [verdict]


@pytest.mark.parametrize(
    ("made", "verdict"),
    [
        ({}, "missing"),
        (CHANGED, "inconclusive"),
        ({"labels": ("Severity::2", "Gameday")}, "out_of_scope"),
        ({**CHANGED, "labels": ("Severity::2", "Gameday")}, "inconclusive"),
        ({**CHANGED, "labels": ("Severity::4",)}, "inconclusive"),
    ],
)
def test_a_past_day_of_an_incident_of_which_the_history_was_not_read(made: dict[str, Any], verdict: str) -> None:
    assert weighed(incident(1, **made)).verdicts.tolist() == [verdict]

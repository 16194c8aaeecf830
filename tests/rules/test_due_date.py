from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from audit.model import DueDateChange, Gap, Level, Link, Ref
from tests.records import PROJECT, asked, at, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR011")

ON_TIME = date(2026, 11, 9)
"""The due day of an incident of Monday 2026-11-02."""


def dated(*changes: tuple[str, str | None], **fields: Any) -> Any:
    """Return a review whose due date was set at these instants; None takes it away."""
    noted = tuple(DueDateChange(at=at(when), due_on=date.fromisoformat(day) if day else None) for when, day in changes)
    fields.setdefault("due_on", noted[-1].due_on if noted else ON_TIME)
    return review(2, of=1, due_changes=noted, **fields)


@pytest.mark.parametrize(
    ("due_on", "outcome"),
    [
        (None, "violates"),
        (date(2026, 11, 3), "conforms"),
        (ON_TIME, "conforms"),
        (date(2026, 11, 10), "violates"),
    ],
)
def test_when_it_is_violated(due_on: date | None, outcome: str) -> None:
    for as_of in ("2026-11-03", "2026-11-23"):  # from the beginning, not only when it is ripe
        assert asked(audited(incident(1), dated(due_on=due_on), as_of=as_of), "IR011") == {outcome: 1}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ([("2026-11-03", "2026-11-05"), ("2026-11-05 23:59", "2026-11-09")], "conforms"),  # on the day itself
        ([("2026-11-03", "2026-11-05"), ("2026-11-06 00:00", "2026-11-09")], "violates"),
        ([("2026-11-03", "2026-11-09"), ("2026-11-10", "2026-11-06")], "violates"),  # to another day, whichever
        ([("2026-11-03", "2026-11-05"), ("2026-11-06", "2026-11-05")], "conforms"),  # the same day again
        ([("2026-11-12", "2026-11-09")], "conforms"),  # for the first time
        ([("2026-11-03", "2026-11-05"), ("2026-11-04", None), ("2026-11-12", "2026-11-09")], "violates"),
        ([("2026-11-03", "2026-11-05"), ("2026-11-06", None), ("2026-11-07", "2026-11-05")], "conforms"),
        # any of several
        ([("2026-11-03", "2026-11-05"), ("2026-11-06", "2026-11-09"), ("2026-11-09", "2026-11-08")], "violates"),
        ([("2026-11-03", "2026-11-05"), ("2026-11-04", "2026-11-06"), ("2026-11-06", "2026-11-09")], "conforms"),
    ],
)
def test_moved_after_it_had_passed(changes: list[tuple[str, str | None]], outcome: str) -> None:
    assert asked(audited(incident(1), dated(*changes)), "IR011") == {outcome: 1}


def test_the_days_are_local() -> None:
    made = dated(("2026-11-03", "2026-11-05"), ("2026-11-05 23:30", "2026-11-09"))
    assert asked(audited(incident(1), made), "IR011") == {"conforms": 1}
    assert asked(audited(incident(1), made, settings=settings(timezone="Europe/Berlin")), "IR011") == {"violates": 1}


def test_a_move_of_tomorrow_is_not_told_today() -> None:
    made = dated(("2026-11-03", "2026-11-05"), ("2026-11-06", "2026-11-09"))
    assert asked(audited(incident(1), made, as_of="2026-11-05"), "IR011") == {"conforms": 1}
    assert asked(audited(incident(1), made, as_of="2026-11-06"), "IR011") == {"violates": 1}


@pytest.mark.parametrize(("due_on", "outcome"), [(date(2026, 11, 6), "conforms"), (ON_TIME, "violates")])
def test_of_several_incidents_the_earliest_counts(due_on: date, outcome: str) -> None:
    issues = (
        incident(1),
        incident(3, created="2026-10-30"),  # due on 2026-11-06
        incident(4, created="2026-10-01", labels=("Severity::3",)),  # requires none
    )
    links = tuple(Link(target=Ref(PROJECT, iid)) for iid in (3, 4))
    assert asked(audited(*issues, dated(due_on=due_on, links=links)), "IR011") == {outcome: 1}


@pytest.mark.parametrize(
    ("labels", "outcome"),
    [
        (("Severity::2",), "violates"),
        (("Severity::3",), "not applicable"),  # voluntary
        (("Severity::3", "Review-Requested"), "violates"),
        (("Severity::2", "Gameday"), "not applicable"),
        ((), "not applicable"),
    ],
)
def test_who_is_asked(labels: tuple[str, ...], outcome: str) -> None:
    assert asked(audited(incident(1, labels=labels), dated(due_on=None)), "IR011") == {outcome: 1}


def test_the_incident_itself_where_reviews_are_inline() -> None:
    inline = settings(review={"where": "inline"})
    assert asked(audited(incident(1), settings=inline), "IR011") == {"violates": 1}
    assert asked(audited(incident(1, due_on=ON_TIME), settings=inline), "IR011") == {"conforms": 1}


HISTORY = Gap(ref=f"{PROJECT}#2", what="history", why="a change of its due date is worded in an unknown way")


@pytest.mark.parametrize(
    ("made", "gaps", "outcome"),
    [
        ({"history_read": False}, (), "unknown"),
        ({}, (HISTORY,), "unknown"),
        ({}, (Gap(ref=f"{PROJECT}#1", what="history", why="timeout"),), "conforms"),  # another issue's
        ({}, (Gap(ref=f"{PROJECT}#2", what="comments", why="timeout"),), "conforms"),
        ({"history_read": False, "due_on": None}, (), "violates"),
        ({"history_read": False, "due_on": date(2026, 11, 10)}, (), "violates"),
    ],
)
def test_what_its_history_may_hide(made: dict[str, Any], gaps: tuple[Gap, ...], outcome: str) -> None:
    assert asked(audited(incident(1), dated(**made), gaps=gaps), "IR011") == {outcome: 1}


@pytest.mark.parametrize("made", [(), (("2026-11-03", "2026-11-05"), ("2026-11-06", "2026-11-09"))])
def test_before_the_anchors_day_there_is_no_due_day_to_keep(made: tuple[Any, ...]) -> None:
    """Neither the date nor a move of it: whether it is one is not known yet."""
    resolved = settings(policies=[{"anchor": "resolved"}])
    for due_on in (None, ON_TIME):
        result = audited(incident(1), dated(*made, due_on=due_on), settings=resolved)
        assert asked(result, "IR011") == {"unknown": 1}


MOVED = (("2026-11-03", "2026-11-05"), ("2026-11-06", "2026-11-12"), ("2026-11-13", "2026-11-09"))


@pytest.mark.parametrize(
    ("changes", "due_on", "is_open", "message"),
    [
        ((), None, True, "This review has no due date; its due day is 2026-11-09."),
        (MOVED, None, True, "This review has no due date; its due day is 2026-11-09."),
        (
            (),
            date(2026, 11, 10),
            True,
            "The due date of this review, 2026-11-10, is later than its due day, 2026-11-09.",
        ),
        (
            MOVED,
            date(2026, 11, 10),
            True,
            (
                "The due date of this review, 2026-11-10, is later than its due day, 2026-11-09, and was moved on"
                " 2026-11-13, after it had passed."
            ),
        ),
        (MOVED, ON_TIME, False, "The due date of this review was moved on 2026-11-13, after it had passed."),
    ],
)
def test_what_it_says(changes: tuple[Any, ...], due_on: date | None, is_open: bool, message: str) -> None:
    """Only the move cannot be mended."""
    one = found(audited(incident(1), dated(*changes, due_on=due_on)), "IR011")["#2"]
    assert one.message == message
    assert (one.level, one.open) == (Level.ADVISORY, is_open)
    assert one.evidence == {
        "due_date": due_on.isoformat() if due_on else None,
        "due_on": "2026-11-09",
        "due_moved_on": "2026-11-13" if changes else None,
        "in_scope_incidents": [f"{PROJECT}#1"],
    }

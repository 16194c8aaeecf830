"""Two rows due on one day that show different working days say whose calendar counted them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.report.figures.view import View

CLOSED = {"closures": ["2026-11-26"]}
API, WEB = ("Severity::2", "Service::API"), ("Severity::2", "Service::Web")


def _view(calendars: dict[str, Any], *tracker: Any, as_of: date = world.AS_OF) -> View:
    config = world.settings(waivers=[], calendars=calendars)
    return world.view(world.result(tracker, config=config, as_of=as_of, gaps=()))


@pytest.mark.parametrize(
    ("calendars", "whose"),
    [({"teams": {"backend": CLOSED}}, "team backend"), ({"services": {"API": CLOSED}}, "service api")],
)
def test_what_is_due_on_one_day(calendars: dict[str, Any], whose: str) -> None:
    tracker = (
        make.incident(1, labels=API, created="2026-11-19"),  # due on the 27th, since the 26th is no working day
        make.incident(2, labels=WEB, created="2026-11-20"),
    )
    rows = _view(calendars, *tracker).upcoming.rows
    assert [(row.due_on, row.working_days_left, row.calendar_of) for row in rows] == [
        (date(2026, 11, 27), 3, whose),
        (date(2026, 11, 27), 4, ""),
    ]
    late = _view(calendars, *tracker, as_of=date(2026, 11, 30)).late
    # after that day both count alike
    assert [(row.working_days_late, row.calendar_of) for row in late] == [(1, ""), (1, "")]


def test_what_is_late_since_one_day() -> None:
    closed = {"closures": ["2026-11-16"]}
    tracker = (
        make.incident(1, labels=API),
        make.incident(2, labels=WEB),
        make.incident(3, labels=(*API, "Service::Web")),
    )
    late = _view({"teams": {"backend": closed}}, *tracker).late
    assert [(row.working_days_late, row.calendar_of) for row in late] == [(9, "team backend"), (10, ""), (10, "")]


@pytest.mark.parametrize(
    ("part", "name", "whose"), [("teams", "frontend", "team frontend"), ("services", "web", "service web")]
)
def test_of_several_services_the_one_whose_calendar_counted_is_named(part: str, name: str, whose: str) -> None:
    # a closure on the 9th moves the due day to the 10th, one on the 16th takes a day off what is late
    calendars = {part: {name: {"closures": ["2026-11-09", "2026-11-16"]}}}
    both = (*API, "Service::Web")
    late = _view(calendars, make.incident(1, labels=both), make.incident(2, labels=API, created="2026-11-03")).late
    assert [(row.working_days_late, row.calendar_of) for row in late] == [(8, whose), (9, "")]


def test_of_a_confidential_incident_the_team_is_not_told() -> None:
    tracker = (
        make.incident(1, labels=API, created="2026-11-19", confidential=True),
        make.incident(2, labels=WEB, created="2026-11-20"),
    )
    rows = _view({"teams": {"backend": CLOSED}}, *tracker).upcoming.rows
    assert [row.calendar_of for row in rows] == ["another team", ""]

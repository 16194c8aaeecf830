"""due.ics: the due days of open reviews, of all and of each team, and nothing of a confidential one but its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from icalendar import Calendar

from audit.report.formats import texts
from audit.report.formats.due_calendar import TEAM_FILE, due_ics, file_names, team_calendars
from tests import records as make
from tests.attack_strings import ATTACKS
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.report.figures.view import View


def events(text: str) -> list[Any]:
    return Calendar.from_ical(text).walk("VEVENT")


def summaries(text: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(text)]


def titled(title: str, **fields: Any) -> View:
    """The View of one open incident."""
    view = world.usual()
    row = next(row for row in view.incidents if row.ref == f"{P}#6")
    return replace(view, incidents=(replace(row, title=title, **fields),))


def test_each_review_that_is_to_be_completed_has_its_day() -> None:
    view = world.usual()
    awaited = {row.ref: row.due_on for row in view.incidents if row.verdict in {"pending", "overdue", "missing"}}
    days = {event["DTSTART"].dt for event in events(due_ics(view))}
    assert len(events(due_ics(view))) == len(awaited) == 6
    assert days == set(awaited.values())
    assert summaries(due_ics(view))[0] == f"Review missing: Mail does not arrive ({P}#4)"
    assert summaries(due_ics(view))[-1] == f"Review due: Pages are stale ({P}#6)"


def test_an_event_fills_its_day_blocks_nobody_and_leads_to_the_review_or_the_incident() -> None:
    first, second, *_ = events(due_ics(world.usual()))
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (date(2026, 9, 8), date(2026, 9, 9))
    assert first["TRANSP"] == "TRANSPARENT"
    assert str(first["DESCRIPTION"]) == "Severity: S2 high\nService: web\nTeam: frontend"
    assert first["URL"].endswith("/work_items/4")
    assert second["URL"].endswith("/work_items/103")
    assert str(second["DESCRIPTION"]).endswith(f"\nReview: {P}#103")


def test_the_stamp_is_the_day_of_the_report_and_an_event_stays_the_same_one() -> None:
    now = events(due_ics(world.usual()))
    later = events(due_ics(world.view(world.result(as_of=date(2026, 11, 24)))))
    assert {event["DTSTAMP"].dt for event in now} == {datetime(2026, 11, 23, tzinfo=UTC)}
    assert len({event["UID"] for event in now}) == len(now)
    assert {event["UID"] for event in now} == {event["UID"] for event in later}
    assert due_ics(world.view()) == due_ics(world.usual())


def test_each_team_has_a_calendar_of_its_own_and_an_empty_one_is_a_calendar_too() -> None:
    made = team_calendars(world.usual())
    assert set(made) == {"due-backend.ics", "due-frontend.ics"}
    assert all(TEAM_FILE.fullmatch(name) for name in made)
    assert [one.rpartition("#")[2] for one in summaries(made["due-backend.ics"])] == ["3)", "6)"]
    assert Calendar.from_ical(made["due-backend.ics"])["NAME"] == "Incident reviews: backend"
    tracker = (
        make.incident(1, labels=("Severity::2", "Service::API"), created="2026-11-02"),
        make.review(101, of=1, created="2026-11-03", closed="2026-11-04"),
    )
    idle = team_calendars(world.view(world.result(tracker, gaps=())))["due-backend.ics"]
    assert events(idle) == []
    assert Calendar.from_ical(idle).subcomponents


def test_of_a_confidential_incident_nothing_is_there_but_its_day_wherever_the_report_goes() -> None:
    told = world.view(world.result(config=world.settings(report={"confidential_destination": True})))
    for view in (world.usual(), told):
        for text in (due_ics(view), *team_calendars(view).values()):
            assert SECRET.casefold() not in text.casefold()
        hidden = [event for event in events(due_ics(view)) if "confidential" in event["SUMMARY"]]
        assert [str(event["SUMMARY"]) for event in hidden] == [
            f"Review overdue: {P}#20 (confidential)",
            f"Review overdue: {P}#22 (confidential)",
        ]
        assert all("URL" not in event for event in hidden)
        assert {str(event["DESCRIPTION"]) for event in hidden} == {"Severity: S1 critical", "Severity: S2 high"}


@pytest.mark.parametrize(
    ("teams", "files"),
    [
        (["Core Platform"], ["due-core-platform.ics"]),
        (["core-platform", "Core Platform"], ["due-core-platform-35815829.ics", "due-core-platform-3e1e5320.ics"]),
        (["group:default/x"], ["due-group-default-x.ics"]),
        (["Ünit"], ["due-unit.ics"]),
        (["データ"], ["due-16773842.ics"]),
        (["x" * 90], [f"due-{'x' * 60}.ics"]),
        (["../../etc/passwd"], ["due-etc-passwd.ics"]),
    ],
)
def test_a_teams_calendar_is_named_after_it(teams: list[str], files: list[str]) -> None:
    assert sorted(file_names(teams).values()) == files
    assert all(TEAM_FILE.fullmatch(name) for name in files)


def test_no_title_makes_a_line_or_an_event_of_its_own() -> None:
    for attack in [*ATTACKS, "x\r\nEND:VEVENT\r\nBEGIN:VEVENT", "a;b,c\\n:d", "é" * 200]:
        view = titled(attack, services=(attack,), owners=(attack,), url=f"javascript:{attack}")
        for text in (due_ics(view), *team_calendars(view).values()):
            lines = text.split("\r\n")
            assert max(len(line.encode()) for line in lines) <= 75
            assert "\n" not in "".join(lines)
        (event,) = events(due_ics(view))
        assert str(event["SUMMARY"]).startswith("Review due: ")
        assert str(event["SUMMARY"]).endswith(f"({P}#6)")
        assert "<" not in event["DESCRIPTION"]
        assert "URL" not in event


def test_each_event_stands_as_the_library_itself_writes_it() -> None:
    lengths = ("x" * number for number in range(30, 50))
    for title in [*ATTACKS[::4], *lengths, "a;b,c\\N\\n:d", "é" * 40]:
        text = due_ics(titled(title, services=(title,), url="https://gitlab.example/" + "y" * (len(title) % 60)))
        assert Calendar.from_ical(text).to_ical().decode() == text


def test_the_files_are_written_with_the_report() -> None:
    view = world.usual()
    made = texts(view, view)
    assert made["due.ics"] == due_ics(view)
    assert made["due-backend.ics"] == team_calendars(view)["due-backend.ics"]

"""Closures from a calendar file: which days its events close."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from audit.settings.calendar_settings import Calendar
from audit.settings.closure_files import closed_days

if TYPE_CHECKING:
    from pathlib import Path

MIDNIGHTS = "DTSTART;TZID=Europe/Berlin:20261224T000000\nDTEND;TZID=Europe/Berlin:20261225T000000"


def calendar(folder: Path, *events: str, head: str = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n") -> str:
    file = folder / "closures.ics"
    body = "".join(f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events))
    file.write_text(f"{head}{body}END:VCALENDAR\n", encoding="utf-8", newline="\r\n")
    return str(file)


def days(folder: Path, *events: str) -> str:
    return " ".join(f"{day:%y%m%d}" for day in closed_days(calendar(folder, *events)))


@pytest.mark.parametrize(
    ("event", "closed"),
    [
        pytest.param("DTSTART;VALUE=DATE:20261224", "261224", id="a day"),
        pytest.param("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261225", "261224", id="its end is not closed"),
        pytest.param("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", "261224", id="an end of that day"),
        pytest.param("DTSTART;VALUE=DATE:20261230\nDTEND;VALUE=DATE:20270102", "261230 261231 270101", id="days"),
        pytest.param("DTSTART;VALUE=DATE:20261224\nDURATION:P2D", "261224 261225", id="a duration"),
        pytest.param("DTSTART;VALUE=DATE:20261224\nTRANSP:TRANSPARENT", "261224", id="free time, as holidays are sent"),
        pytest.param(MIDNIGHTS, "261224", id="from midnight to midnight"),
        pytest.param("DTSTART:20261224T000000\nDTEND:20261226T000000", "261224 261225", id="two such days"),
        pytest.param("DTSTART:20261224T000000Z\nDURATION:P1D", "261224", id="from midnight with a duration"),
        pytest.param(
            "DTSTART;VALUE=DATE:20241224\nRRULE:FREQ=YEARLY;COUNT=3", "241224 251224 261224", id="counted years"
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20241224\nDTEND;VALUE=DATE:20241226\nRRULE:FREQ=YEARLY;UNTIL=20251224",
            "241224 241225 251224 251225",
            id="days until a year",
        ),
        pytest.param(
            f"{MIDNIGHTS}\nRRULE:FREQ=DAILY;UNTIL=20261225T230000Z", "261224 261225 261226", id="until midnight there"
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20261109",
            "261102 261116",
            id="an exception",
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20261102\nRDATE;VALUE=DATE:20261201,20261203", "261102 261201 261203", id="further days"
        ),
        pytest.param(
            "DTSTART;VALUE=DATE:20251127\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", "251127 261126", id="by rule"
        ),
    ],
)
def test_the_days_of_an_event(tmp_path: Path, event: str, closed: str) -> None:
    assert days(tmp_path, event) == closed


@pytest.mark.parametrize(
    "event",
    [
        pytest.param("DTSTART:20261224T120000\nDTEND:20261224T180000", id="an afternoon"),
        pytest.param("DTSTART:20261224T000000", id="a moment"),
        pytest.param("DTSTART:20261224T000000\nDTEND:20261224T000000", id="no time at all"),
        pytest.param("DTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED", id="cancelled"),
        pytest.param("SUMMARY:without a start", id="no start"),
    ],
)
def test_events_that_close_nothing(tmp_path: Path, event: str) -> None:
    assert days(tmp_path, event, "DTSTART;VALUE=DATE:20261231") == "261231"
    with pytest.raises(ValueError, match=r"closures\.ics, which holds no all-day event"):
        days(tmp_path, event)


def test_one_occurrence_that_was_moved(tmp_path: Path) -> None:
    events = (
        "DTSTART;VALUE=DATE:20261102\nRRULE:FREQ=WEEKLY;COUNT=3",
        "DTSTART;VALUE=DATE:20261111\nRECURRENCE-ID;VALUE=DATE:20261109",
    )
    file = tmp_path / "moved.ics"
    text = (tmp_path / "closures.ics").parent / calendar(tmp_path, *events)
    file.write_text(text.read_text(encoding="utf-8").replace("UID:1", "UID:0"), encoding="utf-8")

    assert [day.day for day in closed_days(str(file))] == [2, 11, 16]


def test_a_yearly_day_goes_on_for_ever(tmp_path: Path) -> None:
    found = closed_days(calendar(tmp_path, "DTSTART;VALUE=DATE:20101224\nRRULE:FREQ=YEARLY"))
    assert (found[0].year, found[-1].year, len(found)) == (2010, 2199, 190)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("BEGIN:VCALENDAR\nthis is nothing\n", "is no calendar file", id="broken"),
        pytest.param("closures: []\n", "is no calendar file", id="something else"),
        pytest.param("", "holds no all-day event", id="empty"),
        pytest.param("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n", "holds no all-day event", id="no events"),
    ],
)
def test_what_is_no_calendar_is_told(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "closures.ics"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        closed_days(str(file))


def test_a_calendar_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "closures.ics"
    file.write_bytes(b"BEGIN:VCALENDAR\n\xff")
    with pytest.raises(ValueError, match=r"closures\.ics, which is not UTF-8 text"):
        closed_days(str(file))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=DAILY", "fill more than 20000 days"),
        ("FREQ=SOMETIMES", "repeats in a way that is not known|no calendar file"),
        ("COUNT=2", "repeats in a way that is not known"),
    ],
)
def test_what_repeats_too_often_or_oddly_is_told(tmp_path: Path, rule: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        days(tmp_path, f"SUMMARY:Party\nDTSTART;VALUE=DATE:20261224\nRRULE:{rule}")


def test_a_file_that_is_not_there_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"none\.ics, which cannot be read: No such file"):
        Calendar.model_validate({"closures": str(tmp_path / "none.ics")})


def test_files_and_days_may_stand_side_by_side(tmp_path: Path) -> None:
    file = calendar(tmp_path, "DTSTART;VALUE=DATE:20261231")
    both = Calendar.model_validate({"closures": ["2026-12-24", file]})

    assert both.closures == (date(2026, 12, 24), date(2026, 12, 31))
    assert Calendar.model_validate({"closures": file}).closures == (date(2026, 12, 31),)
    assert Calendar.model_validate({"closures": "2026-12-24"}).closures == (date(2026, 12, 24),)

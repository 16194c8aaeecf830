"""due.ics: the due days of the reviews that are not completed, as a calendar to subscribe to (RFC 5545).

One of all, and one for each team whose services have incidents, also while it is empty: whoever subscribed to it then
sees its days come. A calendar is read by programs that know no accounts, so a confidential incident is in it without
words wherever the report goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.contract.audit_file import TOOL
from audit.phrases import SEVERITIES, shortened
from audit.report.formats.format import Format
from audit.report.formats.pages import web

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from audit.privacy.rows import IncidentRow
    from audit.report.figures.view import View

NAME: Final = "due.ics"
TEAM_FILE: Final = re.compile(r"due-([a-z0-9-]+)\.ics")
_OPEN: Final = {"pending": "Review due", "overdue": "Review overdue", "missing": "Review missing"}
"""Verdicts of incidents whose review is still to be completed, and how an event begins."""
_END: Final = "END:VCALENDAR\r\n"
_ZONE: Final = (
    "BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    "TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
"""What stands in a calendar without events: the standard asks for at least one part."""
_FOLD: Final = 75
"""Bytes from which a line is folded."""
_LONGEST: Final = 160
_LONGEST_NAME: Final = 60


def due_ics(view: View) -> str:
    """Return the calendar of all reviews that are to be completed."""
    return calendar("Incident reviews", [_event(row, due_on, view.as_of) for due_on, row in _open(view)])


def team_calendars(view: View) -> dict[str, str]:
    """Return file name -> the calendar of each team."""
    events: dict[str, list[str]] = {row.owner: [] for row in view.services if row.owned and row.incidents}
    for due_on, row in _open(view):
        event = _event(row, due_on, view.as_of)
        # the teams of a confidential incident are words of it
        for team in () if row.confidential else row.owners:
            events.setdefault(team, []).append(event)
    return {file: calendar(f"Incident reviews: {team}", events[team]) for team, file in file_names(events).items()}


def file_names(teams: Iterable[str]) -> dict[str, str]:
    """Return team -> name of its calendar: its letters and digits, and where two teams would share one a hash too."""
    plain = {team: _plain(team) for team in sorted(teams)}
    shared = Counter(plain.values())
    return {
        team: f"due-{name if name and shared[name] == 1 else f'{name}-{_hash(team)[:8]}'.lstrip('-')}.ics"
        for team, name in plain.items()
    }


def calendar(title: str, events: Sequence[str]) -> str:
    """Return a calendar of these events."""
    from icalendar import Calendar  # noqa: PLC0415 - takes a while to import

    made = Calendar()
    made.add("prodid", f"-//{TOOL}//due days//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", _words(title))
    made.add("x-wr-calname", _words(title))
    made.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT12H")
    head: str = made.to_ical().decode().removesuffix(_END)
    return "".join((head, *(events or [_ZONE]), _END))


def emptied(text: str) -> str:
    """Return a calendar of this program without its events."""
    head, event, _ = text.partition("BEGIN:VEVENT")
    return f"{head}{_ZONE}{_END}" if event else text


def _open(view: View) -> list[tuple[date, IncidentRow]]:
    """Return the due days and incidents whose review is still to be completed, the first due first."""
    rows = [(row.due_on, row) for row in view.incidents if row.verdict in _OPEN and row.due_on]
    return sorted(rows, key=lambda pair: (pair[0], pair[1].ref))


@lru_cache(maxsize=65_536)
def _event(row: IncidentRow, due_on: date, as_of: date) -> str:
    """Return an incident's due day as an event of the whole day. The calendar of a team has the same one."""
    title = f"{row.ref} (confidential)" if row.confidential else f"{_words(row.title)} ({row.ref})"
    # some calendars show a description as HTML
    description = "\n".join(_lines(row)).replace("<", "\u2039")
    address = "" if row.confidential else web(_address(row))
    return (
        "BEGIN:VEVENT\r\n"
        f"{_property('SUMMARY', inert.one_line(f'{_OPEN[row.verdict]}: {title}'))}"
        f"DTSTART;VALUE=DATE:{_compact(due_on)}\r\n"
        f"DTEND;VALUE=DATE:{_compact(due_on + timedelta(days=1))}\r\n"
        f"DTSTAMP:{_compact(as_of)}T000000Z\r\n"
        f"UID:{_hash(row.ref)[:32]}@{TOOL}\r\n"
        f"{_property('DESCRIPTION', description)}"
        "TRANSP:TRANSPARENT\r\n"
        f"{_folded(f'URL:{address}') if address else ''}"
        "END:VEVENT\r\n"
    )


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")


def _property(name: str, words: str) -> str:
    """Return a property of words; signs that mean something in a calendar are escaped."""
    from icalendar import vText  # noqa: PLC0415 - takes a while to import

    return _folded(f"{name}:{vText(words).to_ical().decode()}")


def _folded(line: str) -> str:
    """Return a line of a calendar, a long one in pieces."""
    from icalendar.parser import Contentline  # noqa: PLC0415 - takes a while to import

    if len(line.encode()) < _FOLD:
        return f"{line}\r\n"
    text: str = Contentline(line).to_ical().decode()  # type: ignore[no-untyped-call]
    return f"{text}\r\n"


def _lines(row: IncidentRow) -> Iterator[str]:
    yield f"Severity: {SEVERITIES.get(row.severity or 0, 'none')}"
    if row.confidential:
        return
    if row.services:
        yield _words(f"Service: {', '.join(row.services)}")
    if row.owners:
        yield _words(f"Team: {', '.join(row.owners)}")
    if row.review:
        yield _words(f"Review: {row.review.ref}")


def _address(row: IncidentRow) -> str:
    return row.review.url if row.review and row.review.url else row.url


def _words(text: str) -> str:
    return shortened(inert.one_line(text), _LONGEST)


def _plain(team: str) -> str:
    """Return the letters and digits of a team's name as they may stand in an address, dashes for the rest."""
    letters = unicodedata.normalize("NFKD", team).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_LONGEST_NAME].rstrip("-")


def _hash(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()


FORMAT = Format(name=NAME, text=due_ics, others=team_calendars)

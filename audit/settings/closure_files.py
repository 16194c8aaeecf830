"""Closures from a calendar file (iCalendar, RFC 5545): the days of its all-day events.

An event is all-day where it has days and no hours, or lasts from midnight to midnight as some programs write it.
Events of several days and repeating ones count with each of their days, less exceptions and cancelled ones. An event
with hours is passed over: a team that goes home at noon has worked that day.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIRST, _LAST = date(1970, 1, 1), date(2199, 12, 31)
_MOST_DAYS: Final = 20_000
"""Of one file. Every Saturday until the last year has fewer."""
_LONGEST: Final = 366
"""Days of one event."""


def closed_days(name: str) -> tuple[date, ...]:
    """Return the days of a file's all-day events, sorted. Raises ValueError with what is wrong, and what to do."""
    events = list(_events(name))
    moved = {(str(event.get("UID")), _day(event["RECURRENCE-ID"].dt)) for event in events if "RECURRENCE-ID" in event}
    days: set[date] = set()
    for event in events:
        days.update(_days(event, moved, name))
        if len(days) > _MOST_DAYS:
            raise ValueError(f"names {name}, whose events fill more than {_MOST_DAYS} days: is one without an end?")
    if not days:
        raise ValueError(f"names {name}, which holds no all-day event: events with hours are no closures")
    return tuple(sorted(day for day in days if _FIRST <= day <= _LAST))


def _events(name: str) -> Iterator[Any]:
    from icalendar import Calendar  # noqa: PLC0415 - takes a while, and few settings name a file

    try:
        text = Path(name).read_bytes().decode("utf-8-sig")
    except OSError as error:
        why = f"names {name}, which cannot be read: {error.strerror}; its path counts from the folder of the run"
        raise ValueError(why) from error
    except UnicodeDecodeError as error:
        raise ValueError(f"names {name}, which is not UTF-8 text") from error
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise ValueError(f"names {name}, which is no calendar file (iCalendar): {_line(error)}") from error
    for calendar in calendars:
        yield from (event for event in calendar.walk("VEVENT") if "DTSTART" in event)


def _days(event: Any, moved: set[tuple[str, date]], name: str) -> Iterator[date]:
    """Yield each day of each occurrence of an all-day event."""
    length = _length(event)
    if not length or str(event.get("STATUS")).upper() == "CANCELLED":
        return
    try:
        starts = _starts(event)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        title = " ".join(str(event.get("SUMMARY", "")).split())
        raise ValueError(f"names {name}, whose event {title!r} repeats in a way that is not known: {error}") from error
    for start in starts:
        if "RECURRENCE-ID" in event or (str(event.get("UID")), start) not in moved:
            yield from (start + timedelta(days=number) for number in range(length))


def _length(event: Any) -> int:
    """Return the number of days of an all-day event; 0: it has hours, or no end in sight."""
    start = event["DTSTART"].dt
    end = start + event["DURATION"].dt if "DURATION" in event else None
    end = event["DTEND"].dt if "DTEND" in event else end
    if not isinstance(start, datetime):
        days = (_day(end) - start).days if end else 1
        return min(max(days, 1), _LONGEST)
    if not isinstance(end, datetime) or not start.time() == end.time() == time(0):
        return 0
    return min((_day(end) - _day(start)).days, _LONGEST)


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _starts(event: Any) -> set[date]:
    """Return the first days of an event's occurrences."""
    first = event["DTSTART"].dt
    starts = {_day(first), *_listed(event.get("RDATE"))}
    for rule in _several(event.get("RRULE")):
        starts.update(_repeated(rule, first))
    return starts - set(_listed(event.get("EXDATE")))


def _repeated(rule: Any, first: date) -> list[date]:
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    parts = {key: value for key, value in rule.items() if key.upper() != "UNTIL"}
    text = type(rule)(parts).to_ical().decode()
    start = datetime.combine(_day(first), time(0))
    last = min([_LAST, *(_until(moment, first) for moment in rule.get("UNTIL", ()))])
    found: list[date] = []
    for moment in rrulestr(text, dtstart=start):
        if moment.date() > last or len(found) > _MOST_DAYS:
            break
        found.append(moment.date())
    return found


def _until(moment: date, first: date) -> date:
    """Return the last day of a rule in the zone of its event."""
    zone = first.tzinfo if isinstance(first, datetime) else None
    if isinstance(moment, datetime) and moment.tzinfo and zone:
        moment = moment.astimezone(zone)
    return _day(moment)


def _listed(dates: Any) -> list[date]:
    """Return the days of RDATE or EXDATE, which may stand there once or several times; a period counts by its start."""
    moments = [entry.dt for one in _several(dates) for entry in one.dts]
    return [_day(moment[0] if isinstance(moment, tuple) else moment) for moment in moments]


def _several(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120]

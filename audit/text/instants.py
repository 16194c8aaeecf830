"""Instants in a review, as people write them, and the time between two of them (POLICY.md section 8).

What cannot be read, or can be read in two ways, is None, so that no finding rests on a guess.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

from audit.text.html_comments import BREAK

LONGEST = 500
"""Longest part of a cell, in characters, in which a value is looked for."""
ABOUT = re.compile(
    r"[~≈]|\b(?:ca\.?|circa|about|around|approx(?:imate(?:ly)?|\.)?|roughly|estimated|or so|give or take)(?![a-z])",
    re.IGNORECASE,
)
"""Matches the words that mark a value as approximate."""
_DAY = timedelta(days=1)
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(rf"[*_`{BREAK}]|[{{\[][+-](?=\s)|(?<=\s)[+-][}}\]]")


def plain(text: str) -> str:
    """Return a cell's words without marks of Markdown, on one line."""
    text = html.unescape(text)
    text = _LINK.sub(r"\1", text) if "[" in text else text
    return " ".join(_MARKS.sub("", text).split())


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\d:])"
_DATES: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?:T(?=\d)|(?!\d))",
        rf"(?<![\d:]){_NTH}\.?[\s-]+(?:of\s+)?{_MONTH}(?:,?[\s-]+{_YEAR})?",
        rf"\b{_MONTH}[\s-]+{_NTH}(?![\d:])(?:,?\s+{_YEAR})?",
        r"(?<!\d)(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?!\d)",
    )
)
_SLASHED = re.compile(r"(?<!\d)(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>\d{4})(?!\d)")
_WEEKDAY = re.compile(r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?", re.IGNORECASE)
_HALF = r"(?P<half>[ap])\.?m\b\.?"
_TIME = re.compile(
    rf"""(?<![\d.:])(?P<h>\d{{1,2}})[:h](?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d+)?)?(?![\d:])(?:\s*{_HALF})?""",
    re.IGNORECASE,
)
_HOUR = re.compile(rf"(?<![\d.:])(?P<h>\d{{1,2}})\s*{_HALF}", re.IGNORECASE)
_DIGITS = re.compile(
    r"(?<![\d.:+-])(?!(?:19|20)\d\d(?!\s*(?:utc|gmt|z|h)))(?P<h>\d\d)(?P<m>[0-5]\d)(?![\d.:])", re.IGNORECASE
)
"""A time without a colon; it needs a zone, since 2025 alone is more likely a year."""
_SHIFT = re.compile(r"\+\s*(?P<days>\d)\s*(?:d(?:ays?)?)?(?![\d:])|(?:the\s+)?(?:next|following)\s+day", re.IGNORECASE)
_FROM_UTC = re.compile(r"\b(?:utc|gmt)(?P<gap>\s*)(?P<sign>[+-])(?P<h>\d\d?)(?::?(?P<m>\d\d))?(?!\d)", re.IGNORECASE)
_OFFSET = re.compile(r"(?P<gap>)(?P<sign>[+-])(?P<h>\d\d):?(?P<m>\d\d)?(?!\d)")
_NOISE = re.compile(r"(?:[\s,;().@–-]|\b(?:at|on|the|of|in|hrs?|hours?|h|uhr)\b)*", re.IGNORECASE)
_OFFSETS = (
    "UTC=0 WET=0 WEST=1 CET=1 CEST=2 EET=2 EEST=3 MSK=3 EST=-5 EDT=-4 CDT=-5 MST=-7 MDT=-6 PST=-8 PDT=-7"
    " JST=9 AEST=10 AEDT=11 NZST=12 NZDT=13"
)
_HOURS_FROM_UTC: Final = {name: int(hours) for name, hours in (pair.split("=") for pair in _OFFSETS.split())}
"""Zone names with a single offset."""
_SEVERAL: Final = "ART AST BRT BST CAT CLT CST EAT ET GST HKT ICT IST CT MT PKT PT SAST SGT SST WAT WIB Z GMT"
"""Names that have several offsets, or of which only the name matters: the same at both ends, or nothing is compared."""
_ZONE = re.compile(
    r"\b(?:[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_]+)+"
    rf"|(?i:{'|'.join(sorted({*_HOURS_FROM_UTC, *_SEVERAL.split()}, key=len, reverse=True))}))\b"
)

_Day = tuple[int | None, int, int]
"""Year (if given), month, day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    day: _Day | None
    time: timedelta
    """Time since midnight, including the days that ``+ 1`` adds."""
    shifted: bool
    zone: str
    """Empty where none is given."""
    half: bool | None
    """Whether AM or PM was given; None if the hour is unambiguous without."""
    about: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBetween:
    """End minus start."""

    value: timedelta
    dated: bool
    """False: whole days may be missing, since one of the ends has no date."""
    about: bool
    """One of the ends was marked as approximate."""


def time_between(start: str, end: str) -> TimeBetween | None:
    """Return the time between two moments if every reading of them gives the same; otherwise None."""
    if max(len(start), len(end)) > LONGEST:
        return None
    gaps: list[TimeBetween | None] = []
    signs = html.unescape(start + end)
    days_first, pluses = ((True, False) if sign in signs else (True,) for sign in "/+")
    for day_first, plus_is_zone in product(days_first, pluses):
        first, last = (_moment(text, day_first=day_first, plus_is_zone=plus_is_zone) for text in (start, end))
        days = first and last and _days(first.day, last.day)
        if first and last and days:
            gaps.append(_between(first, last, days))
    known = [gap for gap in gaps if gap is not None]
    if len(known) < len(gaps) or len({gap.value for gap in known}) != 1:
        return None
    return TimeBetween(value=known[0].value, dated=all(gap.dated for gap in known), about=known[0].about)


def _between(first: _Moment, last: _Moment, days: tuple[date, date]) -> TimeBetween | None:
    if {first.half, last.half} == {True, False}:
        return None
    start, end = (datetime(day.year, day.month, day.day) for day in days)  # noqa: DTZ001 - zones are compared separately
    start, end = start + first.time, end + last.time
    whole = all(moment.day and moment.day[0] for moment in (first, last))
    apart = _zones_apart(first.zone, last.zone, start, end, whole=whole)
    if apart is None:
        return None
    value = end - start - apart
    dated = bool(first.day and last.day) or first.shifted or last.shifted
    if value < timedelta() and not dated:
        value += _DAY
    between = TimeBetween(value=value, dated=dated, about=first.about or last.about)
    return between if whole or value >= timedelta() else None


def _days(first: _Day | None, last: _Day | None) -> tuple[date, date] | None:
    """Return both days; each takes what it lacks from the other, with an end in January a year after a December."""
    from_year, *from_day = first or last or (None, 1, 1)
    to_year, *to_day = last or first or (None, 1, 1)
    turns = to_year is None and (from_day[0], to_day[0]) == (12, 1)
    try:
        start = date(from_year or to_year or 2000, *from_day)
        return start, date(to_year or start.year + turns, *to_day)
    except ValueError:
        return None


def _zones_apart(first: str, last: str, start: datetime, end: datetime, *, whole: bool) -> timedelta | None:
    first, last = first or last, last or first
    if first == last and not (whole and "/" in first):
        return timedelta()
    offsets = [_offset(zone, at, whole=whole) for zone, at in ((first, start), (last, end))]
    return offsets[1] - offsets[0] if offsets[0] is not None and offsets[1] is not None else None


def _offset(zone: str, at: datetime, *, whole: bool) -> timedelta | None:
    if zone[0] in "+-":
        hours, minutes = zone[1:].split(":")
        return (1 if zone[0] == "+" else -1) * timedelta(hours=int(hours), minutes=int(minutes))
    if "/" in zone and whole:
        try:
            place = ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            return None
        # On the Sunday of a clock change, an hour is repeated or skipped.
        offsets = {at.replace(tzinfo=place, fold=fold).utcoffset() for fold in (0, 1)}
        return offsets.pop() if len(offsets) == 1 else None
    hours_from = _HOURS_FROM_UTC.get(zone)
    return None if hours_from is None else timedelta(hours=hours_from)


@lru_cache(maxsize=4096)
def _moment(text: str, *, day_first: bool, plus_is_zone: bool) -> _Moment | None:
    words = plain(text)
    rest = ABOUT.sub(" ", words)
    about = rest != words
    day, rest = _take_day(rest, day_first=day_first)
    clock = _TIME.search(rest) or _HOUR.search(rest) or _DIGITS.search(rest)
    time = _time(clock) if clock else None
    if clock is None or time is None:
        return None
    zone, rest = _take_zone(f"{rest[: clock.start()]} {rest[clock.end() :]}", plus_is_zone=plus_is_zone)
    shift = _SHIFT.search(rest)
    if shift:
        time += _DAY * int(shift["days"] or 1)
        rest = _SHIFT.sub(" ", rest, count=1)
    if not _NOISE.fullmatch(rest):
        return None
    hour = int(clock["h"])
    half = True if clock.groupdict().get("half") else False if 1 <= hour <= 12 else None
    return _Moment(day=day, time=time, shifted=shift is not None, zone=zone, half=half, about=about)


def _take_day(text: str, *, day_first: bool) -> tuple[_Day | None, str]:
    text = _WEEKDAY.sub(" ", text)
    slashed = _SLASHED.search(text)
    if slashed:
        day, month = ("one", "two") if day_first else ("two", "one")
        return (int(slashed["year"]), int(slashed[month]), int(slashed[day])), _SLASHED.sub(" ", text, count=1)
    for pattern in _DATES:
        match = pattern.search(text)
        if match:
            month_name = match["month"].lower()
            month_number = int(month_name) if month_name.isdecimal() else _MONTHS.index(month_name[:3]) + 1
            year = int(match["year"]) if match["year"] else None
            return (year, month_number, int(match["day"])), pattern.sub(" ", text, count=1)
    return None, text


def _time(clock: re.Match[str]) -> timedelta | None:
    parts = clock.groupdict()
    hour = int(parts["h"])
    if parts.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
    time = timedelta(hours=hour, minutes=int(parts.get("m") or 0), seconds=int(parts.get("s") or 0))
    return time if time <= _DAY else None


def _take_zone(text: str, *, plus_is_zone: bool) -> tuple[str, str]:
    """Return the zone, by name or as ``+01:00``, and the text without it."""
    for pattern in (_FROM_UTC, _OFFSET):
        offset = pattern.search(text)
        # ``UTC+1`` is a zone; ``UTC +1`` may also mean the next day.
        if offset and (not offset["gap"] or offset["sign"] == "-" or plus_is_zone):
            zone = f"{offset['sign']}{int(offset['h']):02}:{offset['m'] or '00'}"
            return zone, pattern.sub(" ", text, count=1)
    named = _ZONE.search(text)
    if not named:
        return "", text
    name = named[0] if "/" in named[0] else named[0].upper()
    return "UTC" if name in {"GMT", "Z", "Etc/UTC"} else name, _ZONE.sub(" ", text, count=1)

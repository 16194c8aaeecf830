"""Working days, by one table for each calendar and arithmetic on whole columns (POLICY.md section 6)."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holidays import HolidayBase

    from audit.settings.calendar_settings import Calendar

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_USUAL_WEEKEND = ("Sat", "Sun")
_DAY = np.timedelta64(1, "D")
_COUNTED_TO = "the working day counted to"


class WorkCalendar:
    """Which days of a span are working days.

    The span is padded, so that a due day after its end can still be counted; days outside the padded span
    raise ValueError.
    """

    def __init__(self, settings: Calendar, first: date, last: date) -> None:
        """Tabulate the years from ``first`` to ``last`` and one more on either side."""
        self.settings = settings
        years = range(first.year - 1, last.year + 2)
        self._start = date(years[0], 1, 1).toordinal()
        self._first = np.datetime64(f"{years[0]}-01-01", "D")
        days = np.arange(self._first, np.datetime64(f"{years[-1] + 1}-01-01", "D"))
        self._days = days
        country = _country(settings, years) if settings.country else None
        self._work = _worked(settings, country, days)
        self._count = np.cumsum(self._work)

    def _index(self, days: np.ndarray) -> np.ndarray:
        index = (days.astype("datetime64[D]") - self._first) // _DAY
        if index.size and (index.min() < 0 or index.max() >= len(self._days)):
            raise ValueError(self._outside("a day"))
        return index

    def after(self, days: np.ndarray, n: int) -> np.ndarray:
        """Return the n-th working day strictly after each day (``datetime64[s]``; NaT stays NaT)."""
        known = ~np.isnat(days)
        out = np.full(len(days), "NaT", dtype="datetime64[s]")
        if known.any():
            out[known] = self._worked(self._count[self._index(days[known])] + n)
        return out

    def _worked(self, number: np.ndarray) -> np.ndarray:
        """Return the working days by their number in the table, from 1."""
        if number.min() < 1 or number.max() > self._count[-1]:
            raise ValueError(self._outside(_COUNTED_TO))
        numbered: np.ndarray = self._days[np.searchsorted(self._count, number)]
        return numbered

    def _outside(self, what: str) -> str:
        return f"{what} lies outside the calendar's years {self._days[0]} to {self._days[-1]}"

    @cached_property
    def _counted(self) -> list[int]:
        """Return for each day how many working days there are up to it: looking at one array for one day is slow."""
        counted: list[int] = self._count.tolist()
        return counted

    def _place(self, day: date) -> int:
        place = day.toordinal() - self._start
        if not 0 <= place < len(self._counted):
            raise ValueError(self._outside("a day"))
        return place

    def _numbered(self, number: int) -> date:
        """Return a working day by its number in the table, from 1."""
        if not 1 <= number <= self._counted[-1]:
            raise ValueError(self._outside(_COUNTED_TO))
        return date.fromordinal(self._start + bisect_left(self._counted, number))

    def day_after(self, day: date, n: int) -> date:
        """Return the n-th working day strictly after one day."""
        return self._numbered(self._counted[self._place(day)] + n)

    def day_before(self, day: date, n: int) -> date:
        """Return the n-th working day strictly before one day."""
        return self._numbered(self._counted[self._place(day)] - self.works(day) - n + 1)

    def between(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and including ``end``; 0 if end is not after start."""
        return max(0, self._counted[self._place(end)] - self._counted[self._place(start)])

    def all_between(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Count the working days after each start up to and including its end, both ``datetime64``; 0 as above."""
        passed = self._count[self._index(ends)] - self._count[self._index(starts)]
        counted: np.ndarray = passed.clip(min=0)
        return counted

    def works(self, day: date) -> bool:
        """Return whether a day is a working day."""
        return bool(self._work[self._place(day)])


@lru_cache(maxsize=128)
def work_calendar(settings: Calendar, first: int, last: int) -> WorkCalendar:
    """Return the table of a calendar from one year to another, made once for all audits of these years."""
    return WorkCalendar(settings, date(first, 1, 1), date(last, 12, 31))


def _positions(named: Iterable[date], days: np.ndarray) -> np.ndarray:
    index = (np.array(list(named), dtype="datetime64[D]") - days[0]) // _DAY
    kept: np.ndarray = index[(index >= 0) & (index < len(days))]
    return kept


def _weekend(settings: Calendar, country: HolidayBase | None, days: np.ndarray) -> np.ndarray:
    """Return whether each day is of the weekend: as the settings name it, else as the country had it on that day."""
    if country is not None and settings.weekend is None:
        return np.fromiter((country.is_weekend(day) for day in days.tolist()), dtype=bool, count=len(days))
    names = _USUAL_WEEKEND if settings.weekend is None else settings.weekend
    return np.isin(_weekdays(days), [_WEEKDAYS.index(name) for name in names])


def _worked(settings: Calendar, country: HolidayBase | None, days: np.ndarray) -> np.ndarray:
    """Return whether each day is worked; a working Saturday is, a closure never."""
    work = ~_weekend(settings, country, days)
    if country is not None:
        work[_positions(country, days)] = False
        work[_positions(country.weekend_workdays, days)] = True
    work[_positions(settings.closures, days)] = False
    return work


def _weekdays(days: np.ndarray) -> np.ndarray:
    """Return 0 for each Monday to 6 for each Sunday."""
    weekdays: np.ndarray = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return weekdays


def _country(settings: Calendar, years: range) -> HolidayBase:
    """Return the public holidays of a calendar's country, which also knows its weekends: they have changed in some."""
    import holidays  # noqa: PLC0415 - takes 0.4 s, and most calendars name no country

    try:
        return holidays.country_holidays(settings.country, subdiv=settings.subdivision or None, years=years)
    except NotImplementedError as error:
        raise ValueError(f"the holidays package does not know it: {error}") from error


def weekend_on(settings: Calendar, day: date) -> tuple[str, ...]:
    """Return the days of the weekend in the week that begins with a day, like Sat and Sun."""
    country = _country(settings, range(day.year, day.year + 2)) if settings.country else None
    week = np.datetime64(day, "D") + np.arange(7)
    off = _weekdays(week[_weekend(settings, country, week)])
    return tuple(_WEEKDAYS[number] for number in sorted(off.tolist()))


def missing_subdivision(settings: Calendar, year: int) -> tuple[str, ...]:
    """Return the subdivisions of which one should be named, since each of them has holidays that the country lacks."""
    if not settings.country or settings.subdivision:
        return ()
    whole = _country(settings, range(year, year + 1))
    parts = whole.subdivisions
    further = (_country(settings.model_copy(update={"subdivision": part}), range(year, year + 1)) for part in parts)
    return tuple(parts) if parts and all(part.keys() - whole.keys() for part in further) else ()


@cache
def holidays_version() -> str:
    """Return the version of the holidays package, which a report prints since a release can change a verdict."""
    from importlib.metadata import version  # noqa: PLC0415 - asked once, by the report

    return version("holidays")

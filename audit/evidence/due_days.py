"""The due day of each incident: its anchor, counted by its services' calendars (POLICY.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from audit.evidence.columns import DAY
from audit.evidence.contracts import days
from audit.evidence.local_days import anchor_days
from audit.evidence.working_days import work_calendar
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from audit.catalog.ownership import Ownership
    from audit.evidence.contracts import Table
    from audit.evidence.working_days import WorkCalendar
    from audit.settings.calendar_settings import Calendar, Calendars
    from audit.settings.policy import Policy


@dataclass(frozen=True, kw_only=True)
class CalendarBook:
    """Every calendar of the settings, once; the first is the default one."""

    calendars: tuple[WorkCalendar, ...]
    by_service: Mapping[str, int]
    """By the keys of their names (:func:`audit.text.labels.key`), since the names of a catalogue have no case."""
    by_team: Mapping[str, int]

    def choices(self, services: Iterable[str], owner_of: Mapping[str, str]) -> frozenset[int]:
        """Return the calendars that apply to these services: each service's, else its team's, else the default."""
        return frozenset(
            self.by_service.get(labels.key(name), self.by_team.get(owner_of.get(name, ""), 0)) for name in services
        ) or frozenset({0})


def calendar_book(settings: Calendars, first: date, last: date) -> CalendarBook:
    """Tabulate each calendar from ``first`` to ``last``; equal ones share a table."""
    distinct: dict[Calendar, int] = {}
    by_name = (calendar for named in (settings.teams, settings.services) for _, calendar in sorted(named.items()))
    for calendar in (settings.default, *by_name):
        distinct.setdefault(calendar, len(distinct))
    return CalendarBook(
        calendars=tuple(work_calendar(calendar, first.year, last.year) for calendar in distinct),
        by_service={labels.key(name): distinct[calendar] for name, calendar in settings.services.items()},
        by_team={name: distinct[calendar] for name, calendar in settings.teams.items()},
    )


def span(instants: Iterable[date], as_of: date, policies: Sequence[Policy]) -> tuple[date, date]:
    """Return the first and last day that the calendars must know."""
    days = [*instants, as_of]
    # a week has at least one working day; the calendar's padding year leaves room for holidays and closures
    reach = timedelta(days=7 * max(max(policy.days_by_severity.values()) for policy in policies))
    return min(days), max(days) + reach


def due_days(
    anchor_on: np.ndarray,
    incidents: Table,
    choices: Sequence[frozenset[int]],
    book: CalendarBook,
    *,
    kind: str | None = None,
) -> dict[str, np.ndarray]:
    """Return columns ``due_on`` (NaT without an anchor) and ``calendar``.

    ``incidents`` has columns ``due_in`` and ``due_kind``. Of several calendars the one with the latest due day counts;
    at the same day the first. ``kind`` counts working or calendar days instead, for the report's sensitivity line.
    """
    lengths, kinds = np.asarray(incidents["due_in"]), np.asarray(incidents["due_kind"], dtype=object)
    due = np.full(len(choices), "NaT", dtype=DAY)
    used = np.fromiter(map(min, choices), dtype="int64", count=len(choices))
    for number, calendar in enumerate(book.calendars):
        chosen = np.fromiter((number in numbers for numbers in choices), dtype=bool, count=len(choices))
        candidate = np.full(len(choices), "NaT", dtype=DAY)
        for count, counted in sorted(set(zip(lengths[chosen].tolist(), kinds[chosen].tolist(), strict=True))):
            rows = chosen & (lengths == count) & (kinds == counted)
            candidate[rows] = _due(anchor_on[rows], count, calendar, kind or counted)
        later = (candidate > due) | (np.isnat(due) & ~np.isnat(candidate))
        due[later], used[later] = candidate[later], number
    return {"due_on": due, "calendar": used}


def anchored(  # noqa: PLR0913 - one column or table each
    incidents: Table,
    anchors: Any,
    choices: Sequence[frozenset[int]],
    book: CalendarBook,
    zone: ZoneInfo,
    *,
    kind: str | None = None,
) -> dict[str, np.ndarray]:
    """Return columns ``anchor_on``, ``due_on`` (both NaT: not yet) and ``calendar`` under an anchor for each incident.

    ``incidents`` are columns of INCIDENTS, or their frame. A review that was opened after the due day that held until
    then, the one of the declaration, does not move it.
    """
    anchor = np.asarray(anchors, dtype=object)
    anchor_on = anchor_days(incidents, anchor, zone)
    due = due_days(anchor_on, incidents, choices, book, kind=kind)
    declared_on = days(incidents["declared_on"])
    moved = (anchor == "review_opened") & (anchor_on != declared_on)
    if moved.any():
        held = due_days(declared_on, incidents, choices, book, kind=kind)
        late = moved & (anchor_on > held["due_on"])
        anchor_on = np.where(late, declared_on, anchor_on)
        due = {name: np.where(late, held[name], column) for name, column in due.items()}
    return {**due, "anchor_on": anchor_on}


def day_in_doubt(incidents: Table) -> np.ndarray:
    """Tell of which incidents the due day is not known, though not for want of an anchor."""
    first, last = (np.asarray(incidents[name]) for name in ("due_first", "due_last"))
    in_doubt: np.ndarray = (first != last) & ~(np.isnat(first) & np.isnat(last))
    return in_doubt


def due_bounds(
    incidents: Mapping[str, Any], choices: Sequence[frozenset[int]], book: CalendarBook, zone: ZoneInfo
) -> dict[str, np.ndarray]:
    """Return columns ``due_first`` and ``due_last`` (NaT: maybe no anchor yet) of incidents of which one is hidden."""
    hidden = np.asarray(incidents["anchor_hidden"], dtype=object) != ""
    columns = [choices, incidents["services"], incidents["services_hidden"]]
    declared_on = days(incidents["declared_on"])
    firsts, lasts = [], []
    for number in range(len(book.calendars)):
        chosen = [
            (named | {number} if services else frozenset({number})) if further else named
            for named, services, further in zip(*columns, strict=True)
        ]
        for due_in in ("due_in_least", "due_in_most"):
            counted = {**incidents, "due_in": incidents[due_in]}
            due = anchored(counted, incidents["anchor"], chosen, book, zone)["due_on"]
            earliest = due_days(declared_on, counted, chosen, book)["due_on"]
            firsts.append(np.where(hidden, earliest, due))
            lasts.append(np.where(hidden, np.datetime64("NaT", "s"), due))
    # of the first ones those without a day are passed over, of the last ones one without a day decides
    return {"due_first": np.fmin.reduce(firsts), "due_last": np.maximum.reduce(lasts)}


def _due(anchor_on: np.ndarray, days: int, calendar: WorkCalendar, kind: str) -> np.ndarray:
    return anchor_on + np.timedelta64(days, "D") if kind == "calendar" else calendar.after(anchor_on, days)


def calendar_choices(incidents: Table, book: CalendarBook, owned: Ownership | None) -> list[frozenset[int]]:
    """Return the calendars that apply to each incident."""
    owner_of = owners(owned)
    choices = {names: book.choices(names, owner_of) for names in set(incidents["services"])}
    return [choices[names] for names in incidents["services"]]


def owners(ownership: Ownership | None) -> dict[str, str]:
    """Return service name -> its owner, for those that are owned, as `calendars.teams` spells it if it does."""
    if ownership is None:
        return {}
    return {
        service.name: ownership.in_calendars.get(service.owner, service.owner)
        for services in ownership.by_label.values()
        for service in services
        if ownership.is_owned(service)
    }

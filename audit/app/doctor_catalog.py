"""What the doctor tells of the service catalogue and of the calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from audit.app.explain import days_off
from audit.catalog.ownership import ownership
from audit.catalog.remarks import remarks, without_owner
from audit.evidence.columns import DAY
from audit.evidence.due_days import calendar_book, due_days, span
from audit.evidence.working_days import missing_subdivision
from audit.phrases import listed, plural
from audit.report.figures.basis import calendar_rows, policies_in_force
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from audit.model import Catalog
    from audit.report.figures.basis import CalendarRow
    from audit.settings.settings import Settings


def catalog_lines(catalog: Catalog | None, settings: Settings, tracker_labels: Iterable[str]) -> Iterator[str]:
    """Return lines on the files, the services and teams in them, and what is odd about them or about calendars."""
    owned = ownership(catalog, settings) if catalog else None
    if catalog is None or owned is None:
        yield from ("", "Service catalogue: none is set")
        yield "  no service has an owner, so nobody is exempt and no rule on owners finds anything"
    else:
        teams = plural(len(catalog.teams), "team") if catalog.teams_given else "no teams"
        yield from ("", f"Service catalogue: {plural(len(catalog.services), 'service')}, {teams}")
        yield from (f"  {origin}" for origin in catalog.origin.split(", "))
        unowned = sorted(owned.unowned)
        if unowned:
            yield f"  unowned: {listed(unowned, len(unowned))}"
        faults = filter(None, (without_owner(catalog, owned), owned.fault()))
        yield from (f"  warning: {fault}" for fault in faults)
        yield from (f"  not read: {gap.ref}: {gap.why}" for gap in catalog.unread)
    yield from (f"  warning: {remark}" for remark in remarks(catalog, owned, settings, tracker_labels))


def calendar_lines(settings: Settings, today: date) -> Iterator[str]:
    """Return lines on the due day of an incident declared today, by each calendar."""
    rows = calendar_rows(settings, today)
    book = calendar_book(settings.calendars, *span((), today, settings.policies))
    index = {"default": {"": 0}, "team": book.by_team, "service": book.by_service}
    choices = [frozenset({index[row.whose][_name_of(row)]}) for row in rows]
    number = max(len(policies_in_force(settings, today)) - 1, 0)
    starts = pd.Series([pd.Timestamp(today)] * len(rows), dtype=DAY)
    policy = settings.policies[number]
    counted = pd.DataFrame({"due_in": [policy.due_in(None)] * len(rows), "due_kind": policy.due_kind})
    due = due_days(starts, counted, choices, book)["due_on"]
    yield from ("", f"Calendars: {policy.due_in(None)} {policy.due_kind} days after {today:%A %Y-%m-%d}")
    for row, day in zip(rows, due, strict=True):
        yield f"  {' '.join(filter(None, (row.whose, row.name)))}: {day:%A %Y-%m-%d}; {days_off(row.days, today)}"
    yield from _subdivisions(rows, today)


def _subdivisions(rows: Iterable[CalendarRow], today: date) -> Iterator[str]:
    """Warn once a country that its calendar has the holidays of no place in it."""
    calendars = {row.days.country: row.days for row in rows if not row.days.subdivision}
    for country, days in calendars.items():
        if parts := missing_subdivision(days, today.year):
            yield (
                f"  warning: {country} without a `subdivision` has only the holidays that all of it shares, and each"
                f" part has more: write one of {', '.join(parts)}"
            )


def _name_of(row: CalendarRow) -> str:
    """Return the name as it compares: those of services without regard to case, those of teams exactly."""
    return labels.key(row.name) if row.whose == "service" else row.name

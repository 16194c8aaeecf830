"""What the doctor tells of the service catalogue and of the calendars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from audit.app.checkpoints import fault, fine, warning
from audit.app.explain import days_off
from audit.catalog.ownership import ownership
from audit.catalog.remarks import remarks, without_owner
from audit.evidence.columns import DAY
from audit.evidence.due_days import calendar_book, due_days, span
from audit.evidence.working_days import missing_subdivision, weekend_on
from audit.phrases import listed, plural
from audit.report.figures.basis import calendar_rows, policies_in_force
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from audit.app.checkpoints import Checkpoint
    from audit.model import Catalog
    from audit.report.figures.basis import CalendarRow
    from audit.settings.settings import Settings

_CHECK = "catalogue"


def catalog_lines(catalog: Catalog | None, settings: Settings) -> Iterator[str]:
    """Return lines on the files, and on the services and teams in them."""
    if catalog is None:
        yield from ("", "Service catalogue: none is set")
        yield "  no service has an owner, so nobody is exempt and no rule on owners finds anything"
        return
    teams = plural(len(catalog.teams), "team") if catalog.teams_given else "no teams"
    yield from ("", f"Service catalogue: {plural(len(catalog.services), 'service')}, {teams}")
    yield from (f"  {origin}" for origin in catalog.origin.split(", "))
    if unowned := sorted(ownership(catalog, settings).unowned):
        yield f"  unowned: {listed(unowned, len(unowned))}"


def catalogue(catalog: Catalog | None, settings: Settings, tracker_labels: Iterable[str]) -> Iterator[Checkpoint]:
    """Return what is odd about the catalogue, or about calendars that name something in it, and what was not read."""
    owned = ownership(catalog, settings) if catalog else None
    lines: list[Checkpoint] = []
    if catalog is not None and owned is not None:
        lines += (warning(_CHECK, oddity) for oddity in (without_owner(catalog, owned), owned.fault()) if oddity)
        lines += (fault(_CHECK, f"{gap.ref} was not read: {gap.why}", exit_status=3) for gap in catalog.unread)
    lines += (warning(_CHECK, remark) for remark in remarks(catalog, owned, settings, tracker_labels))
    size = (
        f"{plural(len(catalog.services), 'service')}"
        if catalog
        else "none is set: no incident is exempt for want of an owner"
    )
    yield from lines or [fine(_CHECK, size)]


def calendar_lines(settings: Settings, today: date) -> Iterator[str]:
    """Return lines on the due day of an incident declared today, by each calendar."""
    rows = calendar_rows(settings, today)
    book = calendar_book(settings.calendars, *span((), today, settings.policies))
    index = {"default": {"": 0}, "team": book.by_team, "service": book.by_service}
    choices = [frozenset({index[row.whose][_name_of(row)]}) for row in rows]
    number = max(len(policies_in_force(settings, today)) - 1, 0)
    starts = np.full(len(rows), today, dtype=DAY)
    policy = settings.policies[number]
    counted = {"due_in": [policy.due_in(None)] * len(rows), "due_kind": [policy.due_kind] * len(rows)}
    due = due_days(starts, counted, choices, book)["due_on"].tolist()
    yield from ("", f"Calendars: {policy.due_in(None)} {policy.due_kind} days after {today:%A %Y-%m-%d}")
    for row, day in zip(rows, due, strict=True):
        yield f"  {' '.join(filter(None, (row.whose, row.name)))}: {day:%A %Y-%m-%d}; {days_off(row.days, today)}"


def calendars(settings: Settings, today: date) -> Iterator[Checkpoint]:
    """Warn once a country that its calendar has the holidays of no place in it, or another weekend than the country."""
    rows = calendar_rows(settings, today)
    lines = [*_subdivisions(rows, today), *_weekends(rows, today)]
    yield from lines or [fine("calendars", f"{plural(len(rows), 'calendar')}, with the weekends of their countries")]


def _subdivisions(rows: Iterable[CalendarRow], today: date) -> Iterator[Checkpoint]:
    by_country = {row.days.country: row.days for row in rows if not row.days.subdivision}
    for country, days in by_country.items():
        if parts := missing_subdivision(days, today.year):
            yield warning(
                "calendars",
                f"{country} without a `subdivision` has only the holidays that all of it shares; each part has more",
                f"write one of {', '.join(parts)}",
            )


def _weekends(rows: Iterable[CalendarRow], today: date) -> Iterator[Checkpoint]:
    for row in rows:
        usual = weekend_on(row.days.model_copy(update={"weekend": None}), today)
        if row.days.country and row.weekend != usual:
            whose = " ".join(filter(None, (row.whose, row.name)))
            yield warning(
                "calendars",
                f"{whose}: the weekend of {row.days.country} is {', '.join(usual)}, the settings say"
                f" {', '.join(row.weekend)}",
                "take `weekend` out if the team keeps the weekend of its country",
            )


def _name_of(row: CalendarRow) -> str:
    """Return the name as it compares: those of services without regard to case, those of teams exactly."""
    return labels.key(row.name) if row.whose == "service" else row.name

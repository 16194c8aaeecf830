"""What the doctor says: whether the audit can run here, and which settings the tracker does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.doctor import diagnose
from audit.gitlab.preflight import preflight
from audit.nightly import read_catalog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.gitlab.client import Client
    from audit.gitlab.doctor import Diagnosis
    from audit.gitlab.preflight import Preflight
    from audit.model import Catalog
    from audit.settings.model import Settings


def checkup(client: Client, settings: Settings, *, today: date) -> str:
    """Ask GitLab everything that a run would stumble over. Raises PreflightError or CatalogError with all faults."""
    flight = preflight(client, settings, today=today, write=False)
    catalog = read_catalog(client, settings)
    diagnosis = diagnose(client, settings, flight, as_of=today)
    lines = [
        *_server(flight),
        *_projects(flight),
        *_catalog(catalog),
        *_labels(diagnosis),
        *_advice(diagnosis, settings),
    ]
    return "\n".join(lines)


def _server(flight: Preflight) -> Iterator[str]:
    bot = "a bot" if flight.account.bot else "a person: give the audit an account of its own"
    yield f"GitLab {flight.version or 'of unknown version'}; the token is of {flight.account.username}, {bot}"
    if flight.token_expires:
        yield f"  it expires on {flight.token_expires}"
    for warning in flight.warnings:
        yield f"  warning: {warning}"


def _projects(flight: Preflight) -> Iterator[str]:
    yield from ("", "Projects")
    for project in flight.projects:
        roles = [name for name, held in (("incidents", project.incidents), ("reviews", project.reviews)) if held]
        yield f"  {project.path}: {' and '.join(roles)}, {project.visibility}"


def _catalog(catalog: Catalog | None) -> Iterator[str]:
    yield from ("", "Service catalogue")
    if catalog is None:
        yield "  none is set: no service has an owner, so nobody is exempt and SO001 to SO003 find nothing"
        return
    yield f"  {catalog.origin}: {len(catalog.services)} services, {len(catalog.teams)} teams"


def _labels(diagnosis: Diagnosis) -> Iterator[str]:
    yield from ("", "Labels: how the tracker spells what the settings name")
    for use in diagnosis.uses:
        found = ", ".join(use.spellings[:8]) + (" ..." if len(use.spellings) > 8 else "")
        yield f"  {use.setting}: {use.configured} -> {found or 'matches nothing'}"
    for gap in diagnosis.gaps:
        yield f"  {gap.ref}: {gap.why}"


def _advice(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    yield from ("", "Reminders")
    if settings.reminders.remind_from is None:
        yield f"  set reminders.remind_from, like {diagnosis.remind_from}: nobody is reminded of older incidents"
    else:
        yield f"  incidents declared from {settings.reminders.remind_from} on are reminded of"

"""The doctor command: whether the audit can run here, and which settings match nothing in the tracker."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pandas as pd

from audit import inert, markers
from audit.app.delivery import planned
from audit.app.explain import days_off
from audit.app.reading import read_catalog
from audit.catalog.ownership import ownership
from audit.engine.rule_levels import switches
from audit.evidence.columns import DAY
from audit.evidence.due_days import calendar_book, due_days, span
from audit.evidence.working_days import missing_subdivision
from audit.gitlab.read.labels_in_use import diagnose
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.destinations import check_destinations, targets
from audit.phrases import listed, plural
from audit.publishing.published import FinishedReport
from audit.reminders.custom_templates import read_wording
from audit.reminders.note_templates import unkind
from audit.reminders.template_trial import trial_notes
from audit.report.figures.basis import calendar_rows, policies_in_force
from audit.rules import RULES
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.labels_in_use import Diagnosis
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.write.destinations import CheckedDestinations
    from audit.model import Catalog
    from audit.report.figures.basis import CalendarRow
    from audit.settings.settings import Settings

_SHOWN: Final = 8
"""Most spellings listed for one setting."""


def checkup(client: Client, settings: Settings, *, today: date) -> str:
    """Check everything in GitLab that could stop a run. Raises PreflightError or CatalogError with all faults."""
    words = list(_own_words(settings))
    preflight = run_preflight(client, settings, today=today, write=False)
    checked = check_destinations(client, settings, preflight, write=False)
    catalog = read_catalog(client, settings)
    diagnosis = diagnose(client, settings, preflight, as_of=today)
    lines = [
        *_server(preflight),
        *_projects(preflight),
        *_catalog(catalog, settings),
        *_calendars(settings, catalog, today),
        *_rules(settings),
        *_templates(diagnosis, settings),
        *_labels(diagnosis),
        *_gaps(diagnosis),
        *_reminders(diagnosis, settings),
        *_destinations(checked, settings, today),
        *words,
    ]
    return "\n".join(inert.indented(line) for line in lines)


def _server(preflight: Preflight) -> Iterator[str]:
    bot = "a bot" if preflight.account.bot else "a person: give the audit an account of its own"
    yield f"GitLab {preflight.version or 'of unknown version'}; the token is of {preflight.account.username}, {bot}"
    # a warning says so if that day is near
    if preflight.token_expires and not any(f"{preflight.token_expires}" in warning for warning in preflight.warnings):
        yield f"  it expires on {preflight.token_expires}"
    for warning in preflight.warnings:
        yield f"  warning: {warning}"


def _projects(preflight: Preflight) -> Iterator[str]:
    yield from ("", "Projects")
    for project in preflight.projects:
        roles = [name for name, held in (("incidents", project.incidents), ("reviews", project.reviews)) if held]
        yield f"  {project.path}: {' and '.join(roles)}, {project.visibility}"


def _destinations(checked: CheckedDestinations, settings: Settings, today: date) -> Iterator[str]:
    """Return lines on where the report would be published, and what would prevent it."""
    goals = targets(checked.publish, FinishedReport(texts={"report.md": ""}, as_of=today, today=today))
    digest = settings.publish.notify is not None
    lines = [f"  {goal.what} ({goal.where})" for goal in planned(goals, digest=digest)]
    yield from ("", "Where the report goes", *(lines or ["  into the output folder; `publish` names further places"]))
    yield from (f"  warning: {warning}" for warning in checked.warnings)


def _catalog(catalog: Catalog | None, settings: Settings) -> Iterator[str]:
    if catalog is None:
        yield from ("", "Service catalogue: none is set")
        yield "  no service has an owner, so nobody is exempt and no rule on owners finds anything"
        return
    teams = plural(len(catalog.teams), "team") if catalog.teams_given else "no teams"
    yield from ("", f"Service catalogue: {plural(len(catalog.services), 'service')}, {teams}")
    yield from (f"  {origin}" for origin in catalog.origin.split(", "))
    unowned = sorted(ownership(catalog, settings).unowned)
    if unowned:
        yield f"  unowned: {listed(unowned, len(unowned))}"


def _calendars(settings: Settings, catalog: Catalog | None, today: date) -> Iterator[str]:
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
    yield from (f"  warning: {name} is in no entry of the catalogue" for name in _strangers(rows, catalog))


def _rules(settings: Settings) -> Iterator[str]:
    """Return lines on the rules that the settings switch off, or give another level."""
    switched = switches(RULES, settings.rules)
    if switched:
        yield from ("", "Rules that the settings switch off or give another level")
    for switch in switched:
        yield f"  {switch.code} {switch.name}: {switch.level}, usually {switch.usual}"


def _subdivisions(rows: Iterable[CalendarRow], today: date) -> Iterator[str]:
    """Warn once a country that its calendar has the holidays of no place in it."""
    calendars = {row.days.country: row.days for row in rows if not row.days.subdivision}
    for country, days in calendars.items():
        if parts := missing_subdivision(days, today.year):
            yield (
                f"  warning: {country} without a `subdivision` has only the holidays that all of it shares, and each"
                f" part has more: write one of {', '.join(parts)}"
            )


def _strangers(rows: Iterable[CalendarRow], catalog: Catalog | None) -> list[str]:
    """Return the names of calendars for a team or service that the catalogue does not have."""
    services = labels.keys(service.name for service in catalog.services) if catalog else set()
    teams = (
        {service.owner for service in catalog.services} | {team.name for team in catalog.teams} if catalog else set()
    )
    known = {"service": services, "team": teams}
    return [f"calendars.{row.whose}s.{row.name}" for row in rows if row.name and _name_of(row) not in known[row.whose]]


def _name_of(row: CalendarRow) -> str:
    """Return the name as it compares: those of services without regard to case, those of teams exactly."""
    return labels.key(row.name) if row.whose == "service" else row.name


def _templates(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    folder = settings.review.templates
    yield from ("", f"Issue templates, whose lines do not count as answers: {len(diagnosis.templates) or 'none'}")
    yield from (f"  {file}" for file in diagnosis.templates)
    if not diagnosis.templates:
        where = f"no *.md file in {folder} of the review projects" if folder else "`review.templates` is empty"
        yield f"  {where}: only the built-in placeholders are known"


def _labels(diagnosis: Diagnosis) -> Iterator[str]:
    """Return lines on the spellings that were found, then on settings and defaults that match no label."""
    yield from ("", "Labels: what the settings name, and how the tracker spells it")
    for use in diagnosis.uses:
        if use.spellings:
            more = f" and {len(use.spellings) - _SHOWN} more" if len(use.spellings) > _SHOWN else ""
            yield f"  {use.setting}: {use.configured} -> {', '.join(use.spellings[:_SHOWN])}{more}"
    yield from _unmatched(diagnosis, "These settings match no label of the tracker", chosen=True)
    yield from _unmatched(
        diagnosis,
        "These defaults match no label of the tracker, which is no fault if nobody uses them",
        chosen=False,
    )


def _unmatched(diagnosis: Diagnosis, words: str, *, chosen: bool) -> Iterator[str]:
    names: dict[str, list[str]] = defaultdict(list)
    for use in diagnosis.unmatched:
        if use.chosen is chosen:
            names[use.setting].append(use.configured)
    if names:
        parts = (f"{setting} ({', '.join(labels)})" for setting, labels in names.items())
        yield f"  {words}: {', '.join(parts)}"


def _gaps(diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.gaps:
        yield from ("", "What could not be read")
    yield from (f"  {gap.what} of {gap.ref}: {gap.why}" for gap in diagnosis.gaps)


def _reminders(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    yield from ("", "Reminders")
    if settings.reminders.remind_from:
        yield f"  of incidents declared from {settings.reminders.remind_from} on"
        return
    first = settings.remind_from
    yield f"  of incidents declared from {first} on, the first day that is read" if first else "  nobody is reminded"
    yield f"  set reminders.remind_from, like {diagnosis.remind_from}, so that a first run reminds of nothing old"


def _own_words(settings: Settings) -> Iterator[str]:
    """Render the custom templates of the reminders. Raises SettingsError with file and line."""
    wording = read_wording(settings)
    if not wording.custom:
        return
    made = trial_notes(wording, settings.reminders)
    yield from ("", f"Custom templates of the reminders: {', '.join(sorted(wording.custom))}")
    yield f"  {plural(len(made), 'note')} of an invented tracker can be written by them; the first:"
    shown = markers.without(next(iter(made.values())))
    yield from (f"    {line}" for line in shown.splitlines())
    for name in sorted(wording.custom):
        one = wording.custom[name]
        if words := unkind(one.text):
            yield f"  warning: {one.path} has words that can read as blame: {', '.join(words)}"

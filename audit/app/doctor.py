"""The doctor command: whether the audit can run here, and which settings match nothing in the tracker."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from audit import inert, markers
from audit.app.apply_needs import needs_of_apply
from audit.app.delivery import planned
from audit.app.doctor_catalog import calendar_lines, catalog_lines
from audit.app.reading import read_catalog
from audit.app.review_readings import read_in_short
from audit.engine.rule_levels import switches
from audit.evidence import waivers
from audit.evidence.local_days import end_of
from audit.evidence.overlooked import no_severities, page_drift, unknown_waivers, unread_severities
from audit.gitlab.read.labels_in_use import diagnose
from audit.gitlab.read.policy_page import read_policy_page
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.destinations import check_destinations, targets
from audit.phrases import listed, plural
from audit.publishing.published import FinishedReport
from audit.reminders.custom_templates import read_wording
from audit.reminders.note_templates import unkind
from audit.reminders.template_trial import trial_notes
from audit.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.labels_in_use import Diagnosis
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.write.destinations import CheckedDestinations
    from audit.model import Catalog
    from audit.settings.policy import Waiver
    from audit.settings.settings import Settings

_SHOWN: Final = 8
"""Most spellings listed for one setting."""


def checkup(client: Client, settings: Settings, *, today: date, digest_faults: tuple[str, ...] = ()) -> str:
    """Check everything in GitLab that could stop a run. Raises PreflightError or CatalogError with all faults."""
    words = list(_own_words(settings))
    preflight = run_preflight(client, settings, today=today, write=False)
    checked = check_destinations(client, settings, preflight, write=False)
    catalog = read_catalog(client, settings)
    diagnosis = diagnose(client, settings, preflight, as_of=today)
    lines = [
        *_server(preflight),
        *_projects(preflight),
        *catalog_lines(catalog, settings, diagnosis.service_labels),
        *calendar_lines(settings, today),
        *_rules(settings),
        *_policy_page(client, settings, today),
        *_waivers(waivers.valid(settings.waivers, today), catalog, preflight),
        *_templates(diagnosis, settings),
        "",
        *read_in_short(diagnosis.reviews, settings),
        *_labels(diagnosis, settings),
        *_gaps(diagnosis),
        *_reminders(diagnosis, settings),
        *_destinations(checked, settings, today),
        *_posting(preflight, digest_faults),
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


def _posting(preflight: Preflight, digest_faults: tuple[str, ...]) -> Iterator[str]:
    """Return lines on what a run with --apply would lack; a token that only reads is no fault before that."""
    lacking = list(needs_of_apply(preflight, digest_faults))
    yield from (
        "",
        "What --apply would lack",
        *(f"  {need}" for need in lacking or ["nothing that can be seen from here"]),
    )


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


def _rules(settings: Settings) -> Iterator[str]:
    """Return lines on the rules that the settings switch off, or give another level."""
    switched = switches(RULES, settings.rules)
    if switched:
        yield from ("", "Rules that the settings switch off or give another level")
    for switch in switched:
        yield f"  {switch.code} {switch.name}: {switch.level}, usually {switch.usual}"


def _policy_page(client: Client, settings: Settings, today: date) -> Iterator[str]:
    """Return lines on the page on which the policy rests: when it was last changed, and whether that is new."""
    page = settings.policy_page
    if page is None:
        return
    zone = ZoneInfo(settings.timezone)
    commit, gaps = read_policy_page(client, settings, end_of(today, zone))
    yield from ("", f"Policy page: {page.path} of {page.project}")
    yield from (f"  warning: it could not be read: {gap.why}" for gap in gaps)
    if commit is not None:
        drift, day = page_drift(settings, *commit), commit[0].astimezone(zone).date()
        yield f"  warning: {drift}" if drift else f"  last changed on {day} (commit {commit[1][:8]})"
    if all(policy.from_ is None for policy in settings.policies):
        yield "  warning: the policy has no `from`, so that no change can be later than it"


def _waivers(holding: Sequence[Waiver], catalog: Catalog | None, preflight: Preflight) -> Iterator[str]:
    """Return lines on waivers that name neither an issue of an audited project nor a service."""
    projects = {project.path.casefold() for project in preflight.projects}
    services = [service.name for service in catalog.services] if catalog else []
    here = (one.subject for one in holding if one.subject.casefold().rpartition("#")[0] in projects)
    unknown = unknown_waivers(holding, (*services, *here))
    if unknown:
        yield from ("", "Waivers on what is neither an issue of an audited project nor a service")
        yield f"  warning: {listed(unknown[:_SHOWN], len(unknown))}"


def _templates(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    folder, files = settings.review.templates, diagnosis.reviews.templates.files
    yield from ("", f"Templates of reviews, which say what is asked for: {len(files) or 'none'}")
    yield from (f"  {file}" for file in files)
    if not files:
        named = f"that `review.template` names, in {folder}" if settings.review.template else f"of reviews in {folder}"
        where = f"no file {named} of the review projects" if folder else "`review.templates` is empty"
        yield f"  {where}: GitLab's own of each year are known"


def _labels(diagnosis: Diagnosis, settings: Settings) -> Iterator[str]:
    """Return lines on the spellings that were found, then on settings and defaults that match no label."""
    yield from ("", "Labels: what the settings name, and how the tracker spells it")
    for use in diagnosis.uses:
        if use.spellings:
            more = f" and {len(use.spellings) - _SHOWN} more" if len(use.spellings) > _SHOWN else ""
            yield f"  {use.setting}: {use.configured} -> {', '.join(use.spellings[:_SHOWN])}{more}"
    if unread := unread_severities(settings.labels, diagnosis.names):
        yield f"  warning: {unread}"
    elif odd := no_severities(settings.labels, diagnosis.names):
        yield f"  no severities, by labels.severity_scope or labels.severities: {listed(odd[:_SHOWN], len(odd))}"
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

"""Reads the tracker and the service catalogue, and plans the reminders from the comments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit.catalog.catalog_file import parse
from audit.catalog.ownership import ownership
from audit.catalog.remarks import without_owner
from audit.evidence.local_days import end_of
from audit.evidence.overlooked import no_incident, severity_labels
from audit.gitlab.http.failures import RequestError, check
from audit.gitlab.read.catalog_files import read_catalog_texts
from audit.gitlab.read.comments import comments
from audit.gitlab.read.members import read_roles
from audit.gitlab.read.policy_page import read_policy_page
from audit.gitlab.read.project_owners import with_project_owners
from audit.gitlab.read.pull import pull
from audit.gitlab.write.internal_notes import Rights
from audit.inert import one_line
from audit.pull_model import WHOLE
from audit.reminders.cases import Scene
from audit.reminders.closed_doors import roles_wanted
from audit.reminders.comment_commands import projects_with_commands
from audit.reminders.decide import plan, wanted
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from audit.engine.result import Result
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.progress import OnProgress
    from audit.model import Catalog, Gap, Records
    from audit.pull_model import Pull, Shard
    from audit.reminders.note_templates import Wording
    from audit.reminders.plan import Plan
    from audit.settings.settings import Settings


def read(client: Client, settings: Settings, preflight: Preflight, as_of: date, progress: OnProgress) -> Records:
    """Read the catalogue, everything that existed at the end of ``as_of``, and when the policy's page was changed."""
    return read_pull(client, settings, preflight, as_of, progress).records


def read_pull(  # noqa: PLR0913 - what to read, from where, of which day, and on what it may build
    client: Client,
    settings: Settings,
    preflight: Preflight,
    as_of: date,
    progress: OnProgress,
    *,
    earlier: Pull | None = None,
    shard: Shard = WHOLE,
) -> Pull:
    """Read the same as :func:`read`, or a shard of it; take what has not changed from an ``earlier`` pull."""
    until = end_of(as_of, ZoneInfo(settings.timezone))
    catalog = read_catalog(client, settings)
    pulled = pull(
        client, settings, preflight, until=until, progress=progress, catalog=catalog, earlier=earlier, shard=shard
    )
    commit, gaps = read_policy_page(client, settings, until)
    records = pulled.records
    every = sorted((*records.gaps, *gaps), key=lambda gap: (gap.ref, gap.what, gap.why))
    return replace(pulled, records=replace(records, page_commit=commit, gaps=tuple(every)))


def read_catalog(client: Client, settings: Settings) -> Catalog | None:
    """Read the service catalogue; None if the settings name none. Raises CatalogError."""
    texts = read_catalog_texts(client, settings)
    if not settings.catalog.services:
        return None
    catalog = parse(texts.services, texts.teams)
    catalog = replace(catalog, unread=(*texts.gaps, *catalog.unread))
    if not settings.catalog.codeowners:
        return catalog
    return with_project_owners(client, catalog, settings, [file.origin for file in texts.services if file.found])


def oddities(records: Records, settings: Settings, as_of: date) -> Iterator[str]:
    """Warn of what makes an audit empty or pointless, which else looks like a tracker in which all is well."""
    if nothing := no_incident(records, settings, as_of):
        yield nothing
    yield from _missing_labels(records, settings)
    if records.catalog and (fault := without_owner(records.catalog, ownership(records.catalog, settings))):
        yield fault


def _missing_labels(records: Records, settings: Settings) -> Iterator[str]:
    """Warn if no label of the tracker matches a setting that nearly all verdicts depend on."""
    if any(gap.what == "labels" and "#" not in gap.ref for gap in records.gaps):
        return
    names = [name for source in records.sources for name in source.labels]
    scope = settings.labels.severity_scope
    advice = "`incident-audit doctor` shows how the tracker spells its labels"
    if unread := severity_labels(records, settings):
        yield unread
    if not any(labels.value(name, scope) or settings.labels.severity_of(name) for name in names):
        yield f"no label of the tracker is of the scope {scope} (labels.severity_scope): {advice}"
    review = labels.keys(settings.labels.review)
    if settings.review.where == "issue" and review.isdisjoint(map(labels.key, names)):
        yield f"the tracker has no label {', '.join(settings.labels.review)} (labels.review): {advice}"


def odd_labels(plan: Plan) -> Iterator[str]:
    """Tell of labels that were to postpone reminders, and postpone nothing."""
    for one in plan.odd_snoozes:
        label = f"the label {one_line(one.label)}" if one.label else "a label"
        yield f"{one.issue}: {label} names no day like 2026-12-01, so it postpones no reminder"


def plan_reminders(
    client: Client, result: Result, *, bot: str, wording: Wording, today: date | None = None
) -> tuple[Result, Plan]:
    """Read the comments on every issue that may get a reminder, and plan the reminders.

    Returns the result, with an added gap for each issue whose comments could not be read, and the plan.
    """
    scene, gaps = read_scene(client, result, bot=bot, wording=wording, today=today)
    every = sorted((*result.gaps, *gaps), key=lambda gap: (gap.ref, gap.what))
    return replace(result, gaps=tuple(every)), plan(scene)


def read_scene(
    client: Client, result: Result, *, bot: str, wording: Wording, today: date | None = None
) -> tuple[Scene, tuple[Gap, ...]]:
    """Return all that the reminders are decided by, comments and roles included, and what could not be read of it."""
    scene = Scene.of(result, bot=bot, wording=wording, today=today)
    notes = comments(client, wanted(scene))
    scene = replace(scene, comments=notes.by_ref, held_roles=_held_roles(client, roles_wanted(scene)))
    roles = read_roles(client, projects_with_commands(scene))
    return replace(scene, roles=roles.by_project), (*notes.gaps, *roles.gaps)


def _held_roles(client: Client, projects: Iterable[str]) -> dict[str, int]:
    """Return the role of the token's account in each project, where GitLab tells it."""
    rights, roles = Rights(client), {}
    for project in projects:
        try:
            roles[project] = rights.role(project)
        except RequestError as error:
            check(error)
    return roles

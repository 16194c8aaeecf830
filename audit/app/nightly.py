"""The nightly run: check, read, judge, decide, report, and only then write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from audit import EDITION, __version__
from audit.app import previous_audit
from audit.app.apply_needs import checked_for_apply, needs_of_apply
from audit.app.collector import collector_paused
from audit.app.delivery import Goals, digest_due, planned
from audit.app.exit_status import exit_status
from audit.app.judging import judge
from audit.app.last_pull import LastPull, prepared
from audit.app.order import Done
from audit.app.reading import odd_labels, oddities, plan_reminders, read_pull
from audit.app.upgrade import confirmed_edition, restated
from audit.app.writing import reminders_text, write
from audit.errors import UsageError
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.destinations import check_destinations, targets
from audit.phrases import plural
from audit.publishing.published import FinishedReport
from audit.reminders.custom_templates import read_wording
from audit.report.figures.team_edition import team_named
from audit.report.figures.view import Run, build_view
from audit.report.formats import outputs
from audit.report.formats.page_one import since_lines
from audit.report.history.output_folder import FolderTexts, check_place, write_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.app.order import Order
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.progress import OnProgress, Say
    from audit.gitlab.write.destinations import CheckedDestinations
    from audit.model import Records
    from audit.publishing.published import Published
    from audit.reminders.plan import Ledger, Plan
    from audit.report.figures.view import View
    from audit.report.formats.format import Text
    from audit.text.readings import Readings


def run(client: Client | None, order: Order, *, say: Say, progress: OnProgress) -> Done:
    """Audit, report, and with ``apply`` remind and publish. Raises an AuditError if any of it fails.

    Without a client the order's evidence is judged, and no reminder is planned.
    """
    settings, as_of = order.settings, order.as_of
    check_place(order.folder)
    previous = previous_audit.in_folder(order.folder, as_of, say=say, named=order.previous)
    wording = read_wording(settings)
    online = _check(client, order, say) if client else None
    if previous is None and online and online.checked.publish.repository is not None:
        previous = previous_audit.published(online.client, online.checked.publish.repository, as_of, say=say)

    material = _pulled(online, order, progress) if online and not order.evidence else _offline(order, online, say)
    records = material.records
    for warning in oddities(records, settings, as_of):
        say(warning, warning=True)
    result = judge(records, settings, as_of=as_of, today=order.today, readings=material.readings)
    say(f"judged {len(result.verdicts)} incidents as of {as_of}")
    material.keep()
    plan = None
    if online:
        result, plan = plan_reminders(online.client, result, bot=online.bot, wording=wording, today=order.today)
        for warning in odd_labels(plan):
            say(warning, warning=True)

    team = team_named(order.team, result.evidence) if order.team else ""
    about = replace(_about(order), confirmed_edition=confirmed_edition(previous, plan))
    plan = plan and replace(plan, upgraded=bool(plan.planned) and about.confirmed_edition < EDITION)
    previous, upgrade = restated(previous, records, settings, about, material.readings)
    with collector_paused():
        view = build_view(result, plan, previous=previous, run=replace(about, upgrade=upgrade))
        page = build_view(result, plan, previous=previous, run=replace(about, team=team)) if team else view
        files: dict[str, Text] = dict(outputs(view, page))
        if plan:
            files["reminders.json"] = reminders_text(plan, None, settings)
        write_all(order.folder, files)
    say(f"wrote the report to {order.folder}")

    stored = FolderTexts(order.folder, files)
    ledger, published = _published(online, order, view, plan, stored) if online and plan else (None, ())
    return Done(
        view=view,
        page=page,
        plan=plan,
        ledger=ledger,
        published=published,
        exit_status=exit_status(result, order.fail_on),
        requests=client.requests if client else 0,
    )


@dataclass(frozen=True, kw_only=True)
class _Online:
    """GitLab as it is today: what the token may do there, and where the report may go."""

    client: Client
    preflight: Preflight
    checked: CheckedDestinations
    say: Say

    @property
    def bot(self) -> str:
        return self.preflight.account.username


@dataclass(frozen=True, kw_only=True)
class _Material:
    """What is judged, and what is done with it afterwards."""

    records: Records
    readings: Readings
    keep: Callable[[], None] = lambda: None
    """Keeps the pull for the next one."""


def _offline(order: Order, online: _Online | None, say: Say) -> _Material:
    evidence = order.evidence
    if evidence is None:
        raise UsageError("there is nothing to judge", "Name a snapshot, or a GitLab to read.")
    evidence.tell(say, checked=online is not None)
    return _Material(records=evidence.records, readings=evidence.readings)


def _pulled(online: _Online, order: Order, progress: OnProgress) -> _Material:
    """Read the tracker, building on the snapshot of the settings if there is one."""
    client, settings, say = online.client, order.settings, online.say
    last = LastPull.at(Path(settings.snapshot.file) if settings.snapshot.file else None, client, settings, say)
    # a snapshot holds all of today, whatever day is judged
    until = max(order.as_of, order.today) if last.place else order.as_of
    pulled = read_pull(client, settings, online.preflight, until, progress, earlier=last.pull)
    for note in pulled.notes:
        say(note)
    pulled = prepared(pulled, client, settings)
    records = pulled.records
    say(f"read {plural(len(records.issues), 'issue')} of {plural(len(records.sources), 'project')}")
    return _Material(
        records=records, readings=last.readings, keep=lambda: last.try_to_keep(pulled, client, settings, say)
    )


def _published(
    online: _Online, order: Order, view: View, plan: Plan, files: FolderTexts
) -> tuple[Ledger | None, tuple[Published, ...]]:
    """Remind and publish; in a dry run, return what would be published."""
    settings, team = order.settings, order.team
    # a team edition is not published: it would replace the whole report
    report = FinishedReport.of(
        files,
        as_of=order.as_of,
        today=order.today,
        projects=settings.projects,
        edition=order.edition,
        since=since_lines(view),
        web_url=online.client.web_url,
        pages_url=order.pages_url,
    )
    checked = online.checked
    goals = Goals() if team else Goals(targets=targets(checked.publish, report), unchecked=checked.unchecked)
    if order.apply:
        return write(online.client, order, view=view, plan=plan, goals=goals, bot=online.bot, say=online.say)
    digest = digest_due(settings.publish, edition=order.edition, team=team)
    return None, tuple(planned(goals.targets, digest=digest))


def _check(client: Client, order: Order, say: Say) -> _Online:
    """Check token, server, projects and destinations; return the destinations as GitLab has them today."""
    settings, today = order.settings, order.today
    if order.evidence is not None:
        order.evidence.check_trust(client, today)
    if order.apply:
        preflight, checked = checked_for_apply(client, settings, today=today, destinations=not order.team)
    else:
        preflight = run_preflight(client, settings, today=today, write=False)
        checked = check_destinations(client, settings, preflight, write=False)
    lacking = () if order.apply else needs_of_apply(preflight, order.digest_faults)
    for warning in (*preflight.warnings, *checked.warnings, *(f"--apply would lack: {need}" for need in lacking)):
        say(warning, warning=True)
    if order.settings.remind_from is None:
        say("no day is set from which reminders go out, so nobody is reminded: set reminders.remind_from", warning=True)
    return _Online(client=client, preflight=preflight, checked=checked, say=say)


def _about(order: Order) -> Run:
    return Run(
        version=__version__,
        url=order.run_url,
        folder=order.run_folder,
        pages_url=order.pages_url,
        settings_file=order.settings_file,
        edition=order.edition,
        ahead=order.as_of > order.today,
    )

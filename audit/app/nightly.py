"""The nightly run: check, read, judge, decide, report, and only then write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit import EDITION, __version__
from audit.app import previous_audit
from audit.app.apply_needs import checked_for_apply, needs_of_apply
from audit.app.delivery import Goals, digest_due, planned
from audit.app.exit_status import exit_status
from audit.app.judging import judge
from audit.app.order import Done
from audit.app.reading import missing_labels, odd_labels, ownerless, plan_reminders, read
from audit.app.upgrade import confirmed_edition, restated
from audit.app.writing import reminders_text, write
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.destinations import check_destinations, targets
from audit.phrases import plural
from audit.publishing.published import FinishedReport
from audit.reminders.custom_templates import read_wording
from audit.report.figures.team_edition import team_named
from audit.report.figures.view import Run, build_view
from audit.report.formats import outputs
from audit.report.history.output_folder import FolderTexts, write_all

if TYPE_CHECKING:
    from audit.app.order import Order
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.progress import OnProgress, Say
    from audit.gitlab.write.destinations import CheckedDestinations
    from audit.report.formats.format import Text


def run(client: Client, order: Order, *, say: Say, progress: OnProgress) -> Done:
    """Audit, report, and with ``apply`` remind and publish. Raises an AuditError if any of it fails."""
    settings, as_of = order.settings, order.as_of
    previous = previous_audit.in_folder(order.folder, as_of, say=say, named=order.previous)
    wording = read_wording(settings)
    preflight, checked = _check(client, order, say)
    bot = preflight.account.username
    if previous is None and checked.publish.repository is not None:
        previous = previous_audit.published(client, checked.publish.repository, as_of, say=say)

    records = read(client, settings, preflight, as_of, progress)
    say(f"read {plural(len(records.issues), 'issue')} of {plural(len(records.sources), 'project')}")
    for warning in (*missing_labels(records, settings), *ownerless(records, settings)):
        say(warning, warning=True)
    result = judge(records, settings, as_of=as_of, today=order.today)
    say(f"judged {len(result.verdicts)} incidents as of {as_of}")
    result, plan = plan_reminders(client, result, bot=bot, wording=wording, today=order.today)
    for warning in odd_labels(plan):
        say(warning, warning=True)

    team = team_named(order.team, result.evidence) if order.team else ""
    about = replace(_about(order), confirmed_edition=confirmed_edition(previous, plan))
    plan = replace(plan, upgraded=bool(plan.planned) and about.confirmed_edition < EDITION)
    previous, upgrade = restated(previous, records, settings, about)
    view = build_view(result, plan, previous=previous, run=replace(about, upgrade=upgrade))
    page = build_view(result, plan, previous=previous, run=replace(about, team=team)) if team else view
    files: dict[str, Text] = {**outputs(view, page), "reminders.json": reminders_text(plan, None, settings)}
    write_all(order.folder, files)
    say(f"wrote the report to {order.folder}")

    # a team edition is not published: it would replace the whole report
    stored = FolderTexts(order.folder, files)
    report = FinishedReport.of(stored, as_of=as_of, today=order.today, projects=settings.projects)
    goals = Goals() if team else Goals(targets=targets(checked.publish, report), unchecked=checked.unchecked)
    if order.apply:
        ledger, published = write(client, order, view=view, plan=plan, goals=goals, bot=bot, say=say)
    else:
        digest = digest_due(settings.publish, edition=order.edition, team=team)
        ledger, published = None, tuple(planned(goals.targets, digest=digest))
    return Done(
        view=view,
        page=page,
        plan=plan,
        ledger=ledger,
        published=published,
        exit_status=exit_status(result, order.fail_on),
        requests=client.requests,
    )


def _check(client: Client, order: Order, say: Say) -> tuple[Preflight, CheckedDestinations]:
    """Check token, server, projects and destinations; return the destinations as GitLab has them today."""
    settings, today = order.settings, order.today
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
    return preflight, checked


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

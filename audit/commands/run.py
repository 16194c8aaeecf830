"""run: audit the tracker, write the report, remind and publish."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit import logs
from audit.commands.context import say, settings_at
from audit.commands.options import AS_OF, CONFIG
from audit.errors import AuditError, OutputError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from audit.app.digest_sender import Receivers
    from audit.app.offline import OfflineEvidence
    from audit.app.order import Done, Order
    from audit.commands.context import ProcessContext
    from audit.gitlab.http.client import Client
    from audit.settings import Settings


@click.command(short_help="Audit, write the report, and remind with --apply.")
@CONFIG
@AS_OF
@click.option(
    "--from",
    "snapshots",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Judge what `pull` wrote instead of reading the tracker: the default day is that of the pull. Needs neither"
    " network nor token, unless --apply or --dry-run is given, which read comments.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/{day}"),
    callback=lambda _context, _option, path: _known_braces(path),
    show_default=True,
    help="Where the files go; {day} stands for the audited day.",
)
@click.option(
    "--apply/--dry-run",
    default=None,
    help="Post the reminders and status notes and publish the report, or only say what would be written, which is the"
    " default.",
)
@click.option(
    "--confirm-plan",
    default="",
    metavar="HASH",
    help="Post a plan far above the usual, or the first one after an upgrade that changes verdicts, confirmed by its"
    " hash, which the dry run prints.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["open", "any", "never"]),
    default="open",
    show_default=True,
    help="Which violations end with status 10: those that can still be fixed, any, or none.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, exists=True),
    help="audit.json of an earlier run to compare with, or its folder. Default: the newest beside the output folder.",
)
@click.option(
    "--edition",
    type=click.Choice(["weekly", "nightly"]),
    default="weekly",
    show_default=True,
    help="How the report is laid out: a nightly one begins with what changed, and folds what hardly changes.",
)
@click.option(
    "--team",
    default="",
    metavar="NAME",
    help="Write the report of one team of the service catalogue; audit.json and findings.csv stay whole.",
)
@click.pass_obj
def run(context: ProcessContext, /, **options: Any) -> None:
    """Audit the tracker, write the report, and with --apply remind and publish.

    Exit status: 0 done; 10 violations were found; 3 something could not be read that could change a verdict; 2 wrong
    usage or settings; 1 the audit did not complete, or something could not be written: run it again.
    """
    try:
        settings = settings_at(options["config"])
        offline = options["snapshots"] and options["apply"] is None
        order = _order(context, settings, options)
        with nullcontext(None) if offline else context.client(settings) as client:
            done = shown(client, order)
    except AuditError as error:
        _annotate(context, error, options)
        raise
    raise SystemExit(done.exit_status)


def _annotate(context: ProcessContext, error: AuditError, options: dict[str, Any]) -> None:
    """In a job of GitLab's, link what ended the run on the page of the job: settings to their line, else to the log."""
    from audit.report.formats.job_annotations import FORMAT, fault_annotations
    from audit.report.formats.json_text import json_text
    from audit.report.history.output_folder import write_all

    links = fault_annotations(error.faults or (error.message,), context.environ)
    if links:
        day = options["as_of"] or context.today(None)
        with suppress(OutputError):  # what ended the run is told in the log, and matters more
            write_all(_folder(options, day), {FORMAT.name: json_text(links)})


def _known_braces(path: Path) -> Path:
    """Return where the files go. A word in braces that stands for nothing would be the name of a folder."""
    others = set(re.findall(r"\{\w*\}", str(path))) - {"{day}"}
    if others:
        raise click.BadParameter(f"{min(others)} stands for nothing; {{day}} stands for the audited day.")
    return path


def _folder(options: dict[str, Any], day: date) -> Path:
    return Path(str(options["output"]).replace("{day}", day.isoformat()))


def _evidence(settings: Settings, options: dict[str, Any]) -> OfflineEvidence | None:
    """Return what the snapshots hold that are to be judged; None: the tracker is to be read."""
    from audit.app.offline import OfflineEvidence

    if not options["snapshots"]:
        return None
    evidence = OfflineEvidence.of(options["snapshots"], settings)
    if options["as_of"]:
        evidence.check_day(options["as_of"])
    return evidence


def _order(context: ProcessContext, settings: Settings, options: dict[str, Any]) -> Order:
    """Return the order for the nightly run from the options."""
    from audit.app.order import Order  # imports pandas

    environ, today = context.environ, context.today(settings)
    evidence = _evidence(settings, options)
    if evidence and options["apply"] is None:
        # so that it is judged alike on every later day
        today = evidence.pulled_on
    as_of = options["as_of"] or (evidence.pulled_on if evidence else today)
    if options["apply"] and not timedelta(0) <= today - as_of <= timedelta(days=1):
        raise UsageError(
            f"--apply speaks for today, {today}, or the day before it, and not for {as_of}",
            "Leave out --apply or --as-of: what is posted cannot be taken back to another day.",
        )
    if options["confirm_plan"] and not options["apply"]:
        raise UsageError("--confirm-plan confirms what is posted", "Add --apply, or leave it out.")
    receivers, digest_faults = _receivers(context, settings, options)
    previous: Path | None = options["previous"]
    folder = _folder(options, as_of)
    return Order(
        settings=settings,
        as_of=as_of,
        today=today,
        folder=folder,
        evidence=evidence,
        apply=bool(options["apply"]),
        confirm_plan=options["confirm_plan"],
        fail_on=options["fail_on"],
        run_url=environ.get("CI_JOB_URL", ""),
        run_folder=context.from_root(folder),
        pages_url=environ.get("CI_PAGES_URL", "") if environ.get("INCIDENT_AUDIT_PAGES") == "true" else "",
        settings_file=context.from_root(options["config"]) or options["config"].name,
        previous=previous / "audit.json" if previous and previous.is_dir() else previous,
        edition=options["edition"],
        team=options["team"],
        receivers=receivers if options["apply"] else None,
        digest_faults=digest_faults,
    )


def shown(client: Client | None, order: Order) -> Done:
    """Run, with progress on stderr, and print the summary on stdout."""
    from audit import inert  # imports pandas
    from audit.app import nightly  # imports pandas
    from audit.report.formats.terminal import summary

    with logs.ProgressDisplay(sys.stderr) as progress:
        done = nightly.run(client, order, say=say, progress=progress)
    click.echo()
    click.echo(summary(done.page, done.ledger, done.published, reminders=done.view.reminders))
    whose = f" of team {inert.one_line(order.team)}" if order.team else ""
    place = order.folder / "report.html"
    click.echo(f"Report{whose}: {place}, and report.md for GitLab ({done.requests} requests to GitLab)")
    return done


def _receivers(
    context: ProcessContext, settings: Settings, options: dict[str, Any]
) -> tuple[Receivers | None, tuple[str, ...]]:
    """Return the receivers of the digest, if this run sends one, and why it cannot be sent."""
    from audit.app.delivery import digest_due

    notify = settings.publish.notify
    due = digest_due(settings.publish, edition=options["edition"], team=options["team"])
    if notify is None or not (due or not options["apply"]):
        return None, ()
    from audit.app.digest_sender import checked_receivers

    return checked_receivers(context.environ, notify.urls_from)

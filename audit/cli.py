"""The command line: the only reader of the clock and of the environment, and the only place that ends the process.

Whatever is slow to import (pandas, python-gitlab, holidays) is imported by the command that needs it, so that help is
there at once.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

import click

from audit import __version__, logs
from audit.errors import AuditError, PreflightError, SettingsError, UsageError

if TYPE_CHECKING:
    from audit.gitlab.client import Client
    from audit.nightly import Done
    from audit.notify import Receivers
    from audit.settings import Settings

log = logging.getLogger("audit")

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("audit.yml"),
    show_default=True,
    help="The settings file. `incident-audit init` writes one.",
)
AS_OF = click.option(
    "--as-of",
    metavar="DAY",
    callback=lambda _context, _option, text: _day(text),
    help="The day the audit speaks about, like 2026-11-23; it ends at midnight in the settings' zone. Default: today.",
)


class _Day(click.BadParameter):
    pass


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Day(f"{text!r} is no day: write it like 2026-11-23.") from error


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="incident-audit")
@click.option("--verbose", "-v", is_flag=True, help="Also tell each request.")
def cli(*, verbose: bool) -> None:
    """Hold a GitLab incident tracker against its incident review policy.

    Start with `incident-audit demo` to see it work on a sandbox, then `incident-audit init` and `incident-audit doctor`
    for your own tracker. The address and the token come from the environment: GITLAB_URL (in CI: CI_SERVER_URL) and
    GITLAB_TOKEN, which needs the scope read_api, and api to post reminders.
    """
    logs.configure([os.environ.get("GITLAB_TOKEN", "")], verbose=verbose)


@cli.command(short_help="Audit, write the report, and remind with --apply.")
@CONFIG
@AS_OF
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/{day}"),
    show_default=True,
    help="Where the files go; {day} stands for the audited day.",
)
@click.option(
    "--apply/--dry-run",
    default=False,
    show_default=True,
    help="Post the reminders and status notes and publish the report, or only say what would be written.",
)
@click.option(
    "--confirm-plan",
    default="",
    metavar="HASH",
    help="Post a plan far above the usual: the dry run tells its hash.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["open", "any", "never"]),
    default="open",
    show_default=True,
    help="Which violations end with status 10: those that can still be mended, any, or none.",
)
@click.option(
    "--previous",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="audit.json of an earlier run, by which changes are told. Default: the newest beside the output folder.",
)
@click.option(
    "--edition",
    type=click.Choice(["weekly", "nightly"]),
    default="weekly",
    show_default=True,
    help="How the report is laid out: a nightly one begins with what changed, and folds what hardly does.",
)
@click.option(
    "--team",
    default="",
    metavar="NAME",
    help="Write the report of one team of the service catalogue; audit.json and findings.csv stay whole.",
)
def run(**asked: Any) -> None:
    """Audit the tracker, write the report, and with --apply remind and publish.

    Exit status: 0 done; 10 violations were found; 3 something could not be read that could change a verdict; 2 wrong
    usage or settings; 1 the audit did not complete, or something could not be written: run it again.
    """
    from audit.nightly import Order  # noqa: PLC0415 - imports pandas

    settings = _settings(asked["config"])
    today = _today(settings)
    as_of = asked["as_of"] or today
    if asked["apply"] and as_of > today:
        raise UsageError(f"{as_of} lies ahead, and nobody is reminded ahead of time", "Leave out --apply or --as-of.")
    if asked["confirm_plan"] and not asked["apply"]:
        raise UsageError("--confirm-plan confirms what is posted", "Add --apply, or leave it out.")
    folder = Path(str(asked["output"]).replace("{day}", as_of.isoformat()))
    order = Order(
        settings=settings,
        as_of=as_of,
        today=today,
        folder=folder,
        apply=asked["apply"],
        confirm_plan=asked["confirm_plan"],
        fail_on=asked["fail_on"],
        run_url=os.environ.get("CI_JOB_URL", ""),
        run_folder=_from_root(folder),
        pages_url=os.environ.get("CI_PAGES_URL", "") if os.environ.get("INCIDENT_AUDIT_PAGES") == "true" else "",
        settings_file=_from_root(asked["config"]) or asked["config"].name,
        previous=asked["previous"],
        edition=asked["edition"],
        team=asked["team"],
        receivers=_receivers(settings, asked),
    )
    with _client(settings) as client:
        done = _run(client, order)
    raise SystemExit(done.exit_status)


def _run(client: Client, order: Any) -> Done:
    """Run, with progress on stderr, and print the summary on stdout."""
    from audit import nightly  # noqa: PLC0415 - imports pandas
    from audit.report.terminal import summary  # noqa: PLC0415

    with logs.Progress(sys.stderr) as progress:
        done = nightly.run(client, order, say=_say, progress=progress)
    click.echo()
    click.echo(summary(done.view, done.ledger, done.published))
    click.echo(f"Report: {order.folder / 'report.md'} ({done.requests} requests to GitLab)")
    return done


@cli.command(short_help="See it work on an embedded sandbox GitLab.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/demo"),
    show_default=True,
    help="Where the report and the memory of the sandbox go.",
)
@click.option("--fresh", is_flag=True, help="Forget what earlier demos posted.")
def demo(output: Path, *, fresh: bool) -> None:
    """Run the nightly job on an embedded sandbox GitLab, reminders included.

    Nothing leaves this machine. Run it again: what was posted is remembered, and nobody is reminded twice.
    """
    from audit import demo as story  # noqa: PLC0415 - imports pandas

    story.play(output, fresh=fresh, run=_run, say=_say)


@cli.command(short_help="Check settings, token and projects.")
@CONFIG
def doctor(config: Path) -> None:
    """Check the settings, the token and every project, and say what to do about each fault."""
    from audit.checkup import checkup  # noqa: PLC0415 - imports python-gitlab

    settings = _settings(config)
    with _client(settings) as client:
        click.echo(checkup(client, settings, today=_today(settings)))


@cli.command(short_help="List, withdraw or adopt reminders.")
@CONFIG
@click.option("--list", "what", flag_value="list", default="list", help="List the bot's notes. The default.")
@click.option("--withdraw", "what", flag_value="withdraw", help="Delete the bot's own notes, with --apply.")
@click.option("--adopt", metavar="PATTERN", help="Find another bot's reminders by a regular expression.")
@click.option("--of", "account", metavar="ACCOUNT", help="The account whose comments --adopt looks at.")
@click.option("--apply/--dry-run", default=False, show_default=True, help="Delete, or only say what would be.")
def reminders(*, config: Path, what: str, adopt: str | None, account: str | None, apply: bool) -> None:
    """Tell what the bot has said so far, take it back, or let another bot's reminders count.

    Adopted reminders count as posted, so that nobody is asked anew after a change of bots: the command shows which
    they are, and the setting to paste. It never changes a comment of somebody else.
    """
    if (adopt is None) is not (account is None):
        raise UsageError("--adopt and --of belong together", "Write --adopt 'PATTERN' --of ACCOUNT.")
    if apply and (what != "withdraw" or adopt is not None):
        raise UsageError("--apply is for --withdraw; nothing else is written", "Leave it out.")
    from audit.migration import Desk  # noqa: PLC0415 - imports pandas

    settings = _settings(config)
    with _client(settings) as client, logs.Progress(sys.stderr) as progress:
        desk = Desk(client=client, settings=settings, today=_today(settings), say=_say, progress=progress)
        if adopt is not None and account is not None:
            told = desk.adopted(adopt, account)
        else:
            told = desk.withdrawn(apply=apply) if what == "withdraw" else desk.listed()
    click.echo(told)


@cli.command(short_help="Tell why one incident has its verdict.")
@click.argument("ref")
@CONFIG
@AS_OF
def explain(ref: str, config: Path, as_of: date | None) -> None:
    """Tell why one incident has its verdict: dates, events, signals and rules.

    REF is its name, like 'group/project#12' in quotes, or its address in GitLab.
    """
    from audit import nightly  # noqa: PLC0415 - imports pandas
    from audit.explain import explain as told  # noqa: PLC0415
    from audit.gitlab.preflight import preflight  # noqa: PLC0415

    settings = _settings(config)
    today = _today(settings)
    wanted = _ref(ref, settings)
    with _client(settings) as client, logs.Progress(sys.stderr) as progress:
        flight = preflight(client, settings, today=today, write=False)
        order = nightly.Order(settings=settings, as_of=as_of or today, today=today, folder=Path())
        result = nightly.judge(nightly.read(client, settings, flight, order.as_of, progress), order)
    text = told(result, wanted)
    if text is None:
        raise UsageError(
            f"no incident {ref} was read",
            "It may be no incident, lie in a project that the settings do not name, be declared before the first day"
            " that is read, or be one that the token may not see.",
        )
    click.echo(text, nl=False)


@cli.command(short_help="List the reports of a folder on one page.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path("reports"))
def archive(folder: Path) -> None:
    """Write FOLDER/index.html (default: reports), which lists its reports by day with their figures, for Pages."""
    from audit.report.archive import archive_html  # noqa: PLC0415 - imports jinja2
    from audit.report.files import reports_in, write_all  # noqa: PLC0415

    texts = reports_in(folder)
    write_all(folder, {"index.html": archive_html(texts)})
    click.echo(f"Wrote {folder / 'index.html'}, which lists {len(texts)} report{'' if len(texts) == 1 else 's'}.")


@cli.command(short_help="Write a commented settings file.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), default=Path("audit.yml"))
def init(path: Path) -> None:
    """Write a commented settings file to PATH (default: audit.yml); one that is there stays."""
    from audit.settings import template  # noqa: PLC0415 - imports pydantic

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError as error:
        raise UsageError(f"{path} is there already and was left as it is", "Name another file.") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file.") from error
    click.echo(f"Wrote {path}. Set `projects`, then run `incident-audit doctor`.")


@cli.command(short_help="Tell what is another in one audit.json than in an earlier one.")
@click.argument("before", type=click.Path(path_type=Path, exists=True))
@click.argument("now", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, for GitLab, or for programs.",
)
@click.option("--exit-code", is_flag=True, help="End with status 10 where findings are new.")
def diff(before: Path, now: Path, form: str, *, exit_code: bool) -> None:
    """Compare two audits: figures, verdicts, findings, owners and gaps.

    BEFORE and NOW are audit.json files, or the folders that hold them.
    """
    from audit.report import diff as told  # noqa: PLC0415 - imports pandas
    from audit.report import diff_words as words  # noqa: PLC0415
    from audit.report.data import serialised  # noqa: PLC0415
    from audit.report.files import audit_at  # noqa: PLC0415

    found = told.compare(audit_at(before), audit_at(now))
    if form == "json":
        text = serialised(told.diff_json(found))
    else:
        text = words.diff_md(found) if form == "markdown" else words.diff_text(found)
    click.echo(text.encode(errors="replace").decode(), nl=False)
    if exit_code and found.findings.new:
        raise SystemExit(10)


@cli.command(short_help="Print the JSON Schema of the settings, or of audit.json.")
@click.option(
    "--of",
    "what",
    type=click.Choice(["settings", "audit"]),
    default="settings",
    show_default=True,
    help="The settings file, for editors, or audit.json, for programs that read it.",
)
def schema(what: str) -> None:
    """Print the JSON Schema of the settings file, for editors, or of audit.json."""
    if what == "audit":
        from audit.report.data import schema as made  # noqa: PLC0415 - imports pandas
    else:
        from audit.settings import json_schema as made  # noqa: PLC0415 - imports pydantic
    click.echo(json.dumps(made(), indent=2, ensure_ascii=False))


@cli.command()
def rules() -> None:
    """List the rules, with the sentence that each rests on."""
    from audit.rules import RULES  # noqa: PLC0415 - imports pandas

    for rule in RULES:
        click.echo(f"{rule.code}  {rule.name}  ({rule.level}, asked of each {rule.subject})")
        click.echo(f'       "{rule.sentence}"' if rule.quoted else f"       {rule.sentence}")


def _settings(path: Path) -> Settings:
    from audit.settings import load  # noqa: PLC0415 - imports pydantic

    return load(path)


def _client(settings: Settings) -> Client:
    from audit.gitlab.client import Client  # noqa: PLC0415 - imports python-gitlab
    from audit.settings import connection_from  # noqa: PLC0415

    limits = settings.gitlab
    return Client(connection_from(os.environ), timeout=limits.timeout_seconds, parallel=limits.parallel)


def _receivers(settings: Settings, asked: dict[str, Any]) -> Receivers | None:
    """Find who gets the digest, where this run sends one; their addresses are masked from here on."""
    from audit.publishing.targets import digest_due  # noqa: PLC0415
    from audit.settings import addresses_from  # noqa: PLC0415

    notify = settings.publish.notify
    due = digest_due(settings.publish, edition=asked["edition"], team=asked["team"])
    if notify is None or not (due and asked["apply"]):
        return None
    from audit.notify import Receivers, secrets_of  # noqa: PLC0415

    urls = addresses_from(os.environ, notify.urls_from)
    logs.mask([os.environ.get("GITLAB_TOKEN", ""), *(part for url in urls for part in secrets_of(url))])
    return Receivers(urls)


def _from_root(path: Path) -> str:
    """Return a path from the root of the repository, as GitLab names files; empty: it lies elsewhere."""
    root = Path(os.environ.get("CI_PROJECT_DIR", "")).resolve()
    place = path.resolve()
    return place.relative_to(root).as_posix() if place.is_relative_to(root) else ""


def _today(settings: Settings) -> date:
    return datetime.now(ZoneInfo(settings.timezone)).date()


def _ref(text: str, settings: Settings) -> Any:
    from audit.model import Ref  # noqa: PLC0415
    from audit.references import typed  # noqa: PLC0415

    project, number = typed(text) or ("", 0)
    if not number or not (project or len(settings.projects.incidents) == 1):
        raise UsageError(
            f"{text!r} names no incident", "Write it like group/project#12, in quotes, or paste the incident's address."
        )
    return Ref(project or settings.projects.incidents[0], number)


def _say(message: str, *, warning: bool = False) -> None:
    log.log(logging.WARNING if warning else logging.INFO, "%s", message)


def main() -> NoReturn:
    """Run the command line and end the process with its exit status."""
    logs.configure([os.environ.get("GITLAB_TOKEN", "")])
    try:
        cli.main(prog_name="incident-audit", standalone_mode=False)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        log.error("stopped before the end; run it again, nothing is posted twice")  # noqa: TRY400 - no fault of ours
        sys.exit(1)
    except AuditError as error:
        _tell(error)
        sys.exit(error.exit_status)
    except Exception:  # the last resort: whatever it is goes through the log, which masks the token
        log.exception("the audit did not complete because of a fault of this program; please report it")
        sys.exit(1)
    sys.exit(0)


def _tell(error: AuditError) -> None:
    faults = error.faults if isinstance(error, SettingsError | PreflightError) else ()
    for fault in faults:
        log.error("%s", fault)
    if error.message not in faults:
        log.error("%s", error.message)
    if error.advice:
        log.info("%s", error.advice)

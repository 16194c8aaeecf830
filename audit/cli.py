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
    help="Where the files go. Default: reports/<the day>.",
)
@click.option(
    "--apply/--dry-run",
    default=False,
    show_default=True,
    help="Post the reminders and status notes, or only say what would be posted.",
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
def run(**asked: Any) -> None:
    """Audit the tracker, write the report, and remind with --apply.

    Exit status: 0 done; 10 violations were found; 3 something could not be read that could change a verdict; 2 wrong
    usage or settings; 1 the audit did not complete, and nothing was written.
    """
    from audit.nightly import Order  # noqa: PLC0415 - imports pandas

    settings = _settings(asked["config"])
    today = _today(settings)
    as_of = asked["as_of"] or today
    if asked["apply"] and as_of > today:
        raise UsageError(f"{as_of} lies ahead, and nobody is reminded ahead of time", "Leave out --apply or --as-of.")
    order = Order(
        settings=settings,
        as_of=as_of,
        today=today,
        folder=asked["output"] or Path("reports") / as_of.isoformat(),
        apply=asked["apply"],
        fail_on=asked["fail_on"],
        run_url=os.environ.get("CI_JOB_URL", ""),
        previous=asked["previous"],
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
    click.echo(summary(done.view, done.ledger))
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


@cli.command()
def schema() -> None:
    """Print the JSON Schema of the settings file, for editors."""
    from audit.settings import json_schema  # noqa: PLC0415 - imports pydantic

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


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

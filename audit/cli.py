"""The command line: the only reader of the clock and of the environment, and what ends the process.

Each command stands in audit/commands, in a file of its name.
"""

from __future__ import annotations

import gc
import logging
import os
import shutil
import sys
import time
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

import click

from audit import __version__, logs
from audit.commands.archive import archive
from audit.commands.backfill import backfill
from audit.commands.context import ProcessContext
from audit.commands.demo import demo
from audit.commands.diff import diff
from audit.commands.doctor import doctor
from audit.commands.explain import explain
from audit.commands.init import init
from audit.commands.pull import pull
from audit.commands.reminders import reminders
from audit.commands.rules import rules
from audit.commands.run import run
from audit.commands.schema import schema
from audit.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

log = logging.getLogger("audit")


def _log_requests(_context: click.Context, _option: click.Parameter, verbose: bool) -> None:
    if verbose:
        logs.configure([os.environ.get("GITLAB_TOKEN", "")], verbose=True, coloured=_in_job())


def _in_job() -> bool:
    """Return whether this runs in a job of GitLab's, whose log shows colours."""
    return os.environ.get("GITLAB_CI") == "true"


# people write it before the command and behind it
VERBOSE = click.option(
    "--verbose", "-v", is_flag=True, expose_value=False, callback=_log_requests, help="Also log each request."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="incident-audit")
@VERBOSE
@click.pass_context
def cli(context: click.Context) -> None:
    """Hold a GitLab incident tracker against its incident review policy.

    Start with `incident-audit demo` to see it work on a sandbox, then `incident-audit init` and `incident-audit doctor`
    for your own tracker. The address and the token come from the environment: GITLAB_URL (in CI: CI_SERVER_URL) and
    GITLAB_TOKEN, which needs the scope read_api, and api to post reminders.
    """
    context.obj = context.obj or _world(time.sleep, datetime.now)


for command in (archive, backfill, demo, diff, doctor, explain, init, pull, reminders, rules, run, schema):
    cli.add_command(VERBOSE(command))


def _world(sleep: Callable[[float], None], now: Callable[[ZoneInfo], datetime]) -> ProcessContext:
    return ProcessContext(environ=os.environ, now=now, sleep=sleep, columns=shutil.get_terminal_size((0, 0)).columns)


def main(
    *, sleep: Callable[[float], None] = time.sleep, now: Callable[[ZoneInfo], datetime] = datetime.now
) -> NoReturn:
    """Run the command line and end the process with its exit status.

    ``sleep`` waits so many seconds; ``now`` returns the current time in a zone.
    """
    logs.configure([os.environ.get("GITLAB_TOKEN", "")], coloured=_in_job())
    # what is imported and read stays to the end: looking for garbage in it every 700 objects takes a tenth of the time
    gc.set_threshold(100_000, 10, 10)
    try:
        cli.main(prog_name="incident-audit", standalone_mode=False, obj=_world(sleep, now))
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        log.error("stopped before the end; run it again, nothing is posted twice")  # noqa: TRY400 - no fault of ours
        sys.exit(1)
    except AuditError as error:
        _log_error(error)
        sys.exit(error.exit_status)
    except Exception:  # the last resort: whatever it is goes through the log, which masks the token
        log.exception("the audit did not complete because of a fault of this program; please report it")
        sys.exit(1)
    sys.exit(0)


def _log_error(error: AuditError) -> None:
    for fault in error.faults:
        log.error("%s", fault)
    if error.message not in error.faults:
        log.error("%s", error.message)
    if error.advice:
        log.info("%s", error.advice)

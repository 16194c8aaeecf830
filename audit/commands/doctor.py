"""doctor: check settings, token and projects."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from audit.commands.context import settings_at
from audit.commands.options import CONFIG, FORMAT
from audit.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from audit.app.checkpoints import Checkpoint
    from audit.commands.context import ProcessContext
    from audit.gitlab.http.client import Client
    from audit.settings import Settings


@click.command(short_help="Check settings, token and projects.")
@CONFIG
@click.option(
    "--apply/--dry-run",
    default=False,
    show_default=True,
    help="Check for a run that posts and publishes: what only that needs is a fault then.",
)
@FORMAT
@click.pass_obj
def doctor(context: ProcessContext, config: Path, form: str, *, apply: bool) -> None:
    """Check everything that could stop the next run, and say what to do about each fault.

    Exit status: 0 where the next run can succeed; 2 the settings or the environment are wrong; 1 GitLab, the token or
    the catalogue cannot serve the run; 3 something could not be read that could change a verdict.
    """
    from audit.app.checkpoints import WIDEST
    from audit.app.doctor import DoctorRequest, checkup  # imports python-gitlab

    settings, points = _settings(config)
    client, faulty = _client(context, settings)
    request = DoctorRequest(
        today=context.today(settings),
        apply=apply,
        before=(*points, *faulty),
        digest_faults=_digest_faults(context, settings),
    )
    with client or nullcontext():
        result = checkup(client, settings, request)
    if form == "json":
        from audit.report.formats.json_text import json_text

        click.echo(json_text(result.json), nl=False)
    else:
        click.echo(result.text(context.columns or WIDEST))
    raise SystemExit(result.exit_status)


def _settings(config: Path) -> tuple[Settings | None, list[Checkpoint]]:
    from audit.app.checkpoints import faults, fine

    try:
        return settings_at(config), [fine("settings", str(config))]
    except SettingsError as error:
        lines = error.faults or (error.message,)
        return None, list(faults("settings", lines, error.advice, exit_status=error.exit_status))


def _client(context: ProcessContext, settings: Settings | None) -> tuple[Client | None, list[Checkpoint]]:
    from audit.app.checkpoints import fault

    try:
        return context.client(settings), []
    except UsageError as error:
        return None, [fault("environment", error.message, error.advice, exit_status=error.exit_status)]


def _digest_faults(context: ProcessContext, settings: Settings | None) -> tuple[str, ...]:
    if settings is None or settings.publish.notify is None:
        return ()
    from audit.app.digest_sender import checked_receivers

    _, lacks = checked_receivers(context.environ, settings.publish.notify.urls_from)
    return lacks

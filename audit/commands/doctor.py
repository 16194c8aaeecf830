"""doctor: check settings, token and projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from audit.commands.context import settings_at
from audit.commands.options import CONFIG

if TYPE_CHECKING:
    from pathlib import Path

    from audit.commands.context import ProcessContext


@click.command(short_help="Check settings, token and projects.")
@CONFIG
@click.pass_obj
def doctor(context: ProcessContext, config: Path) -> None:
    """Check the settings, the token and every project, and say what to do about each fault."""
    from audit.app.doctor import checkup  # imports python-gitlab

    settings = settings_at(config)
    digest_faults: tuple[str, ...] = ()
    if settings.publish.notify is not None:
        from audit.app.digest_sender import checked_receivers

        _, digest_faults = checked_receivers(context.environ, settings.publish.notify.urls_from)
    with context.client(settings) as client:
        click.echo(checkup(client, settings, today=context.today(settings), digest_faults=digest_faults))

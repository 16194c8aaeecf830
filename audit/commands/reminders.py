"""reminders: list, withdraw or adopt reminders."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from audit import logs
from audit.commands.context import say, settings_at
from audit.commands.options import CONFIG
from audit.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from audit.commands.context import ProcessContext


@click.command(short_help="List, withdraw or adopt reminders.")
@CONFIG
@click.option("--list", "what", flag_value="list", default="list", help="List the bot's notes. The default.")
@click.option("--withdraw", "what", flag_value="withdraw", help="Delete the bot's own notes, with --apply.")
@click.option("--adopt", metavar="PATTERN", help="Find another bot's reminders by a regular expression.")
@click.option("--of", "account", metavar="ACCOUNT", help="The account whose comments --adopt looks at.")
@click.option("--apply/--dry-run", default=False, show_default=True, help="Delete the notes, or only list them.")
@click.pass_obj
def reminders(  # noqa: PLR0913 - an option each
    context: ProcessContext, *, config: Path, what: str, adopt: str | None, account: str | None, apply: bool
) -> None:
    """List the bot's notes, withdraw them, or let another bot's reminders count.

    Adopted reminders count as posted, so that nobody is reminded anew after a change of bots: the command lists them
    and prints the setting to paste. It never changes a comment of anybody else.

    Exit status: 0 done; 3 something could not be read, so that notes may be missing from the list; 2 wrong usage or
    settings; 1 some notes could not be deleted.
    """
    if (adopt is None) is not (account is None):
        raise UsageError("--adopt and --of belong together", "Write --adopt 'PATTERN' --of ACCOUNT.")
    if adopt is not None and what == "withdraw":
        raise UsageError("--withdraw and --adopt are two things", "Do one after the other.")
    if apply and (what != "withdraw" or adopt is not None):
        raise UsageError("--apply is for --withdraw; nothing else is written", "Leave it out.")
    from audit.app.bot_notes import BotNotes  # imports pandas

    settings = settings_at(config)
    with context.client(settings) as client, logs.ProgressDisplay(sys.stderr) as progress:
        notes = BotNotes(client=client, settings=settings, today=context.today(settings), say=say, progress=progress)
        if adopt is not None and account is not None:
            printout = notes.adopt(adopt, account)
        else:
            printout = notes.withdraw(apply=apply) if what == "withdraw" else notes.list_all()
    click.echo(printout.text)
    raise SystemExit(printout.exit_status)

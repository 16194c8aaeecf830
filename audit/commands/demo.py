"""demo: the nightly job on an embedded sandbox GitLab."""

from __future__ import annotations

from pathlib import Path

import click

from audit.commands.context import say
from audit.commands.run import shown


@click.command(short_help="See it work on an embedded sandbox GitLab.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports/demo"),
    show_default=True,
    help="Folder for the report and the state of the sandbox.",
)
@click.option("--fresh", is_flag=True, help="Forget what earlier demos posted.")
def demo(output: Path, *, fresh: bool) -> None:
    """Run the nightly job on an embedded sandbox GitLab, reminders included.

    Nothing leaves this machine. Run it again: what was posted is remembered, and nobody is reminded twice.
    """
    from audit.app import demo as story  # imports pandas

    story.play(output, fresh=fresh, run=shown, say=say)

"""Options that several commands take."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click


def day(text: str | None) -> date | None:
    """Read an ISO day; None stays None."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a day: write it like 2026-11-23.") from error


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
    callback=lambda _context, _option, text: day(text),
    help="The day the audit speaks about, like 2026-11-23; it ends at midnight in the settings' zone. Default: today.",
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, or for programs.",
)

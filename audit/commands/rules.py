"""rules: list the rules, or write a page for each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.commands.context import settings_at
from audit.commands.options import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(short_help="List the rules, or write a page for each.")
@CONFIG
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write a page for each rule, and one that lists them, for Pages.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="For a terminal, for GitLab, or for programs.",
)
@click.pass_context
def rules(click_context: click.Context, config: Path, output: Path | None, form: str) -> None:
    """List the rules at the levels of the settings file, if there is one, with the sentence that each rests on."""
    from audit.report.formats.json_text import json_text
    from audit.report.formats.rule_pages import html_files, rule_pages, rules_json, rules_md, rules_text
    from audit.rules import RULES  # imports pandas

    levels = _levels(click_context, config)
    pages = rule_pages(RULES, levels)
    if output is not None:
        from audit.report.history.output_folder import write_all

        write_all(output, html_files(pages))
        click.echo(f"Wrote {output / 'index.html'}, and a page for each of {len(pages)} rules.")
    elif form == "json":
        click.echo(json_text(rules_json(RULES, levels)), nl=False)
    else:
        click.echo(rules_md(pages) if form == "markdown" else rules_text(pages), nl=False)


def _levels(click_context: click.Context, config: Path) -> Mapping[str, str]:
    """Return the levels of the settings; the usual ones where no file was named and none is there."""
    named = click_context.get_parameter_source("config") is not click.core.ParameterSource.DEFAULT
    if not named and not config.exists():
        return {}
    return settings_at(config).rules

"""diff: show what has changed from one audit.json to another."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Show what has changed from one audit.json to another.")
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
    from audit.report.formats.json_text import json_text
    from audit.report.history import diff as comparison  # imports pandas
    from audit.report.history import diff_words as words
    from audit.report.history.output_folder import audit_at

    difference = comparison.compare(audit_at(before), audit_at(now))
    if form == "json":
        text = json_text(comparison.diff_json(difference))
    else:
        text = words.diff_md(difference) if form == "markdown" else words.diff_text(difference)
    click.echo(text, nl=False)
    if exit_code and difference.findings.new:
        raise SystemExit(10)

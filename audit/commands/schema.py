"""schema: print the JSON Schema of the settings, or of audit.json."""

from __future__ import annotations

import json

import click


@click.command(short_help="Print the JSON Schema of the settings, or of audit.json.")
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
        from audit.contract.audit_file import json_schema as made  # imports pydantic
    else:
        from audit.settings import json_schema as made  # imports pydantic
    click.echo(json.dumps(made(), indent=2, ensure_ascii=False))

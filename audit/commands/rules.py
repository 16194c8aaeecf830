"""rules: list the rules, with the sentence that each rests on."""

from __future__ import annotations

import click


@click.command()
def rules() -> None:
    """List the rules, with the sentence that each rests on."""
    from audit.rules import RULES  # imports pandas

    for rule in RULES:
        click.echo(f"{rule.code}  {rule.name}  ({rule.level}, asked of each {rule.subject})")
        click.echo(f'       "{rule.sentence}"' if rule.quoted else f"       {rule.sentence}")

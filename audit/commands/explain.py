"""explain: tell why one incident has its verdict."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit import logs
from audit.commands.options import AS_OF, CONFIG
from audit.commands.surroundings import settings_at
from audit.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from audit.commands.surroundings import Surroundings
    from audit.settings import Settings


@click.command(short_help="Tell why one incident has its verdict.")
@click.argument("ref")
@CONFIG
@AS_OF
@click.pass_obj
def explain(around: Surroundings, ref: str, config: Path, as_of: date | None) -> None:
    """Tell why one incident has its verdict: dates, events, signals and rules.

    REF is its name, like 'group/project#12' in quotes, or its address in GitLab.
    """
    from audit import nightly  # imports pandas
    from audit.explain import explain as told
    from audit.gitlab.preflight import preflight

    settings = settings_at(config)
    today = around.today(settings)
    wanted = _ref(ref, settings)
    with around.client(settings) as client, logs.Progress(sys.stderr) as progress:
        flight = preflight(client, settings, today=today, write=False)
        order = nightly.Order(settings=settings, as_of=as_of or today, today=today, folder=Path())
        result = nightly.judge(nightly.read(client, settings, flight, order.as_of, progress), order)
    text = told(result, wanted)
    if text is None:
        raise UsageError(
            f"no incident {ref} was read",
            "It may be no incident, lie in a project that the settings do not name, be declared before the first day"
            " that is read, or be one that the token may not see.",
        )
    click.echo(text, nl=False)


def _ref(text: str, settings: Settings) -> Any:
    from audit.model import Ref
    from audit.references import typed

    project, number = typed(text) or ("", 0)
    if not number or not (project or len(settings.projects.incidents) == 1):
        raise UsageError(
            f"{text!r} names no incident", "Write it like group/project#12, in quotes, or paste the incident's address."
        )
    return Ref(project or settings.projects.incidents[0], number)

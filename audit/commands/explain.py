"""explain: explain why an incident has its verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from audit import logs
from audit.commands.context import settings_at
from audit.commands.options import AS_OF, CONFIG, FORMAT
from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from audit.commands.context import ProcessContext
    from audit.gitlab.read.preflight import AuditedProject

_SHOWN = 8
"""Projects that a message names."""


@click.command(short_help="Explain why an incident has its verdict.")
@click.argument("ref")
@click.option("--text", is_flag=True, help="Show how the text of a review is read, and by which template.")
@CONFIG
@AS_OF
@FORMAT
@click.pass_obj
def explain(  # noqa: PLR0913 - an option each
    context: ProcessContext, *, ref: str, config: Path, as_of: date | None, form: str, text: bool
) -> None:
    """Explain why an incident has its verdict, and who is reminded of it, when and why.

    REF is its name, like 'group/project#12' in quotes, or its address in GitLab. Its number will do where it lies in
    the only incident project. Of a review its incidents are explained.

    With --text: how the text of a review is read, as it is now. Its template, each section and row with its state,
    and the line that decided.

    Exit status: 0 done; 3 the incident could not be read; 2 wrong usage or settings, or no such incident.
    """
    from audit.app.explained_night import Night  # imports pandas
    from audit.app.judging import judge
    from audit.app.reading import read, read_scene
    from audit.app.review_readings import text_explained
    from audit.gitlab.read.preflight import run_preflight
    from audit.model import Ref
    from audit.reminders.custom_templates import read_wording
    from audit.reminders.decide import plan

    if text and form == "json":
        raise UsageError("--text shows a text, and --format json data", "Leave one of them out.")
    settings = settings_at(config)
    today = context.today(settings)
    name, number = _typed(ref)
    with context.client(settings) as client, logs.ProgressDisplay(sys.stderr) as progress:
        _refuse_elsewhere(ref, client.hosts | {host.lower() for host in settings.gitlab.hosts})
        preflight = run_preflight(client, settings, today=today, write=False)
        wanted = Ref(_project(name, preflight.projects, client.root), number)
        day = as_of or today
        if text:
            printout = text_explained(client, settings, wanted)
        else:
            records = read(client, settings, preflight, day, progress)
            result = judge(records, settings, as_of=day, today=today)
            wording = read_wording(settings)
            scene, gaps = read_scene(client, result, bot=preflight.account.username, wording=wording, today=today)
            night = Night(result=result, scene=scene, plan=plan(scene), unread=gaps)
            printout = night.as_json(wanted) if form == "json" else night.as_text(wanted)
    click.echo(printout.text, nl=False)
    raise SystemExit(printout.exit_status)


def _typed(text: str) -> tuple[str, int]:
    from audit.text.references import typed

    pasted = text.strip()
    name, number = typed(f"#{pasted}" if pasted.isdecimal() else pasted) or ("", 0)
    if not number:
        raise UsageError(
            f"{text!r} names no incident", "Write it like group/project#12, in quotes, or paste the incident's address."
        )
    return name, number


def _refuse_elsewhere(text: str, hosts: frozenset[str]) -> None:
    """Refuse an address of another GitLab, whose project may have the path of one of this. Raises UsageError."""
    host = urlsplit(text.strip()).netloc.lower()
    if host and host not in hosts:
        raise UsageError(
            f"that is an address of {host}, and the audit reads {' or '.join(sorted(hosts))}",
            "Paste an address of that one, or write group/project#12; a further name of the same GitLab goes under"
            " gitlab.hosts in the settings.",
        )


def _project(name: str, projects: Sequence[AuditedProject], root: str) -> str:
    """Return the full path of the project that was typed: by its path of today or before, or the end of it, or not.

    In an address the path below which the instance lives, ``root``, comes first. Raises UsageError, before anything is
    read, where it is none of the settings' projects, or several.
    """
    key = name.casefold()
    keys = {key, key.removeprefix(f"{root.strip('/').casefold()}/")}
    fits = [one.path for one in projects if keys & {one.path.casefold(), (one.former_path or "/").casefold()}]
    if not name:
        fits = [one.path for one in projects if one.incidents]
    elif not fits:
        fits = [one.path for one in projects if one.path.casefold().endswith(f"/{key}")]
    if len(fits) == 1:
        return fits[0]
    paths = fits or [one.path for one in projects]
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    what = f"it could be of any of {len(fits)} projects" if fits else f"the settings name no project {name}"
    raise UsageError(what, f"Write it like group/project#12, of one of these: {', '.join(paths[:_SHOWN])}{more}.")

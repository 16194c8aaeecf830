"""init: write a settings file, short or with every key, or the templates of the bot's notes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.commands.context import ProcessContext
    from audit.settings.first_file import Answers, TrackerSample

_SCHEMA = "audit-settings.schema.json"
"""Written beside the settings, for editors: it needs no network."""


@click.command(short_help="Write a settings file.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), default=Path("audit.yml"))
@click.option(
    "--from",
    "tracker",
    metavar="GROUP/PROJECT",
    help="Look at this project, or group, and write what it really uses; address and token come from the environment.",
)
@click.option("--full", is_flag=True, help="Write every setting with its default and its meaning.")
@click.option(
    "--timezone", default="", metavar="ZONE", help="The zone in which days begin and end, like Europe/Berlin."
)
@click.option("--country", default="", metavar="CODE", help="Whose public holidays and weekend count, like DE.")
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False),
    is_flag=False,
    flag_value=Path("note-templates"),
    metavar="[FOLDER]",
    help="Write the templates of reminder, status note and answer to FOLDER (default: note-templates) instead.",
)
@click.pass_obj
def init(  # noqa: PLR0913 - an option each
    context: ProcessContext,
    *,
    path: Path,
    tracker: str | None,
    full: bool,
    timezone: str,
    country: str,
    templates: Path | None,
) -> None:
    """Write a settings file to PATH (default: audit.yml), and its JSON Schema beside it, for editors.

    An existing file is kept. Without options the file is short, and its lines say what to change. With --from they are
    filled in from the tracker, and say how each was found; on a terminal zone and country are asked for.
    """
    if templates is not None:
        _write_templates(templates)
        return
    if full and tracker:
        raise UsageError("--full writes defaults, and --from what a tracker uses", "Leave one of them out.")
    _refuse_existing(path)
    if full:
        from audit.settings import example  # imports pydantic

        text = example(_SCHEMA)
    else:
        text = _short(context, tracker, timezone, country)
    _write_settings(path, text)
    where = "Look through the lines" if tracker else "Set `projects` in it, export GITLAB_URL and GITLAB_TOKEN"
    click.echo(f"Wrote {path}, and {_SCHEMA} for editors. {where}, then run `incident-audit doctor`.")


def _short(context: ProcessContext, tracker: str | None, timezone: str, country: str) -> str:
    """Return the short file. Raises UsageError for a path, zone or country that is none, before anything is read."""
    from audit.settings.first_file import Answers, first_file

    def answered() -> Answers:
        asks = bool(tracker) and sys.stdin.isatty() and sys.stdout.isatty()
        zone = timezone or (click.prompt("Time zone of the team, like Europe/Berlin", default="UTC") if asks else "")
        place = country or (click.prompt("Country whose holidays count, like DE", default="") if asks else "")
        return Answers(today=context.today(None), timezone=zone, country=place)

    answers, path = answered(), (tracker or "").strip("/")
    _checked(path, answers)
    return first_file(_sample(context, path) if path else None, answers, _SCHEMA)


def _checked(tracker: str, answers: Answers) -> None:
    """Hold what was given against the settings in which it is to stand. Raises UsageError."""
    from pydantic import ValidationError

    from audit.settings import Settings
    from audit.settings.fault_messages import fault_of_option

    days = {"timezone": answers.timezone or "UTC", "calendars": {"default": {"country": answers.country}}}
    try:
        Settings.model_validate({"projects": {"incident_groups": [tracker or "g"]}, **days})
    except ValidationError as error:
        advice = "Write --from like group/project, --timezone like Europe/Berlin and --country like DE."
        raise UsageError(fault_of_option(error), advice) from error


def _sample(context: ProcessContext, tracker: str) -> TrackerSample:
    from audit.app.first_settings import sampled

    with context.client(None) as client:
        return sampled(client, tracker, today=context.today(None))


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise UsageError(
            f"{path} is there already and was left as it is",
            "Remove it to have one written anew, or name another file.",
        )


def _write_settings(path: Path, text: str) -> None:
    """Write the file once it loads, and the schema beside it."""
    from audit.settings import json_schema, load

    _write(path, text)
    try:
        load(path)
    except SettingsError:
        path.unlink()
        raise
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    _guarded(path.parent / _SCHEMA, lambda file: file.write_text(f"{schema}\n", encoding="utf-8"))


def _write_templates(folder: Path) -> None:
    from audit.reminders.note_templates import built_in_texts  # imports jinja2

    texts = built_in_texts()
    for name in texts:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already; nothing was written", "Name another folder.")
    _guarded(folder, lambda path: path.mkdir(parents=True, exist_ok=True))
    for name, text in texts.items():
        _write(folder / name, text)
    click.echo(
        f"Wrote {', '.join(texts)} to {folder}. Change them, name the folder in `reminders.templates`, then run"
        " `incident-audit doctor`: it tries them out."
    )


def _write(path: Path, text: str) -> None:
    def write(file: Path) -> None:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)

    _guarded(path, write)


def _guarded(path: Path, write: Callable[[Path], object]) -> None:
    try:
        write(path)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "Make its folder first, or name another file."
        ) from error

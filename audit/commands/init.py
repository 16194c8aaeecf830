"""init: write a commented settings file, or the templates of the bot's notes."""

from __future__ import annotations

from pathlib import Path

import click

from audit.errors import UsageError


@click.command(short_help="Write a commented settings file.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), default=Path("audit.yml"))
@click.option(
    "--templates",
    type=click.Path(path_type=Path, file_okay=False),
    is_flag=False,
    flag_value=Path("note-templates"),
    metavar="[FOLDER]",
    help="Write the templates of reminder, status note and answer to FOLDER (default: note-templates) instead.",
)
def init(path: Path, templates: Path | None) -> None:
    """Write a commented settings file to PATH (default: audit.yml); an existing file is kept."""
    if templates is not None:
        _write_templates(templates)
        return
    from audit.settings import example  # imports pydantic

    _write(path, example())
    click.echo(
        f"Wrote {path}. Set `projects` in it, export GITLAB_URL and GITLAB_TOKEN, then run `incident-audit doctor`."
    )


def _write_templates(folder: Path) -> None:
    from audit.reminders.note_templates import built_in_texts  # imports jinja2

    texts = built_in_texts()
    for name in texts:
        if (folder / name).exists():
            raise UsageError(f"{folder / name} is there already; nothing was written", "Name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}", "Name another folder.") from error
    for name, text in texts.items():
        _write(folder / name, text)
    click.echo(
        f"Wrote {', '.join(texts)} to {folder}. Change them, name the folder in `reminders.templates`, then run"
        " `incident-audit doctor`: it tries them out."
    )


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(
            f"{path} is there already and was left as it is", "Change it as it is, or name another file."
        ) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file.") from error

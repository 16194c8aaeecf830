"""init: write a commented settings file."""

from __future__ import annotations

from pathlib import Path

import click

from audit.errors import UsageError


@click.command(short_help="Write a commented settings file.")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), default=Path("audit.yml"))
def init(path: Path) -> None:
    """Write a commented settings file to PATH (default: audit.yml); an existing file is kept."""
    from audit.settings import example  # imports pydantic

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(example())
    except FileExistsError as error:
        raise UsageError(
            f"{path} is there already and was left as it is", "Change it as it is, or name another file."
        ) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "Name another file.") from error
    click.echo(
        f"Wrote {path}. Set `projects` in it, export GITLAB_URL and GITLAB_TOKEN, then run `incident-audit doctor`."
    )

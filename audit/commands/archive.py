"""archive: list the reports of a folder on one page."""

from __future__ import annotations

from pathlib import Path

import click

from audit.phrases import plural


@click.command(short_help="List the reports of a folder on one page.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path("reports"))
def archive(folder: Path) -> None:
    """Write FOLDER/index.html (default: reports), which lists its reports by day with their figures, for Pages."""
    from audit.report.history.archive import archive_html  # imports jinja2
    from audit.report.history.output_folder import reports_in, write_all

    texts = reports_in(folder)
    write_all(folder, {"index.html": archive_html(texts)})
    click.echo(f"Wrote {folder / 'index.html'}, which lists {plural(len(texts), 'report')}.")

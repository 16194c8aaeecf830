"""archive: list the reports of a folder on one page."""

from __future__ import annotations

from pathlib import Path

import click

from audit.phrases import plural


@click.command(short_help="List the reports of a folder on one page.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True), default=Path("reports"))
@click.option(
    "--add",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Copy the reports of this folder into FOLDER first; a nightly one never takes the place of a weekly one.",
)
def archive(folder: Path, add: Path | None) -> None:
    """Write FOLDER/index.html (default: reports), which lists its reports by day with their figures, for Pages.

    Beside it lie the newest report's calendars and badge, whose addresses stay the same.
    """
    from audit.report.history import site  # imports jinja2
    from audit.report.history.archive import archive_html
    from audit.report.history.output_folder import write_all

    if add is not None:
        site.take_in(folder, add)
    texts, files = site.reports_in(folder), site.newest_files(folder)
    write_all(folder, {**files, "index.html": archive_html(texts, files)})
    click.echo(f"Wrote {folder / 'index.html'}, which lists {plural(len(texts), 'report')}.")

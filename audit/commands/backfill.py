"""backfill: write the reports of the past from one snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from audit.commands.context import ProcessContext, say, settings_at
from audit.commands.options import CONFIG, day
from audit.errors import UsageError
from audit.phrases import plural


@click.command(short_help="Write the reports of the past from one snapshot.")
@CONFIG
@click.option(
    "--from",
    "first",
    metavar="DAY",
    required=True,
    callback=lambda _context, _option, text: day(text),
    help="The first day, like 2026-01-05.",
)
@click.option(
    "--snapshot",
    "snapshots",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What `pull` wrote; several where it pulled in shards. Default: snapshot.file of the settings.",
)
@click.option("--weekly/--daily", default=True, show_default=True, help="A report as of each Monday, or of each day.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports"),
    show_default=True,
    help="Folder of all reports, each in a folder of its day; a day keeps its report, unless the rate is withheld.",
)
@click.pass_obj
def backfill(context: ProcessContext, /, **options: Any) -> None:
    """Judge one snapshot as of each Monday since a day, so that the first day shows a trend.

    Needs neither network nor token, and plans no reminders. Each report says what is taken as it was then, and what as
    it is now.

    Exit status: 0 done; 3 something could not be read that could change a verdict; 2 wrong usage or settings; 1
    something could not be written.
    """
    from audit.app.backfilling import backfill as backfilled  # imports pandas
    from audit.app.offline import OfflineEvidence
    from audit.app.order import Order

    config: Path = options["config"]
    settings = settings_at(config)
    files: tuple[Path, ...] = options["snapshots"] or (
        (Path(settings.snapshot.file),) if settings.snapshot.file else ()
    )
    if not files:
        raise UsageError(
            "there is no snapshot to judge", "Name one after --snapshot: `incident-audit pull -o FILE` writes it."
        )
    evidence = OfflineEvidence.of(files, settings)
    order = Order(
        settings=settings,
        as_of=evidence.pulled_on,
        today=evidence.pulled_on,
        folder=options["output"],
        evidence=evidence,
        settings_file=context.from_root(config) or config.name,
    )
    done = backfilled(order, options["first"], weekly=options["weekly"], say=say)
    kept = f", {plural(done.kept, 'report')} of before kept" if done.kept else ""
    click.echo(f"Wrote {plural(done.written, 'report')}{kept}; {order.folder / 'index.html'} lists {done.listed}.")
    raise SystemExit(done.exit_status)

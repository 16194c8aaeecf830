"""pull: read the tracker into a snapshot, which can be judged without GitLab."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from audit import logs
from audit.commands.context import ProcessContext, say, settings_at
from audit.commands.options import CONFIG
from audit.phrases import plural


@click.command(short_help="Read the tracker into a snapshot, to judge without GitLab.")
@CONFIG
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The snapshot. One that is there already is built on: only what changed since is read.",
)
@click.option("--full", is_flag=True, help="Read everything anew, whatever the snapshot there holds.")
@click.pass_obj
def pull(context: ProcessContext, config: Path, output: Path, *, full: bool) -> None:
    """Read everything that the audit needs from GitLab into one file, which `run --from FILE` judges.

    Confidential titles and texts are not in it; SECURITY.md says what is.

    Exit status: 0 done, with what could not be read in the file as gaps; 2 wrong usage or settings; 1 the file is not
    written, and one that was there is as it was.
    """
    from audit.app.pulling import pulled_into  # imports pandas

    settings = settings_at(config)
    with context.client(settings) as client, logs.ProgressDisplay(sys.stderr) as progress:
        done = pulled_into(
            output, client, settings, today=context.today(settings), full=full, say=say, progress=progress
        )
    gaps = f", {plural(done.gaps, 'gap')}" if done.gaps else ""
    read = f"{plural(done.issues, 'issue')} of {plural(done.projects, 'project')}"
    click.echo(f"Snapshot: {output}, {read}{gaps} ({done.requests} requests to GitLab)")

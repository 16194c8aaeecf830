"""pull: read the tracker into a snapshot, which can be judged without GitLab."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from audit import logs
from audit.commands.context import ProcessContext, say, settings_at
from audit.commands.options import CONFIG
from audit.phrases import plural

_MOST = 200


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
@click.option(
    "--shard",
    metavar="I/N",
    default="1/1",
    callback=lambda _context, _option, text: _shard(text),
    help="Read the I-th of N parts, in GitLab CI $CI_NODE_INDEX/$CI_NODE_TOTAL. `run` takes all of them after --from.",
)
@click.pass_obj
def pull(context: ProcessContext, config: Path, output: Path, shard: tuple[int, int], *, full: bool) -> None:
    """Read everything that the audit needs from GitLab into one file, which `run --from FILE` judges.

    Confidential titles and texts are not in it; SECURITY.md says what is.

    Exit status: 0 done, with what could not be read in the file as gaps; 2 wrong usage or settings; 1 the file is not
    written, and one that was there is as it was.
    """
    from audit.app.pulling import PullOrder, pulled_into  # imports pandas
    from audit.pull_model import Shard

    settings = settings_at(config)
    number, total = shard
    order = PullOrder(
        settings=settings,
        place=output,
        today=context.today(settings),
        full=full,
        shard=Shard(number=number, total=total),
        pipeline=context.environ.get("CI_PIPELINE_ID", ""),
    )
    pace = total * 60 / settings.gitlab.requests_per_minute if total > 1 else 0
    with context.client(settings, pace=pace) as client, logs.ProgressDisplay(sys.stderr) as progress:
        done = pulled_into(order, client, say=say, progress=progress)
    gaps = f", {plural(done.gaps, 'gap')}" if done.gaps else ""
    read = f"{plural(done.issues, 'issue')} of {plural(done.projects, 'project')}"
    click.echo(f"Snapshot: {output}, {read}{gaps} ({done.requests} requests to GitLab)")


def _shard(text: str) -> tuple[int, int]:
    number, _, total = text.partition("/")
    # as in GitLab CI, whose `parallel` ends at 200
    if not (number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total) <= _MOST):
        raise click.BadParameter(f"{text!r} is no shard: write it like 2/7, with at most {_MOST} of them.")
    return int(number), int(total)

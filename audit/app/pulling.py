"""Reads the tracker into a snapshot, with what its texts say, so that whoever judges it later needs no GitLab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.app.last_pull import LastPull, prepared
from audit.app.reading import read_pull
from audit.evidence.text_readings import readings_of
from audit.gitlab.read.preflight import run_preflight
from audit.pull_model import WHOLE
from audit.report.history.output_folder import check_place

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import OnProgress, Say
    from audit.pull_model import Shard
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """The outcome of a pull."""

    issues: int
    projects: int
    gaps: int
    requests: int


@dataclass(frozen=True, kw_only=True)
class PullOrder:
    """The order for one pull."""

    settings: Settings
    place: Path
    """The file."""
    today: date
    full: bool = False
    """Read everything anew, whatever is in the file."""
    shard: Shard = WHOLE
    pipeline: str = ""
    """The pipeline that it is a part of; empty: none."""


def pulled_into(order: PullOrder, client: Client, *, say: Say, progress: OnProgress) -> Pulled:
    """Read the tracker and write the file, building on what is there already.

    Raises an AuditError if any of it fails; the file is then as it was.
    """
    settings, today, shard = order.settings, order.today, order.shard
    check_place(order.place.parent)
    last = LastPull.at(order.place, client, settings, say, shard)
    preflight = run_preflight(client, settings, today=today, write=False)
    for warning in preflight.warnings:
        say(warning, warning=True)
    earlier = None if order.full else last.pull
    pull = read_pull(client, settings, preflight, today, progress, earlier=earlier, shard=shard)
    for note in pull.notes:
        say(note)
    pull = prepared(pull, client, settings)
    say("reading what the texts say")
    readings_of(pull.records, settings, last.readings)
    last.keep(pull, client, settings, order.pipeline)
    records = pull.records
    return Pulled(
        issues=len(records.issues), projects=len(records.sources), gaps=len(records.gaps), requests=client.requests
    )

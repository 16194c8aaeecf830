"""Reads the tracker into a snapshot, with what its texts say, so that whoever judges it later needs no GitLab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.app.last_pull import LastPull, prepared
from audit.app.reading import read_pull
from audit.evidence.text_readings import readings_of
from audit.gitlab.read.preflight import run_preflight

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import OnProgress, Say
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """The outcome of a pull."""

    issues: int
    projects: int
    gaps: int
    requests: int


def pulled_into(  # noqa: PLR0913 - what, from where, on which day, and whom to inform
    place: Path, client: Client, settings: Settings, *, today: date, full: bool, say: Say, progress: OnProgress
) -> Pulled:
    """Read the tracker and write the file, building on what is there already unless ``full``.

    Raises an AuditError if any of it fails; the file is then as it was.
    """
    last = LastPull.at(place, client, settings, say)
    preflight = run_preflight(client, settings, today=today, write=False)
    for warning in preflight.warnings:
        say(warning, warning=True)
    pull = read_pull(client, settings, preflight, today, progress, earlier=None if full else last.pull)
    for note in pull.notes:
        say(note)
    pull = prepared(pull, client, settings)
    say("reading what the texts say")
    readings_of(pull.records, settings, last.readings)
    last.keep(pull, client, settings)
    records = pull.records
    return Pulled(
        issues=len(records.issues), projects=len(records.sources), gaps=len(records.gaps), requests=client.requests
    )

"""What one run is to do, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.app.digest_sender import Receivers
    from audit.publishing.published import Published
    from audit.reminders.plan import Ledger, Plan
    from audit.report.figures.view import Edition, View
    from audit.settings.settings import Settings

FailOn = Literal["open", "any", "never"]
"""Which violations count in the exit status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one run is to do."""

    settings: Settings
    as_of: date
    today: date
    folder: Path
    """The output folder."""
    apply: bool = False
    """Post the reminders and publish the report."""
    receivers: Receivers | None = None
    """Who gets the digest; None: nobody."""
    confirm_plan: str = ""
    """Fingerprint of a plan far above the usual that a person has looked at and confirms."""
    fail_on: FailOn = "open"
    run_url: str = ""
    run_folder: str = ""
    """The output folder from the root of the repository, as the job's artifacts have it; empty: it lies elsewhere."""
    pages_url: str = ""
    """Address of the site on which the reports are published."""
    settings_file: str = "audit.yml"
    """From the root of the repository."""
    previous: Path | None = None
    """The audit.json of an earlier day; None: the newest one beside the folder, else in the repository of
    ``publish.repository``."""
    edition: Edition = "weekly"
    team: str = ""
    """The team whose rows the pages hold; empty: all. Data files are whole either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a run."""

    view: View
    plan: Plan
    ledger: Ledger | None
    """None: a dry run."""
    published: tuple[Published, ...]
    """What was written to the destinations, or would be."""
    exit_status: int
    requests: int

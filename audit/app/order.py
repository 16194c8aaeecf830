"""The order for one run, and its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from audit.app.digest_sender import Receivers
    from audit.app.offline import OfflineEvidence
    from audit.publishing.published import Published
    from audit.reminders.plan import Ledger, Plan
    from audit.report.figures.view import Edition, View
    from audit.settings.settings import Settings

FailOn = Literal["open", "any", "never"]
"""The violations that count in the exit status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The order for one run."""

    settings: Settings
    as_of: date
    today: date
    folder: Path
    """The output folder."""
    evidence: OfflineEvidence | None = None
    """What was pulled before; None: it is read from GitLab."""
    apply: bool = False
    """Post the reminders and publish the report."""
    receivers: Receivers | None = None
    """The receivers of the digest; None: nobody."""
    digest_faults: tuple[str, ...] = ()
    """Why the digest of the settings cannot be sent, each with what to do."""
    confirm_plan: str = ""
    """Hash of a plan far above the usual that a person has confirmed."""
    fail_on: FailOn = "open"
    run_url: str = ""
    run_folder: str = ""
    """The output folder relative to the repository, as in the job's artifacts; empty: it is elsewhere."""
    pages_url: str = ""
    """Address of the site on which the reports are published."""
    settings_file: str = "audit.yml"
    """The settings file, relative to the repository."""
    previous: Path | None = None
    """The audit.json of an earlier day. None: the newest one beside the folder, else in the repository of
    ``publish.repository``."""
    edition: Edition = "weekly"
    team: str = ""
    """The team whose rows the pages hold; empty: all rows. Data files always hold all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The outcome of a run."""

    view: View
    page: View
    """What the pages show: of one team where the run is of one, else the same."""
    plan: Plan | None
    """None: without GitLab no comments are read, so no reminders are planned."""
    ledger: Ledger | None
    """None: a dry run."""
    published: tuple[Published, ...]
    """What was, or would be, written to the destinations."""
    exit_status: int
    requests: int

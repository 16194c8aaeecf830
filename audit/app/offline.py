"""Evidence from snapshots: what was pulled before, judged without GitLab."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit.app.collector import collector_paused
from audit.app.text_reader import text_reader
from audit.errors import UsageError
from audit.phrases import plural
from audit.snapshot.fitting import fitted
from audit.snapshot.merging import merged
from audit.snapshot.snapshot import load
from audit.snapshot.snapshot_file import SnapshotError
from audit.text.readings import Readings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Say
    from audit.model import Records
    from audit.settings.settings import Settings
    from audit.snapshot.snapshot import StoredSnapshot


@dataclass(frozen=True, kw_only=True)
class OfflineEvidence:
    """The records of snapshots, as the settings want them."""

    records: Records
    readings: Readings
    pulled_on: date
    """The local day of the pull."""
    stored: tuple[StoredSnapshot, ...]

    @classmethod
    @collector_paused()
    def of(cls, paths: Sequence[Path], settings: Settings) -> OfflineEvidence:
        """Read files. Raises SnapshotError where they cannot be judged by these settings."""
        stored = tuple(load(path) for path in paths)
        snapshot = merged(stored)
        return cls(
            records=fitted(snapshot.pull.records, snapshot.settings, settings),
            readings=Readings(reader=text_reader(), kept=snapshot.texts),
            pulled_on=snapshot.pull.started_at.astimezone(ZoneInfo(settings.timezone)).date(),
            stored=stored,
        )

    def check_day(self, as_of: date) -> None:
        """Raise UsageError if a day lies after the pull."""
        if as_of > self.pulled_on:
            raise UsageError(
                f"the snapshot is of {self.pulled_on} and tells nothing of {as_of}",
                "Leave out --as-of, name a day up to that one, or pull again.",
            )

    def check_trust(self, client: Client, today: date) -> None:
        """Raise SnapshotError unless the files are this token's and recent, so that what is posted rests on them."""
        for one in self.stored:
            if one.snapshot.gitlab != client.web_url:
                raise SnapshotError(
                    f"{one.path} is of another GitLab, {one.snapshot.gitlab}", f"Pull from {client.web_url}."
                )
            if not one.is_sealed_by(client.token):
                raise SnapshotError(
                    f"{one.path} does not bear the seal of this token, so nothing is posted on its word",
                    "Pull again with this token.",
                )
        if not timedelta(0) <= today - self.pulled_on <= timedelta(days=1):
            raise SnapshotError(
                f"the snapshot is of {self.pulled_on}, and comments are read and written for today, {today}, or the"
                " day before it",
                "Pull again.",
            )

    def tell(self, say: Say, *, checked: bool) -> None:
        """Say what is judged, and whether anybody vouches for it."""
        issues, projects = len(self.records.issues), len(self.records.sources)
        files = plural(len(self.stored), "snapshot")
        say(f"{files} of {self.pulled_on}: {plural(issues, 'issue')} of {plural(projects, 'project')}")
        if not checked:
            say("the seal is not checked: that needs the token, and nothing is written")

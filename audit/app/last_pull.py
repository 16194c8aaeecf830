"""The snapshot of the last pull: what tonight's pull may build on, and what the next one will."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.app.text_reader import text_reader
from audit.errors import OutputError
from audit.evidence.text_readings import readings_of
from audit.pull_model import WHOLE
from audit.snapshot.fitting import shaping
from audit.snapshot.masks import Masks
from audit.snapshot.seal import mask_key
from audit.snapshot.snapshot import Snapshot, load, save
from audit.snapshot.snapshot_file import SnapshotError, is_snapshot
from audit.text.readings import Readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Say
    from audit.model import Issue, Records
    from audit.pull_model import Pull, Shard
    from audit.settings.settings import Settings
    from audit.snapshot.snapshot import StoredSnapshot


@dataclass(frozen=True, kw_only=True)
class LastPull:
    """Where the last pull is kept, and what may be believed of it."""

    place: Path | None
    """None: no file is named, so nothing is kept."""
    pull: Pull | None = None
    """None: everything is read anew."""
    readings: Readings

    shard: Shard = WHOLE

    @classmethod
    def at(cls, place: Path | None, client: Client, settings: Settings, say: Say, shard: Shard = WHOLE) -> LastPull:
        """Read a file. If it cannot be believed, one line says why, and everything is read anew.

        Raises SnapshotError where the file is something else than a snapshot, which must not be overwritten.
        """
        anew = cls(place=place, readings=Readings(reader=text_reader()), shard=shard)
        if place is None or not place.exists() or not place.stat().st_size:
            return anew
        if not is_snapshot(place):
            raise SnapshotError(f"{place} is no snapshot, so it is not overwritten", "Name another file, or remove it.")
        try:
            stored = load(place)
            doubt = next(_doubts(stored, client, settings, shard), "")
        except SnapshotError as error:
            doubt = error.message
        if doubt:
            say(f"everything is read anew: {doubt}", warning=True)
            return anew
        found = stored.snapshot
        return replace(anew, pull=found.pull, readings=replace(anew.readings, kept=found.texts))

    def keep(self, pull: Pull, client: Client, settings: Settings, pipeline: str = "") -> None:
        """Write the file for the next pull, if one is named. Raises OutputError or SnapshotError."""
        if self.place is None:
            return
        masks = Masks(key=mask_key(client.token), settings=settings, numbers=self.shard == WHOLE)
        self._read_what_will_be_masked(pull, settings)
        snapshot = Snapshot(
            pull=_changed(pull, lambda records: masks.masked(records, hidden(settings))),
            gitlab=client.web_url,
            settings=shaping(settings),
            reader=self.readings.reader,
            shard=self.shard,
            pipeline=pipeline,
            titles=masks.digests(pull.records) if self.shard != WHOLE else {},
            texts=self.readings.entries(),
        )
        save(self.place, snapshot, client.token)

    def _read_what_will_be_masked(self, pull: Pull, settings: Settings) -> None:
        """Keep what each text says that is not kept itself, whether or not tonight's rules asked: later ones may."""
        issues = tuple(issue for issue in (*pull.records.issues, *pull.left_out) if issue.reading)
        if issues:
            readings_of(replace(pull.records, issues=issues), settings, self.readings)

    def try_to_keep(self, pull: Pull, client: Client, settings: Settings, say: Say) -> None:
        """Write the file; a failure is told, and costs no more than the next run's time."""
        try:
            self.keep(pull, client, settings)
        except OutputError as error:
            say(f"{error.message}: the next run cannot build on this one", warning=True)


def hidden(settings: Settings) -> Callable[[Issue], bool]:
    """Return which issues a snapshot masks: what the report must not tell, or all of them."""
    if settings.snapshot.texts == "drop":
        return lambda _issue: True
    if settings.report.confidential_destination:
        return lambda _issue: False
    return lambda issue: issue.confidential


def prepared(pull: Pull, client: Client, settings: Settings) -> Pull:
    """Return a pull as it is judged: with names for the readings of what will be masked, and old masks taken off."""
    masks = Masks(key=mask_key(client.token), settings=settings)
    return _changed(pull, lambda records: masks.unmasked(masks.with_readings(records, hidden(settings))))


def _changed(pull: Pull, change: Callable[[Records], Records]) -> Pull:
    """Change the issues of a pull, those outside of its period too, which are kept for the next one."""
    changed = change(replace(pull.records, issues=(*pull.records.issues, *pull.left_out)))
    count = len(pull.records.issues)
    records = replace(changed, issues=changed.issues[:count])
    return replace(pull, records=records, left_out=changed.issues[count:])


def _doubts(stored: StoredSnapshot, client: Client, settings: Settings, shard: Shard) -> Iterator[str]:
    """Yield why a snapshot must not be built on."""
    found, path = stored.snapshot, stored.path
    if not stored.is_sealed_by(client.token):
        yield f"{path} does not bear the seal of this token: it was written with another one, or changed"
    if found.gitlab != client.web_url:
        yield f"{path} is of another GitLab, {found.gitlab}"
    if not stored.current:
        yield f"{path} was written by another version of this program"
    if found.shard != shard:
        yield f"{path} is shard {found.shard}"
    if settings.snapshot.texts == "drop":
        yield f"{path} holds no texts (snapshot.texts)"
    every = (*found.pull.records.issues, *found.pull.left_out)
    masked = [issue for issue in every if not issue.text_kept]
    if masked and found.reader != text_reader():
        yield f"the texts in {path} were read by another version of this program"
    if not all(map(hidden(settings), masked)):
        yield f"{path} lacks texts that these settings keep"

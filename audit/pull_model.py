"""What one pull read from GitLab: the records, and what the next pull needs to read only what changed since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from audit.model import Issue, Records, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Which part of the tracker is read: the number-th of so many parts, counted from 1."""

    number: int = 1
    total: int = 1

    def __str__(self) -> str:
        """``2/7``."""
        return f"{self.number}/{self.total}"


WHOLE: Final = Shard()


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledList:
    """One list of issues as it was read to its end."""

    query: str
    """Its place (a project or a group), what it lists and its filters but for days: equal for the same list."""
    members: Mapping[int, date]
    """Global id of each issue in it -> the first day of the month in which it was created, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledFile:
    """A template in a repository, as far as it was read."""

    project: str
    path: str
    blob: str
    """The id of its content today; while it is the same, its commits matter to later reviews only."""
    commits: tuple[tuple[datetime, str], ...]
    """Instant and id of each, the newest first; empty: they were not asked for."""
    texts: Mapping[str, str] = field(repr=False)
    """A name of its content in each edition that was needed -> that content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """Everything that one pull read. All instants are of GitLab's clock, in UTC."""

    records: Records
    started_at: datetime
    ended_at: datetime
    until: datetime
    """The end of the audited day: issues created at this instant or later are left out."""
    release: tuple[int, int]
    """Major and minor version of the server."""
    account: User
    """The account of the token."""
    full_at: datetime
    """When the last full pull started: this one, or the one that this one was made from."""
    key: str
    """SHA-256 in hex of all that shapes a pull: settings, projects, account and release."""
    lists: tuple[PulledList, ...] = ()
    """The complete lists; what is in none of them was read because an issue led to it."""
    left_out: tuple[Issue, ...] = ()
    """What the lists hold, and the records do not, since it lies outside of the period; its links were followed."""
    files: tuple[PulledFile, ...] = ()
    labels: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Project -> number of a label -> its title."""
    notes: tuple[str, ...] = ()
    """Sentences for the job's log on how it was read: why in full, or how many records of the earlier pull differed."""

    @property
    def full(self) -> bool:
        """Whether everything was read anew."""
        return self.full_at == self.started_at

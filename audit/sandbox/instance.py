"""What a request is handled with: the world, the instance's settings, who asks, and how the instance writes things."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.sandbox.data.namespaces import HostedGroup
from audit.sandbox.data.records import Account
from audit.sandbox.data.work_items import WorkItem
from audit.sandbox.limits import Limits, Meter, too_many_notes

if TYPE_CHECKING:
    from audit.sandbox.access import Viewer
    from audit.sandbox.data.namespaces import Namespace
    from audit.sandbox.data.world import World
    from audit.sandbox.wire import Request


@dataclass(kw_only=True)
class Site:
    """An instance of GitLab: its world, its edition and its settings."""

    world: World
    meter: Meter
    version: str = "19.4.0"
    enterprise: bool = True
    licensed: bool = True
    """Whether it has what Premium adds: blocking links, several assignees, scoped labels that exclude each other."""
    limits: Limits = field(default_factory=Limits)
    utc_offset: dt.timedelta = dt.timedelta(0)
    public_url: str = ""
    """What web addresses begin with; it need not be where the server listens."""
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def full_version(self) -> str:
        """The version as the instance spells it."""
        return f"{self.version}-ee" if self.enterprise else self.version

    def at_least(self, release: str) -> bool:
        """Whether the instance is of this release or newer."""
        return _numbers(self.version) >= _numbers(release)

    def moment(self, at: dt.datetime | None) -> str | None:
        """Write a time as REST does, in the instance's zone."""
        return None if at is None else self._written(at, "milliseconds")

    def second(self, at: dt.datetime) -> str:
        """Write a time as GraphQL does: without fractions."""
        return self._written(at, "seconds")

    def _written(self, at: dt.datetime, precision: str) -> str:
        if not self.utc_offset:
            return at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"
        return at.astimezone(dt.timezone(self.utc_offset)).isoformat(timespec=precision)

    def address(self, of: WorkItem | Namespace | Account) -> str:
        """Build the web address of a thing."""
        return self.public_url + web_path(of)

    def count_note(self, viewer: Viewer) -> None:
        """Count one more comment of this caller, and refuse one too many."""
        if self.meter.count("notes", viewer.user, self.limits.notes_per_minute).exceeded:
            raise too_many_notes()


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request being handled."""

    site: Site
    viewer: Viewer
    request: Request

    @property
    def world(self) -> World:
        """The world it is about."""
        return self.site.world

    @property
    def user(self) -> Account:
        """The caller, where one without a token was turned away before."""
        assert self.viewer.user is not None  # noqa: S101 - a handler that asks has refused strangers
        return self.viewer.user

    @property
    def now(self) -> dt.datetime:
        """The stamp of what is written."""
        return self.world.instant()


def web_path(of: WorkItem | Namespace | Account) -> str:
    """Build the path of a thing's web address."""
    if isinstance(of, WorkItem):
        return f"/{of.project.path}/-/work_items/{of.iid}"
    if isinstance(of, Account):
        return f"/{of.username}"
    return f"/groups/{of.path}" if isinstance(of, HostedGroup) else f"/{of.path}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])

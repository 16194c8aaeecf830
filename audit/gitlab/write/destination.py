"""What a destination in GitLab is: a part of ``publish`` in the settings, its check, and what is written there.

A file of this room holds all of one destination, but for its part of the settings (settings/publish_settings.py), and
ends with its DESTINATION; audit.gitlab.write.destinations lists them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from audit.gitlab.http.client import project_path
from audit.gitlab.read import projects
from audit.gitlab.read.rest_rows import ProjectRow
from audit.model import Role
from audit.publishing.audience import Venue

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.gitlab.http.client import Client
    from audit.publishing.published import FinishedReport, Published, Unpublished

P = TypeVar("P")
_ROLES: dict[int, str] = {Role.PLANNER: "Planner or Reporter", Role.DEVELOPER: "Developer"}


class Target(Protocol):
    """What is written to a destination today."""

    @property
    def what(self) -> str:
        """What it is called, like ``wiki page``."""

    @property
    def where(self) -> str:
        """In which project, and under which name."""

    @property
    def needs(self) -> str:
        """What to do where GitLab forbids it."""

    def write(self, client: Client, *, bot: str) -> Published | Unpublished:
        """Write what differs. ``bot``: the username of the client's token. Raises RequestError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination(Generic[P]):
    """A kind of destination; ``P`` is its part of the settings."""

    name: str
    """The part's name under ``publish``."""
    check: Callable[[Check, P], P]
    """Asks GitLab whether it can be written, and returns the part with the paths of today. Raises RequestError."""
    target: Callable[[P, FinishedReport], Target]


@dataclass(kw_only=True)
class Check:
    """Asks GitLab about one destination, and collects who could read it and what is wrong."""

    client: Client
    name: str
    write: bool
    """Whether it is to be written: what keeps it from that is a fault then, and a warning in a dry run."""
    venues: list[Venue] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    """What would keep it from being written."""
    warnings: list[str] = field(default_factory=list)

    def project(self, path: str, feature: str, *, role: int = 0, confidential: bool = False) -> dict[str, Any]:
        """Return the row of a project whose ``feature`` is written with at least ``role``. Raises RequestError."""
        row: dict[str, Any] = self.client.rest_get(project_path(path), ProjectRow)
        # a feature may be for members only in a project that everybody sees
        closed = row.get(f"{feature}_access_level") == "private"
        self.venue(path, {"visibility": "private"} if closed else row, confidential=confidential)
        if row.get("archived"):
            self.unfit(f"{path} is archived: nothing can be written there")
        held = projects.role(ProjectRow.model_validate(row))
        if 0 < held < role:
            self.unfit(f"the token's account needs the role {_ROLES[role]} in {path}")
        elif held == 0 and row.get("visibility") != "private":
            self.warn(f"the token's account is no member of {path}: it may not write there")
        return row

    def venue(self, path: str, row: dict[str, Any], *, confidential: bool = False) -> None:
        """Note who could read it, by the row of its project or group."""
        visibility = row.get("visibility") or "private"
        self.venues.append(
            Venue(setting=f"publish.{self.name}", path=path, visibility=visibility, confidential=confidential)
        )

    def unfit(self, why: str) -> None:
        """Note what keeps it from being written."""
        (self.faults if self.write else self.lacks).append(f"publish.{self.name}: {why}")

    def warn(self, words: str) -> None:
        """Note what is worth a look."""
        self.warnings.append(f"publish.{self.name}: {words}")

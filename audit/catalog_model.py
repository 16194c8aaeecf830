"""The vocabulary of the service catalogue, which is read with the rest of it from `audit.model`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.model import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogPlace:
    """Where an entry of the service catalogue stands."""

    origin: str
    """Of its file: ``g/p:path@commit`` or a file's name."""
    line: int

    def __str__(self) -> str:
        """``g/p:path:12``, without the commit."""
        return f"{self.file}:{self.line}"

    @property
    def file(self) -> str:
        """The origin without the commit."""
        name, at, commit = self.origin.rpartition("@")
        return name if at and "/" not in commit else self.origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team of the service catalogue. A chat channel is no contact."""

    name: str
    label: str = ""
    manager: str = ""
    handle: str = ""
    contact: str = ""
    members: tuple[str, ...] | None = None
    """Their usernames, sorted, each once; None: the catalogue does not list them."""
    place: CatalogPlace | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An entry of the service catalogue."""

    name: str
    label: str = ""
    """As written, with or without its scope."""
    owner: str = ""
    tier: str = ""
    weight: float = 0.0
    """business.SLA.overall_sla_weighting, 0 where it is not given."""
    aliases: tuple[str, ...] = ()
    """Further texts of labels that lead to it, where nothing else goes by them."""
    project: str = ""
    """The GitLab project that its entry names, as ``g/p`` or an address; empty: none."""
    form: str = field(default="", compare=False, repr=False)
    """Name of the format whose rules its owner's name follows; empty: GitLab's own."""
    place: CatalogPlace | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The service catalogue: services, and teams by their exact name."""

    services: tuple[Service, ...] = ()
    teams: tuple[Team, ...] = ()
    teams_given: bool = False
    """False: no teams were given, so that an owner cannot be looked up (nor be missing)."""
    origin: str = ""
    """Where it was read: ``g/p:path@commit`` or a file name; of several, with commas between."""
    unread: tuple[Gap, ...] = ()
    """Files of it that could not be read, or not as a catalogue: what stands there is not known."""
    unfollowed: tuple[str, ...] = ()
    """Sentences on entries that only list other files, which were not read."""

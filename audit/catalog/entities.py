"""What the catalogue formats share: entities as YAML documents, and what is taken from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from unicodedata import normalize

if TYPE_CHECKING:
    from audit.model import CatalogPlace, Service, Team

Entity: TypeAlias = Mapping[str, Any]
"""A mapping in a catalogue file, mostly a :class:`PlacedMapping`. Its scalars are all texts."""
NULLS = {"", "~", "null"}
"""What stands for no value, where every scalar is a text."""
USER = "user"
"""Stands with a colon before the name of a team that is one person."""


class PlacedMapping(dict[str, Any]):
    """A mapping that knows where it stands in which file."""

    place: CatalogPlace | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any], place: CatalogPlace | None) -> PlacedMapping:
        """Return a copy of a mapping that stands in a place."""
        placed = cls(mapping)
        placed.place = place
        return placed


def place_of(entity: Any) -> CatalogPlace | None:
    """Return where a mapping stands, where that is known."""
    return entity.place if isinstance(entity, PlacedMapping) else None


def origin_of(entity: Any) -> str:
    """Return the origin of the file in which a mapping stands; empty where it is not known."""
    place = place_of(entity)
    return place.origin if place else ""


def as_written(name: str) -> str:
    """Return the key of a name that compares exactly, but for its Unicode form."""
    return normalize("NFC", name.replace("\xa0", " ")).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFormat:
    """How one tool writes its catalogue."""

    name: str
    named_by: str
    """Where the name of an entity stands."""
    matches: Callable[[Entity], bool]
    """Tells whether an entity has this form."""
    entries: Callable[[Sequence[Entity]], Iterator[Service | Team]]
    """Yields the services and teams of all entities of this form, in their order; none of entities of other kinds.

    It gets the entities of all files at once, since some inherit from others.
    """
    owner_key: Callable[[str], str] = as_written
    """Returns what is equal for all names of one owner, also for one that stands in the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """The services and teams of some files."""

    services: tuple[Service, ...] = ()
    teams: tuple[Team, ...] = ()
    teams_given: bool = False
    """False where no team stands in them, though persons may: then an owner cannot be said to be missing."""
    with_services: frozenset[str] = frozenset()
    """The origins of the files with a service, or with a list of services, which may be empty."""
    with_teams: frozenset[str] = frozenset()
    """Likewise those with a team, a person or a list of teams."""


def at(document: Any, *keys: str | int) -> Any:
    """Return what stands under keys of mappings and places in lists, or None."""
    for key in keys:
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        else:
            return None
    return document


def text_of(entry: Any, *keys: str) -> str:
    """Return the first of the keys of a mapping that holds a text; a list counts by its first."""
    for key in keys:
        value = at(entry, key)
        if isinstance(value, list):
            value = at(value, 0)
        if isinstance(value, str) and value.strip().casefold() not in NULLS:
            return value.strip()
    return ""


def items_of(value: Any) -> list[Any]:
    """Return a list, empty where the value is none."""
    return value if isinstance(value, list) else []


def listed(value: Any) -> list[Any]:
    """Return a list, or a lone value as a list of one; empty where there is none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def texts_of(value: Any) -> list[str]:
    """Return the texts of a list, or a lone text."""
    return [text for one in listed(value) if (text := text_of({"text": one}, "text"))]

"""What the catalogue formats share: entities as YAML documents, and what is taken from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from audit.model import Service, Team

Entity: TypeAlias = Mapping[str, Any]
"""A mapping in a catalogue file. Its scalars are all texts."""
NULLS = {"", "~", "null"}
"""What stands for no value, where every scalar is a text."""
USER = "user"
"""Stands with a colon before the name of a team that is one person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFormat:
    """How one tool writes its catalogue."""

    name: str
    named_by: str
    """Where the name of an entity stands."""
    matches: Callable[[Entity], bool]
    """Tells whether an entity has this form."""
    entries: Callable[[Entity], Iterator[Service | Team]]
    """Yields the services and teams of an entity; none where it is of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """The services and teams of a file."""

    services: tuple[Service, ...] = ()
    services_given: bool = False
    """True also where a list of services is empty."""
    teams: tuple[Team, ...] = ()
    teams_given: bool = False
    """False where no team stands in it, though persons may: then an owner cannot be said to be missing."""


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

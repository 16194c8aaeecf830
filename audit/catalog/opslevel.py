"""OpsLevel: `opslevel.yml` files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.catalog.entities import CatalogFormat, as_written, at, items_of, place_of, text_of, texts_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.catalog.entities import Entity

_SERVICES = ("service", "component")  # its newer files say `component`
_STILL = {"library"}
"""Types of components that are parts of others, and do not run by themselves."""
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def _matches(entity: Entity) -> bool:
    if any(text_of(at(entity, key), "name") for key in _SERVICES):
        return True
    return "version" in entity and any(key in entity for key in _SERVICES)


def _entries(entities: Sequence[Entity]) -> Iterator[Service | Team]:
    for entity in entities:
        for entry in (entity[key] for key in _SERVICES if key in entity):
            if text_of(entry, "type").casefold() not in _STILL:
                yield _service(entry, entity)


def _service(entry: Entity, entity: Entity) -> Service:
    name, aliases = text_of(entry, "name"), texts_of(at(entry, "aliases"))
    # the name is for people ("Order Processor"); its alias, which OpsLevel also makes by itself, for other files
    further = dict.fromkeys((*aliases, name, alias_of(name)))
    label = next(iter(aliases), name)
    repositories = items_of(at(entry, "repositories"))
    ours = (text_of(one, "name") for one in repositories if text_of(one, "provider").casefold() in {"", "gitlab"})
    return Service(
        name=name,
        label=label,
        aliases=tuple(text for text in further if text and text != label),
        owner=text_of(entry, "owner"),
        tier=text_of(entry, "tier"),
        project=next(filter(None, ours), ""),
        place=place_of(entry) or place_of(entity),
    )


def alias_of(name: str) -> str:
    """Return the alias that OpsLevel makes of a name: its words in small letters, with underscores between."""
    return _BETWEEN_WORDS.sub("_", as_written(name).casefold()).strip("_")


FORMAT = CatalogFormat(
    name="OpsLevel", named_by="`service.name`", matches=_matches, entries=_entries, owner_key=alias_of
)

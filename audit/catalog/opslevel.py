"""OpsLevel: `opslevel.yml` files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.catalog.entities import CatalogFormat, at, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.catalog.entities import Entity

_SERVICES = ("service", "component")  # its newer files say `component`


def _matches(entity: Entity) -> bool:
    if any(text_of(at(entity, key), "name") for key in _SERVICES):
        return True
    return "version" in entity and any(key in entity for key in _SERVICES)


def _entries(entity: Entity) -> Iterator[Service | Team]:
    for entry in (entity[key] for key in _SERVICES if key in entity):
        name = text_of(entry, "name")
        # the name is for people ("Order Processor"), the alias for whatever has to name the service
        label = text_of(entry, "aliases") or name
        yield Service(name=name, label=label, owner=text_of(entry, "owner"), tier=text_of(entry, "tier"))


FORMAT = CatalogFormat(name="OpsLevel", named_by="`service.name`", matches=_matches, entries=_entries)

"""Datadog: service definitions of the schemas v2, v2.1, v2.2 and v3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.catalog.entities import CatalogFormat, at, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.catalog.entities import Entity

_SERVICES = {"service", "system", "datastore", "queue", "frontend"}


def _matches(entity: Entity) -> bool:
    return _is_second(entity) or text_of(entity, "apiVersion").startswith("v3")


def _is_second(entity: Entity) -> bool:
    return "dd-service" in entity or text_of(entity, "schema-version").startswith("v2")


def _entries(entity: Entity) -> Iterator[Service | Team]:
    if _is_second(entity):
        name, owner, tier = text_of(entity, "dd-service"), text_of(entity, "team", "dd-team"), text_of(entity, "tier")
    elif text_of(entity, "kind").casefold() in _SERVICES:
        metadata = at(entity, "metadata")
        name, tier = text_of(metadata, "name"), text_of(at(entity, "spec"), "tier")
        owner = text_of(metadata, "owner") or text_of(at(metadata, "additionalOwners", 0), "name")
    else:
        return
    yield Service(name=name, label=name, owner=owner, tier=tier)


FORMAT = CatalogFormat(name="Datadog", named_by="`dd-service` or `metadata.name`", matches=_matches, entries=_entries)

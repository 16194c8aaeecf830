"""Datadog: service definitions of the schemas v2, v2.1, v2.2 and v3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from audit.catalog.entities import CatalogFormat, as_written, at, items_of, place_of, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from audit.catalog.entities import Entity

_SERVICES = {"service", "system", "datastore", "queue", "frontend"}
_DEEPEST: Final = 50
"""Entities that one inherits from, in a row."""


def _matches(entity: Entity) -> bool:
    return _is_second(entity) or text_of(entity, "apiVersion").startswith("v3")


def _is_second(entity: Entity) -> bool:
    return "dd-service" in entity or text_of(entity, "schema-version").startswith("v2")


def _entries(entities: Sequence[Entity]) -> Iterator[Service | Team]:
    by_reference: dict[str, Entity] = {}
    for entity in entities:
        if not _is_second(entity):
            by_reference.setdefault(_itself(entity), entity)
    for entity in entities:
        if _is_second(entity):
            yield _second(entity)
        elif text_of(entity, "kind").casefold() in _SERVICES:
            yield _third(entity, by_reference)


def _second(entity: Entity) -> Service:
    name = text_of(entity, "dd-service")
    return Service(
        name=name,
        label=name,
        owner=text_of(entity, "team", "dd-team"),
        tier=text_of(entity, "tier"),
        project=_repository(at(entity, "links")) or text_of(at(entity, "repos", 0), "url"),
        place=place_of(entity),
    )


def _third(entity: Entity, by_reference: Mapping[str, Entity]) -> Service:
    metadata = at(entity, "metadata")
    name, shown = text_of(metadata, "name"), text_of(metadata, "displayName")
    code = at(entity, "datadog", "codeLocations", 0)
    return Service(
        name=name,
        label=name,
        aliases=(shown,) if shown and shown != name else (),
        owner=_owner(entity, by_reference),
        tier=text_of(at(entity, "spec"), "tier"),
        project=_repository(at(metadata, "links")) or text_of(code, "repositoryURL"),
        place=place_of(entity),
    )


def _owner(entity: Entity, by_reference: Mapping[str, Entity]) -> str:
    """Return the owner of an entity, else that of the nearest one from which it inherits; a circle ends."""
    passed: set[str] = set()
    here: Entity | None = entity
    while here is not None and len(passed) < _DEEPEST:
        metadata = at(here, "metadata")
        owner = text_of(metadata, "owner") or text_of(at(metadata, "additionalOwners", 0), "name")
        parent = _reference(text_of(metadata, "inheritFrom"))
        if owner or parent in passed:
            return owner
        passed.add(parent)
        here = by_reference.get(parent)
    return ""


def _itself(entity: Entity) -> str:
    metadata = at(entity, "metadata")
    namespace, name = text_of(metadata, "namespace"), text_of(metadata, "name")
    return _reference(f"{text_of(entity, 'kind')}:{namespace or 'default'}/{name}")


def _reference(written: str) -> str:
    """Return the key of ``kind:name`` or ``kind:namespace/name``; without a kind a service is meant."""
    kind, colon, rest = written.rpartition(":")
    namespace, _, name = rest.rpartition("/")
    return as_written(f"{kind if colon else 'service'}:{namespace or 'default'}/{name}").casefold()


def _repository(links: Any) -> str:
    """Return the address of the first repository among the links."""
    repositories = (one for one in items_of(links) if text_of(one, "type").casefold() in {"repo", "repository"})
    return next((text_of(one, "url") for one in repositories), "")


FORMAT = CatalogFormat(name="Datadog", named_by="`dd-service` or `metadata.name`", matches=_matches, entries=_entries)

"""Compass: `compass.yml` files, whose owners are ids of Atlassian's teams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.catalog.entities import CatalogFormat, at, items_of, place_of, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.catalog.entities import Entity

_STILL = {"library", "ui_element"}
"""Types of components that are parts of others, and do not run by themselves."""


def _matches(entity: Entity) -> bool:
    return "typeId" in entity or "configVersion" in entity or text_of(entity, "id").startswith("ari:cloud:compass:")


def _entries(entities: Sequence[Entity]) -> Iterator[Service | Team]:
    for entity in entities:
        if text_of(entity, "typeId").casefold() in _STILL:
            continue
        name = text_of(entity, "name")
        links = (one for one in items_of(at(entity, "links")) if text_of(one, "type").casefold() == "repository")
        yield Service(
            name=name,
            label=name,
            # the file has no name of the team, so that `unowned_owners` and `calendars.teams` name it by this id too
            owner=text_of(entity, "ownerId"),
            tier=text_of(at(entity, "fields"), "tier"),
            project=next((text_of(one, "url") for one in links), ""),
            place=place_of(entity),
        )


FORMAT = CatalogFormat(name="Compass", named_by="`name`", matches=_matches, entries=_entries)

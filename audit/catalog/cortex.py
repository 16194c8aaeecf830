"""Cortex: OpenAPI documents with `x-cortex-` fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.catalog.entities import CatalogFormat, at, items_of, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.catalog.entities import Entity


def _fields(entity: Entity) -> Entity:
    """Return what an OpenAPI document says under `info`, which is where it belongs, or else beside it."""
    info = at(entity, "info")
    return {**entity, **(info if isinstance(info, dict) else {})}


def _matches(entity: Entity) -> bool:
    return any(key.startswith("x-cortex-") for key in _fields(entity))


def _entries(entity: Entity) -> Iterator[Service | Team]:
    fields = _fields(entity)
    kind = text_of(fields, "x-cortex-type").casefold() or "service"
    name = text_of(fields, "x-cortex-tag", "title")
    if kind == "service":
        yield Service(name=name, label=name, owner=_owner(fields), tier=_tier(fields))
    elif kind == "team":
        yield from _teams(name, at(fields, "x-cortex-team"))


def _owner(fields: Entity) -> str:
    """Return the first owner that is a group, else the first person. A chat channel answers for nothing."""
    owners = items_of(at(fields, "x-cortex-owners"))
    groups = [text_of(owner, "name") for owner in owners if text_of(owner, "type").casefold() in {"", "group"}]
    persons = [text_of(owner, "email") for owner in owners]
    return next(filter(None, groups + persons), "")


def _tier(fields: Entity) -> str:
    """Return the tier, which is kept as one of the entity's groups, or in its custom metadata."""
    groups = items_of(at(fields, "x-cortex-groups")) + items_of(at(fields, "x-cortex-service-groups"))
    tiers = (group for group in groups if isinstance(group, str) and group.casefold().startswith("tier"))
    return next(tiers, "") or text_of(at(fields, "x-cortex-custom-metadata"), "tier")


def _teams(name: str, team: Any) -> Iterator[Team]:
    """Yield a team by its tag, and by each group of another system that it stands for, as owners may be called too."""
    groups = items_of(at(team, "groups"))
    paths = [text_of(group, "name") for group in groups if text_of(group, "provider").casefold() == "gitlab"]
    emails = [text_of(member, "email") for member in items_of(at(team, "members"))]
    contact = next(filter(None, paths + emails), "")
    yield Team(name=name, contact=contact)
    yield from (Team(name=alias, contact=contact) for group in groups if (alias := text_of(group, "name")))


FORMAT = CatalogFormat(name="Cortex", named_by="`info.x-cortex-tag`", matches=_matches, entries=_entries)

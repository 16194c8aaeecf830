"""Cortex: OpenAPI documents with `x-cortex-` fields."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from audit.catalog.entities import CatalogFormat, as_written, at, items_of, place_of, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.catalog.entities import Entity

_PARENTS = ("x-cortex-parents", "x-cortex-domain-parents", "x-cortex-service-parents")  # the first in newer files
_CHILDREN = ("x-cortex-children", "x-cortex-domain-children")
_APPEND, _FALLBACK = "append", "fallback"
_DEEPEST: Final = 50
"""Generations of parents that are asked for an owner."""


def _fields(entity: Entity) -> dict[str, Any]:
    """Return what an OpenAPI document says under `info`, which is where it belongs, or else beside it."""
    info = at(entity, "info")
    return {**entity, **(info if isinstance(info, dict) else {})}


def _matches(entity: Entity) -> bool:
    if any(key.startswith("x-cortex-") for key in entity):
        return True
    info = at(entity, "info")
    return isinstance(info, dict) and any(key.startswith("x-cortex-") for key in info)


def _entries(entities: Sequence[Entity]) -> Iterator[Service | Team]:
    all_fields = [_fields(entity) for entity in entities]
    family = _Family(all_fields)
    for entity, fields in zip(entities, all_fields, strict=True):
        kind = text_of(fields, "x-cortex-type").casefold() or "service"
        if kind == "service":
            yield _service(fields, family, entity)
        elif kind == "team":
            yield from _teams(text_of(fields, "x-cortex-tag", "title"), at(fields, "x-cortex-team"), entity)


def _service(fields: Entity, family: _Family, entity: Entity) -> Service:
    name, title = text_of(fields, "x-cortex-tag", "title"), text_of(fields, "title")
    return Service(
        name=name,
        label=name,
        aliases=(title,) if title and title != name else (),
        owner=_owner(family.owners(fields)),
        tier=_tier(fields),
        project=text_of(at(fields, "x-cortex-git", "gitlab"), "repository"),
        place=place_of(entity),
    )


class _Family:
    """Which entities have which parents, and the owners that they leave to their children."""

    def __init__(self, all_fields: Sequence[Entity]) -> None:
        self._parents: dict[str, list[str]] = defaultdict(list)
        self._left: dict[str, list[Entity]] = {}
        for fields in all_fields:
            tag = _tag(fields)
            self._left.setdefault(tag, items_of(at(fields, "x-cortex-owners")))
            self._parents[tag] += [_tag(one) for key in _PARENTS for one in items_of(at(fields, key))]
            for child in (_tag(one) for key in _CHILDREN for one in items_of(at(fields, key))):
                self._parents[child].append(tag)

    def owners(self, fields: Entity) -> list[Any]:
        """Return an entity's owners, then those appended by its parents; without any, those to fall back on.

        The nearest generation with an owner to fall back on counts. A circle ends.
        """
        owners = list(items_of(at(fields, "x-cortex-owners")))
        fallback: list[Any] = []
        for generation in self._generations(_tag(fields)):
            owners += _leaving(generation, _APPEND)
            fallback = fallback or _leaving(generation, _FALLBACK)
        return owners if _owner(owners) else fallback

    def _generations(self, tag: str) -> Iterator[list[Entity]]:
        """Yield the owners of an entity's parents, then those of their parents, and so on."""
        passed, here = {tag}, [tag]
        for _ in range(_DEEPEST):
            here = list(dict.fromkeys(p for one in here for p in self._parents.get(one, ()) if p not in passed))
            if not here:
                return
            passed.update(here)
            yield [owner for one in here for owner in self._left.get(one, ())]


def _tag(entity: Any) -> str:
    return as_written(text_of(entity, "x-cortex-tag", "tag", "title")).casefold()


def _leaving(owners: Sequence[Any], inheritance: str) -> list[Any]:
    """Return the owners that children inherit in this way; the default is that they do not."""
    return [owner for owner in owners if text_of(owner, "inheritance").casefold() == inheritance]


def _owner(owners: Sequence[Any]) -> str:
    """Return the first owner that is a group, else the first person. A chat channel answers for nothing."""
    groups = [text_of(owner, "name") for owner in owners if text_of(owner, "type").casefold() in {"", "group"}]
    persons = [text_of(owner, "email") for owner in owners]
    return next(filter(None, groups + persons), "")


def _tier(fields: Entity) -> str:
    """Return the tier, which is kept as one of the entity's groups, or in its custom metadata."""
    groups = items_of(at(fields, "x-cortex-groups")) + items_of(at(fields, "x-cortex-service-groups"))
    tiers = (group for group in groups if isinstance(group, str) and group.casefold().startswith("tier"))
    return next(tiers, "") or text_of(at(fields, "x-cortex-custom-metadata"), "tier")


def _teams(name: str, team: Any, entity: Entity) -> Iterator[Team]:
    """Yield a team by its tag, and by each group of another system that it stands for, as owners may be called too.

    Its members are told by mail addresses, which are no usernames here.
    """
    groups = items_of(at(team, "groups"))
    paths = [text_of(group, "name") for group in groups if text_of(group, "provider").casefold() == "gitlab"]
    emails = [text_of(member, "email") for member in items_of(at(team, "members"))]
    contact = next(filter(None, paths + emails), "")
    yield Team(name=name, contact=contact, place=place_of(entity))
    yield from (
        Team(name=alias, contact=contact, place=place_of(entity))
        for group in groups
        if (alias := text_of(group, "name"))
    )


FORMAT = CatalogFormat(name="Cortex", named_by="`info.x-cortex-tag`", matches=_matches, entries=_entries)

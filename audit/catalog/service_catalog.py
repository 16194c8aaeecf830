"""GitLab's own form: lists `services` and `teams`, whose entries may also be given by name (service-catalog.yml)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from audit.catalog.entities import NULLS, Entities, PlacedMapping, at, items_of, listed, origin_of, place_of, text_of
from audit.errors import CatalogError
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_CONTACTS = ("contact", "gitlab_group", "group")
_HANDLES = ("handle", "gitlab_handle")
_MANAGERS = ("manager", "manager_slug")


def read(documents: Sequence[Any]) -> Entities:
    """Read the lists of all documents. Raises CatalogError, naming the file, where an entry has no name."""
    services, in_services = _listed(documents, "services")
    teams, in_teams = _listed(documents, "teams")
    return Entities(
        services=tuple(map(_service, services)),
        teams=tuple(map(_team, teams)),
        teams_given=bool(in_teams),
        with_services=in_services,
        with_teams=in_teams,
    )


def _listed(documents: Sequence[Any], key: str) -> tuple[list[Mapping[str, Any]], frozenset[str]]:
    """Return the entries under ``key`` of all documents, and the files that have such a list."""
    lists = [(origin_of(document), entries) for document in documents for entries in _entries(document, key)]
    return [entry for _, entries in lists for entry in entries], frozenset(origin for origin, _ in lists)


def _entries(document: Any, key: str) -> Iterator[list[Mapping[str, Any]]]:
    """Yield the list under ``key``, if there is one. Entries may also be given by name."""
    entries = document.get(key) if isinstance(document, dict) else None
    if isinstance(entries, dict):
        entries = [_by_name(name, entry) for name, entry in entries.items()]
    if not isinstance(entries, list):
        return
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not text_of(entry, "name"):
            place = place_of(entry) or place_of(document)
            raise CatalogError(f"{place}: entry {number} of `{key}` has no name", "Give each entry a `name`.")
    yield entries


def _by_name(name: str, entry: Any) -> Any:
    if isinstance(entry, dict):
        # a copy, since an alias of YAML stands for the same mapping under several names
        return PlacedMapping.of({"name": name, **entry}, place_of(entry))
    return {"name": name} if isinstance(entry, str) and entry.casefold() in NULLS else entry


def _service(entry: Mapping[str, Any]) -> Service:
    weight = at(entry, "business", "SLA", "overall_sla_weighting")
    return Service(
        name=text_of(entry, "name"),
        label=text_of(entry, "label"),
        owner=text_of(entry, "owner") or _first(at(entry, "teams")) or text_of(entry, "team"),
        tier=text_of(entry, "tier"),
        weight=_number(weight),
        project=_first(at(entry, "technical", "project")) or _first(at(entry, "project")),
        place=place_of(entry),
    )


def _first(value: Any) -> str:
    """Return the first of a list of texts, or of mappings with a name; files before 2020 list a service's teams."""
    first = at(listed(value), 0)
    return text_of(first, "name") or text_of({"name": first}, "name")


def _number(text: Any) -> float:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0


def _team(entry: Mapping[str, Any]) -> Team:
    return Team(
        name=text_of(entry, "name"),
        label=text_of(entry, "label"),
        manager=text_of(entry, *_MANAGERS).lstrip("@"),
        handle=text_of(entry, *_HANDLES).lstrip("@"),
        contact=text_of(entry, *_CONTACTS).lstrip("@"),
        members=_members(at(entry, "members")),
        place=place_of(entry),
    )


def _members(people: Any) -> tuple[str, ...] | None:
    """Return the usernames of a list of texts, or of mappings with a handle; None where one of them has none."""
    handles = [text_of({"handle": one}, "handle") or text_of(one, *_HANDLES, "username") for one in items_of(people)]
    return tuple(sorted({handle.lstrip("@") for handle in handles})) if handles and all(handles) else None

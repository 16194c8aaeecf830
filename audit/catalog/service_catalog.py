"""GitLab's own form: lists `services` and `teams`, whose entries may also be given by name (service-catalog.yml)."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, Any

from audit.catalog.entities import NULLS, Entities, at, text_of
from audit.errors import CatalogError
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONTACTS = ("contact", "gitlab_group", "group")
_HANDLES = ("handle", "gitlab_handle")


def read(documents: Sequence[Any], origin: str) -> Entities:
    """Read the lists of all documents. Raises CatalogError, naming the origin, where an entry has no name."""
    services, teams = _listed(documents, "services", origin), _listed(documents, "teams", origin)
    return Entities(
        services=tuple(map(_service, services or ())),
        services_given=services is not None,
        teams=tuple(map(_team, teams or ())),
        teams_given=teams is not None,
    )


def _listed(documents: Sequence[Any], key: str, origin: str) -> list[Mapping[str, Any]] | None:
    """Return the entries under ``key`` of all documents: None where none has such a list."""
    lists = [entries for document in documents if (entries := _entries(document, key, origin)) is not None]
    return list(chain.from_iterable(lists)) if lists else None


def _entries(document: Any, key: str, origin: str) -> list[Mapping[str, Any]] | None:
    """Return the list under ``key``: None where it is not there. Entries may also be given by name."""
    entries = document.get(key) if isinstance(document, dict) else None
    if isinstance(entries, dict):
        entries = [_by_name(name, entry) for name, entry in entries.items()]
    if not isinstance(entries, list):
        return None
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not text_of(entry, "name"):
            raise CatalogError(f"{origin}: entry {number} of `{key}` has no name", "Give each entry a `name`.")
    return entries


def _by_name(name: str, entry: Any) -> Any:
    if isinstance(entry, dict):
        return {"name": name, **entry}
    return {"name": name} if isinstance(entry, str) and entry.casefold() in NULLS else entry


def _service(entry: Mapping[str, Any]) -> Service:
    weight = at(entry, "business", "SLA", "overall_sla_weighting")
    return Service(
        name=text_of(entry, "name"),
        label=text_of(entry, "label"),
        owner=text_of(entry, "owner"),
        tier=text_of(entry, "tier"),
        weight=_number(weight),
    )


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
        manager=text_of(entry, "manager").lstrip("@"),
        handle=text_of(entry, *_HANDLES).lstrip("@"),
        contact=text_of(entry, *_CONTACTS).lstrip("@"),
        members=_members(at(entry, "members")),
    )


def _members(listed: Any) -> tuple[str, ...] | None:
    """Return the usernames of a list of texts, or of mappings with a handle; None where one of them has none."""
    if not isinstance(listed, list):
        return None
    handles = [text_of({"handle": member}, "handle") or text_of(member, *_HANDLES, "username") for member in listed]
    return tuple(sorted({handle.lstrip("@") for handle in handles})) if all(handles) else None

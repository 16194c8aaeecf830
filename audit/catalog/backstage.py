"""Backstage: `catalog-info.yaml` entities, and lists of them as its API hands out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from audit.catalog.entities import USER, CatalogFormat, at, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.catalog.entities import Entity

_API = re.compile(r"(?:[\w.-]+\.)?backstage\.io/")
_ADDRESS = re.compile(r"[a-z]+://[^/]*/(?:groups/)?", re.IGNORECASE)
# What runs and can have an incident. An API is an interface of such a thing; a domain or a library does not run.
_SERVICES = {"component", "system", "resource"}


def _matches(entity: Entity) -> bool:
    return _API.match(text_of(entity, "apiVersion")) is not None


def _entries(entity: Entity) -> Iterator[Service | Team]:
    kind = text_of(entity, "kind").casefold()
    metadata, spec = at(entity, "metadata"), at(entity, "spec")
    name = text_of(metadata, "name")
    namespace = text_of(metadata, "namespace") or "default"
    if kind in _SERVICES:
        # the form has no tier of its own; these two places are where it is kept
        tier = text_of(spec, "tier") or text_of(at(metadata, "labels"), "tier")
        yield Service(name=name, label=name, owner=_reference(at(spec, "owner"), namespace), tier=tier)
    elif kind in {"group", USER}:
        yield Team(
            name=_qualified(kind, namespace, name),
            handle=_gitlab(metadata, "user-login"),
            contact=_gitlab(metadata, "team-path") or text_of(at(spec, "profile"), "email"),
        )


def _reference(written: Any, namespace: str) -> str:
    """Return whom ``[kind:][namespace/]name``, or a mapping of the three, means: a group of the entity's own namespace.

    Backstage compares references without regard to case; owners and teams of this audit match exactly.
    """
    if isinstance(written, dict):
        kind, place, name = (text_of(written, key) for key in ("kind", "namespace", "name"))
    else:
        head, colon, tail = text_of({"owner": written}, "owner").partition(":")
        kind, rest = (head, tail) if colon else ("", head)
        place, slash, name = rest.partition("/")
        place, name = (place, name) if slash else ("", rest)
    return _qualified(kind, place or namespace, name)


def _qualified(kind: str, namespace: str, name: str) -> str:
    """Return a name with its kind and namespace as far as they are not the usual ones."""
    if not name:
        return ""
    kind = "" if kind.casefold() in {"", "group"} else f"{kind.casefold()}:"
    return kind + (name if namespace.casefold() == "default" else f"{namespace}/{name}")


def _gitlab(metadata: Any, wanted: str) -> str:
    """Return a path that Backstage's GitLab provider left in an annotation, whose key begins with the server's host."""
    annotations = at(metadata, "annotations")
    for key in annotations if isinstance(annotations, dict) else ():
        host, _, rest = key.partition("/")
        # the same login on GitHub may be another person's here
        if rest == wanted and "github" not in host.casefold():
            return _ADDRESS.sub("", text_of(annotations, key), count=1).strip("/@")
    return ""


FORMAT = CatalogFormat(name="Backstage", named_by="`metadata.name`", matches=_matches, entries=_entries)

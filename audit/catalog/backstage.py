"""Backstage: `catalog-info.yaml` entities, and lists of them as its API hands out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.catalog.entities import USER, CatalogFormat, as_written, at, items_of, place_of, text_of
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.catalog.entities import Entity

_API = re.compile(r"(?:[\w.-]+\.)?backstage\.io/")
_ADDRESS = re.compile(r"[a-z]+://[^/]*/(?:groups/)?", re.IGNORECASE)
# What runs and can have an incident. An API is an interface of such a thing; a domain does not run.
_SERVICES = {"component", "system", "resource"}
_STILL = {"library"}
"""Types of components that are parts of others, and do not run by themselves."""
_GROUP = "group"
_DEFAULT = "default"
_SLUG = "gitlab.com/project-slug"  # also where GitLab lives elsewhere
_SOURCE = (
    "backstage.io/source-location",
    "backstage.io/managed-by-origin-location",
    "backstage.io/managed-by-location",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Whom ``[kind:][namespace/]name``, or a mapping of the three, means; all of it empty where nobody is named."""

    kind: str
    namespace: str
    name: str

    @classmethod
    def read(cls, written: Any, *, kind: str = _GROUP, namespace: str = _DEFAULT) -> Reference:
        """Read a reference; what it leaves out is that of the place in which it stands."""
        if isinstance(written, dict):
            given, place, name = (text_of(written, key) for key in ("kind", "namespace", "name"))
        else:
            head, colon, tail = text_of({"owner": written}, "owner").partition(":")
            given, rest = (head, tail) if colon else ("", head)
            place, slash, name = rest.partition("/")
            place, name = (place, name) if slash else ("", rest)
        return cls(kind=(given or kind).casefold(), namespace=place or namespace, name=name)

    @property
    def text(self) -> str:
        """The name, with kind and namespace as far as they are not the usual ones."""
        if not self.name:
            return ""
        kind = "" if self.kind == _GROUP else f"{self.kind}:"
        return kind + (self.name if self.namespace.casefold() == _DEFAULT else f"{self.namespace}/{self.name}")

    @property
    def key(self) -> str:
        """Equal for all spellings: Backstage compares references without regard to case."""
        return as_written(f"{self.kind}:{self.namespace}/{self.name}").casefold() if self.name else ""


def _matches(entity: Entity) -> bool:
    return _API.match(text_of(entity, "apiVersion")) is not None


def _entries(entities: Sequence[Entity]) -> Iterator[Service | Team]:
    members = _members(entities)
    for entity in entities:
        kind = text_of(entity, "kind").casefold()
        if kind in _SERVICES and text_of(at(entity, "spec"), "type").casefold() not in _STILL:
            yield _service(entity)
        elif kind in {_GROUP, USER}:
            yield _team(entity, kind, members)


def _service(entity: Entity) -> Service:
    metadata, spec = at(entity, "metadata"), at(entity, "spec")
    name, title = text_of(metadata, "name"), text_of(metadata, "title")
    owner = Reference.read(at(spec, "owner") or _related(entity, "ownedBy"), namespace=_namespace(entity))
    return Service(
        name=name,
        label=name,
        aliases=(title,) if title and title != name else (),
        owner=owner.text,
        # the form has no tier of its own; these two places are where it is kept
        tier=text_of(spec, "tier") or text_of(at(metadata, "labels"), "tier"),
        project=text_of(at(metadata, "annotations"), _SLUG)
        or text_of(at(metadata, "annotations"), *_SOURCE).removeprefix("url:"),
        place=place_of(entity),
    )


def _team(entity: Entity, kind: str, members: dict[str, set[str]]) -> Team:
    metadata = at(entity, "metadata")
    itself = Reference(kind=kind, namespace=_namespace(entity), name=text_of(metadata, "name"))
    login = _gitlab(metadata, "user-login")
    handles = {login} - {""} if kind == USER else members.get(itself.key, set())
    return Team(
        name=itself.text,
        handle=login,
        contact=_gitlab(metadata, "team-path") or text_of(at(entity, "spec", "profile"), "email"),
        members=tuple(sorted(handles)) if handles and all(handles) else None,
        place=place_of(entity),
    )


def _namespace(entity: Entity) -> str:
    return text_of(at(entity, "metadata"), "namespace") or _DEFAULT


def _related(entity: Entity, kind: str) -> Any:
    """Return whom the first relation of a kind leads to, as the API of Backstage tells it."""
    relations = (one for one in items_of(at(entity, "relations")) if text_of(one, "type") == kind)
    return next((at(one, "targetRef") or at(one, "target") for one in relations), None)


def _members(entities: Sequence[Entity]) -> dict[str, set[str]]:
    """Return the key of each group -> the usernames of its members; an empty one: somebody's is not known."""
    logins: dict[str, str] = {}
    members: dict[str, set[str]] = defaultdict(set)
    listed: list[tuple[str, Reference]] = []
    for entity in entities:
        kind, namespace = text_of(entity, "kind").casefold(), _namespace(entity)
        itself = Reference(kind=kind, namespace=namespace, name=text_of(at(entity, "metadata"), "name"))
        if kind == USER:
            logins[itself.key] = _login(at(entity, "metadata"))
            groups = [Reference.read(one, namespace=namespace) for one in items_of(at(entity, "spec", "memberOf"))]
            listed += [(group.key, itself) for group in groups]
        elif kind == _GROUP:
            people = items_of(at(entity, "spec", "members"))
            listed += [(itself.key, Reference.read(one, kind=USER, namespace=namespace)) for one in people]
    for group, person in listed:
        members[group].add(logins.get(person.key, person.name))
    return members


def _login(metadata: Any) -> str:
    """Return a person's username here; empty where only the account of another system is known."""
    annotations = at(metadata, "annotations")
    elsewhere = any(key.endswith("/user-login") for key in annotations) if isinstance(annotations, dict) else False
    return _gitlab(metadata, "user-login") or ("" if elsewhere else text_of(metadata, "name"))


def _gitlab(metadata: Any, wanted: str) -> str:
    """Return a path that Backstage's GitLab provider left in an annotation, whose key begins with the server's host."""
    annotations = at(metadata, "annotations")
    for key in annotations if isinstance(annotations, dict) else ():
        host, _, rest = key.partition("/")
        # the same login on GitHub may be another person's here
        if rest == wanted and "github" not in host.casefold():
            return _ADDRESS.sub("", text_of(annotations, key), count=1).strip("/@")
    return ""


FORMAT = CatalogFormat(
    name="Backstage",
    named_by="`metadata.name`",
    matches=_matches,
    entries=_entries,
    owner_key=lambda name: Reference.read(name).key,
)

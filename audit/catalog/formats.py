"""Readers of other tools' catalogue files (POLICY.md section 7): Backstage, OpsLevel, Cortex and Datadog.

A file holds any number of YAML documents, each of them an entity, or a list of entities as an API hands it out. Whose
form an entity has is told by what stands in it, never by the name of the file. A further format is one more line in
the table at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from audit.errors import CatalogError
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterable

Entity: TypeAlias = Mapping[str, Any]

NULLS = {"", "~", "null"}
"""What stands for no value, where every scalar is a text."""
_BACKSTAGE = re.compile(r"(?:[\w.-]+\.)?backstage\.io/")
_ADDRESS = re.compile(r"[a-z]+://[^/]*/(?:groups/)?", re.IGNORECASE)
_PERSON = "user"
# What runs and can have an incident. An API is how such a thing is spoken to, and a domain or a library is none.
_BACKSTAGE_SERVICES = {"component", "system", "resource"}
_DATADOG_SERVICES = {"service", "system", "datastore", "queue", "frontend"}
_OPSLEVEL_SERVICES = ("service", "component")  # its newer files say `component`


@dataclass(frozen=True, slots=True, kw_only=True)
class Entities:
    """What a file tells of services and teams."""

    services: tuple[Service, ...] = ()
    services_given: bool = False
    """True also where a list of services is empty."""
    teams: tuple[Team, ...] = ()
    teams_given: bool = False
    """False where no team stands in it, though persons may: then an owner cannot be said to be missing."""


def read(documents: Iterable[Any], origin: str) -> Entities:
    """Read the documents of one file, whose scalars are all texts; what is in no known form is passed over.

    Raises CatalogError, naming the origin, where an entity has no name.
    """
    found: list[Service | Team] = []
    for number, entity in _entities(documents):
        form = next((form for form in FORMS if form.is_one(entity)), None)
        some = list(form.entries(entity)) if form else []
        if form and not all(entry.name for entry in some):
            raise CatalogError(
                f"{origin}: document {number} has the form of {form.name} but no name",
                f"Give it a name: {form.named_by}.",
            )
        found += some
    services = _distinct([entry for entry in found if isinstance(entry, Service)])
    teams = _first_of_each_name([entry for entry in found if isinstance(entry, Team)])
    return Entities(
        services=services,
        services_given=bool(services),
        teams=teams,
        teams_given=any(not team.name.startswith(f"{_PERSON}:") for team in teams),
    )


def _entities(documents: Iterable[Any]) -> Iterator[tuple[int, Entity]]:
    for number, document in enumerate(documents, start=1):
        some = document if isinstance(document, list) else [document]
        yield from ((number, entity) for entity in some if isinstance(entity, dict))


def _distinct(services: list[Service]) -> tuple[Service, ...]:
    """Return each name once for each of its owners, and without an owner only where none is named.

    All of these tools want a name to be unique in its kind; what stands there twice is mostly half moved from one form
    to the next. Of two owners none is dropped: one label may lead to several.
    """
    owned = {service.name for service in services if service.owner}
    kept: dict[tuple[str, str], Service] = {}
    for service in services:
        if service.owner or service.name not in owned:
            kept.setdefault((service.name, service.owner), service)
    return tuple(kept.values())


def _first_of_each_name(teams: list[Team]) -> tuple[Team, ...]:
    kept: dict[str, Team] = {}
    for team in teams:
        kept.setdefault(team.name, team)
    return tuple(kept.values())


def at(document: Any, *keys: str | int) -> Any:
    """Return what stands under keys of mappings and places in lists, or None."""
    for key in keys:
        if isinstance(document, dict):
            document = document.get(key)
        elif isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        else:
            return None
    return document


def text_of(entry: Any, *keys: str) -> str:
    """Return the first of the keys of a mapping that holds a text; a list counts by its first."""
    for key in keys:
        value = at(entry, key)
        if isinstance(value, list):
            value = at(value, 0)
        if isinstance(value, str) and value.strip().casefold() not in NULLS:
            return value.strip()
    return ""


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_backstage(entity: Entity) -> bool:
    return _BACKSTAGE.match(text_of(entity, "apiVersion")) is not None


def _backstage(entity: Entity) -> Iterator[Service | Team]:
    kind = text_of(entity, "kind").casefold()
    metadata, spec = at(entity, "metadata"), at(entity, "spec")
    name = text_of(metadata, "name")
    namespace = text_of(metadata, "namespace") or "default"
    if kind in _BACKSTAGE_SERVICES:
        # the form has no tier of its own; these two places are where it is kept
        tier = text_of(spec, "tier") or text_of(at(metadata, "labels"), "tier")
        yield Service(name=name, label=name, owner=_reference(at(spec, "owner"), namespace), tier=tier)
    elif kind in {"group", _PERSON}:
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


def _is_opslevel(entity: Entity) -> bool:
    if any(text_of(at(entity, key), "name") for key in _OPSLEVEL_SERVICES):
        return True
    return "version" in entity and any(key in entity for key in _OPSLEVEL_SERVICES)


def _opslevel(entity: Entity) -> Iterator[Service | Team]:
    for entry in (entity[key] for key in _OPSLEVEL_SERVICES if key in entity):
        name = text_of(entry, "name")
        # the name is for people ("Order Processor"), the alias for whatever has to name the service
        label = text_of(entry, "aliases") or name
        yield Service(name=name, label=label, owner=text_of(entry, "owner"), tier=text_of(entry, "tier"))


def _cortex_fields(entity: Entity) -> Entity:
    """Return what an OpenAPI document says under `info`, which is where it belongs, or else beside it."""
    info = at(entity, "info")
    return {**entity, **(info if isinstance(info, dict) else {})}


def _is_cortex(entity: Entity) -> bool:
    return any(key.startswith("x-cortex-") for key in _cortex_fields(entity))


def _cortex(entity: Entity) -> Iterator[Service | Team]:
    told = _cortex_fields(entity)
    kind = text_of(told, "x-cortex-type").casefold() or "service"
    name = text_of(told, "x-cortex-tag", "title")
    if kind == "service":
        yield Service(name=name, label=name, owner=_cortex_owner(told), tier=_cortex_tier(told))
    elif kind == "team":
        yield from _cortex_teams(name, at(told, "x-cortex-team"))


def _cortex_owner(told: Entity) -> str:
    """Return the first owner that is a group, else the first person. A chat channel answers for nothing."""
    owners = _items(at(told, "x-cortex-owners"))
    groups = [text_of(owner, "name") for owner in owners if text_of(owner, "type").casefold() in {"", "group"}]
    persons = [text_of(owner, "email") for owner in owners]
    return next(filter(None, groups + persons), "")


def _cortex_tier(told: Entity) -> str:
    """Return the tier, which is kept as one of the entity's groups, or in its custom metadata."""
    groups = _items(at(told, "x-cortex-groups")) + _items(at(told, "x-cortex-service-groups"))
    tiers = (group for group in groups if isinstance(group, str) and group.casefold().startswith("tier"))
    return next(tiers, "") or text_of(at(told, "x-cortex-custom-metadata"), "tier")


def _cortex_teams(name: str, team: Any) -> Iterator[Team]:
    """Yield a team by its tag, and by each group of another system that it stands for, as owners may be called too."""
    groups = _items(at(team, "groups"))
    paths = [text_of(group, "name") for group in groups if text_of(group, "provider").casefold() == "gitlab"]
    emails = [text_of(member, "email") for member in _items(at(team, "members"))]
    contact = next(filter(None, paths + emails), "")
    yield Team(name=name, contact=contact)
    yield from (Team(name=alias, contact=contact) for group in groups if (alias := text_of(group, "name")))


def _is_datadog(entity: Entity) -> bool:
    return _is_datadog_2(entity) or text_of(entity, "apiVersion").startswith("v3")


def _is_datadog_2(entity: Entity) -> bool:
    return "dd-service" in entity or text_of(entity, "schema-version").startswith("v2")


def _datadog(entity: Entity) -> Iterator[Service | Team]:
    if _is_datadog_2(entity):
        name, owner, tier = text_of(entity, "dd-service"), text_of(entity, "team", "dd-team"), text_of(entity, "tier")
    elif text_of(entity, "kind").casefold() in _DATADOG_SERVICES:
        metadata = at(entity, "metadata")
        name, tier = text_of(metadata, "name"), text_of(at(entity, "spec"), "tier")
        owner = text_of(metadata, "owner") or text_of(at(metadata, "additionalOwners", 0), "name")
    else:
        return
    yield Service(name=name, label=name, owner=owner, tier=tier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one tool writes an entity."""

    name: str
    named_by: str
    """Where the name of an entity stands."""
    is_one: Callable[[Entity], bool]
    entries: Callable[[Entity], Iterator[Service | Team]]


FORMS = (
    Form(name="Backstage", named_by="`metadata.name`", is_one=_is_backstage, entries=_backstage),
    Form(name="OpsLevel", named_by="`service.name`", is_one=_is_opslevel, entries=_opslevel),
    Form(name="Cortex", named_by="`info.x-cortex-tag`", is_one=_is_cortex, entries=_cortex),
    Form(name="Datadog", named_by="`dd-service` or `metadata.name`", is_one=_is_datadog, entries=_datadog),
)
FORM_NAMES = "Backstage, OpsLevel, Cortex or Datadog"

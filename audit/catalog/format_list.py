"""Every form of a catalogue (POLICY.md section 7): GitLab's own and those of other tools.

A file holds any number of YAML documents, each of them an entity, or a list of entities as an API hands it out. Which
format an entity has is read from its fields, never from the name of the file. A further format is a file beside
this one and its line in FORMATS.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audit.catalog import backstage, compass, cortex, datadog, opslevel, service_catalog
from audit.catalog.entities import USER, CatalogFormat, Entities, as_written
from audit.errors import CatalogError
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from audit.catalog.entities import Entity

FORMATS = (
    backstage.FORMAT,
    opslevel.FORMAT,
    cortex.FORMAT,
    datadog.FORMAT,
    compass.FORMAT,
)
"""The first that matches an entity reads it."""
NAMES = " or ".join((", ".join(one.name for one in FORMATS[:-1]), FORMATS[-1].name))
_KEYS = {form.name: form.owner_key for form in FORMATS}


def owner_key(form: str) -> Callable[[str], str]:
    """Return how the names of owners compare in a format; empty: in GitLab's own."""
    return _KEYS.get(form, as_written)


def read(documents: Sequence[Any]) -> Entities:
    """Read the documents of all files, whose scalars are all texts; what is in no known form is passed over.

    Raises CatalogError, naming file and line, where an entity has no name.
    """
    lists = service_catalog.read(documents)
    services: list[Service] = []
    teams = list(lists.teams)
    for form, entities in _by_form(documents):
        for entry in form.entries(entities):
            if not entry.name:
                raise _nameless(form, entry)
            if isinstance(entry, Service):
                services.append(replace(entry, form=form.name))
            else:
                teams.append(entry)
    teams = _first_of_each_name(teams)
    return Entities(
        services=tuple(_with_owners_as_named((*lists.services, *_distinct(services)), teams)),
        teams=tuple(teams),
        teams_given=lists.teams_given or any(not team.name.startswith(f"{USER}:") for team in teams),
        with_services=lists.with_services | _origins(services),
        with_teams=lists.with_teams | _origins(teams),
    )


def _by_form(documents: Iterable[Any]) -> Iterator[tuple[CatalogFormat, list[Entity]]]:
    """Yield each format with its entities, those of the first document first."""
    entities: dict[str, list[Entity]] = {form.name: [] for form in FORMATS}
    for document in documents:
        for entity in document if isinstance(document, list) else [document]:
            form = next((form for form in FORMATS if form.matches(entity)), None) if isinstance(entity, dict) else None
            if form:
                entities[form.name].append(entity)
    yield from ((form, entities[form.name]) for form in FORMATS)


def _nameless(form: CatalogFormat, entry: Service | Team) -> CatalogError:
    return CatalogError(
        f"{entry.place}: what begins here has the form of {form.name} but no name",
        f"Give it a name: {form.named_by}.",
    )


def _origins(entries: Iterable[Service | Team]) -> frozenset[str]:
    return frozenset(entry.place.origin for entry in entries if entry.place)


def _distinct(services: list[Service]) -> list[Service]:
    """Return each name once for each of its owners, and without an owner only where none is named.

    All of these tools want a name to be unique in its kind; what stands there twice is mostly half moved from one form
    to the next. Of two owners none is dropped: one label may lead to several.
    """
    owned = {service.name for service in services if service.owner}
    kept: dict[tuple[str, str], Service] = {}
    for service in services:
        if service.owner or service.name not in owned:
            kept.setdefault((service.name, service.owner), service)
    return list(kept.values())


def _first_of_each_name(teams: list[Team]) -> list[Team]:
    kept: dict[str, Team] = {}
    for team in teams:
        kept.setdefault(team.name, team)
    return list(kept.values())


def _with_owners_as_named(services: Iterable[Service], teams: Iterable[Team]) -> Iterator[Service]:
    """Yield the services with each owner as its team is called, else as the first service spells it.

    After this, names compare exactly, whatever the rules of their format are.
    """
    names = [team.name for team in teams]
    exact = frozenset(names)
    known: dict[str, dict[str, str]] = {}
    for service in services:
        if not service.owner or service.owner in exact:
            yield service
            continue
        key = owner_key(service.form)
        if service.form not in known:
            known[service.form] = {key(name): name for name in reversed(names)}
        yield replace(service, owner=known[service.form].setdefault(key(service.owner), service.owner))

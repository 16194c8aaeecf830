"""Every form of a catalogue (POLICY.md section 7): GitLab's own and those of other tools.

A file holds any number of YAML documents, each of them an entity, or a list of entities as an API hands it out. Which
format an entity has is read from its fields, never from the name of the file. A further format is a file beside
this one and its line in FORMATS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.catalog import backstage, cortex, datadog, opslevel, service_catalog
from audit.catalog.entities import USER, Entities
from audit.errors import CatalogError
from audit.model import Service, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.catalog.entities import Entity

FORMATS = (
    backstage.FORMAT,
    opslevel.FORMAT,
    cortex.FORMAT,
    datadog.FORMAT,
)
"""The first that matches an entity reads it."""
NAMES = " or ".join((", ".join(one.name for one in FORMATS[:-1]), FORMATS[-1].name))


def read(documents: Sequence[Any], origin: str) -> Entities:
    """Read the documents of one file, whose scalars are all texts; what is in no known form is passed over.

    Raises CatalogError, naming the origin, where an entity has no name.
    """
    lists = service_catalog.read(documents, origin)
    entries = [entry for number, entity in _entities(documents) for entry in _entries(entity, number, origin)]
    services = _distinct([entry for entry in entries if isinstance(entry, Service)])
    teams = _first_of_each_name([entry for entry in entries if isinstance(entry, Team)])
    return Entities(
        services=(*lists.services, *services),
        services_given=lists.services_given or bool(services),
        teams=(*lists.teams, *teams),
        teams_given=lists.teams_given or any(not team.name.startswith(f"{USER}:") for team in teams),
    )


def _entities(documents: Sequence[Any]) -> Iterator[tuple[int, Entity]]:
    for number, document in enumerate(documents, start=1):
        entities = document if isinstance(document, list) else [document]
        yield from ((number, entity) for entity in entities if isinstance(entity, dict))


def _entries(entity: Entity, number: int, origin: str) -> list[Service | Team]:
    form = next((form for form in FORMATS if form.matches(entity)), None)
    entries = list(form.entries(entity)) if form else []
    if form and not all(entry.name for entry in entries):
        raise CatalogError(
            f"{origin}: document {number} has the form of {form.name} but no name",
            f"Give it a name: {form.named_by}.",
        )
    return entries


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

"""What is odd about a catalogue, or about settings that name something in it: told once each, in doctor and report."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from audit.catalog.ownership import named_in_catalog
from audit.phrases import listed, plural
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.catalog.ownership import Ownership
    from audit.model import Catalog, CatalogPlace, Service
    from audit.settings.settings import Settings


def remarks(
    catalog: Catalog | None, owned: Ownership | None, settings: Settings, tracker_labels: Iterable[str]
) -> tuple[str, ...]:
    """Return a sentence for each oddity, with file and line where something stands in a file.

    ``tracker_labels`` are all labels of the tracker, as spelt. Without a catalogue only the calendars are looked at.
    """
    found = list(_calendars(catalog, settings))
    if catalog is not None and owned is not None:
        found = [
            *catalog.unfollowed,
            *_empty(catalog),
            *_of_one_name(catalog),
            *_unknown_owners(catalog, owned),
            *_without_label(owned, settings, tracker_labels),
            *found,
        ]
    return tuple(found)


def without_owner(catalog: Catalog, owned: Ownership) -> str:
    """Return what is wrong with a catalogue in which no service has an owner; empty: one has."""
    services = {service.name for service in catalog.services}
    if not services or services - owned.unowned:
        return ""
    named = {service.owner for service in catalog.services} - {""}
    if not named:
        why = "none of them names one"
    elif named <= owned.placeholders:
        why = "all that they name stand for nobody"
    else:
        why = "nobody knows those that they name"
    count = f"{plural(len(services), 'service')} {'counts' if len(services) == 1 else 'count'}"
    return (
        f"no service of the catalogue has an owner, {why}, so that {count} as"
        " unowned: check that this is the right file, and that owners stand where its format puts them"
    )


def _empty(catalog: Catalog) -> Iterator[str]:
    if not catalog.services:
        yield "the catalogue holds no service, so that it knows none that an incident names"


def _of_one_name(catalog: Catalog) -> Iterator[str]:
    """Name the services that several entries claim for different owners, which is mostly an entry that was copied."""
    entries: dict[str, list[Service]] = defaultdict(list)
    for service in catalog.services:
        entries[labels.key(service.name)].append(service)
    twice = [same for _, same in sorted(entries.items()) if len({service.owner for service in same}) > 1]
    if twice:
        names = [f"{same[0].name} ({listed(map(_owned_at, same), len(same))})" for same in twice]
        yield f"entries of one name have different owners, who all count: {listed(names, len(names))}"


def _owned_at(service: Service) -> str:
    return f"{service.owner or 'nobody'}, {service.place}" if service.place else service.owner or "nobody"


def _unknown_owners(catalog: Catalog, owned: Ownership) -> Iterator[str]:
    """Name the owners that are no team, although teams are given; pseudo-owners are meant to be none."""
    first: dict[str, Service] = {}
    for service in catalog.services:
        if service.owner and service.owner not in owned.teams and not owned.is_placeholder(service):
            first.setdefault(service.owner, service)
    if first and catalog.teams_given:
        names = [f"{owner} ({_at(service.name, service.place)})" for owner, service in sorted(first.items())]
        owners = f"{plural(len(names), 'owner')} of services {'is' if len(names) == 1 else 'are'}"
        yield f"{owners} no team of the catalogue, so that those are unowned: {listed(names, len(names))}"


def _without_label(owned: Ownership, settings: Settings, tracker_labels: Iterable[str]) -> Iterator[str]:
    """Name the services that no label of the tracker leads to, if it has labels of services at all."""
    scope = settings.labels.service_scope
    used = {labels.key(text) for label in tracker_labels if (text := labels.value(label, scope))}
    if not used:
        return
    named = {(service.name, service.owner) for key in used for service in owned.by_label.get(key, ())}
    every = {(one.name, one.owner): one for services in owned.by_label.values() for one in services}
    rest = sorted(_at(one.name, one.place) for pair, one in every.items() if pair not in named)
    if rest:
        number = plural(len(rest), "service")
        yield f"no label of the tracker names {number} of the catalogue: {listed(rest, len(rest))}"


def _calendars(catalog: Catalog | None, settings: Settings) -> Iterator[str]:
    """Name the calendars of teams and services that no catalogue has."""
    services = labels.keys(service.name for service in catalog.services) if catalog else frozenset()
    strangers = [f"calendars.teams.{name}" for name in settings.calendars.teams if not named_in_catalog(name, catalog)]
    strangers += [
        f"calendars.services.{name}" for name in settings.calendars.services if labels.key(name) not in services
    ]
    yield from (f"{name} is in no entry of the catalogue, so that no incident is due by it" for name in strangers)


def _at(name: str, place: CatalogPlace | None) -> str:
    return f"{name}, {place}" if place else name

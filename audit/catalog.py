"""The service catalogue (POLICY.md section 7): files -> Catalog, and who owns the service behind a label."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from audit import labels
from audit.errors import CatalogError
from audit.model import Catalog, Service, Team

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.settings.model import Settings

_CONTACTS = ("contact", "gitlab_group", "group")
_HANDLES = ("handle", "gitlab_handle")
_NULLS = {"", "~", "null"}


def parse(services: tuple[str, str], teams: tuple[str, str] | None = None) -> Catalog:
    """Read a catalogue in GitLab's own form from (text, origin) pairs.

    Teams may stand in the services' file or in one of their own. Raises CatalogError, naming the origin, where a text
    is no YAML or is no catalogue.
    """
    documents = [_document(*services)] + ([_document(*teams)] if teams else [])
    entries = _entries(documents[0], "services", services[1])
    if entries is None:
        raise CatalogError(
            f"{services[1]} is no service catalogue: it has no list `services`",
            "Point catalog.services at the file that lists the services, each with a name and an owner.",
        )
    found = [_entries(document, "teams", services[1]) for document in documents]
    if teams and found[-1] is None:
        raise CatalogError(
            f"{teams[1]} is no list of teams: it has no list `teams`", "Point catalog.teams at the file that has it."
        )
    return Catalog(
        services=tuple(_service(entry) for entry in entries),
        teams=tuple(_team(entry) for some in found for entry in some or ()),
        teams_given=any(some is not None for some in found),
        origin=", ".join([services[1]] + ([teams[1]] if teams else [])),
    )


def _document(text: str, origin: str) -> Any:
    try:
        # every scalar stays the text it is: a service called `no` or `010` is no boolean and no number
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds nothing but text, lists and mappings
    except (yaml.YAMLError, ValueError) as error:
        line = " ".join(str(error).split())
        raise CatalogError(
            f"{origin} is no YAML: {line}", "Mend the file, or point `catalog` at another one."
        ) from error


def _entries(document: Any, key: str, origin: str) -> list[Mapping[str, Any]] | None:
    """Return the list under ``key``: None where it is not there. Entries may also be given by name."""
    some = document.get(key) if isinstance(document, dict) else None
    if isinstance(some, dict):
        some = [{"name": name, **(entry or {})} for name, entry in some.items()]
    if some is None or not isinstance(some, list):
        return None
    nameless = [entry for entry in some if not isinstance(entry, dict) or not _text(entry, "name")]
    if nameless:
        raise CatalogError(
            f"{origin}: an entry of `{key}` has no name: {str(nameless[0])[:80]}", "Give each entry a `name`."
        )
    return some


def _text(entry: Mapping[str, Any], *keys: str) -> str:
    """Return the first of the keys that holds a text; a list counts by its first."""
    for key in keys:
        value = entry.get(key)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, str) and value.strip().casefold() not in _NULLS:
            return value.strip()
    return ""


def _service(entry: Mapping[str, Any]) -> Service:
    weight: Any = entry
    for key in ("business", "SLA", "overall_sla_weighting"):
        weight = weight.get(key) if isinstance(weight, dict) else None
    return Service(
        name=_text(entry, "name"),
        label=_text(entry, "label"),
        owner=_text(entry, "owner"),
        tier=_text(entry, "tier"),
        weight=_number(weight),
    )


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return 0.0


def _team(entry: Mapping[str, Any]) -> Team:
    return Team(
        name=_text(entry, "name"),
        label=_text(entry, "label"),
        manager=_text(entry, "manager").lstrip("@"),
        handle=_text(entry, *_HANDLES).lstrip("@"),
        contact=_text(entry, *_CONTACTS).lstrip("@"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Answers questions about a catalogue under the settings."""

    by_label: Mapping[str, tuple[Service, ...]]
    """Label key without its scope -> the services that it leads to, maybe several."""
    unowned: frozenset[str]
    """Names of the services that nobody owns."""
    teams: Mapping[str, Team]

    def services(self, label_text: str) -> tuple[Service, ...]:
        """Return the services behind a service label's text after the scope; none: unknown."""
        return self.by_label.get(labels.key(label_text), ())

    def team(self, service: Service) -> Team | None:
        """Return the team that owns a service; None where nobody does, or no such team was given."""
        return None if service.name in self.unowned else self.teams.get(service.owner)


def ownership(catalog: Catalog, settings: Settings) -> Ownership:
    """Index a catalogue."""
    teams = {team.name: team for team in catalog.teams}
    scope = settings.labels.service_scope
    by_label: dict[str, list[Service]] = defaultdict(list)
    for service in catalog.services:
        written = service.label or service.name
        by_label[labels.key(labels.value(written, scope) or written)].append(service)
    return Ownership(
        by_label={key: tuple(some) for key, some in by_label.items()},
        unowned=frozenset(s.name for s in catalog.services if _is_unowned(s, catalog, teams, settings)),
        teams=teams,
    )


def _is_unowned(service: Service, catalog: Catalog, teams: Mapping[str, Team], settings: Settings) -> bool:
    """No owner, a pseudo-owner, a team labelled as unowned, or an owner that the given teams do not have."""
    if not service.owner or service.owner in settings.catalog.unowned_owners:
        return True
    team = teams.get(service.owner)
    if team is None:
        return catalog.teams_given
    return labels.key(team.label) in labels.keys(settings.catalog.unowned_team_labels)

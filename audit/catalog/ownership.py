"""The service catalogue (POLICY.md section 7): files -> Catalog, and who owns the service behind a label."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import yaml

from audit.catalog import formats as catalog_readers
from audit.catalog.formats import FORM_NAMES, NULLS, Entities, at, text_of
from audit.errors import CatalogError
from audit.model import Catalog, Service, Team
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from audit.settings.settings import Settings

_CONTACTS = ("contact", "gitlab_group", "group")
_HANDLES = ("handle", "gitlab_handle")


def parse(services: tuple[str, str], teams: tuple[str, str] | None = None) -> Catalog:
    """Read a catalogue from (text, origin) pairs: GitLab's own form, or Backstage, OpsLevel, Cortex or Datadog files.

    Teams may stand in the services' file or in one of their own. Raises CatalogError, naming the origin, where a text
    is no YAML or is no catalogue.
    """
    files = {origin: _read(text, origin) for text, origin in (services, teams or services)}
    if not files[services[1]].services_given:
        raise CatalogError(
            f"{services[1]} is no service catalogue: it has no list `services`, nor a service of {FORM_NAMES}",
            "Point catalog.services at the file that lists the services, each with a name and an owner.",
        )
    if teams and not (files[teams[1]].teams_given or files[teams[1]].teams):
        raise CatalogError(
            f"{teams[1]} is no list of teams: it has no list `teams`, nor a team of Backstage or Cortex",
            "Point catalog.teams at the file that has it.",
        )
    return Catalog(
        services=files[services[1]].services,
        teams=tuple(team for file in files.values() for team in file.teams),
        teams_given=any(file.teams_given for file in files.values()),
        origin=", ".join(files),
    )


def _read(text: str, origin: str) -> Entities:
    """Read GitLab's own form; documents that have none of its lists may be of another."""
    documents = _documents(text, origin)
    others = catalog_readers.read(documents, origin)
    services, teams = _listed(documents, "services", origin), _listed(documents, "teams", origin)
    return Entities(
        services=(*map(_service, services or ()), *others.services),
        services_given=services is not None or others.services_given,
        teams=(*map(_team, teams or ()), *others.teams),
        teams_given=teams is not None or others.teams_given,
    )


class _Texts(yaml.BaseLoader):
    """Every scalar stays the text it is: a service called `no` or `010` is no boolean and no number.

    PyYAML's BaseLoader does not carry out merges (`<<`), without which an owner that stands in one would be lost.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        some = mapping.pop("<<", None)
        for merged in some if isinstance(some, list) else [some]:
            if isinstance(merged, dict):
                mapping = {**merged, **mapping}
        return mapping


def _documents(text: str, origin: str) -> list[Any]:
    try:
        return list(yaml.load_all(text, Loader=_Texts))
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:  # "\UFFFFFFFF" is no character
        raise CatalogError(
            f"{origin} is no YAML: {_place(error)}", "Mend the file, or point `catalog` at another one."
        ) from error


def _place(error: Exception) -> str:
    """Say what is wrong, and in which line and column where that is known."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {error.problem}"
    return " ".join(str(error).split())


def _listed(documents: list[Any], key: str, origin: str) -> list[Mapping[str, Any]] | None:
    """Return the entries under ``key`` of all documents: None where none has such a list."""
    lists = [some for document in documents if (some := _entries(document, key, origin)) is not None]
    return list(chain.from_iterable(lists)) if lists else None


def _entries(document: Any, key: str, origin: str) -> list[Mapping[str, Any]] | None:
    """Return the list under ``key``: None where it is not there. Entries may also be given by name."""
    some = document.get(key) if isinstance(document, dict) else None
    if isinstance(some, dict):
        some = [_by_name(name, entry) for name, entry in some.items()]
    if not isinstance(some, list):
        return None
    for number, entry in enumerate(some, start=1):
        if not isinstance(entry, dict) or not text_of(entry, "name"):
            raise CatalogError(f"{origin}: entry {number} of `{key}` has no name", "Give each entry a `name`.")
    return some


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

"""Which services a label leads to, and who owns them (POLICY.md section 7)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.catalog.format_list import owner_key
from audit.phrases import plural
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.model import Catalog, Service, Team
    from audit.settings.settings import Settings


MOST_SERVICES: Final = 20
"""Of one label. All of them decide; lists name so many of them, and a label with more is a fault of the catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Answers questions about a catalogue under the settings."""

    by_label: Mapping[str, tuple[Service, ...]]
    """Label key without its scope -> the services that it leads to, maybe several."""
    unowned: frozenset[str]
    """Names of the services that nobody owns."""
    unowned_entries: frozenset[tuple[str, str]]
    """Name and owner of each entry that makes nobody an owner; another entry of the same name may."""
    teams: Mapping[str, Team]
    placeholders: frozenset[str]
    """Owners that stand for nobody, as the catalogue spells them."""
    in_calendars: Mapping[str, str]
    """Owner -> how `calendars.teams` spells that team, for those that it names."""

    def services(self, label_text: str) -> tuple[Service, ...]:
        """Return the services behind a service label's text after the scope; none: unknown."""
        return self.by_label.get(labels.key(label_text), ())

    def is_owned(self, service: Service) -> bool:
        """Return whether an entry of the catalogue names somebody who owns its service."""
        return (service.name, service.owner) not in self.unowned_entries

    def is_placeholder(self, service: Service) -> bool:
        """Return whether the owner that an entry names is one that the settings say stands for nobody."""
        return service.owner in self.placeholders

    def fault(self) -> str:
        """Return what is wrong with the labels of the catalogue; empty: nothing."""
        counts = ((-len(services), label) for label, services in self.by_label.items())
        crowded = sorted(one for one in counts if -one[0] > MOST_SERVICES)
        if not crowded:
            return ""
        number, label = crowded[0]
        others = f", and {plural(len(crowded) - 1, 'other label')} to more than {MOST_SERVICES}" if crowded[1:] else ""
        return f"the label {label} leads to {-number} services{others}: lists name {MOST_SERVICES} of them"


def ownership(catalog: Catalog, settings: Settings) -> Ownership:
    """Index a catalogue."""
    teams = {team.name: team for team in catalog.teams}
    nobody = _SettingsNames(settings.catalog.unowned_owners)
    in_calendars = _SettingsNames(settings.calendars.teams)
    owners = {service.owner: service for service in catalog.services}
    empty = {(s.name, s.owner) for s in catalog.services if _is_unowned(s, catalog, teams, settings, nobody)}
    owned = {service.name for service in catalog.services if (service.name, service.owner) not in empty}
    return Ownership(
        by_label=_by_label(catalog, settings.labels.service_scope),
        unowned=frozenset(service.name for service in catalog.services) - owned,
        unowned_entries=frozenset(empty),
        teams=teams,
        placeholders=frozenset(name for name, one in owners.items() if nobody.spelling(one)),
        in_calendars={name: found for name, one in owners.items() if (found := in_calendars.spelling(one))},
    )


def named_in_catalog(name: str, catalog: Catalog | None) -> str:
    """Return the team or owner of a catalogue that a name means, read as its formats read names; empty: none."""
    if catalog is None:
        return ""
    names = {team.name for team in catalog.teams} | {service.owner for service in catalog.services if service.owner}
    if name in names:
        return name
    for form in sorted({service.form for service in catalog.services}):
        key = owner_key(form)
        wanted = key(name)
        if wanted and (found := min((one for one in names if key(one) == wanted), default="")):
            return found
    return ""


class _SettingsNames:
    """Names of teams in the settings, which are read as the format of the service reads its owner."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._by_form: dict[str, dict[str, str]] = {}

    def spelling(self, service: Service) -> str:
        """Return how the settings spell the owner of a service; empty: they do not name it."""
        key = owner_key(service.form)
        if service.form not in self._by_form:
            self._by_form[service.form] = {key(name): name for name in reversed(self._names)}
        return self._by_form[service.form].get(key(service.owner), "") if service.owner else ""


def _by_label(catalog: Catalog, scope: str) -> dict[str, tuple[Service, ...]]:
    """Return label key -> services. A service goes by an alias only where none has it as its label."""
    by_label: dict[str, list[Service]] = defaultdict(list)
    by_alias: dict[str, list[Service]] = defaultdict(list)
    for service in catalog.services:
        by_label[_key(service.label or service.name, scope)].append(service)
        for key in {_key(alias, scope) for alias in service.aliases}:
            by_alias[key].append(service)
    return {key: tuple(services) for key, services in (by_alias | by_label).items()}


def _key(written: str, scope: str) -> str:
    return labels.key(labels.value(written, scope) or written)


def _is_unowned(
    service: Service, catalog: Catalog, teams: Mapping[str, Team], settings: Settings, nobody: _SettingsNames
) -> bool:
    """No owner, a pseudo-owner, a team labelled as unowned, or an owner that the given teams do not have."""
    if not service.owner or nobody.spelling(service):
        return True
    team = teams.get(service.owner)
    if team is None:
        return catalog.teams_given
    return labels.key(team.label) in labels.keys(settings.catalog.unowned_team_labels)

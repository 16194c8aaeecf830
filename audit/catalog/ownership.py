"""Which services a label leads to, and who owns them (POLICY.md section 7)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.phrases import plural
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    teams: Mapping[str, Team]

    def services(self, label_text: str) -> tuple[Service, ...]:
        """Return the services behind a service label's text after the scope; none: unknown."""
        return self.by_label.get(labels.key(label_text), ())

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
    scope = settings.labels.service_scope
    by_label: dict[str, list[Service]] = defaultdict(list)
    for service in catalog.services:
        written = service.label or service.name
        by_label[labels.key(labels.value(written, scope) or written)].append(service)
    return Ownership(
        by_label={key: tuple(services) for key, services in by_label.items()},
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

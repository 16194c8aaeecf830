"""Which settings the tracker knows: what the doctor command prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit import labels
from audit.gitlab.spellings import read_labels

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from audit.gitlab.client import Client
    from audit.gitlab.preflight import Preflight
    from audit.model import Gap
    from audit.settings.model import Settings

_SCOPES = ("severity_scope", "service_scope", "snooze_scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelUse:
    """A configured label name and how the tracker spells it; no spelling means that the setting matches nothing."""

    setting: str
    """Like ``labels.incident``."""
    configured: str
    """As the settings have it; of a scope with ``::*`` behind it."""
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the doctor found."""

    uses: tuple[LabelUse, ...]
    remind_from: date
    """What to set as ``reminders.remind_from``, so that a first run on an old tracker reminds of nothing old."""
    gaps: tuple[Gap, ...] = ()

    @property
    def unmatched(self) -> tuple[LabelUse, ...]:
        """The settings that match no label."""
        return tuple(use for use in self.uses if not use.spellings)


def diagnose(client: Client, settings: Settings, preflight: Preflight, *, as_of: date) -> Diagnosis:
    """Read the labels of every project and hold the settings against them."""
    tables = client.map(lambda project: read_labels(client, project.path), preflight.projects)
    names = {name for table in tables for name in table.names}
    gaps = tuple(table.gap for table in tables if table.gap)
    return Diagnosis(uses=labels_in_use(settings, names), remind_from=as_of, gaps=gaps)


def labels_in_use(settings: Settings, names: Iterable[str]) -> tuple[LabelUse, ...]:
    """Return each configured label with its spellings among ``names``; for scopes, every label of the scope."""
    existing = sorted(set(names))
    found = []
    for setting, configured in _configured(settings):
        wanted = labels.key(configured)
        spellings = tuple(name for name in existing if labels.key(name) == wanted)
        found.append(LabelUse(setting=setting, configured=configured, spellings=spellings))
    for setting in _SCOPES:
        scope = getattr(settings.labels, setting)
        spellings = tuple(name for name in existing if labels.value(name, scope) is not None)
        found.append(LabelUse(setting=f"labels.{setting}", configured=f"{scope}::*", spellings=spellings))
    return tuple(found)


def _configured(settings: Settings) -> list[tuple[str, str]]:
    named: list[tuple[str, str]] = []
    for setting, value in settings.labels:
        if isinstance(value, tuple):
            named += [(f"labels.{setting}", name) for name in value]
    for index, policy in enumerate(settings.policies):
        for setting in ("request_labels", "more_information_labels"):
            named += [(f"policies[{index}].{setting}", name) for name in getattr(policy, setting)]
    named += [("catalog.unowned_team_labels", name) for name in settings.catalog.unowned_team_labels]
    return named

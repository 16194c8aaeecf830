"""Compares the settings with the tracker's labels and templates, for the doctor command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.gitlab.read.project_labels import ARCHIVES_SINCE, read_tables
from audit.gitlab.read.review_texts import newest_reviews
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.gitlab.read.review_texts import ReviewTexts
    from audit.model import Gap
    from audit.settings.settings import Settings

NEWEST: Final = 10
"""How many reviews the doctor reads."""
_SCOPES = ("severity_scope", "service_scope", "snooze_scope")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelUse:
    """A configured label name and its spellings in the tracker; without any, the setting matches nothing."""

    setting: str
    """Like ``labels.incident``."""
    configured: str
    """As in the settings; a scope with ``::*`` appended."""
    spellings: tuple[str, ...]
    chosen: bool = False
    """True if the settings file has it; otherwise it is a default, which a tracker need not use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the doctor uses."""

    uses: tuple[LabelUse, ...]
    remind_from: date
    """Suggestion for ``reminders.remind_from``, so that a first run on an old tracker reminds of nothing old."""
    reviews: ReviewTexts
    """The newest reviews, and the templates of all review projects."""
    names: tuple[str, ...] = ()
    """Every label of the tracker, sorted."""
    gaps: tuple[Gap, ...] = ()

    @property
    def unmatched(self) -> tuple[LabelUse, ...]:
        """The settings that match no label."""
        return tuple(use for use in self.uses if not use.spellings)

    @property
    def service_labels(self) -> tuple[str, ...]:
        """The labels of the tracker that are of the service scope, as spelt."""
        return next((use.spellings for use in self.uses if use.setting == "labels.service_scope"), ())


def diagnose(client: Client, settings: Settings, preflight: Preflight, *, as_of: date) -> Diagnosis:
    """Read the labels, templates and newest reviews of every project and compare the settings with them."""
    archived = preflight.release >= ARCHIVES_SINCE
    by_path = read_tables(client, [project.path for project in preflight.projects], archived=archived)
    names = {name for table in by_path.values() for name in table.names}
    reviews = newest_reviews(client, settings, preflight.projects, by_path, most=NEWEST)
    gaps = (*(table.gap for table in by_path.values() if table.gap), *reviews.gaps)
    return Diagnosis(
        uses=labels_in_use(settings, names),
        remind_from=as_of,
        reviews=reviews,
        names=tuple(sorted(names)),
        gaps=gaps,
    )


def labels_in_use(settings: Settings, names: Iterable[str]) -> tuple[LabelUse, ...]:
    """Return each configured label with its spellings among ``names``; for scopes, every label of the scope."""
    existing = sorted(set(names))
    uses = []
    for setting, configured, chosen in _configured(settings):
        wanted = labels.key(configured)
        spellings = tuple(name for name in existing if labels.key(name) == wanted)
        uses.append(LabelUse(setting=setting, configured=configured, spellings=spellings, chosen=chosen))
    for setting in _SCOPES:
        scope, chosen = getattr(settings.labels, setting), setting in settings.labels.model_fields_set
        spellings = tuple(name for name in existing if labels.value(name, scope) is not None)
        use = LabelUse(setting=f"labels.{setting}", configured=f"{scope}::*", spellings=spellings, chosen=chosen)
        uses.append(use)
    return tuple(uses)


def _configured(settings: Settings) -> Iterator[tuple[str, str, bool]]:
    """Yield (setting, label, whether the settings file has it) for all labels that are looked for."""
    for setting, value in settings.labels:
        if setting == "review_completed" and settings.review.where == "issue":
            continue
        if isinstance(value, tuple):
            chosen = setting in settings.labels.model_fields_set
            yield from ((f"labels.{setting}", name, chosen) for name in value)
    for named in settings.labels.severities.values():
        yield from (("labels.severities", name, True) for name in named)
    if settings.review.approval is not None:
        yield from (("review.approval.labels", name, True) for name in settings.review.approval.labels)
    for index, policy in enumerate(settings.policies):
        for setting in ("request_labels", "more_information_labels"):
            chosen = setting in policy.model_fields_set
            yield from ((f"policies[{index}].{setting}", name, chosen) for name in getattr(policy, setting))

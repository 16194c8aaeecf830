"""Addresses of GitLab's own issue search, where it can express what the report counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.evidence.build import Evidence
    from audit.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search in one project."""

    project: str
    url: str


def open_reviews(evidence: Evidence) -> tuple[Search, ...]:
    """Search for the review issues that are open, in each review project."""
    sources = [source for source in evidence.records.sources if source.reviews]
    return _searches(sources, evidence.settings.labels.review, "opened")


def of_services(evidence: Evidence, names: Iterable[str]) -> dict[str, tuple[Search, ...]]:
    """Search for the incidents of each service, in each incident project that has its label.

    A service that no catalogue knows goes by its label.
    """
    catalog, scope = evidence.records.catalog, evidence.settings.labels.service_scope
    written = {service.name: service.label or service.name for service in catalog.services} if catalog else {}
    return _of_labels(evidence, {name: scoped(written.get(name, name), scope) for name in names})


def of_teams(evidence: Evidence) -> dict[str, tuple[Search, ...]]:
    """Search for what carries the label of each team that has one, in each incident project that has it too."""
    catalog = evidence.records.catalog
    teams = catalog.teams if catalog else ()
    return _of_labels(evidence, {team.name: team.label for team in teams if team.label})


def _of_labels(evidence: Evidence, wanted: dict[str, str]) -> dict[str, tuple[Search, ...]]:
    spelt = [
        (source, {labels.key(label): label for label in reversed(source.labels)})
        for source in sorted(evidence.records.sources, key=lambda one: one.project)
        if source.incidents and source.url
    ]
    return {
        name: tuple(
            _search(source, known[labels.key(label)], "all") for source, known in spelt if labels.key(label) in known
        )
        for name, label in wanted.items()
    }


def scoped(label: str, scope: str) -> str:
    """Return a catalogue's label with its scope, which it may lack."""
    return f"{scope}::{labels.value(label, scope) or label}"


def _searches(sources: Iterable[Source], wanted: Iterable[str], state: str) -> tuple[Search, ...]:
    """GitLab's search knows a label by its spelling, so it is taken from the project itself."""
    keys = labels.keys(wanted)
    searches = []
    for source in sorted(sources, key=lambda one: one.project):
        spelt = next((label for label in source.labels if labels.key(label) in keys), None)
        if spelt is not None and source.url:
            searches.append(_search(source, spelt, state))
    return tuple(searches)


def _search(source: Source, label: str, state: str) -> Search:
    query = urlencode({"state": state, "label_name[]": label})
    return Search(project=source.project, url=f"{source.url}/-/issues?{query}")

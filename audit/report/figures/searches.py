"""Addresses of GitLab's issue search, for counts of the report that a search can express."""

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
    """Return searches for open review issues, one in each review project."""
    sources = [source for source in evidence.records.sources if source.reviews]
    return _searches(sources, evidence.settings.labels.review, "opened")


def of_services(evidence: Evidence, names: Iterable[str]) -> dict[str, tuple[Search, ...]]:
    """Return searches for the incidents of each service, in each incident project that has its label.

    A service that is in no catalogue is searched by its label.
    """
    catalog, scope = evidence.records.catalog, evidence.settings.labels.service_scope
    written = {service.name: service.label or service.name for service in catalog.services} if catalog else {}
    return _of_labels(evidence, {name: scoped(written.get(name, name), scope) for name in names})


def of_teams(evidence: Evidence) -> dict[str, tuple[Search, ...]]:
    """Return searches for the issues with each team's label, in each incident project that has the label."""
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
    """Return a catalogue's label with its scope, which the catalogue may leave out."""
    return f"{scope}::{labels.value(label, scope) or label}"


def _searches(sources: Iterable[Source], wanted: Iterable[str], state: str) -> tuple[Search, ...]:
    """Return the searches. GitLab's search is case sensitive, so labels are spelt as in the project."""
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

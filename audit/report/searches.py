"""Addresses of GitLab's own issue search, where it can express what the report counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from audit import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.evidence import Evidence
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


def of_services(evidence: Evidence) -> dict[str, tuple[Search, ...]]:
    """Search for the incidents of each unowned service, in each incident project that has its label."""
    catalog = evidence.records.catalog
    if catalog is None:
        return {}
    unowned = set(evidence.services.loc[~evidence.services["owned"], "ref"])
    sources = [source for source in evidence.records.sources if source.incidents]
    scope = evidence.settings.labels.service_scope
    return {
        service.name: _searches(sources, [scoped(service.label or service.name, scope)], "all")
        for service in catalog.services
        if service.name in unowned
    }


def scoped(label: str, scope: str) -> str:
    """Return a catalogue's label with its scope, which it may lack."""
    return f"{scope}::{labels.value(label, scope) or label}"


def _searches(sources: Iterable[Source], wanted: Iterable[str], state: str) -> tuple[Search, ...]:
    """GitLab's search knows a label by its spelling, so it is taken from the project itself."""
    keys = labels.keys(wanted)
    found = []
    for source in sorted(sources, key=lambda one: one.project):
        spelt = next((label for label in source.labels if labels.key(label) in keys), None)
        if spelt is not None and source.url:
            query = urlencode({"state": state, "label_name[]": spelt})
            found.append(Search(project=source.project, url=f"{source.url}/-/issues?{query}"))
    return tuple(found)

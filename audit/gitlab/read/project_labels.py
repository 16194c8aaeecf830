"""Reads a project's labels, and how it spells the configured ones, since GitLab's label filters are case sensitive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.graphql_nodes import LabelNode, Page
from audit.gitlab.read.paging import pages
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import IssueList
    from audit.model import Gap, Issue


ARCHIVES_SINCE = (18, 0)
"""A release before that of which labels can be archived: issues keep them, and lists of labels leave them out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTable:
    """The current labels of a project and its groups."""

    titles: dict[int, str] = field(default_factory=dict)
    """By their number."""
    gap: Gap | None = None
    """Why labels may be missing; empty: none are."""

    @property
    def names(self) -> tuple[str, ...]:
        """All spellings, sorted."""
        return tuple(sorted(set(self.titles.values())))

    def spelt(self, configured: Iterable[str]) -> list[str]:
        """Return this project's spellings of the configured labels; if unknown, likely spellings."""
        wanted = list(configured)
        keys = labels.keys(wanted)
        names = {name for name in self.titles.values() if labels.key(name) in keys}
        if self.gap is not None:
            names |= {spelling for name in wanted for spelling in _likely(name)}
        return sorted(names)


def read_labels_again(
    client: Client,
    tables: Mapping[str, LabelTable],
    lists: Iterable[IssueList],
    issues: Iterable[Issue],
    *,
    archived: bool,
) -> tuple[dict[str, LabelTable], list[Gap]]:
    """Return the labels that still exist at the end of the read, and a gap for each list emptied by a deletion.

    If a label is deleted while its issues are read, they lose it as if they never had it. So the labels are read again
    in projects where a deleted label left an event, or a list by a label was empty.
    """
    empty = [result.query for result in lists if result.query.labels and not result.issues and not result.failure]
    doubtful = {issue.ref.project for issue in issues if any(event.label is None for event in issue.label_events)}
    paths = sorted((doubtful | {query.path for query in empty}) & tables.keys())
    still = dict(zip(paths, client.map(lambda path: read_labels(client, path, archived=archived), paths), strict=True))
    gaps = [
        failures.noted(query.path, query.what, f"the label {', '.join(query.labels)} was deleted while they were read")
        for query in empty
        if still[query.path].gap is None and not set(query.labels) & set(still[query.path].names)
    ]
    return {path: _in_both(table, still.get(path, table)) for path, table in tables.items()}, gaps


def _in_both(before: LabelTable, after: LabelTable) -> LabelTable:
    titles = {number: title for number, title in before.titles.items() if number in after.titles}
    return LabelTable(titles=titles, gap=before.gap or after.gap)


def _likely(name: str) -> set[str]:
    single = name.replace("::", ":")
    return {name, single, single.replace(":", "::"), single.replace(":", "::").lower()}


def read_labels(client: Client, path: str, *, archived: bool) -> LabelTable:
    """Read every label of a project and of the groups above it, with ``archived`` also those that lists leave out."""
    titles: dict[int, str] = {}
    try:
        _add(titles, client, "labels", path)
        if archived:
            _add_archived(titles, client, path)
    except RequestError as error:
        return LabelTable(titles=titles, gap=failures.gap(error, path, "labels"))
    return LabelTable(titles=titles)


def _add(titles: dict[int, str], client: Client, document: str, path: str) -> None:
    for page in pages(client, document, {"path": path}, Page[LabelNode], at=("project", "labels")):
        titles.update((node.id, node.title) for node in page)


def _add_archived(titles: dict[int, str], client: Client, path: str) -> None:
    try:
        _add(titles, client, "archived_labels", path)
    except RequestError as error:
        # the first releases since ARCHIVES_SINCE cannot archive labels yet
        if error.cause is not Cause.UNSUPPORTED:
            raise

"""Reads a project's labels, and how it spells the configured ones, since GitLab's label filters are case sensitive."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import read_part
from audit.gitlab.read.graphql_nodes import LabelledProject, LabelNode, Nodes, Page
from audit.gitlab.read.paging import pages, within
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import IssueList, IssueQuery
    from audit.model import Gap, Issue


_BATCH = 50
"""Most paths of projects that GitLab takes in one query."""
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
    doubtful |= {path for query in empty for path in _places(query, tables)}
    still = read_tables(client, doubtful & tables.keys(), archived=archived)
    there = {number for table in still.values() for number in table.titles}
    gaps = [
        failures.noted(path, query.what, f"the label {', '.join(query.labels)} was deleted while they were read")
        for query in empty
        if all(still[path].gap is None for path in _places(query, tables))
        for path in query.covered
        if _was_deleted(query, tables[path], still.get(path), there)
    ]
    return {path: _in_both(table, still.get(path, table)) for path, table in tables.items()}, gaps


def _places(query: IssueQuery, tables: Mapping[str, LabelTable]) -> list[str]:
    """Return projects that between them have every label by which a list looks."""
    if not query.group:
        return query.covered
    places: list[str] = []
    seen: set[int] = set()
    for path in query.covered:
        if not _numbers(query, tables[path]) <= seen:
            seen |= _numbers(query, tables[path])
            places.append(path)
    return places


def _numbers(query: IssueQuery, table: LabelTable) -> set[int]:
    return {number for number, title in table.titles.items() if title in query.labels}


def _was_deleted(query: IssueQuery, before: LabelTable, after: LabelTable | None, there: set[int]) -> bool:
    """Return whether a project no longer has a label by which a list looks; ``there`` are labels that still exist."""
    if query.group:
        numbers = _numbers(query, before)
        return bool(numbers) and numbers.isdisjoint(there)
    return after is None or set(query.labels).isdisjoint(after.names)


def _in_both(before: LabelTable, after: LabelTable) -> LabelTable:
    titles = {number: title for number, title in before.titles.items() if number in after.titles}
    return LabelTable(titles=titles, gap=before.gap or after.gap)


def _likely(name: str) -> set[str]:
    single = name.replace("::", ":")
    return {name, single, single.replace(":", "::"), single.replace(":", "::").lower()}


def read_tables(client: Client, paths: Iterable[str], *, archived: bool) -> dict[str, LabelTable]:
    """Return project -> its labels: of 50 projects a request, or one by one where GitLab does not answer that."""
    every = sorted(paths)
    batches = [every[at : at + _BATCH] for at in range(0, len(every), _BATCH)]
    tables = {
        path: table
        for batch in client.map(lambda batch: _together(client, batch, archived=archived), batches)
        for path, table in batch.items()
    }
    rest = [path for path in every if path not in tables]
    return tables | dict(
        zip(rest, client.map(lambda path: read_labels(client, path, archived=archived), rest), strict=True)
    )


def _together(client: Client, paths: list[str], *, archived: bool) -> dict[str, LabelTable]:
    """Return the labels of these projects, as far as they have a hundred at most and GitLab answers."""
    document = "every_label_of_projects" if archived else "labels_of_projects"
    try:
        answer = client.query(
            document,
            lambda data: within(data, ("projects",), document, Nodes[LabelledProject]),
            read_part(len(paths)),
            paths=paths,
        )
    except RequestError as error:
        failures.check(error)
        if error.cause is Cause.UNSUPPORTED and archived:
            return _together(client, paths, archived=False) if _without_archive(client, paths[0]) else {}
        return {}
    return {project.full_path: _table(project) for project in answer.nodes if _is_whole(project, archived=archived)}


def _without_archive(client: Client, path: str) -> bool:
    """Return whether this release cannot archive labels yet."""
    try:
        next(pages(client, "archived_labels", {"path": path}, Page[LabelNode], at=("project", "labels")))
    except RequestError as error:
        return error.cause is Cause.UNSUPPORTED
    return False


def _is_whole(project: LabelledProject, *, archived: bool) -> bool:
    read = (project.labels, project.archived_labels) if archived else (project.labels,)
    return all(page is not None and not page.page_info.has_next_page for page in read)


def _table(project: LabelledProject) -> LabelTable:
    read = [page for page in (project.labels, project.archived_labels) if page]
    return LabelTable(titles={node.id: node.title for page in read for node in page.nodes})


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

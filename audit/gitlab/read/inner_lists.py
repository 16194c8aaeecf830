"""Completes the lists within an issue (labels, assignees, links) after the first page in a list of issues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from audit.gitlab.http import failures
from audit.gitlab.http.failures import RequestError
from audit.gitlab.read import nodes
from audit.gitlab.read.graphql_nodes import LinkedIssue, LinkNode, Page, TitleNode, UserNode
from audit.gitlab.read.paging import pages

if TYPE_CHECKING:
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.graphql_nodes import ListedIssue
    from audit.model import Gap, Issue

T = TypeVar("T")


def completed(client: Client, node: ListedIssue, issue: Issue) -> tuple[Issue, list[Gap]]:
    """Return the issue with all pages of its inner lists; an unreadable one is marked, and a gap says why."""
    gaps: list[Gap] = []
    if _goes_on(node.labels):
        labels, error = _rest(client, issue, node.labels, Page[TitleNode], "labels", "issue_labels")
        titles = (*issue.labels, *(label.title for label in labels))
        issue = replace(issue, labels=titles, labels_read=error is None)
        gaps += _gaps(error, issue, "labels")
    if _goes_on(node.assignees):
        users, error = _rest(client, issue, node.assignees, Page[UserNode], "assignees", "issue_assignees")
        everybody = (*issue.assignees, *map(nodes.user, users))
        issue = replace(issue, assignees=tuple(dict.fromkeys(everybody)), assignees_read=error is None)
        gaps += _gaps(error, issue, "users")
    if isinstance(node, LinkedIssue) and _goes_on(node.linked_work_items):
        rows, error = _rest(
            client, issue, node.linked_work_items, Page[LinkNode | None], "linkedWorkItems", "issue_links"
        )
        links = (*issue.links, *nodes.links(rows, root=client.root))
        issue = replace(issue, links=links, links_read=error is None)
        gaps += _gaps(error, issue, "links")
    return issue, gaps


def _goes_on(page: Page[T] | None) -> bool:
    return page is None or page.page_info.has_next_page


def _rest(  # noqa: PLR0913, PLR0917 - a list has a first page, a form, a field and a document
    client: Client, issue: Issue, first: Page[T] | None, shape: type[Page[T]], field: str, document: str
) -> tuple[list[T], RequestError | None]:
    """Read the pages after the first, or all of them if the list of issues had null there."""
    variables = {"path": issue.ref.project, "iid": str(issue.ref.iid)}
    after = first.page_info.end_cursor if first else None
    rows: list[T] = []
    try:
        for page in pages(client, document, variables, shape, at=("project", "issue", field), after=after):
            rows += page
    except RequestError as error:
        return rows, error
    return rows, None


def _gaps(error: RequestError | None, issue: Issue, what: str) -> list[Gap]:
    return [failures.gap(error, issue.ref, what)] if error else []

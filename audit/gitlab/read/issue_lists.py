"""Reads lists of issues from one server, with the lists within each issue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read import nodes
from audit.gitlab.read.graphql_nodes import LinkedIssue, ListedIssue, Page
from audit.gitlab.read.inner_lists import completed
from audit.gitlab.read.paging import pages
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

LINKS_SINCE = (17, 8)
"""The first release with Issue.linkedWorkItems; REST leaves out links whose other end is unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueQuery:
    """One list to read: the issues of a project that fit the filters."""

    path: str
    what: str
    """incidents, reviews, or target (issues that others lead to)."""
    filters: dict[str, Any]

    @property
    def issue_type(self) -> str:
        """The issue type in the filters; by default `issue`."""
        return "incident" if self.filters.get("types") == ["INCIDENT"] else "issue"

    @property
    def labels(self) -> list[str]:
        """The labels of the filter, one of which each issue has; empty: no filter by label."""
        spelt: list[str] = self.filters.get("or", {}).get("labelNames", [])
        return spelt


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadIssue:
    """An issue as read from one list."""

    issue: Issue
    updated_at: datetime
    links_shown: bool
    """False: this server's lists have no links, so they have to be read issue by issue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueList:
    """The result of reading one list. Issues read before a failure are kept."""

    query: IssueQuery
    issues: tuple[ReadIssue, ...]
    gaps: tuple[Gap, ...] = ()
    failure: str = ""
    """Why issues of the list may be missing; empty: it is complete."""
    not_found: bool = False
    """The server answers that there is no such project, or none that the token may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    """Reads lists from one server."""

    client: Client
    size: int
    with_links: bool

    def read(self, query: IssueQuery, tally: Tally) -> IssueList:
        """Read one list to its end, or up to the page that fails."""
        return self._read(query, tally, LinkedIssue if self.with_links else ListedIssue)

    def _read(self, query: IssueQuery, tally: Tally, shape: type[ListedIssue]) -> IssueList:
        reader = _IssueReader(client=self.client, query=query, shape=shape)
        document = "issues" if shape is LinkedIssue else "issues_without_links"
        variables = {"path": query.path, **query.filters}
        issues: list[ReadIssue] = []
        gaps: list[Gap] = []
        failure, not_found = "", False
        try:
            for page in pages(self.client, document, variables, Page[Any], at=("project", "issues"), size=self.size):
                for value in page:
                    read, more = reader.read(value)
                    issues += read
                    gaps += more
                    failure = failure or ("" if read else more[0].why)
                tally.add(len(page))
        except RequestError as error:
            if error.cause is Cause.UNSUPPORTED and shape is LinkedIssue and not issues:
                # a release that has the links, but not yet a field within them
                return self._read(query, tally, ListedIssue)
            gap = failures.gap(error, query.path, query.what)
            gaps.append(gap)
            failure, not_found = gap.why, error.cause is Cause.NOT_FOUND and not issues
        return IssueList(query=query, issues=tuple(issues), gaps=tuple(gaps), failure=failure, not_found=not_found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _IssueReader:
    """Reads the issues of one list."""

    client: Client
    query: IssueQuery
    shape: type[ListedIssue]

    def read(self, value: Any) -> tuple[list[ReadIssue], list[Gap]]:
        """Return the issue (None if its form is not GitLab's), and what could not be read of it."""
        try:
            node = self.shape.model_validate(value)
        except ValidationError as error:
            why = f"the answer has another form than GitLab's ({failures.form_fault(error)})"
            return [], [failures.noted(self._name(value), self.query.what, why)]
        issue = nodes.issue(node, path=self.query.path, root=self.client.root, unnamed_type=self.query.issue_type)
        issue, gaps = completed(self.client, node, issue)
        if not issue.labels_read:
            issue = _with_label_of(self.query, issue)
        shown = self.shape is LinkedIssue
        return [ReadIssue(issue=issue, updated_at=node.updated_at, links_shown=shown)], gaps

    def _name(self, value: Any) -> str:
        iid = value.get("iid") if isinstance(value, dict) else None
        known = isinstance(iid, str) and iid.isdecimal()
        return f"{self.query.path}#{iid}" if known else self.query.path


def _with_label_of(query: IssueQuery, issue: Issue) -> Issue:
    """Add the label by which the server found an issue, if the page of labels with it failed."""
    if not query.labels or not labels.keys(query.labels).isdisjoint(labels.keys(issue.labels)):
        return issue
    return replace(issue, labels=(*issue.labels, query.labels[0]))


def newest(issues: Iterable[ReadIssue]) -> dict[int, ReadIssue]:
    """Return each issue once, by global id; of several versions from different lists, the last changed one."""
    kept: dict[int, ReadIssue] = {}
    for read in issues:
        known = kept.get(read.issue.id)
        if known is None or read.updated_at > known.updated_at:
            kept[read.issue.id] = read
    return kept

"""Reads lists of issues from one server, with the lists within each issue."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read import nodes
from audit.gitlab.read.graphql_nodes import LinkedIssue, ListedIssue, MemberNode, Page
from audit.gitlab.read.inner_lists import completed
from audit.gitlab.read.number_batches import read_batch
from audit.gitlab.read.paging import pages, within
from audit.gitlab.read.windows import month_of
from audit.model import Ref
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.number_batches import NumberedRows
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

    Listen = Callable[[list["ReadIssue"]], None]

_UNLINKED = "_without_links"
LINKS_SINCE = (17, 8)
"""The first release with Issue.linkedWorkItems; REST leaves out links whose other end is unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueQuery:
    """One list to read: the issues of a project, or of all projects in a group, that fit the filters."""

    path: str
    what: str
    """incidents, reviews, or target (issues that others lead to)."""
    filters: dict[str, Any]
    group: bool = False
    """Whether ``path`` is that of a group, with all groups in it."""
    projects: frozenset[str] = frozenset()
    """Of a group: the projects of which issues count."""
    part: str = ""
    """Of a slice that one shard reads: on which days it begins and ends, like ``2026-01-05/2026-03-30``."""

    @property
    def covered(self) -> list[str]:
        """The projects of which issues are read, sorted."""
        return sorted(self.projects) if self.group else [self.path]

    @property
    def issue_type(self) -> str:
        """The issue type in the filters; by default `issue`."""
        return "incident" if self.filters.get("types") == ["INCIDENT"] else "issue"

    @property
    def labels(self) -> list[str]:
        """The labels of the filter, one of which each issue has; empty: no filter by label."""
        spelt: list[str] = self.filters.get("or", {}).get("labelNames", [])
        return spelt

    def fits(self, issue: Issue, *, words: bool = True) -> bool:
        """Return whether an issue that a group's list holds is meant: of these projects, with the words in its title.

        GitLab searches the descriptions too in the lists of groups.
        """
        sought = str(self.filters.get("search", "")).lower().replace('"', " ").split() if words else ()
        return issue.ref.project in self.projects and all(word in issue.title.lower() for word in sought)

    def within(self, **days: str) -> IssueQuery:
        """Return the list with further filters by instants."""
        return replace(self, filters=self.filters | days)


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
    passed_over: Mapping[int, date] = field(default_factory=dict)
    """What the server's list of a group holds beside the issues that are meant: global id -> month of creation."""
    not_found: bool = False
    """The server answers that there is no such project, or none that the token may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    """Reads lists from one server."""

    client: Client
    size: int
    with_links: bool

    def read(self, query: IssueQuery, tally: Tally, listen: Listen | None = None) -> IssueList:
        """Read one list to its end, or up to the page that fails. ``listen`` hears of each page at once."""
        return self._read(query, tally, listen, LinkedIssue if self.with_links else ListedIssue)

    def _read(self, query: IssueQuery, tally: Tally, listen: Listen | None, shape: type[ListedIssue]) -> IssueList:
        reader = _IssueReader(client=self.client, query=query, shape=shape)
        document = ("issues_of_group" if query.group else "issues") + ("" if shape is LinkedIssue else _UNLINKED)
        filters = {name: value for name, value in query.filters.items() if not (query.group and name == "in")}
        variables, at = {"path": query.path, **filters}, ("group" if query.group else "project", "issues")
        issues: list[ReadIssue] = []
        gaps: list[Gap] = []
        stepped_over: list[Gap] = []
        failure, not_found = "", False

        def over(after: str | None, error: RequestError) -> str:
            behind, why = self._over(query, variables, after, error)
            stepped_over[:] = [failures.noted(path, query.what, why) for path in query.covered]
            return behind

        try:
            for page in pages(self.client, document, variables, Page[Any], at=at, size=self.size, over=over):
                read, more = reader.page(page)
                more += stepped_over
                stepped_over.clear()
                failure = failure or next((gap.why for gap in more if gap.what == query.what), "")
                issues += read
                gaps += more
                tally.add(len(page))
                if listen:
                    listen(read)
        except RequestError as error:
            if error.cause is Cause.UNSUPPORTED and shape is LinkedIssue and not issues:
                # a release that has the links, but not yet a field within them
                return self._read(query, tally, listen, ListedIssue)
            gaps += gaps_of(error, query)
            failure, not_found = gaps[-1].why, error.cause is Cause.NOT_FOUND and not issues
        return IssueList(
            query=query,
            issues=tuple(issues),
            gaps=tuple(gaps),
            failure=failure,
            passed_over=reader.passed_over,
            not_found=not_found,
        )

    def _over(
        self, query: IssueQuery, variables: dict[str, Any], after: str | None, error: RequestError
    ) -> tuple[str, str]:
        """Return where the list goes on behind the one issue that fails, and which that is; else raise its error."""
        document = "issue_names_of_group" if query.group else "issue_names"
        at = ("group" if query.group else "project", "issues")
        try:
            page = self.client.query(
                document, lambda data: within(data, at, document, Page[MemberNode]), **variables, first=1, after=after
            )
        except RequestError as further:
            failures.check(further)
            raise error from None
        if not page.page_info.has_next_page or not page.page_info.end_cursor:
            raise error
        return page.page_info.end_cursor, ", ".join([*(node.reference for node in page.nodes), error.message])

    def numbered(self, refs: Sequence[Ref], types: Mapping[Ref, str], what: str) -> list[IssueList]:
        """Read one batch of issues by their numbers: a list for each project, in which the issues are the target.

        ``types`` are those of issues to which the server gives none; ``what`` is the name of gaps.
        """
        answer = read_batch(self.client, refs, links=self.with_links)
        shape = ListedIssue if answer.unlinked else LinkedIssue
        wanted: dict[str, list[Ref]] = {}
        for ref in refs:
            wanted.setdefault(ref.project, []).append(ref)
        return [self._numbered(those, answer, types, what, shape) for those in wanted.values()]

    def _numbered(
        self,
        refs: list[Ref],
        answer: NumberedRows,
        types: Mapping[Ref, str],
        what: str,
        shape: type[ListedIssue],
    ) -> IssueList:
        path = refs[0].project
        query = IssueQuery(path=path, what=what, filters={"iids": [str(ref.iid) for ref in refs]})
        reader = _IssueReader(client=self.client, query=query, shape=shape, types=types)
        issues, gaps = reader.page(answer.rows.get(path, ()))
        failure = next((gap.why for gap in gaps if gap.what == what), "")
        errors = [answer.failed[ref] for ref in refs if ref in answer.failed]
        errors += [answer.absent[path]] if path in answer.absent else []
        gaps += [gap for error in errors for gap in gaps_of(error, query)]
        failure = failure or (gaps[-1].why if errors else "")
        return IssueList(
            query=query,
            issues=tuple(issues),
            gaps=tuple(dict.fromkeys(gaps)),
            failure=failure,
            not_found=path in answer.absent,
        )


def gaps_of(error: RequestError, query: IssueQuery) -> list[Gap]:
    """Return a failure as a gap of each project of a list; a fatal one is raised."""
    return [failures.gap(error, path, query.what) for path in query.covered]


@dataclass(frozen=True, slots=True, kw_only=True)
class _IssueReader:
    """Reads the issues of one list."""

    client: Client
    query: IssueQuery
    shape: type[ListedIssue]
    types: Mapping[Ref, str] = field(default_factory=dict)
    passed_over: dict[int, date] = field(default_factory=dict)

    def page(self, rows: Iterable[Any]) -> tuple[list[ReadIssue], list[Gap]]:
        """Return the issues of a page, and what could not be read of them."""
        issues: list[ReadIssue] = []
        gaps: list[Gap] = []
        for row in rows:
            read, more = self._row(row)
            issues += read
            gaps += more
        return issues, gaps

    def _row(self, value: Any) -> tuple[list[ReadIssue], list[Gap]]:
        """Return the issue (none if its form is not GitLab's), and what could not be read of it."""
        try:
            node = self.shape.model_validate(value)
        except ValidationError as error:
            why = f"the answer has another form than GitLab's ({failures.form_fault(error)})"
            return [], [failures.noted(name, self.query.what, why) for name in self._names(value)]
        unnamed = self.types.get(Ref(self.query.path, node.iid), self.query.issue_type)
        issue = nodes.issue(node, path=self.query.path, root=self.client.root, unnamed_type=unnamed)
        if self.query.group and not self.query.fits(issue):
            self.passed_over[issue.id] = month_of(issue.created_at)
            return [], []
        issue, gaps = completed(self.client, node, issue)
        if not issue.labels_read:
            issue = with_label_of(self.query, issue)
        shown = self.shape is LinkedIssue
        return [ReadIssue(issue=issue, updated_at=node.updated_at, links_shown=shown)], gaps

    def _names(self, value: Any) -> list[str]:
        iid = value.get("iid") if isinstance(value, dict) else None
        known = isinstance(iid, str) and iid.isdecimal() and not self.query.group
        return [f"{self.query.path}#{iid}"] if known else self.query.covered


def with_label_of(query: IssueQuery, issue: Issue) -> Issue:
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

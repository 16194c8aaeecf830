"""Lists of issues: which are asked for, and what came of each list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read import nodes
from audit.gitlab.read.paging import complete, pages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import AuditedProject
    from audit.gitlab.read.progress import Tally
    from audit.gitlab.read.project_labels import LabelTable
    from audit.model import Gap, Issue
    from audit.settings.settings import Settings

LINKS_SINCE = (17, 8)
"""The release from which Issue.linkedWorkItems is there; REST leaves out the links whose other end is unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One list to read: the issues of a project that fit the filters."""

    path: str
    what: str
    """incidents, reviews, or target: issues that others point to."""
    filters: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An issue as one list showed it."""

    issue: Issue
    updated_at: datetime
    links_shown: bool
    """False: this server's lists have no links, which are to be asked for one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What came of one list. What was read before a failure stays."""

    query: Query
    found: tuple[Found, ...]
    gaps: tuple[Gap, ...] = ()
    complete: bool = True


def first_moment(settings: Settings) -> datetime | None:
    """Return the instant at which the first day that is read begins in the settings' zone; None: all days are."""
    if settings.first_day is None:
        return None
    return datetime.combine(settings.first_day, time(), ZoneInfo(settings.timezone)).astimezone(UTC)


def queries(project: AuditedProject, table: LabelTable, settings: Settings, until: datetime) -> list[Query]:
    """Return the lists that find every incident and every review of a project."""
    before: dict[str, Any] = {"createdBefore": until.astimezone(UTC).isoformat()}
    filters: list[tuple[str, dict[str, Any]]] = []
    if project.incidents:
        since = first_moment(settings)
        begun = before | ({"createdAfter": since.isoformat()} if since else {})
        filters.append(("incidents", begun | {"types": ["INCIDENT"]}))
        if spelt := table.spelt(settings.labels.incident):
            # those of the type are in the first list already
            filters.append(("incidents", begun | {"or": {"labelNames": spelt}, "not": {"types": ["INCIDENT"]}}))
    if project.reviews:
        filters += [("reviews", before | some) for some in _reviews(table, settings)]
    return [Query(path=project.path, what=what, filters=some) for what, some in filters]


def _reviews(table: LabelTable, settings: Settings) -> list[dict[str, Any]]:
    spelt = table.spelt(settings.labels.review)
    labelled: list[dict[str, Any]] = [{"or": {"labelNames": spelt}}] if spelt else []
    # a title search would find the labelled ones once more
    rest = {"not": {"labelName": spelt}} if spelt else {}
    prefixes = dict.fromkeys(prefix.strip() for prefix in settings.review.prefixes)
    return labelled + [{"search": prefix, "in": ["TITLE"], **rest} for prefix in prefixes if prefix]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    """Reads lists from one server."""

    client: Client
    size: int
    with_links: bool

    def read(self, query: Query, tally: Tally) -> Listed:
        """Read one list to its end, or to the page that fails."""
        return self._read(query, tally, with_links=self.with_links)

    def _read(self, query: Query, tally: Tally, *, with_links: bool) -> Listed:
        found: list[Found] = []
        gaps: list[Gap] = []
        document = "issues" if with_links else "issues_without_links"
        variables = {"path": query.path, **query.filters}
        try:
            for page in pages(self.client, document, variables, at=("project", "issues"), size=self.size):
                for node in page:
                    gaps += self._completed(query.path, node)
                    found.append(self._found(query.path, node, with_links=with_links))
                tally.add(len(page))
        except RequestError as error:
            if error.cause is Cause.UNSUPPORTED and with_links and not found:
                # a release between the one that brought the links and the one that brought a field within them
                return self._read(query, tally, with_links=False)
            gaps.append(failures.gap(error, query.path, query.what))
            return Listed(query=query, found=tuple(found), gaps=tuple(gaps), complete=False)
        return Listed(query=query, found=tuple(found), gaps=tuple(gaps))

    def _found(self, path: str, node: dict[str, Any], *, with_links: bool) -> Found:
        issue = nodes.issue(node, path=path, root=self.client.root)
        return Found(issue=issue, updated_at=nodes.moment(node["updatedAt"]), links_shown=with_links)

    def _completed(self, path: str, node: dict[str, Any]) -> list[Gap]:
        failed = complete(self.client, path, node)
        about = f"{path}#{node['iid']}"
        return [failures.gap(error, about, what) for what, error in failed]


def newest(found: Iterable[Found]) -> dict[int, Found]:
    """Return each issue once, by its global id: as it was last changed, where several lists showed it."""
    kept: dict[int, Found] = {}
    for one in found:
        known = kept.get(one.issue.id)
        if known is None or one.updated_at > known.updated_at:
            kept[one.issue.id] = one
    return kept

"""Which issues a list holds, and in which order: what the REST and the GraphQL lists have in common."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from audit.sandbox.access import Viewer
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.work_items import WorkItem

    Test = Callable[[WorkItem], bool]

_WORDS = re.compile(r'"([^"]+)"|(\S+)')
_SEVERITY_RANK = {"UNKNOWN": 0, "LOW": 1, "MEDIUM": 2, "HIGH": 3, "CRITICAL": 4}
_FAR = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The filters of a list; what is None filters nothing."""

    state: str | None = None
    types: frozenset[str] | None = None
    labels: tuple[str, ...] = ()
    any_label: frozenset[str] | None = None
    no_label: frozenset[str] | None = None
    not_types: frozenset[str] | None = None
    not_iids: frozenset[int] | None = None
    iids: frozenset[int] | None = None
    ids: frozenset[int] | None = None
    author: str | None = None
    authors: frozenset[str] | None = None
    not_authors: frozenset[str] | None = None
    assignees: frozenset[str] | None = None
    not_assignees: frozenset[str] | None = None
    confidential: bool | None = None
    created_after: dt.datetime | None = None
    created_before: dt.datetime | None = None
    updated_after: dt.datetime | None = None
    updated_before: dt.datetime | None = None
    closed_after: dt.datetime | None = None
    closed_before: dt.datetime | None = None
    due_after: dt.datetime | None = None
    due_before: dt.datetime | None = None
    search: str | None = None
    search_in: frozenset[str] = frozenset({"title", "description"})

    def tests(self) -> list[Test]:
        """Build the tests that an issue must pass, cheapest first."""
        return [*self._plain(), *self._people(), *self._times(), *self._labels(), *self._words()]

    def _plain(self) -> Iterable[Test]:
        if self.state is not None:
            yield lambda i, want=self.state: i.state == want  # type: ignore[misc]
        for name, want in (("issue_type", self.types), ("iid", self.iids), ("id", self.ids)):
            if want is not None:
                yield _among(name, want, inside=True)
        for name, avoid in (("issue_type", self.not_types), ("iid", self.not_iids)):
            if avoid is not None:
                yield _among(name, avoid, inside=False)
        if self.confidential is not None:
            yield lambda i: i.confidential is self.confidential

    def _people(self) -> Iterable[Test]:
        wanted = self.authors if self.author is None else frozenset({self.author})
        if wanted is not None:
            yield lambda i: i.author.username in wanted
        if (not_authors := self.not_authors) is not None:
            yield lambda i: i.author.username not in not_authors
        if (wanted_assignees := self.assignees) is not None:
            yield lambda i: any(u.username in wanted_assignees for u in i.assignees)
        if (not_assignees := self.not_assignees) is not None:
            yield lambda i: not any(u.username in not_assignees for u in i.assignees)

    def _times(self) -> Iterable[Test]:
        for name in ("created_at", "updated_at", "closed_at", "due_on"):
            stem = name[:-3]
            since, until = getattr(self, f"{stem}_after"), getattr(self, f"{stem}_before")
            if since is not None or until is not None:
                yield _between(name, since, until)

    def _labels(self) -> Iterable[Test]:
        for name in self.labels:
            yield _labelled(name)
        if (any_label := self.any_label) is not None:
            yield lambda i: any(label.name in any_label for label in i.labels)
        if (no_label := self.no_label) is not None:
            yield lambda i: not any(label.name in no_label for label in i.labels)

    def _words(self) -> Iterable[Test]:
        for phrase, word in _WORDS.findall(self.search or ""):
            yield _mentioning((phrase or word).lower(), self.search_in)


def _among(name: str, values: frozenset[Any], *, inside: bool) -> Test:
    return lambda issue: (getattr(issue, name) in values) is inside


def _between(name: str, since: dt.datetime | None, until: dt.datetime | None) -> Test:
    def test(issue: WorkItem) -> bool:
        at = getattr(issue, name)
        if at is None:
            return False
        if not isinstance(at, dt.datetime):
            at = dt.datetime.combine(at, dt.time(), dt.UTC)
        return (since is None or at >= since) and (until is None or at <= until)

    return test


def _labelled(name: str) -> Test:
    if name.lower() == "none":
        return lambda issue: not issue.labels
    if name.lower() == "any":
        return lambda issue: bool(issue.labels)
    return lambda issue: any(label.name == name for label in issue.labels)


def _mentioning(words: str, fields: frozenset[str]) -> Test:
    return lambda issue: any(words in getattr(issue, name).lower() for name in fields)


def pick(projects: Iterable[HostedProject], wanted: Wanted, viewer: Viewer) -> list[WorkItem]:
    """Pick the issues that pass the filters and that the caller may read."""
    tests = wanted.tests()
    passing = [issue for issue in _candidates(projects, wanted) if all(test(issue) for test in tests)]
    return [issue for issue in passing if viewer.reads(issue)]


def _candidates(projects: Iterable[HostedProject], wanted: Wanted) -> Iterable[WorkItem]:
    """Narrow the rows by what there is an index for."""
    for project in projects:
        if wanted.iids is None:
            yield from project.issues.values()
        else:
            yield from (project.issues[iid] for iid in wanted.iids if iid in project.issues)


def sort_key(order: str) -> Callable[[WorkItem], tuple[Any, ...]]:
    """Find the key of an order such as "updated"; the id decides between equals, and nothing comes last."""
    return {
        "created": lambda i: (i.created_at, i.id),
        "updated": lambda i: (i.updated_at, i.id),
        "closed_at": lambda i: (i.closed_at or _FAR, i.id),
        "due_date": lambda i: (i.due_on or dt.date.max, i.id),
        "severity": lambda i: (_SEVERITY_RANK[i.severity], i.id),
        "title": lambda i: (i.title.lower(), i.id),
        "id": lambda i: (i.id,),
    }[order]

"""The lists of issues that contain every incident and every review of a project."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from audit.gitlab.read.issue_lists import IssueQuery
from audit.gitlab.read.shares import share
from audit.pull_model import WHOLE
from audit.text import titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.gitlab.read.preflight import AuditedProject
    from audit.gitlab.read.project_labels import LabelTable
    from audit.pull_model import Shard
    from audit.settings.settings import Settings


def first_moment(settings: Settings) -> datetime | None:
    """Return the start of the first day to read, in the settings' zone; None: all days are read."""
    if settings.first_day is None:
        return None
    return datetime.combine(settings.first_day, time(), ZoneInfo(settings.timezone)).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQueries:
    """The lists that contain every incident and every review."""

    projects: tuple[AuditedProject, ...]
    tables: Mapping[str, LabelTable]
    settings: Settings
    until: datetime
    shard: Shard = WHOLE

    def all(self) -> list[IssueQuery]:
        """Return the shard's lists: of whole groups where the settings name those, of projects else."""
        queries: list[IssueQuery] = []
        for role in ("incidents", "reviews"):
            by_group: dict[str, list[AuditedProject]] = {}
            for project in self.projects:
                if getattr(project, role):
                    by_group.setdefault(_group_of(project, role), []).append(project)
            for group, projects in sorted(by_group.items()):
                if group:
                    queries += self._of(group, role, projects, group=True)
                else:
                    queries += [query for one in projects for query in self._of(one.path, role, [one])]
        return share(queries, self.shard)

    def by_project(self, query: IssueQuery) -> list[IssueQuery]:
        """Return the lists of the projects in a group in place of the group's, which the server refuses."""
        projects = [project for project in self.projects if project.path in query.projects]
        lists = [one for project in projects for one in self._of(project.path, query.what, [project])]
        days = {name: query.filters[name] for name in ("createdAfter", "createdBefore") if name in query.filters}
        return [replace(one.within(**days), part=query.part) for one in lists if _kind(one) == _kind(query)]

    def _of(self, path: str, role: str, projects: Sequence[AuditedProject], *, group: bool = False) -> list[IssueQuery]:
        tables = [self.tables[project.path] for project in projects]
        before = {"createdBefore": self.until.astimezone(UTC).isoformat()}
        filters = _incidents(tables, self.settings) if role == "incidents" else _reviews(tables, self.settings)
        covered = frozenset(project.path for project in projects) if group else frozenset()
        return [
            IssueQuery(path=path, what=role, filters=before | chosen, group=group, projects=covered)
            for chosen in filters
        ]


def _group_of(project: AuditedProject, role: str) -> str:
    return project.incident_group if role == "incidents" else project.review_group


def _kind(query: IssueQuery) -> tuple[str, str, bool]:
    """Return what tells the lists of one place and role apart."""
    return query.what, str(query.filters.get("search", "")), "types" in query.filters


def _spelt(tables: Iterable[LabelTable], configured: Sequence[str]) -> list[str]:
    return sorted({name for table in tables for name in table.spelt(configured)})


def _incidents(tables: Sequence[LabelTable], settings: Settings) -> list[dict[str, Any]]:
    since = first_moment(settings)
    within: dict[str, Any] = {"createdAfter": since.isoformat()} if since else {}
    lists = [within | {"types": ["INCIDENT"]}]
    if spelt := _spelt(tables, settings.labels.incident):
        # issues of type incident are in the first list already
        lists.append(within | {"or": {"labelNames": spelt}, "not": {"types": ["INCIDENT"]}})
    return lists


def _reviews(tables: Sequence[LabelTable], settings: Settings) -> list[dict[str, Any]]:
    spelt = _spelt(tables, settings.labels.review)
    labelled: list[dict[str, Any]] = [{"or": {"labelNames": spelt}}] if spelt else []
    # a title search would return the labelled ones again
    rest = {"not": {"labelName": spelt}} if spelt else {}
    prefixes = dict.fromkeys(map(titles.searched, settings.review.prefixes))
    return labelled + [{"search": words, "in": ["TITLE"], **rest} for words in prefixes if words]

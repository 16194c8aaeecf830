"""The lists of issues that contain every incident and every review of a project."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from audit.gitlab.read.issue_lists import IssueQuery
from audit.text import titles

if TYPE_CHECKING:
    from audit.gitlab.read.preflight import AuditedProject
    from audit.gitlab.read.project_labels import LabelTable
    from audit.settings.settings import Settings


def first_moment(settings: Settings) -> datetime | None:
    """Return the start of the first day to read, in the settings' zone; None: all days are read."""
    if settings.first_day is None:
        return None
    return datetime.combine(settings.first_day, time(), ZoneInfo(settings.timezone)).astimezone(UTC)


def queries(project: AuditedProject, table: LabelTable, settings: Settings, until: datetime) -> list[IssueQuery]:
    """Return the lists that contain every incident and every review of a project."""
    before: dict[str, Any] = {"createdBefore": until.astimezone(UTC).isoformat()}
    filters: list[tuple[str, dict[str, Any]]] = []
    if project.incidents:
        since = first_moment(settings)
        within = before | ({"createdAfter": since.isoformat()} if since else {})
        filters.append(("incidents", within | {"types": ["INCIDENT"]}))
        if spelt := table.spelt(settings.labels.incident):
            # issues of type incident are in the first list already
            filters.append(("incidents", within | {"or": {"labelNames": spelt}, "not": {"types": ["INCIDENT"]}}))
    if project.reviews:
        filters += [("reviews", before | review) for review in _reviews(table, settings)]
    return [IssueQuery(path=project.path, what=what, filters=chosen) for what, chosen in filters]


def _reviews(table: LabelTable, settings: Settings) -> list[dict[str, Any]]:
    spelt = table.spelt(settings.labels.review)
    labelled: list[dict[str, Any]] = [{"or": {"labelNames": spelt}}] if spelt else []
    # a title search would return the labelled ones again
    rest = {"not": {"labelName": spelt}} if spelt else {}
    prefixes = dict.fromkeys(map(titles.searched, settings.review.prefixes))
    return labelled + [{"search": words, "in": ["TITLE"], **rest} for words in prefixes if words]

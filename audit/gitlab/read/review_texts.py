"""Reads the texts of a few reviews with their templates, for those who set the auditor up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import Field, RootModel

from audit.errors import UsageError
from audit.gitlab.http import failures
from audit.gitlab.http.client import issue_path, project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import IssueRow
from audit.gitlab.read.template_files import holding_reviews, read_templates
from audit.model import Gap, Issue, Ref, User
from audit.text import labels, titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import AuditedProject
    from audit.gitlab.read.project_labels import LabelTable
    from audit.gitlab.read.template_files import Templates
    from audit.settings.settings import Settings

_MOST_PROJECTS = 20
"""Most projects in which the newest reviews are looked for."""


class DescribedRow(IssueRow):
    """An issue with its type and labels."""

    issue_type: str | None = None
    labels: list[str] = Field(default_factory=list)


class _Rows(RootModel[list[DescribedRow]]):
    """One page of a list of issues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTexts:
    """Reviews, and the templates from which they were begun."""

    issues: tuple[Issue, ...]
    """The newest first. Of each only its name, address, title, text, type, labels and opening are read."""
    templates: Templates
    gaps: tuple[Gap, ...] = ()


def read_review(client: Client, settings: Settings, ref: Ref) -> ReviewTexts:
    """Read one issue and the templates of its project. Raises UsageError where there is none, and RequestError."""
    try:
        row = client.get(issue_path(ref), DescribedRow)
    except RequestError as error:
        if error.cause is not Cause.NOT_FOUND:
            raise
        raise UsageError(f"no issue {ref} was found", "Check its number, and that the token may see it.") from error
    issue = _issue(row, ref.project)
    templates = read_templates(client, settings, {ref.project: (issue.created_at,)})
    return ReviewTexts(issues=(issue,), templates=templates, gaps=templates.gaps)


def newest_reviews(
    client: Client,
    settings: Settings,
    projects: Iterable[AuditedProject],
    tables: Mapping[str, LabelTable],
    *,
    most: int,
) -> ReviewTexts:
    """Read the newest reviews of all projects, with a request for each label and prefix in each project."""
    paths = sorted(holding_reviews(settings, projects))
    wanted = [(path, query) for path in paths[:_MOST_PROJECTS] for query in _queries(settings, tables[path])]
    pages = client.map(lambda one: _page(client, *one, most=most), wanted)
    found = {issue.ref: issue for page in pages if not isinstance(page, Gap) for issue in page}
    reviews = [issue for issue in found.values() if is_review(issue, settings)]
    newest = sorted(reviews, key=lambda issue: (issue.created_at, issue.ref), reverse=True)[:most]
    opened = {path: [issue.created_at for issue in newest if issue.ref.project == path] for path in paths}
    templates = read_templates(client, settings, opened)
    gaps = tuple(page for page in pages if isinstance(page, Gap))
    return ReviewTexts(issues=tuple(newest), templates=templates, gaps=(*gaps, *templates.gaps))


def is_review(issue: Issue, settings: Settings) -> bool:
    """Return whether an issue that :func:`read_review` read is a review, or an incident that is its own."""
    names = settings.labels
    if issue.issue_type == "incident" or not labels.keys(names.incident).isdisjoint(labels.keys(issue.labels)):
        return settings.review.where != "issue"
    if settings.review.where == "inline":
        return False
    by_label = not labels.keys(names.review).isdisjoint(labels.keys(issue.labels))
    return by_label or titles.has_prefix(issue.title, settings.review.prefixes)


def _queries(settings: Settings, table: LabelTable) -> list[dict[str, Any]]:
    queries: list[dict[str, Any]] = []
    if settings.review.where != "inline":
        queries += [{"labels": spelling} for spelling in table.spelt(settings.labels.review)]
        words = dict.fromkeys(map(titles.searched, settings.review.prefixes))
        queries += [{"search": searched, "in": "title"} for searched in words]
    if settings.review.where != "issue":
        queries.append({"issue_type": "incident"})
        queries += [{"labels": spelling} for spelling in table.spelt(settings.labels.incident)]
    return queries


def _page(client: Client, project: str, query: dict[str, Any], *, most: int) -> list[Issue] | Gap:
    try:
        path = f"{project_path(project)}/issues"
        rows = client.get(path, _Rows, order_by="created_at", sort="desc", per_page=most, **query).root
    except RequestError as error:
        return failures.gap(error, project, "reviews")
    return [_issue(row, project) for row in rows]


def _issue(row: DescribedRow, project: str) -> Issue:
    return Issue(
        ref=Ref(project, row.iid),
        id=0,
        url=row.web_url,
        title=row.title,
        description=row.description or "",
        issue_type=row.issue_type or "issue",
        confidential=row.confidential,
        created_at=row.created_at,
        labels=tuple(row.labels),
        author=User(username=row.author.username if row.author else ""),
    )

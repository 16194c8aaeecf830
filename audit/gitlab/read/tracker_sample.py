"""Reads what a tracker uses, in a few requests: labels, newest issues, templates, catalogues by their usual names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.project_labels import ARCHIVES_SINCE, read_labels
from audit.gitlab.read.rest_rows import ProjectRow, TreeRow
from audit.gitlab.read.review_texts import DescribedRow
from audit.gitlab.read.template_files import is_review_template
from audit.settings.first_file import CatalogCandidate, SampledIssue, TrackerSample, looks_like_review

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.gitlab.http.failures import RequestError as Failure
    from audit.gitlab.read.preflight import Preflight

_PAGE: Final = 100
_MOST_PROJECTS: Final = 5
"""Projects of a group in which issues and templates are looked at."""
_MOST_REPOSITORIES: Final = 60
"""Repositories of the group in which a catalogue is looked for."""
_TEMPLATES: Final = ".gitlab/issue_templates"
_FOLDERS: Final = ("services", "catalog", "catalogue", "service-catalog")
_SERVICES: Final = tuple(
    f"{name}.{end}" for name in ("service-catalog", "service_catalog", "services") for end in ("yml", "yaml")
)
_TEAMS: Final = ("teams.yml", "teams.yaml")
_BESIDE_CODE: Final = (
    *("catalog-info.yaml", "catalog-info.yml", "opslevel.yml", "cortex.yaml", "cortex.yml"),
    *("service.datadog.yaml", "entity.datadog.yaml", "compass.yml", "compass.yaml"),
)
"""Names of catalogue files that stand in the repository of each service."""


class Sampler:
    """Reads a sample; what cannot be read is noted, and the rest goes on."""

    def __init__(self, client: Client, preflight: Preflight) -> None:
        self._client = client
        self._projects = [project.path for project in preflight.projects[:_MOST_PROJECTS]]
        self._archived = preflight.release >= ARCHIVES_SINCE
        self._unread: list[str] = []

    def read(self, path: str, *, group: bool) -> TrackerSample:
        """Return what the project or group at ``path`` uses."""
        names = sorted({name for project in self._projects for name in self._labels(project)})
        reviews = [name for name in names if looks_like_review(name)]
        issues = {row.web_url: row for project in self._projects for row in self._issues(project, reviews)}
        templates = sorted({row.name for project in self._projects for row in self._tree(project, _TEMPLATES)})
        templates = [name for name in templates if name.endswith(".md")]
        services, teams = self._catalogues(path if group else path.rpartition("/")[0])
        return TrackerSample(
            path=path,
            group=group,
            labels=tuple(names),
            issues=tuple(_sampled(row) for row in issues.values()),
            templates=tuple(templates),
            review_templates=tuple(name for name in templates if is_review_template(name, ())),
            services=services,
            teams=teams,
            unread=tuple(dict.fromkeys(self._unread)),
        )

    def _labels(self, project: str) -> tuple[str, ...]:
        table = read_labels(self._client, project, archived=self._archived)
        if table.gap is not None:
            self._unread.append(f"labels of {project}: {table.gap.why}")
        return table.names

    def _issues(self, project: str, reviews: Iterable[str]) -> list[DescribedRow]:
        """Return the newest issues, and the newest incidents and reviews, which may be rare among them."""
        rows: list[DescribedRow] = []
        for query in ({}, {"issue_type": "incident"}, *({"labels": name} for name in reviews)):
            try:
                where = f"{project_path(project)}/issues"
                wanted = {"order_by": "created_at", "sort": "desc", "per_page": _PAGE, **query}
                rows += self._client.get_page(where, DescribedRow, **wanted)
            except RequestError as error:
                self._note(f"issues of {project}", error)
        return rows

    def _tree(self, project: str, folder: str = "") -> list[TreeRow]:
        """Return a folder of a repository; empty where there is none, or no repository."""
        try:
            where = f"{project_path(project)}/repository/tree"
            return self._client.get_page(where, TreeRow, path=folder, per_page=_PAGE)
        except RequestError as error:
            if error.cause is not Cause.NOT_FOUND:
                self._note(f"repository of {project}", error)
            return []

    def _note(self, what: str, error: Failure) -> None:
        self._unread.append(f"{what}: {error.message}")

    def _catalogues(self, group: str) -> tuple[CatalogCandidate | None, CatalogCandidate | None]:
        """Return the files of services and of teams that have a usual name, in the repositories of a group."""
        repositories = self._repositories(group) or self._projects
        roots = dict(zip(repositories, self._client.map(self._tree, repositories), strict=True))
        central = next((found for path, root in roots.items() if (found := self._central(path, root))), None)
        if central is not None:
            return central
        names = Counter(row.name for root in roots.values() for row in root if row.name in _BESIDE_CODE)
        for name, count in names.most_common(1):
            source = {"group": group, "path": name}
            return CatalogCandidate(source=source, why=f"{count} of {len(roots)} repositories have one"), None
        return None, None

    def _central(self, project: str, root: list[TreeRow]) -> tuple[CatalogCandidate, CatalogCandidate | None] | None:
        """Return a file of all services in a repository, at its top or in a folder with a usual name."""
        below = [row.path for row in root if row.type == "tree" and row.name in _FOLDERS]
        for rows in (root, *(self._tree(project, folder) for folder in below)):
            files = {row.name: row.path for row in rows if row.type == "blob"}
            services = next((files[name] for name in _SERVICES if name in files), "")
            teams = next((files[name] for name in _TEAMS if name in files), "")
            if services:
                return _candidate(project, services), _candidate(project, teams) if teams else None
        return None

    def _repositories(self, group: str) -> list[str]:
        """Return the projects of a group, those that changed last first; empty where it is no group."""
        within = {"include_subgroups": "true", "with_shared": "false", "archived": "false"}
        try:
            rows = self._client.get_page(
                f"/groups/{quote(group, safe='')}/projects",
                ProjectRow,
                **within,
                order_by="last_activity_at",
                per_page=_PAGE,
            )
        except RequestError as error:
            if error.cause is not Cause.NOT_FOUND:
                self._note(f"projects of {group}", error)
            return []
        return [row.path_with_namespace for row in rows if row.repository_access_level != "disabled"][
            :_MOST_REPOSITORIES
        ]


def _candidate(project: str, path: str) -> CatalogCandidate:
    return CatalogCandidate(source={"project": project, "path": path}, why="by its usual name")


def _sampled(row: DescribedRow) -> SampledIssue:
    return SampledIssue(title=row.title, labels=tuple(row.labels), issue_type=row.issue_type or "issue")

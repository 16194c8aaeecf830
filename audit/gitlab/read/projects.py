"""The projects and groups of the settings as GitLab has them today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.model import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.settings.tracker_settings import Projects


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedProject:
    """An audited project."""

    id: int
    path: str
    """The full path of today."""
    url: str
    visibility: str
    """Of its issues: they may be for members only in a project that everybody sees."""
    incidents: bool
    reviews: bool
    archived: bool = False
    former_path: str | None = None
    """How the settings call it, where that is a path of before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The projects to read, and what is wrong with the others."""

    projects: tuple[AuditedProject, ...]
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A project or group as the settings name it."""

    name: str
    group: bool
    incidents: bool
    reviews: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    projects: tuple[AuditedProject, ...] = ()
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    advice: str = ""


def resolve(client: Client, settings: Projects, *, write: bool) -> Resolved:
    """Ask for every project and group of the settings, and for the projects in the groups and their subgroups."""

    def ask(asked: _Asked) -> _Answer:
        try:
            return _group(client, asked, write=write) if asked.group else _project(client, asked, write=write)
        except RequestError as error:
            what = "group" if asked.group else "project"
            return _Answer(faults=(_fault(error, what, asked.name),), advice=error.advice)

    answers = client.map(ask, _asked(settings))
    faults = [fault for answer in answers for fault in answer.faults]
    found = _merged(project for answer in answers for project in answer.projects)
    if not faults and not any(project.incidents for project in found):
        faults.append("the incident groups hold no project with issues")
    return Resolved(
        projects=found,
        faults=tuple(dict.fromkeys(faults)),
        warnings=tuple(dict.fromkeys(w for answer in answers for w in answer.warnings)),
        advice=" ".join(dict.fromkeys(answer.advice for answer in answers if answer.advice))
        or "Check `projects` in the settings.",
    )


def _asked(settings: Projects) -> list[_Asked]:
    reviews, review_groups = settings.reviews, settings.review_groups
    if not reviews and not review_groups:
        reviews, review_groups = settings.incidents, settings.incident_groups
    named = [
        (settings.incidents, reviews, False),
        (settings.incident_groups, review_groups, True),
    ]
    return [
        _Asked(name=name, group=group, incidents=name in ours, reviews=name in theirs)
        for ours, theirs, group in named
        for name in dict.fromkeys((*ours, *theirs))
    ]


def _fault(error: RequestError, what: str, name: str) -> str:
    if error.cause is Cause.NOT_FOUND:
        return f"{what} {name} does not exist, or the token may not see it"
    return f"{what} {name}: {error.message}"


def _project(client: Client, asked: _Asked, *, write: bool) -> _Answer:
    row = client.rest_get(project_path(asked.name))
    if not _has_issues(row):
        advice = f"Switch the issues of {asked.name} on under its Settings > General > Visibility, or name it no more."
        return _Answer(faults=(f"project {asked.name} has issues disabled",), advice=advice)
    project = _made(row, asked)
    warnings = []
    if not asked.name.isdigit() and asked.name.lower() != project.path.lower():
        project = replace(project, former_path=asked.name)
        warnings.append(f"project {asked.name} is called {project.path} now: change the settings")
    if role(row) < Role.REPORTER:
        warnings.append(_unprivileged(project.path))
    return _Answer(projects=(project,), warnings=(*warnings, *_writing(project, row, write=write)))


def _group(client: Client, asked: _Asked, *, write: bool) -> _Answer:
    path = f"/groups/{quote(asked.name, safe='')}"
    told = client.rest_get(path, with_projects="false")
    warnings = []
    if not asked.name.isdigit() and asked.name.lower() != told["full_path"].lower():
        warnings.append(f"group {asked.name} is called {told['full_path']} now: change the settings")
    # by number, since a second redirect would cost one request a page
    listing = f"/groups/{told['id']}/projects"
    # projects that other groups share with this one are not its own
    within = {"include_subgroups": "true", "with_shared": "false", "order_by": "id", "sort": "asc"}
    rows = client.rest_list(listing, **within)
    privileged = client.rest_list(listing, **within, min_access_level=Role.REPORTER.value)
    roles = {row["id"] for row in privileged}
    projects = []
    for row in rows:
        if not _has_issues(row):
            warnings.append(f"project {row['path_with_namespace']} is skipped: it has issues disabled")
            continue
        project = _made(row, asked)
        projects.append(project)
        if row["id"] not in roles:
            warnings.append(_unprivileged(project.path))
        warnings += _writing(project, row, write=write)
    return _Answer(projects=tuple(projects), warnings=tuple(warnings))


def _has_issues(row: dict[str, Any]) -> bool:
    return row.get("issues_enabled") is not False and row.get("issues_access_level") != "disabled"


def _made(row: dict[str, Any], asked: _Asked) -> AuditedProject:
    return AuditedProject(
        id=row["id"],
        path=row["path_with_namespace"],
        url=row["web_url"],
        visibility=visibility(row),
        incidents=asked.incidents,
        reviews=asked.reviews,
        archived=bool(row.get("archived")),
    )


def visibility(row: dict[str, Any]) -> str:
    """Return who may read a project's issues: private, internal or public."""
    closed = row.get("issues_access_level") == "private"
    return "private" if closed else row.get("visibility") or "private"


def role(row: dict[str, Any]) -> int:
    """Return the account's role; an instance's administrator may have none and yet see everything."""
    places = (row.get("permissions") or {}).values()
    return max((place["access_level"] for place in places if place), default=0)


def _unprivileged(path: str) -> str:
    return f"the token's account has no role of Reporter or above in {path}: confidential issues stay unseen"


def _writing(project: AuditedProject, row: dict[str, Any], *, write: bool) -> list[str]:
    if not write:
        return []
    if project.archived:
        return [f"project {project.path} is archived: nothing can be posted there"]
    if row.get("permissions") and role(row) == 0:
        return [f"the token's account is no member of {project.path}: it may not be able to post there"]
    return []


def _merged(projects: Iterable[AuditedProject]) -> tuple[AuditedProject, ...]:
    """Return each project once, as incident or review project or both, however often it was named."""
    by_id: dict[int, AuditedProject] = {}
    for project in projects:
        known = by_id.get(project.id, project)
        by_id[project.id] = replace(
            known,
            incidents=known.incidents or project.incidents,
            reviews=known.reviews or project.reviews,
            former_path=known.former_path or project.former_path,
        )
    return tuple(sorted(by_id.values(), key=lambda project: project.path))

"""Looks up the projects and groups of the settings in GitLab."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.project_rows import rows_together
from audit.gitlab.read.rest_rows import NamedGroup, ProjectRow
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
    """Current full path."""
    url: str
    visibility: str
    """Visibility of its issues, which may be for members only even in a public project."""
    incidents: bool
    reviews: bool
    archived: bool = False
    sees_confidential: bool = True
    """The token's account has a role that sees confidential issues: Planner, Reporter or above."""
    role: int | None = None
    """The access level of the token's account there, at least; None: not known."""
    former_path: str | None = None
    """The path in the settings, if that is a former one."""
    incident_group: str = ""
    """The group of the settings by which its issues can be incidents, by its path of today; empty: none."""
    review_group: str = ""

    @property
    def group(self) -> str:
        """A group of the settings that it is in; empty: none."""
        return self.incident_group or self.review_group


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The projects to read, and the faults of the others."""

    projects: tuple[AuditedProject, ...]
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A project or group in the settings."""

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
    """Look up every project and group of the settings, and the projects in the groups and their subgroups."""

    def look_up(named: _Entry) -> _Answer:
        try:
            if named.group:
                return _group(client, named, write=write)
            row = together.get(named.name.lower()) or client.get(project_path(named.name), ProjectRow)
            return _project(row, named, write=write)
        except RequestError as error:
            if error.cause is Cause.NOT_FOUND and _is_the_other(client, named):
                return _Answer(faults=(_mistaken(named),))
            what = "group" if named.group else "project"
            return _Answer(faults=(_fault(error, what, named.name),), advice=error.advice)

    entries = _entries(settings)
    together = rows_together(client, (named.name for named in entries if not named.group))
    answers = client.map(look_up, entries)
    # the advice is about those that have one: they stand last, before it
    faults = [fault for answer in sorted(answers, key=lambda one: bool(one.advice)) for fault in answer.faults]
    projects = _merged(project for answer in answers for project in answer.projects)
    if not faults and not any(project.incidents for project in projects):
        faults.append("the incident groups hold no project with issues")
    return Resolved(
        projects=projects,
        faults=tuple(dict.fromkeys(faults)),
        warnings=tuple(dict.fromkeys(w for answer in answers for w in answer.warnings)),
        advice=" ".join(dict.fromkeys(answer.advice for answer in answers if answer.advice))
        or "Check `projects` in the settings.",
    )


def _entries(settings: Projects) -> list[_Entry]:
    reviews, review_groups = settings.reviews, settings.review_groups
    if not reviews and not review_groups:
        reviews, review_groups = settings.incidents, settings.incident_groups
    lists = [
        (settings.incidents, reviews, False),
        (settings.incident_groups, review_groups, True),
    ]
    return [
        _Entry(name=name, group=group, incidents=name in of_incidents, reviews=name in of_reviews)
        for of_incidents, of_reviews, group in lists
        for name in dict.fromkeys((*of_incidents, *of_reviews))
    ]


def _fault(error: RequestError, what: str, name: str) -> str:
    if error.cause is Cause.NOT_FOUND:
        return f"{what} {name} does not exist, or the token may not see it"
    return f"{what} {name}: {error.message}"


def _is_the_other(client: Client, named: _Entry) -> bool:
    """Return whether what was named as a project is a group, or the other way round."""
    if not named.group:
        return is_group(client, named.name)
    try:
        client.get(project_path(named.name), ProjectRow)
    except RequestError:
        return False
    return True


def is_group(client: Client, name: str) -> bool:
    """Return whether there is a group of this path, as far as the token may see."""
    try:
        client.get(_group_path(name), NamedGroup, with_projects="false")
    except RequestError:
        return False
    return True


def _mistaken(named: _Entry) -> str:
    kinds = [kind for kind, held in (("incident", named.incidents), ("review", named.reviews)) if held]
    if named.group:
        keys = " and ".join(f"projects.{kind}s" for kind in kinds)
        return f"{named.name} is a project: name it under {keys}, not among the groups"
    keys = " and ".join(f"projects.{kind}_groups" for kind in kinds)
    return f"{named.name} is a group: name it under {keys}"


def _group_path(name: str) -> str:
    return f"/groups/{quote(name, safe='')}"


def _project(row: ProjectRow, named: _Entry, *, write: bool) -> _Answer:
    if not _has_issues(row):
        advice = f"Enable issues in {named.name} (Settings > General > Visibility), or remove it from the settings."
        return _Answer(faults=(f"project {named.name} has issues disabled",), advice=advice)
    project = _made(row, named, sees_confidential=role(row) >= Role.PLANNER)
    warnings = []
    if not named.name.isdigit() and named.name.lower() != project.path.lower():
        project = replace(project, former_path=named.name)
        warnings.append(f"project {named.name} is called {project.path} now: change the settings")
    if not project.sees_confidential:
        warnings.append(_unprivileged(project.path))
    return _Answer(projects=(project,), warnings=(*warnings, *_writing(project, row, write=write)))


def _group(client: Client, named: _Entry, *, write: bool) -> _Answer:
    group = client.get(_group_path(named.name), NamedGroup, with_projects="false")
    warnings = []
    if not named.name.isdigit() and named.name.lower() != group.full_path.lower():
        warnings.append(f"group {named.name} is called {group.full_path} now: change the settings")
    # by number, since a second redirect would cost one request a page
    listing = f"/groups/{group.id}/projects"
    # projects that other groups share with this one do not belong to it
    within = {"include_subgroups": "true", "with_shared": "false", "order_by": "id", "sort": "asc"}
    rows = client.get_list(listing, ProjectRow, **within)
    privileged = {row.id for row in _privileged(client, listing, within)}
    if not rows:
        warnings.append(f"group {group.full_path} holds no project that the token may see")
    projects = []
    for row in rows:
        if not _has_issues(row):
            warnings.append(f"project {row.path_with_namespace} is skipped: it has issues disabled")
            continue
        project = _made(row, named, sees_confidential=row.id in privileged)
        project = replace(
            project,
            incident_group=group.full_path if named.incidents else "",
            review_group=group.full_path if named.reviews else "",
        )
        projects.append(project)
        if not project.sees_confidential:
            warnings.append(_unprivileged(project.path))
        warnings += _writing(project, row, write=write)
    return _Answer(projects=tuple(projects), warnings=tuple(warnings))


def _privileged(client: Client, listing: str, within: dict[str, str]) -> list[ProjectRow]:
    """Return the projects in which the account sees confidential issues."""
    try:
        return client.get_list(listing, ProjectRow, **within, min_access_level=Role.PLANNER.value)
    except RequestError as error:
        if error.cause is not Cause.REFUSED:
            raise
        # servers before 17.7 have no Planner
        return client.get_list(listing, ProjectRow, **within, min_access_level=Role.REPORTER.value)


def _has_issues(row: ProjectRow) -> bool:
    return row.issues_enabled is not False and row.issues_access_level != "disabled"


def _made(row: ProjectRow, named: _Entry, *, sees_confidential: bool) -> AuditedProject:
    return AuditedProject(
        id=row.id,
        path=row.path_with_namespace,
        url=row.web_url,
        visibility=visibility(row),
        incidents=named.incidents,
        reviews=named.reviews,
        archived=bool(row.archived),
        sees_confidential=sees_confidential,
        role=_known_role(row, sees_confidential=sees_confidential),
    )


def visibility(row: ProjectRow) -> str:
    """Return the visibility of a project's issues: private, internal or public."""
    closed = row.issues_access_level == "private"
    return "private" if closed else row.visibility or "private"


def role(row: ProjectRow) -> int:
    """Return the account's role; an administrator of the instance may have none and still see everything."""
    if row.permissions is None:
        return 0
    ways = (row.permissions.project_access, row.permissions.group_access)
    return max((way.access_level for way in ways if way), default=0)


def _known_role(row: ProjectRow, *, sees_confidential: bool) -> int | None:
    """Return the account's role as far as the answer tells it.

    The list of a group's projects does not, and no answer tells of a role through a group that shares the project.
    """
    return role(row) or (Role.PLANNER.value if sees_confidential else None)


def _unprivileged(path: str) -> str:
    return f"the token's account has no role of Planner, Reporter or above in {path}: confidential issues stay unseen"


def _writing(project: AuditedProject, row: ProjectRow, *, write: bool) -> list[str]:
    if not write:
        return []
    if project.archived:
        return [f"project {project.path} is archived: nothing can be posted there"]
    if row.permissions and role(row) == 0:
        return [f"the token's account is no member of {project.path}: it may not be able to post there"]
    return []


def _upper(one: str, other: str) -> str:
    """Return the group that holds the other one."""
    return min(filter(None, (one, other)), key=len, default="")


def _merged(projects: Iterable[AuditedProject]) -> tuple[AuditedProject, ...]:
    """Return each project once, as incident project, review project or both."""
    by_id: dict[int, AuditedProject] = {}
    for project in projects:
        known = by_id.get(project.id, project)
        by_id[project.id] = replace(
            known,
            incidents=known.incidents or project.incidents,
            reviews=known.reviews or project.reviews,
            sees_confidential=known.sees_confidential or project.sees_confidential,
            role=max((one.role for one in (known, project) if one.role is not None), default=None),
            former_path=known.former_path or project.former_path,
            incident_group=_upper(known.incident_group, project.incident_group),
            review_group=_upper(known.review_group, project.review_group),
        )
    return tuple(sorted(by_id.values(), key=lambda project: project.path))

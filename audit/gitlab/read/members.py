"""Reads who is a member: roles in projects with a command to the bot, and the groups of owning teams.

Member lists can be long, so no others are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import MemberRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.model import Gap


class Roles(NamedTuple):
    """Project -> lower-case username -> access level; a project whose members cannot be read is missing."""

    by_project: dict[str, dict[str, int]]
    gaps: tuple[Gap, ...]


def read_roles(client: Client, projects: Iterable[str]) -> Roles:
    """Read the active members of each project, including those of the groups above it."""
    paths = sorted(set(projects))
    answers = client.map(lambda path: _levels(client, path), paths)
    return Roles(
        by_project={project: levels for project, (levels, _) in zip(paths, answers, strict=True) if levels is not None},
        gaps=tuple(gap for _, gap in answers if gap is not None),
    )


def read_groups(client: Client, groups: Iterable[str]) -> tuple[dict[str, tuple[str, ...]], list[Gap]]:
    """Return lower-case group -> its direct members, lower case, sorted; a name that is no group is missing."""
    names = sorted({name.lower() for name in groups})
    answers = client.map(lambda name: _of_group(client, name), names)
    members = {name: found for name, (found, _) in zip(names, answers, strict=True) if found is not None}
    return members, [gap for _, gap in answers if gap is not None]


def _of_group(client: Client, group: str) -> tuple[tuple[str, ...] | None, Gap | None]:
    try:
        rows = client.get_list(f"/groups/{quote(group, safe='')}/members", MemberRow)
    except RequestError as error:
        # a name that is no group is an answer, and so is a group that this token may not see
        return None, None if error.cause is Cause.NOT_FOUND else failures.gap(error, f"@{group}", "members")
    return tuple(sorted({row.username.lower() for row in rows if row.state == "active"})), None


def _levels(client: Client, project: str) -> tuple[dict[str, int] | None, Gap | None]:
    try:
        rows = client.get_list(f"{project_path(project)}/members/all", MemberRow)
    except RequestError as error:
        return None, failures.gap(error, project, "users")
    levels: dict[str, int] = {}
    for row in rows:
        if row.state == "active":
            # someone who is a member in two ways is listed once, with the higher role; older servers list them twice
            name = row.username.lower()
            levels[name] = max(levels.get(name, 0), row.access_level)
    return levels, None

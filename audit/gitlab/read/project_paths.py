"""Finds projects by the paths that people write: current ones, or former ones before a rename or a move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import ProjectRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPaths:
    """Known paths of projects. All keys are lower case, since GitLab's paths are case insensitive."""

    current: dict[str, str]
    """Current or former path -> current path."""
    unanswered: dict[str, str] = field(default_factory=dict)
    """Path that could not be looked up -> why. A path that does not exist is in neither mapping."""

    def today(self, path: str) -> str | None:
        """Return a project's current path, or None if the path is unknown."""
        return self.current.get(path.lower())

    def former(self, read: Iterable[str]) -> dict[str, str]:
        """Return the former paths of these projects."""
        kept = set(read)
        return {path: today for path, today in self.current.items() if path != today.lower() and today in kept}


def audited_paths(preflight: Preflight) -> ProjectPaths:
    """Return the paths of the audited projects, including former ones in the settings."""
    former = {project.former_path.lower(): project.path for project in preflight.projects if project.former_path}
    return ProjectPaths(current=former | {project.path.lower(): project.path for project in preflight.projects})


def look_up(client: Client, known: ProjectPaths, paths: Iterable[str]) -> ProjectPaths:
    """Look up each path that is not known yet, with one request each, and return all known paths."""
    unknown = sorted({path.lower() for path in paths if known.today(path) is None})
    answers = dict(zip(unknown, client.map(lambda path: _look_up(client, path), unknown), strict=True))
    return ProjectPaths(
        current=known.current | {path: today for path, (today, _) in answers.items() if today},
        unanswered={path: why for path, (_, why) in answers.items() if why},
    )


def _look_up(client: Client, path: str) -> tuple[str, str]:
    """Return the current path, and why it is unknown; both are empty if no such project exists."""
    try:
        return client.get(project_path(path), ProjectRow).path_with_namespace, ""
    except RequestError as error:
        failures.check(error)
        return "", "" if error.cause is Cause.NOT_FOUND else error.message

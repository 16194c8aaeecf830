"""Finds projects by the paths that people write: current ones, or former ones before a rename or a move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import read_part
from audit.gitlab.read.graphql_nodes import ProjectNode
from audit.gitlab.read.rest_rows import ProjectRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight

_FEW: Final = 4
"""So many paths are looked up by REST alone: in parallel that takes no longer, and it finds former ones at once."""
_BATCH: Final = 50
"""Places in the query ``projects``, whose complexity is three for each; GitLab's limit is 250."""
_ANSWER: Final = TypeAdapter(ProjectNode | None)


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


def look_up(
    client: Client, known: ProjectPaths, paths: Iterable[str], former: Mapping[str, str] | None = None
) -> ProjectPaths:
    """Look up each path that is not known yet, and return all known paths.

    GraphQL finds up to 50 current paths with one request, spelt as they are; REST finds former ones and other spellings
    too, one a request. ``former`` are former paths of an earlier pull: one that led to a project of those that are
    known still does, unless another project is there by now.
    """
    unknown = {path.lower(): path for path in sorted(paths) if known.today(path) is None}
    answered, whole = _current(client, list(unknown.values())) if len(unknown) > _FEW else ({}, False)
    current = known.current | answered
    today = set(known.current.values())
    if whole:
        still = {path: where for path, where in (former or {}).items() if path in unknown and where in today}
        current = still | current
    rest = sorted(unknown.keys() - current.keys())
    answers = dict(zip(rest, client.map(lambda path: _look_up(client, unknown[path]), rest), strict=True))
    return ProjectPaths(
        current=current | {path: where for path, (where, _) in answers.items() if where},
        unanswered={path: why for path, (_, why) in answers.items() if why},
    )


def _current(client: Client, paths: list[str]) -> tuple[dict[str, str], bool]:
    """Return the current paths among these by their lower case, and whether GraphQL answered for all of them."""
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    found = client.map(lambda batch: _found(client, batch), batches)
    answered = [batch for batch in found if batch is not None]
    current = {path.lower(): today for batch in answered for path, today in batch.items()}
    return current, len(answered) == len(found)


def _found(client: Client, batch: list[str]) -> dict[str, str] | None:
    # the query has a fixed number of places; GitLab looks a path up once, however often it is there
    names = {f"p{place}": batch[min(place, len(batch) - 1)] for place in range(_BATCH)}

    def parse(data: Any) -> dict[str, str]:
        nodes = {path: _ANSWER.validate_python(data.get(name, {})) for name, path in names.items()}
        return {path: node.full_path for path, node in nodes.items() if node}

    try:
        return client.query("projects", parse, read_part(len(batch)), **names)
    except RequestError as error:
        failures.check(error)
        return None


def _look_up(client: Client, path: str) -> tuple[str, str]:
    """Return the current path, and why it is unknown; both are empty if no such project exists."""
    try:
        return client.get(project_path(path), ProjectRow).path_with_namespace, ""
    except RequestError as error:
        failures.check(error)
        return "", "" if error.cause is Cause.NOT_FOUND else error.message

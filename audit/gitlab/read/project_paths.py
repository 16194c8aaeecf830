"""Projects by the paths that people write: of today, or of before a rename or a move."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.model import Gap, Ref

MOST_ASKED = 50
"""Texts name all sorts of things; so many unknown paths are asked for at most, those named most often first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What is known of paths. All keys are lower case, as GitLab's paths do not mind the case."""

    paths: dict[str, str]
    """A path of today or of before -> the path of today."""

    def today(self, path: str) -> str | None:
        """Return a project's path of today, or None where the path is not known."""
        return self.paths.get(path.lower())

    @property
    def former(self) -> dict[str, str]:
        """The former paths among them."""
        return {path: today for path, today in self.paths.items() if path != today.lower()}


def known(preflight: Preflight) -> Places:
    """Return the paths of the audited projects, and those of the settings that turned out to be former ones."""
    former = {project.former_path.lower(): project.path for project in preflight.projects if project.former_path}
    return Places(paths=former | {project.path.lower(): project.path for project in preflight.projects})


def ask(client: Client, places: Places, named: Iterable[Ref]) -> tuple[Places, list[Gap]]:
    """Ask once for each unknown path that texts name. That one does not exist is no gap: it was never a promise."""
    counted = Counter(ref.project.lower() for ref in named if places.today(ref.project) is None)
    asked = sorted(counted, key=lambda path: (-counted[path], path))[:MOST_ASKED]
    answers = client.map(lambda path: _today(client, path), asked)
    found = {path: answer for path, answer in zip(asked, answers, strict=True) if isinstance(answer, str)}
    return Places(paths=places.paths | found), [answer for answer in answers if answer and not isinstance(answer, str)]


def _today(client: Client, path: str) -> str | Gap | None:
    try:
        return str(client.rest_get(project_path(path))["path_with_namespace"])
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return None
        return failures.gap(error, path, "target")

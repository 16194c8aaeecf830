"""Corrective actions with fewer readers than the report are treated like confidential issues.

An action may lie in any project, and a report on public projects must not show titles from a private one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import RequestError, check
from audit.gitlab.read import projects
from audit.gitlab.read.rest_rows import ProjectRow
from audit.publishing.audience import rank
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.model import Issue
    from audit.settings.settings import Settings


def with_confidential_actions(
    client: Client, settings: Settings, preflight: Preflight, issues: Iterable[Issue]
) -> list[Issue]:
    """Return the issues, with such actions marked as confidential. Each project that matters is looked up once.

    They are compared with a public report if the settings allow one, else with the least visible audited project.
    """
    read = list(issues)
    audited = {project.path: rank(project.visibility) for project in preflight.projects}
    measure = rank("public") if settings.publish.allow_public else min(audited.values())
    if measure == rank("private"):
        return read
    corrective = labels.keys(settings.labels.corrective_action)
    elsewhere = (issue for issue in read if issue.ref.project not in audited)
    paths = sorted({issue.ref.project for issue in elsewhere if not corrective.isdisjoint(labels.keys(issue.labels))})
    ranks = dict(zip(paths, client.map(lambda path: _rank(client, path), paths), strict=True))
    return [
        replace(issue, confidential=True) if ranks.get(issue.ref.project, measure) < measure else issue
        for issue in read
    ]


def _rank(client: Client, path: str) -> int:
    try:
        return rank(projects.visibility(client.get(project_path(path), ProjectRow)))
    except RequestError as error:
        check(error)
        # its visibility is unknown
        return rank("private")

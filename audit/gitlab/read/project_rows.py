"""Reads several projects with one request, as REST answers them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audit.gitlab.http.failures import RequestError
from audit.gitlab.http.retry import read_part
from audit.gitlab.read.graphql_nodes import Nodes, OpenProject
from audit.gitlab.read.paging import within
from audit.gitlab.read.rest_rows import Access, Permissions, ProjectRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client

_BATCH: Final = 50
"""Most paths of projects that GitLab takes in one query."""
_FEW: Final = 2
"""So many are left to REST: in parallel that takes no longer, and it finds former paths at once."""


def rows_together(client: Client, names: Iterable[str]) -> dict[str, ProjectRow]:
    """Return path in lower case -> project, of those that GraphQL tells by these paths; it knows no former ones.

    The role is the highest one, also that through a group with which a project is shared, of which REST is silent.
    Releases before 17.0 do not answer; what is not answered, or in part, is left out.
    """
    paths = sorted({name for name in names if not name.isdigit()})
    if len(paths) <= _FEW:
        return {}
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    return {
        path: row for rows in client.map(lambda batch: _answered(client, batch), batches) for path, row in rows.items()
    }


def _answered(client: Client, batch: list[str]) -> dict[str, ProjectRow]:
    try:
        answer = client.query(
            "audited_projects",
            lambda data: within(data, ("projects",), "audited_projects", Nodes[OpenProject]),
            read_part(len(batch)),
            paths=batch,
        )
    except RequestError:
        # what is wrong is said of each project by REST
        return {}
    wanted = {path.lower() for path in batch}
    return {node.full_path.lower(): _row(node) for node in answer.nodes if node.full_path.lower() in wanted}


def _row(node: OpenProject) -> ProjectRow:
    role = node.max_access_level.integer_value
    return ProjectRow(
        id=node.id,
        path_with_namespace=node.full_path,
        web_url=node.web_url,
        visibility=node.visibility,
        issues_enabled=node.issues_enabled,
        issues_access_level=node.issues_access_level.string_value.lower(),
        archived=node.archived,
        permissions=Permissions(project_access=Access(access_level=role) if role else None),
    )

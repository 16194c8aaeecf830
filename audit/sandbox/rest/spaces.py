"""Projects, groups and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.rest import shapes
from audit.sandbox.rest.lookups import group_of, project_of
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import Reply, as_bool, as_int, json_reply

if TYPE_CHECKING:
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.instance import Call


def project(call: Call, key: str) -> Reply:
    """GET /projects/:id."""
    return json_reply(shapes.project(call, project_of(call, key)))


def group(call: Call, key: str) -> Reply:
    """GET /groups/:id."""
    return json_reply(shapes.group(call, group_of(call, key)))


def group_projects(call: Call, key: str) -> Reply:
    """GET /groups/:id/projects, with `include_subgroups`, `archived` and `min_access_level`."""
    params = call.request.params
    deep = as_bool("include_subgroups", params.get("include_subgroups", False))
    rows = call.world.projects_in(group_of(call, key), subgroups=deep)
    if "archived" in params:
        archived = as_bool("archived", params["archived"])
        rows = [row for row in rows if row.archived is archived]
    least = as_int("min_access_level", params.get("min_access_level", 0))
    rows = [row for row in rows if call.viewer.reads_project(row) and call.viewer.level(row) >= least]
    return paged(call, rows, lambda row: shapes.project(call, row))


def labels(call: Call, key: str) -> Reply:
    """GET /projects/:id/labels; the groups' labels are among them unless switched off."""
    project_row: HostedProject = project_of(call, key)
    params = call.request.params
    deep = as_bool("include_ancestor_groups", params.get("include_ancestor_groups", True))
    words = str(params.get("search", "")).lower()
    spaces = list(project_row.lineage()) if deep else [project_row]
    rows = [row for space in spaces for row in space.labels.values() if words in row.name.lower()]
    rows.sort(key=lambda row: row.name.lower())
    return paged(call, rows, lambda row: shapes.listed_label(call, row))

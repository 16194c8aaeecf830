"""Commits of several files at once, and the branch that they go to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from audit.sandbox.rest.files import text_of, with_code, writable
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import Reply, json_reply, refuse, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.records import Commit
    from audit.sandbox.instance import Call

_ACTIONS = frozenset({"create", "update", "delete"})


def create(call: Call, key: str) -> Reply:
    """POST .../repository/commits: all of the actions or none."""
    project = writable(call, key)
    params = call.request.params
    for name in ("branch", "commit_message", "actions"):
        if name not in params:
            raise refuse_error(400, f"{name} is missing")
    if params["branch"] != project.default_branch:
        raise refuse(400, "You can only create or edit files when you are on a branch")
    texts = dict(_done(project, action) for action in params["actions"])
    made = project.commit(texts, message=str(params["commit_message"]), by=call.user, at=call.now)
    return json_reply(_shape(call, project, made), 201)


def _done(project: HostedProject, action: dict[str, Any]) -> tuple[str, str | None]:
    """Check one action, and return the file and its new text."""
    kind, path = str(action.get("action")), str(action.get("file_path") or "")
    if kind not in _ACTIONS:
        raise refuse_error(400, "actions[0][action] does not have a valid value")
    if not path:
        raise refuse_error(400, "actions[0][file_path] is missing")
    there = project.files.get(path)
    if kind == "create" and there is not None:
        raise refuse(400, "A file with this name already exists")
    if kind != "create" and there is None:
        raise refuse(400, "A file with this name doesn't exist")
    base = action.get("last_commit_id")
    if there is not None and base is not None and base != there.commit_id:
        raise refuse(400, f"The file has changed since you started editing it: {path}")
    return path, None if kind == "delete" else text_of(action)


def listed(call: Call, key: str) -> Reply:
    """GET .../repository/commits, the newest first; `path` keeps those of a file or folder, `until` earlier ones."""
    project = with_code(call, key)
    prefix = str(call.request.params.get("path") or "").strip("/")
    until = call.request.params.get("until")
    rows = [row for row in reversed(project.history()) if not prefix or _touched(row, prefix)]
    if until:
        rows = [row for row in rows if row.at < datetime.fromisoformat(str(until))]
    return paged(call, rows, lambda row: _shape(call, project, row))


def _touched(commit: Commit, folder: str) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for path in commit.paths)


def branch(call: Call, key: str, name: str) -> Reply:
    """GET .../repository/branches/:branch: the sandbox keeps the default branch only."""
    project = with_code(call, key)
    if name != project.default_branch or not project.history():
        raise refuse(404, "404 Branch Not Found")
    about = {
        "name": name,
        "commit": _shape(call, project, project.history()[-1]),
        "merged": False,
        "protected": project.protected,
        "developers_can_push": not project.protected,
        "developers_can_merge": not project.protected,
        "can_push": call.viewer.pushes(project),
        "default": True,
        "web_url": f"{call.site.address(project)}/-/tree/{name}",
    }
    return json_reply(about)


def _shape(call: Call, project: HostedProject, row: Commit) -> dict[str, Any]:
    at, email = call.site.moment(row.at), f"{row.author}@example.com"
    return {
        "id": row.id,
        "short_id": row.id[:8],
        "title": row.message.partition("\n")[0],
        "message": row.message,
        "author_name": row.author,
        "author_email": email,
        "authored_date": at,
        "committer_name": row.author,
        "committer_email": email,
        "committed_date": at,
        "created_at": at,
        "parent_ids": [],
        "web_url": f"{call.site.address(project)}/-/commit/{row.id}",
    }

"""The files of a repository, one at a time."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from audit.sandbox.data.records import digest
from audit.sandbox.rest.lookups import project_of, signed_in
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import TEXT, Reply, as_bool, json_reply, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.records import RepoFile
    from audit.sandbox.instance import Call


def file(call: Call, key: str, path: str) -> Reply:
    """GET .../repository/files/:path."""
    row, ref = _file(call, key, path)
    data = row.text.encode()
    return json_reply(_about(row, ref) | {"content": base64.b64encode(data).decode()}, headers=_tags(row))


def raw_file(call: Call, key: str, path: str) -> Reply:
    """GET .../repository/files/:path/raw."""
    row, _ref = _file(call, key, path)
    return Reply(body=row.text.encode(), content_type=TEXT, headers=_tags(row))


def tree(call: Call, key: str) -> Reply:
    """GET .../repository/tree: the folders of a path, then its files; with `recursive` those below them too."""
    project = with_code(call, key)
    params = call.request.params
    path = str(params.get("path") or "").strip("/")
    ref = str(params.get("ref") or "HEAD")
    if not project.files or not project.knows_ref(ref):
        raise refuse(404, "404 Tree Not Found")
    rows = _entries(project, f"{path}/" if path else "", deep=as_bool("recursive", params.get("recursive", False)))
    if not rows:
        raise refuse(404, "404 invalid revision or path Not Found")
    return paged(call, rows, lambda row: row)


def _entries(project: HostedProject, prefix: str, *, deep: bool) -> list[dict[str, str]]:
    below = [file for path, file in sorted(project.files.items()) if path.startswith(prefix)]
    folders = {prefix + "/".join(parts[: n + 1]) for parts in map(_folders(prefix), below) for n in range(len(parts))}
    rows = [_entry(digest(project.path, path), path, "tree", "040000") for path in sorted(folders)]
    rows += [_entry(file.blob_id, file.path, "blob", "100644") for file in below]
    return [row for row in rows if deep or "/" not in row["path"].removeprefix(prefix)]


def _folders(prefix: str) -> Callable[[RepoFile], list[str]]:
    return lambda file: file.path.removeprefix(prefix).split("/")[:-1]


def _entry(number: str, path: str, kind: str, mode: str) -> dict[str, str]:
    return {"id": number, "name": path.rpartition("/")[2], "type": kind, "path": path, "mode": mode}


def with_code(call: Call, key: str) -> HostedProject:
    """Find a project whose repository the caller may read."""
    project = project_of(call, key)
    if not call.viewer.reads_code(project):
        raise refuse(403, "403 Forbidden")
    return project


def _file(call: Call, key: str, path: str) -> tuple[RepoFile, str]:
    project = with_code(call, key)
    ref = str(call.request.params.get("ref") or "HEAD")
    if not project.knows_ref(ref):
        raise refuse(404, "404 Commit Not Found")
    row = project.file_at(path, ref)
    if row is None:
        raise refuse(404, "404 File Not Found")
    return row, ref


def _about(row: RepoFile, ref: str) -> dict[str, Any]:
    data = row.text.encode()
    return {
        "file_name": row.path.rpartition("/")[2],
        "file_path": row.path,
        "size": len(data),
        "encoding": "base64",
        "content_sha256": hashlib.sha256(data).hexdigest(),
        "ref": ref,
        "blob_id": row.blob_id,
        "commit_id": row.commit_id,
        "last_commit_id": row.commit_id,
        "execute_filemode": False,
    }


def _tags(row: RepoFile) -> dict[str, str]:
    return {
        "X-Gitlab-Blob-Id": row.blob_id,
        "X-Gitlab-Last-Commit-Id": row.commit_id,
        "X-Gitlab-File-Path": row.path,
    }


def writable(call: Call, key: str) -> HostedProject:
    """Find a project to whose default branch the caller may push."""
    signed_in(call)
    project = project_of(call, key)
    if not call.viewer.pushes(project):
        raise refuse(403, "403 Forbidden - You are not allowed to push into this branch")
    return project


def text_of(params: dict[str, Any]) -> str:
    """Read the content of a file, which may come in base64."""
    text = str(params.get("content") or "")
    return base64.b64decode(text).decode() if params.get("encoding") == "base64" else text

"""Repository files and wiki pages."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from audit.sandbox.records import DEVELOPER, digest
from audit.sandbox.rest.lookups import project_of, require, signed_in
from audit.sandbox.rest.paging import paged
from audit.sandbox.wire import TEXT, Reply, as_bool, json_reply, refuse, refuse_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.containers import Project
    from audit.sandbox.instance import Call
    from audit.sandbox.records import RepoFile, WikiPage


def file(call: Call, key: str, path: str) -> Reply:
    """GET .../repository/files/:path."""
    found, ref = _file(call, key, path)
    data = found.text.encode()
    return json_reply(_about(found, ref) | {"content": base64.b64encode(data).decode()}, headers=_tags(found))


def raw_file(call: Call, key: str, path: str) -> Reply:
    """GET .../repository/files/:path/raw."""
    found, _ref = _file(call, key, path)
    return Reply(body=found.text.encode(), content_type=TEXT, headers=_tags(found))


def tree(call: Call, key: str) -> Reply:
    """GET .../repository/tree: the folders of a path, then its files; with `recursive` those below them too."""
    project = _with_code(call, key)
    params = call.request.params
    path = str(params.get("path") or "").strip("/")
    ref = str(params.get("ref") or "HEAD")
    if not project.files or not project.knows_ref(ref):
        raise refuse(404, "404 Tree Not Found")
    rows = _entries(project, f"{path}/" if path else "", deep=as_bool("recursive", params.get("recursive", False)))
    if not rows:
        raise refuse(404, "404 invalid revision or path Not Found")
    return paged(call, rows, lambda row: row)


def _entries(project: Project, prefix: str, *, deep: bool) -> list[dict[str, str]]:
    below = [file for path, file in sorted(project.files.items()) if path.startswith(prefix)]
    folders = {prefix + "/".join(parts[: n + 1]) for parts in map(_folders(prefix), below) for n in range(len(parts))}
    rows = [_entry(digest(project.path, path), path, "tree", "040000") for path in sorted(folders)]
    rows += [_entry(file.blob_id, file.path, "blob", "100644") for file in below]
    return [row for row in rows if deep or "/" not in row["path"].removeprefix(prefix)]


def _folders(prefix: str) -> Callable[[RepoFile], list[str]]:
    return lambda file: file.path.removeprefix(prefix).split("/")[:-1]


def _entry(number: str, path: str, kind: str, mode: str) -> dict[str, str]:
    return {"id": number, "name": path.rpartition("/")[2], "type": kind, "path": path, "mode": mode}


def create_file(call: Call, key: str, path: str) -> Reply:
    """POST .../repository/files/:path."""
    project = _writable(call, key)
    text = _content(call, project)
    if path in project.files:
        raise refuse(400, "A file with this name already exists")
    project.file(path, text)
    return json_reply({"file_path": path, "branch": project.default_branch}, 201)


def update_file(call: Call, key: str, path: str) -> Reply:
    """PUT .../repository/files/:path; `last_commit_id` guards against somebody else's change."""
    project = _writable(call, key)
    text = _content(call, project)
    if path not in project.files:
        raise refuse(400, "A file with this name doesn't exist")
    base = call.request.params.get("last_commit_id")
    if base is not None and base != project.files[path].commit_id:
        raise refuse(400, "You are attempting to update a file that has changed since you started editing it.")
    project.file(path, text)
    return json_reply({"file_path": path, "branch": project.default_branch})


def _with_code(call: Call, key: str) -> Project:
    project = project_of(call, key)
    if not call.viewer.reads_code(project):
        raise refuse(403, "403 Forbidden")
    return project


def _file(call: Call, key: str, path: str) -> tuple[RepoFile, str]:
    project = _with_code(call, key)
    ref = str(call.request.params.get("ref") or "HEAD")
    if not project.knows_ref(ref):
        raise refuse(404, "404 Commit Not Found")
    if path not in project.files:
        raise refuse(404, "404 File Not Found")
    return project.files[path], ref


def _about(found: RepoFile, ref: str) -> dict[str, Any]:
    data = found.text.encode()
    return {
        "file_name": found.path.rpartition("/")[2],
        "file_path": found.path,
        "size": len(data),
        "encoding": "base64",
        "content_sha256": hashlib.sha256(data).hexdigest(),
        "ref": ref,
        "blob_id": found.blob_id,
        "commit_id": found.commit_id,
        "last_commit_id": found.commit_id,
        "execute_filemode": False,
    }


def _tags(found: RepoFile) -> dict[str, str]:
    return {
        "X-Gitlab-Blob-Id": found.blob_id,
        "X-Gitlab-Last-Commit-Id": found.commit_id,
        "X-Gitlab-File-Path": found.path,
    }


def _writable(call: Call, key: str) -> Project:
    signed_in(call)
    project = project_of(call, key)
    require(call.viewer.level(project) >= DEVELOPER and not project.archived)
    return project


def _content(call: Call, project: Project) -> str:
    params = call.request.params
    for name in ("branch", "commit_message", "content"):
        if name not in params:
            raise refuse_error(400, f"{name} is missing")
    if params["branch"] != project.default_branch:
        raise refuse(400, "You can only create or edit files when you are on a branch")
    text = str(params["content"])
    return base64.b64decode(text).decode() if params.get("encoding") == "base64" else text


def wiki(call: Call, key: str) -> Reply:
    """GET .../wikis, with `with_content`."""
    project = _readable_wiki(call, key)
    full = as_bool("with_content", call.request.params.get("with_content", False))
    pages = sorted(project.wiki.values(), key=lambda page: page.slug)
    return json_reply([_page(page, content=full) for page in pages])


def wiki_page(call: Call, key: str, slug: str) -> Reply:
    """GET .../wikis/:slug."""
    return json_reply(_page(_found(_readable_wiki(call, key), slug)))


def create_wiki_page(call: Call, key: str) -> Reply:
    """POST .../wikis."""
    project = _writable(call, key)
    params = call.request.params
    for name in ("title", "content"):
        if name not in params:
            raise refuse_error(400, f"{name} is missing")
    if str(params["title"]).replace(" ", "-") in project.wiki:
        raise refuse(422, "Duplicate page: A page with that title already exists")
    return json_reply(_page(project.page(str(params["title"]), str(params["content"]))), 201)


def update_wiki_page(call: Call, key: str, slug: str) -> Reply:
    """PUT .../wikis/:slug: the text, the title, or both."""
    project = _writable(call, key)
    page = _found(project, slug)
    params = call.request.params
    if "title" not in params and "content" not in params:
        raise refuse_error(400, "title, content, format are missing, at least one parameter must be provided")
    del project.wiki[slug]
    new = project.page(str(params.get("title", page.title)), str(params.get("content", page.content)))
    return json_reply(_page(new))


def _readable_wiki(call: Call, key: str) -> Project:
    project = project_of(call, key)
    require(call.viewer.reads_project(project))
    return project


def _found(project: Project, slug: str) -> WikiPage:
    if slug not in project.wiki:
        raise refuse(404, "404 Wiki Page Not Found")
    return project.wiki[slug]


def _page(page: WikiPage, *, content: bool = True) -> dict[str, Any]:
    about = {"format": page.format, "slug": page.slug, "title": page.title, "wiki_page_meta_id": None}
    return about | ({"content": page.content, "encoding": "UTF-8", "front_matter": {}} if content else {})

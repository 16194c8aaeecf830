"""The report in a repository: one commit for all files of a day, and none where nothing has changed."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from audit.contract.audit_file import read_audit
from audit.errors import UsageError
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.write.write_once import settle
from audit.publishing.targets import ANOTHER, Outcome, Published, Unpublished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.publishing.targets import Files
    from audit.settings.publish_settings import RepositoryDestination

_AUDIT = "audit.json"
_ANOTHER_FOLDER = "Give the files of each audit a folder of their own under publish.repository."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRIED = 10
"""So many earlier days are looked into: one in which a run failed has no audit.json."""


def write_files(client: Client, files: Files) -> Published | Unpublished:
    """Commit what differs from the branch. What an audit of other projects wrote is left alone. Raises RequestError."""
    desk = _Desk(client=client, files=files)
    settle(client, desk.missing)
    if desk.foreign:
        return Unpublished(what=files.what, where=files.where, why=ANOTHER, advice=_ANOTHER_FOLDER)
    branch = quote(files.branch or "HEAD")
    url = f"{client.web_url}/{files.project}/-/tree/{branch}/{quote(files.folder)}"
    return Published(what=files.what, where=files.where, outcome=desk.outcome, url=url)


@dataclass(kw_only=True)
class _Desk:
    """Looks at one folder."""

    client: Client
    files: Files
    outcome: Outcome = field(default=Outcome.UNCHANGED)
    foreign: bool = False
    """The folder holds the report of other projects."""

    def missing(self) -> Callable[[], object] | None:
        there = {
            row["name"]: row["id"]
            for row in tree(self.client, self.files.project, self.files.branch, self.files.folder)
        }
        actions = list(self._actions(there))
        if not actions:
            return None
        if _AUDIT in there and self._is_of_another():
            self.foreign = True
            return None
        if self.outcome is Outcome.UNCHANGED:
            self.outcome = Outcome.EDITED if there else Outcome.CREATED
        return lambda: self.client.rest_post(
            f"{project_path(self.files.project)}/repository/commits",
            branch=self.files.branch,
            commit_message=self.files.message,
            actions=actions,
        )

    def _is_of_another(self) -> bool:
        place = f"{self.files.folder}/{_AUDIT}"
        theirs = _projects(text_of(self.client, self.files.project, self.files.branch, place) or "")
        ours = _projects(self.files.texts.get(_AUDIT, ""))
        return bool(theirs) and bool(ours) and theirs.isdisjoint(ours)

    def _actions(self, there: dict[str, str]) -> Iterator[dict[str, str]]:
        for name, text in sorted(self.files.texts.items()):
            data = text.encode()
            if name not in there or there[name] not in _blob_ids(data, like=there[name]):
                yield {
                    "action": "update" if name in there else "create",
                    "file_path": f"{self.files.folder}/{name}",
                    "content": text,
                }


def _blob_ids(data: bytes, *, like: str) -> set[str]:
    """Return the ids that git gives a content, itself and kept by LFS, in the form that the repository uses."""
    made = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    # where .gitattributes say so, GitLab commits this in its place
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(data).hexdigest()}\n"
    forms = (data, f"{pointer}size {len(data)}\n".encode())
    return {made(b"blob %d\0" % len(one) + one).hexdigest() for one in forms}


def _projects(text: str) -> set[str]:
    """Return which projects an audit.json is about; none where the text is no such thing."""
    try:
        return {source.project for source in read_audit(text, _AUDIT).sources}
    except UsageError:
        return set()


def text_of(client: Client, project: str, branch: str, path: str) -> str | None:
    """Return the text of a file; None where it is not there. Raises RequestError."""
    try:
        row = client.rest_get(f"{project_path(project)}/repository/files/{quote(path, safe='')}", ref=branch or "HEAD")
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return None
        raise
    try:
        return base64.b64decode(row["content"]).decode(errors="replace")
    except (KeyError, TypeError, ValueError) as error:
        raise RequestError(Cause.NOT_JSON, f"GET {path} of {project}: the answer is no file") from error


def tree(client: Client, project: str, branch: str, folder: str) -> list[dict[str, Any]]:
    """List a folder of a branch; nothing where the folder, or the whole repository, is empty."""
    query = {"path": folder} | ({"ref": branch} if branch else {})
    try:
        return client.rest_list(f"{project_path(project)}/repository/tree", **query)
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return []
        raise


def newest_before(client: Client, place: RepositoryDestination, day: date) -> tuple[str, str] | None:
    """Return where the newest audit.json of an earlier day stands, and its text. Raises RequestError."""
    folder = place.folder.rstrip("/")
    rows = tree(client, place.project, place.branch, folder)
    days = sorted((row["name"] for row in rows if row["type"] == "tree" and _DAY.fullmatch(row["name"])), reverse=True)
    for name in [one for one in days if one < day.isoformat()][:_TRIED]:
        path = f"{folder}/{name}/{_AUDIT}"
        text = text_of(client, place.project, place.branch, path)
        if text is not None:
            return f"{place.project}:{path}", text
    return None

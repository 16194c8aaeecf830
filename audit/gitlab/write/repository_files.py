"""The report in a repository: one commit for all files of a day, and none where nothing has changed."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from audit.contract.audit_file import SCHEMA_VERSION, read_audit, version_of
from audit.errors import UsageError
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import BranchRow, TreeRow
from audit.gitlab.write.destination import Check, Destination
from audit.gitlab.write.write_once import settle
from audit.publishing.published import OTHER_AUDIT, FinishedReport, Published, PublishState, Unpublished

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.settings.publish_settings import RepositoryDestination

KEPT: Final = ("report.md", "details.md", "report.html", "audit.json", "findings.csv")
"""The files of the output folder that are kept in a repository; the others serve the run that wrote them."""
_AUDIT = "audit.json"
_OTHER_FOLDER = "Give the files of each audit a folder of their own under publish.repository, apart from other files."
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LFS = "version https://git-lfs.github.com/spec/v1"
"""What begins the pointer that GitLab commits where .gitattributes say so."""
_TRIED = 10
"""So many earlier days are looked into: one in which a run failed has no audit.json."""


def _check(check: Check, part: RepositoryDestination) -> RepositoryDestination:
    # who may push is known of the branch itself
    row = check.project(part.project, "repository")
    branch = part.branch or row.get("default_branch") or "main"
    try:
        answer = check.client.rest_get(
            f"{project_path(row['path_with_namespace'])}/repository/branches/{quote(branch, safe='')}", BranchRow
        )
    except RequestError as error:
        if error.cause is not Cause.NOT_FOUND:
            raise
        if not row.get("empty_repo"):
            check.unfit(f"{part.project} has no branch {branch}")
    else:
        if answer.get("can_push") is False:
            check.unfit(f"the token's account may not push to {branch} of {part.project}")
    return part.model_copy(update={"project": row["path_with_namespace"], "branch": branch})


def _target(part: RepositoryDestination, report: FinishedReport) -> RepositoryFiles:
    return RepositoryFiles(
        project=part.project,
        branch=part.branch,
        folder=f"{part.folder.rstrip('/')}/{report.as_of.isoformat()}",
        as_of=report.as_of,
        edition=report.edition,
        texts={name: report.texts[name] for name in KEPT if name in report.texts},
    )


DESTINATION = Destination(name="repository", check=_check, target=_target)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryFiles:
    """The files of one day in a repository."""

    project: str
    branch: str
    """Empty: the default branch."""
    folder: str
    """With the day, like reports/2026-11-23."""
    as_of: date
    texts: Mapping[str, str] = field(repr=False)
    """By the name of the file."""
    edition: str = ""

    what = "files"
    needs = (
        "Let the token's account push to that branch (on a protected one that takes a Maintainer), or name another one"
        " under publish.repository."
    )

    @property
    def where(self) -> str:
        """The project, the folder and the branch."""
        return f"{self.project}, {self.folder}" + (f" on {self.branch}" if self.branch else "")

    @property
    def message(self) -> str:
        """Of the commit; it starts no pipeline, or each report would start one."""
        return f"Incident reviews as of {self.as_of} [skip ci]"

    def write(self, client: Client, *, bot: str) -> Published | Unpublished:  # noqa: ARG002 - a branch has no author
        """Commit what differs from the branch; the report of other projects is left alone. Raises RequestError."""
        return _write(self, client)


def _write(target: RepositoryFiles, client: Client) -> Published | Unpublished:
    if target.edition == "nightly" and _is_weekly(client, target):
        target = replace(target, folder=f"{target.folder}/nightly")
    folder = _Folder(client=client, target=target)
    settle(client, folder.missing)
    if folder.foreign:
        return Unpublished(what=target.what, where=target.where, why=folder.foreign, advice=_OTHER_FOLDER)
    branch = quote(target.branch or "HEAD")
    url = f"{client.web_url}/{target.project}/-/tree/{branch}/{quote(target.folder)}"
    return Published(what=target.what, where=target.where, state=folder.state, url=url)


def _is_weekly(client: Client, target: RepositoryFiles) -> bool:
    """Tell whether the day's folder has the report of a weekly run: a nightly one stands beside it."""
    text = text_of(client, target.project, target.branch, f"{target.folder}/{_AUDIT}")
    if text is None or text.startswith(_LFS):
        return text is not None
    try:
        return read_audit(text, _AUDIT).edition == "weekly"
    except UsageError:
        return False


@dataclass(kw_only=True)
class _Folder:
    """Looks at one folder."""

    client: Client
    target: RepositoryFiles
    state: PublishState = PublishState.UNCHANGED
    foreign: str = ""
    """Why the files are left alone: they are, or may be, somebody else's."""

    def missing(self) -> Callable[[], object] | None:
        there = {
            row["name"]: row["id"]
            for row in tree(self.client, self.target.project, self.target.branch, self.target.folder)
        }
        actions = list(self._actions(there))
        if not actions:
            return None
        if any(action["action"] == "update" for action in actions):
            self.foreign = self._foreign(there)
        if self.foreign:
            return None
        if self.state is PublishState.UNCHANGED:
            self.state = PublishState.EDITED if there else PublishState.CREATED
        return lambda: self.client.rest_post(
            f"{project_path(self.target.project)}/repository/commits",
            branch=self.target.branch,
            commit_message=self.target.message,
            actions=actions,
        )

    def _foreign(self, present: Collection[str]) -> str:
        """Return why the files that are there are left alone; empty: an audit of these projects wrote them."""
        path = f"{self.target.folder}/{_AUDIT}"
        text = text_of(self.client, self.target.project, self.target.branch, path) if _AUDIT in present else None
        if text is None:
            return f"files of these names are there without {_AUDIT}, so somebody else wrote them"
        if text.startswith(_LFS):
            return ""
        version = version_of(text)
        if version is not None and version > SCHEMA_VERSION:
            return f"{path} is of a later version of this program"
        try:
            theirs, ours = _projects(text), _projects(self.target.texts[_AUDIT])
        except UsageError:
            # of an earlier version, whatever it lacks
            return "" if version is not None else f"{path} is there, and is no audit: somebody else wrote it"
        return OTHER_AUDIT if theirs and ours and theirs.isdisjoint(ours) else ""

    def _actions(self, there: dict[str, str]) -> Iterator[dict[str, str]]:
        for name, text in sorted(self.target.texts.items()):
            data = text.encode()
            if name not in there or there[name] not in _blob_ids(data, like=there[name]):
                yield {
                    "action": "update" if name in there else "create",
                    "file_path": f"{self.target.folder}/{name}",
                    "content": text,
                }


def _blob_ids(data: bytes, *, like: str) -> set[str]:
    """Return the ids that git gives a content, itself and kept by LFS, in the form that the repository uses."""
    made = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    pointer = f"{_LFS}\noid sha256:{hashlib.sha256(data).hexdigest()}\n"
    forms = (data, f"{pointer}size {len(data)}\n".encode())
    return {made(b"blob %d\0" % len(one) + one).hexdigest() for one in forms}


def _projects(text: str) -> set[str]:
    """Return which projects an audit.json is about. Raises UsageError where the text is none."""
    return {source.project for source in read_audit(text, _AUDIT).sources}


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
        return client.rest_list(f"{project_path(project)}/repository/tree", TreeRow, **query)
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

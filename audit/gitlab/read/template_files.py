"""The issue templates from which incidents and reviews are begun: files of the review projects, and local ones."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.model import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import AuditedProject
    from audit.settings.settings import Settings

_WHAT = "templates"
_POINTER = "version https://git-lfs"
_NO_REPOSITORY = "set `review.templates` to an empty text if the project has no repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """What was read, and what could not be."""

    texts: tuple[str, ...] = field(default=(), repr=False)
    """Sorted, each once."""
    files: tuple[str, ...] = ()
    """Where they were found: ``g/p:.gitlab/issue_templates/name.md``, or a file's name; sorted."""
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A file of a repository; the same content has the same blob in every repository."""

    project: str
    path: str
    blob: str

    @property
    def origin(self) -> str:
        return f"{self.project}:{self.path}"


def holding_reviews(settings: Settings, projects: Iterable[AuditedProject]) -> list[str]:
    """Return the paths of the projects in which reviews are written: where they are inline, also the incidents'."""
    inline = settings.review.where != "issue"
    return [project.path for project in projects if project.reviews or (inline and project.incidents)]


def read_templates(client: Client, settings: Settings, projects: Iterable[str]) -> Templates:
    """Read the templates: one request a project, and one for each different file. What fails is a gap.

    Projects without the folder, or without a repository that holds anything, have no templates.
    """
    folder = settings.review.templates.strip("/")
    listed = client.map(lambda project: _listed(client, project, folder), sorted(projects)) if folder else []
    found = [one for some in listed for one in some if isinstance(one, _Found)]
    blobs = _blobs(client, found)
    told: dict[str, str | Gap | None] = {one.origin: blobs[one.blob] for one in found}
    told |= {name: _local(name) for name in settings.review.template_files}
    unread = [*(one for some in listed for one in some), *told.values()]
    return Templates(
        texts=tuple(sorted({text for text in told.values() if isinstance(text, str)})),
        files=tuple(sorted(origin for origin, text in told.items() if isinstance(text, str))),
        gaps=tuple(dict.fromkeys(one for one in unread if isinstance(one, Gap))),
    )


def _blobs(client: Client, found: Iterable[_Found]) -> dict[str, str | Gap | None]:
    """Read each content once, from the first project that has it."""
    once: dict[str, _Found] = {}
    for one in found:
        once.setdefault(one.blob, one)
    return dict(zip(once, client.map(lambda one: _read(client, one), once.values()), strict=True))


def _listed(client: Client, project: str, folder: str) -> list[_Found | Gap]:
    try:
        rows = client.rest_list(f"{project_path(project)}/repository/tree", path=folder)
        return list(_markdown(project, rows))
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return []
        gap = failures.gap(error, project, _WHAT)
        return [
            failures.told(project, _WHAT, f"{gap.why}; {_NO_REPOSITORY}") if error.cause is Cause.FORBIDDEN else gap
        ]


def _markdown(project: str, rows: Iterable[dict[str, str]]) -> Iterator[_Found]:
    for row in rows:
        if row.get("type") == "blob" and row["name"].endswith(".md"):
            yield _Found(project=project, path=row["path"], blob=row["id"])


def _read(client: Client, found: _Found) -> str | Gap | None:
    """Return the text of a file, or why there is none; None where it has been deleted since it was listed."""
    try:
        row = client.rest_get(
            f"{project_path(found.project)}/repository/files/{quote(found.path, safe='')}", ref="HEAD"
        )
    except RequestError as error:
        return None if error.cause is Cause.NOT_FOUND else failures.gap(error, found.project, _WHAT)
    return _decoded(base64.b64decode(row["content"]), found.project, found.path)


def _local(name: str) -> str | Gap:
    try:
        return _decoded(Path(name).read_bytes(), name, "it")
    except OSError as error:
        return failures.told(name, _WHAT, f"the file cannot be read: {error.strerror}")


def _decoded(content: bytes, about: str, called: str) -> str | Gap:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return failures.told(about, _WHAT, f"{called} is no text in UTF-8")
    return failures.told(about, _WHAT, f"{called} is kept in Git LFS") if text.startswith(_POINTER) else text

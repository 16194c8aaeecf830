"""Reads the issue templates of incidents and reviews: files in the review projects, and local ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import FileRow, TreeRow
from audit.model import Gap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import AuditedProject
    from audit.settings.settings import Settings

_WHAT = "templates"
_POINTER = "version https://git-lfs"
_NO_REPOSITORY = "set `review.templates` to an empty text if the project has no repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The templates, and gaps."""

    texts: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Project -> texts of its own and the local templates, sorted, each once; only projects that have any."""
    files: tuple[str, ...] = ()
    """Their origins, sorted: ``g/p:.gitlab/issue_templates/name.md``, or a local file's name."""
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _RepositoryFile:
    """A file of a repository; the same content has the same blob in every repository."""

    project: str
    path: str
    blob: str

    @property
    def origin(self) -> str:
        return f"{self.project}:{self.path}"


def holding_reviews(settings: Settings, projects: Iterable[AuditedProject]) -> list[str]:
    """Return the paths of the projects with reviews, and with inline reviews also those of the incidents."""
    inline = settings.review.where != "issue"
    return [project.path for project in projects if project.reviews or (inline and project.incidents)]


def read_templates(client: Client, settings: Settings, projects: Iterable[str]) -> Templates:
    """Read the templates with one request a project and one for each different file. Failures become gaps.

    Projects without the folder, or with an empty repository, have no templates.
    """
    folder = settings.review.templates.strip("/")
    paths = sorted(projects)
    listed = client.map(lambda project: _listed(client, project, folder), paths) if folder else []
    entries = [entry for entries in listed for entry in entries]
    files = [entry for entry in entries if isinstance(entry, _RepositoryFile)]
    blobs = _blobs(client, files)
    contents: dict[str, str | Gap | None] = {file.origin: blobs[file.blob] for file in files}
    contents |= {name: _local(name) for name in settings.review.template_files}
    return Templates(
        texts=_by_project(paths, files, contents),
        files=tuple(sorted(origin for origin, text in contents.items() if isinstance(text, str))),
        gaps=tuple(dict.fromkeys(gap for gap in (*entries, *contents.values()) if isinstance(gap, Gap))),
    )


def _by_project(
    paths: Iterable[str], files: Iterable[_RepositoryFile], contents: Mapping[str, str | Gap | None]
) -> dict[str, tuple[str, ...]]:
    """Return project -> texts; local files belong to no project, and count for all."""
    in_repositories = {file.origin: file.project for file in files}
    texts = {
        path: {
            text
            for origin, text in contents.items()
            if isinstance(text, str) and in_repositories.get(origin, path) == path
        }
        for path in paths
    }
    return {path: tuple(sorted(contents)) for path, contents in texts.items() if contents}


def _blobs(client: Client, files: Iterable[_RepositoryFile]) -> dict[str, str | Gap | None]:
    """Read each distinct content once, from the first project that has it."""
    first: dict[str, _RepositoryFile] = {}
    for file in files:
        first.setdefault(file.blob, file)
    return dict(zip(first, client.map(lambda file: _read(client, file), first.values()), strict=True))


def _listed(client: Client, project: str, folder: str) -> list[_RepositoryFile | Gap]:
    try:
        rows = client.get_list(f"{project_path(project)}/repository/tree", TreeRow, path=folder)
        return list(_markdown(project, rows))
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return []
        gap = failures.gap(error, project, _WHAT)
        return [
            failures.noted(project, _WHAT, f"{gap.why}; {_NO_REPOSITORY}") if error.cause is Cause.FORBIDDEN else gap
        ]


def _markdown(project: str, rows: Iterable[TreeRow]) -> Iterator[_RepositoryFile]:
    for row in rows:
        if row.type == "blob" and row.name.endswith(".md"):
            yield _RepositoryFile(project=project, path=row.path, blob=row.id)


def _read(client: Client, file: _RepositoryFile) -> str | Gap | None:
    """Return the text of a file, or why it cannot be read; None if it was deleted after it was listed."""
    try:
        path = f"{project_path(file.project)}/repository/files/{quote(file.path, safe='')}"
        content = client.get(path, FileRow, ref="HEAD").content
    except RequestError as error:
        return None if error.cause is Cause.NOT_FOUND else failures.gap(error, file.project, _WHAT)
    return _decoded(content, file.project, file.path)


def _local(name: str) -> str | Gap:
    try:
        return _decoded(Path(name).read_bytes(), name, "it")
    except OSError as error:
        return failures.noted(name, _WHAT, f"the file cannot be read: {error.strerror}")


def _decoded(content: bytes, about: str, called: str) -> str | Gap:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return failures.noted(about, _WHAT, f"{called} is not UTF-8 text")
    return failures.noted(about, _WHAT, f"{called} is kept in Git LFS") if text.startswith(_POINTER) else text

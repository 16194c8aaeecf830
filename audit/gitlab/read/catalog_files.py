"""Reads the catalogue's files: from the default branches of repositories of this GitLab, or from disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from glob import glob
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from audit.catalog.catalog_file import CatalogText
from audit.errors import CatalogError
from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import FileRow, ProjectRow, TreeRow
from audit.model import Gap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.gitlab.http.client import Client
    from audit.settings.catalog_settings import CatalogSource
    from audit.settings.settings import Settings

_WHAT: Final = "catalogue"
_WILD: Final = frozenset("*?")
_POINTER = "version https://git-lfs"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogTexts:
    """The files that the settings name or find, in the order of the settings, then of their names."""

    services: tuple[CatalogText, ...] = ()
    teams: tuple[CatalogText, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """Why files of a pattern could not be read, or looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RepositoryPath:
    """A file of a repository, as it was found there."""

    project: str
    path: str


def read_catalog_texts(client: Client, settings: Settings) -> CatalogTexts:
    """Read each file once. Raises CatalogError where one that is named cannot be read, or a pattern finds none."""
    catalog = settings.catalog
    sources = list(dict.fromkeys((*catalog.services, *catalog.teams)))
    work = {source: client.aside(partial(_read, client, source)) for source in sources}
    read = {source: work[source].result() for source in sources}
    services, teams = (
        [one for source in sources for one in read[source]] for sources in (catalog.services, catalog.teams)
    )
    return CatalogTexts(
        services=tuple(one for one in services if isinstance(one, CatalogText)),
        teams=tuple(one for one in teams if isinstance(one, CatalogText)),
        gaps=tuple(dict.fromkeys(one for one in (*services, *teams) if isinstance(one, Gap))),
    )


def _read(client: Client, source: CatalogSource) -> list[CatalogText | Gap]:
    if source.file:
        return [_local_text(name, source) for name in _local_names(source)]
    if not source.is_pattern:
        return [_named(client, source)]
    places = _in_group(client, source) if source.group else _in_project(client, source)
    read = client.map(lambda place: place if isinstance(place, Gap) else _found(client, place), places)
    found = [one for one in read if one is not None]
    if not found:
        where = source.group or source.project
        raise CatalogError(
            f"no file {source.path} in {where}, or the token may not see it",
            "Check `catalog` in the settings, and that the token's account may read the repositories.",
        )
    return found


def _named(client: Client, source: CatalogSource) -> CatalogText:
    try:
        return _repository_text(client, _RepositoryPath(project=source.project, path=source.path), found=False)
    except RequestError as error:
        raise _unreadable(source, error) from error


def _found(client: Client, place: _RepositoryPath) -> CatalogText | Gap | None:
    """Read a file of a pattern; None: it is not there, as in most projects of a group."""
    try:
        return _repository_text(client, place, found=True)
    except CatalogError as error:
        return failures.noted(place.project, _WHAT, error.message)
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return None
        return failures.gap(error, place.project, _WHAT)


def _repository_text(client: Client, place: _RepositoryPath, *, found: bool) -> CatalogText:
    path = f"{project_path(place.project)}/repository/files/{quote(place.path, safe='')}"
    row = client.get(path, FileRow, ref="HEAD")
    origin = f"{place.project}:{place.path}@{row.commit_id}"
    return CatalogText(text=_decoded(row.content, origin), origin=origin, found=found)


def _in_group(client: Client, source: CatalogSource) -> list[_RepositoryPath | Gap]:
    """Return where the path may be in each project of a group, or is where it is a pattern; failures are gaps."""
    within = {"include_subgroups": "true", "with_shared": "false", "archived": "false"}
    try:
        rows = client.get_list(
            f"/groups/{quote(source.group, safe='')}/projects", ProjectRow, **within, order_by="id", sort="asc"
        )
    except RequestError as error:
        raise _unreadable(source, error) from error
    paths = sorted(row.path_with_namespace for row in rows if row.repository_access_level != "disabled")
    if _WILD.isdisjoint(source.path):
        return [_RepositoryPath(project=path, path=source.path) for path in paths]
    return [place for places in client.map(lambda path: _listed(client, path, source.path), paths) for place in places]


def _in_project(client: Client, source: CatalogSource) -> list[_RepositoryPath | Gap]:
    """Return the files of a project that fit a pattern. Raises CatalogError where they cannot be listed."""
    try:
        return list(_fitting(client, source.project, source.path))
    except RequestError as error:
        raise _unreadable(source, error) from error


def _listed(client: Client, project: str, pattern: str) -> list[_RepositoryPath | Gap]:
    try:
        return list(_fitting(client, project, pattern))
    except RequestError as error:
        # of a project without a commit, or without the folder of the pattern
        return [] if error.cause is Cause.NOT_FOUND else [failures.gap(error, project, _WHAT)]


def _fitting(client: Client, project: str, pattern: str) -> Iterator[_RepositoryPath]:
    """Yield the files whose path fits, of all pages of the tree below the folders that the pattern spells out."""
    wanted = path_pattern(pattern)
    folders = takewhile(_WILD.isdisjoint, pattern.split("/")[:-1])
    tree = f"{project_path(project)}/repository/tree"
    for row in client.get_list(tree, TreeRow, path="/".join(folders), recursive="true", pagination="keyset"):
        if row.type == "blob" and wanted.fullmatch(row.path):
            yield _RepositoryPath(project=project, path=row.path)


def path_pattern(pattern: str) -> re.Pattern[str]:
    """Return what fits a path: `*` and `?` within a name, `**` for any number of folders, also none."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in parts), re.DOTALL)


def _local_names(source: CatalogSource) -> list[str]:
    if not source.is_pattern:
        return [source.file]
    found = glob(source.file, recursive=True)  # noqa: PTH207 - the pattern may begin at the root
    names = sorted(Path(name).as_posix() for name in found if Path(name).is_file())
    if not names:
        raise CatalogError(
            f"no local file fits {source.file}",
            "Check `catalog` in the settings: the path counts from the folder in which the audit runs.",
        )
    return names


def _local_text(name: str, source: CatalogSource) -> CatalogText | Gap:
    try:
        return CatalogText(text=_decoded(_local(name), name), origin=name, found=source.is_pattern)
    except CatalogError as error:
        if not source.is_pattern:
            raise
        return failures.noted(name, _WHAT, error.message)


def _local(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CatalogError(
            f"the catalogue file {name} cannot be read: {error.strerror}",
            "Check `catalog` in the settings: the path counts from the folder in which the audit runs.",
        ) from error


def _decoded(content: bytes, origin: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(f"{origin} is not UTF-8 text", "Point `catalog` at the YAML file.") from error
    if text.startswith(_POINTER):
        raise CatalogError(f"{origin} is kept in Git LFS", "Keep the catalogue in the repository itself.")
    return text


def _unreadable(source: CatalogSource, error: RequestError) -> CatalogError:
    if error.cause is Cause.NOT_FOUND:
        there = f"at the default branch of {source.project}" if source.project else f"in the projects of {source.group}"
        return CatalogError(
            f"no file {source.path} {there}, or the token may not see it",
            "Check `catalog` in the settings, and that the token's account may read that project's repository.",
        )
    return CatalogError(f"the catalogue cannot be read: {error.message}", error.advice)

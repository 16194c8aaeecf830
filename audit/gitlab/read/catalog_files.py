"""Reads the catalogue's files: from the default branch of a repository of this GitLab, or from disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from audit.errors import CatalogError
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import FileRow

if TYPE_CHECKING:
    from audit.gitlab.http.client import Client
    from audit.settings.settings import CatalogSource, Settings

_POINTER = "version https://git-lfs"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogTexts:
    """(text, origin) of each configured file; the origin is ``g/p:path@commit``, or the file's name."""

    services: tuple[str, str] | None = None
    teams: tuple[str, str] | None = None


def read_catalog_texts(client: Client, settings: Settings) -> CatalogTexts:
    """Read the configured files, each only once. Raises CatalogError."""
    sources = (settings.catalog.services, settings.catalog.teams)
    texts = {source: _read(client, source) for source in dict.fromkeys(sources) if source}
    services, teams = (texts[source] if source else None for source in sources)
    return CatalogTexts(services=services, teams=teams)


def _read(client: Client, source: CatalogSource) -> tuple[str, str]:
    if source.file:
        return _decoded(_local(source.file), source.file), source.file
    try:
        path = f"{project_path(source.project)}/repository/files/{quote(source.path, safe='')}"
        row = client.get(path, FileRow, ref="HEAD")
        origin = f"{source.project}:{source.path}@{row.commit_id}"
        return _decoded(row.content, origin), origin
    except RequestError as error:
        raise _unreadable(source, error) from error


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
        return CatalogError(
            f"no file {source.path} at the default branch of {source.project}, or the token may not see it",
            "Check `catalog` in the settings, and that the token's account may read that project's repository.",
        )
    return CatalogError(f"the catalogue cannot be read: {error.message}", error.advice)

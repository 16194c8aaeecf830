"""Owners from CODEOWNERS, the last resort for services of which the catalogue names none (`catalog.codeowners`)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from audit.catalog.codeowners import PLACES, owner_of_all
from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import FileRow
from audit.model import Gap, Team

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.model import Catalog, Service
    from audit.settings.settings import Settings

_WHAT: Final = "catalogue"
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+", re.ASCII)


def with_project_owners(client: Client, catalog: Catalog, settings: Settings, found: Iterable[str]) -> Catalog:
    """Return the catalogue with an owner for each service without one whose project has one in CODEOWNERS.

    ``found`` are the origins of the files that patterns found, which lie beside the code. Such an owner is a group or
    an account, so that it becomes a team with that handle, unless a team has that name, handle or contact already.
    What could not be read is a gap.
    """
    here = _Here(client, settings, found)
    projects = ["" if service.owner else here.project(service) for service in catalog.services]
    wanted = sorted({project for project in projects if project})
    owners = dict(zip(wanted, client.map(lambda project: _owner(client, project), wanted), strict=True))
    names = _names(catalog)
    services, teams = [], dict.fromkeys(catalog.teams)
    for service, project in zip(catalog.services, projects, strict=True):
        path = owners.get(project, "")
        if not path or isinstance(path, Gap):
            services.append(service)
            continue
        if path.lower() not in names:
            teams[Team(name=path, handle=path)] = None
            names[path.lower()] = path
        services.append(replace(service, owner=names[path.lower()]))
    gaps = tuple(owner for owner in owners.values() if isinstance(owner, Gap))
    return replace(catalog, services=tuple(services), teams=tuple(teams), unread=(*catalog.unread, *gaps))


def _names(catalog: Catalog) -> dict[str, str]:
    """Return what teams are called in GitLab, in small letters -> their names."""
    names: dict[str, str] = {}
    for team in catalog.teams:
        for called in (team.name, team.handle, team.contact):
            if called:
                names.setdefault(called.lower().removeprefix("groups/"), team.name)
    return names


class _Here:
    """Tells the projects of this GitLab from those elsewhere."""

    def __init__(self, client: Client, settings: Settings, found: Iterable[str]) -> None:
        self._hosts = {*client.hosts, *(host.lower() for host in settings.gitlab.hosts)}
        self._root = client.root
        self._beside = frozenset(found)

    def project(self, service: Service) -> str:
        """Return the path of the project of a service; empty: it is not known, or lies elsewhere."""
        named = service.project.removeprefix("url:").strip()
        if "://" in named:
            named = self._path(named)
        elif not named and service.place and service.place.origin in self._beside:
            named, colon, _ = service.place.origin.partition(":")
            named = named if colon else ""
        named = named.strip("/").removesuffix(".git")
        return named if _PATH.fullmatch(named) else ""

    def _path(self, address: str) -> str:
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        host = parts.netloc.lower().rpartition("@")[2]
        inside = parts.path.startswith(f"{self._root}/")
        return parts.path.removeprefix(self._root).partition("/-/")[0] if host in self._hosts and inside else ""


def _owner(client: Client, project: str) -> str | Gap:
    for place in PLACES:
        try:
            path = f"{project_path(project)}/repository/files/{quote(place, safe='')}"
            return owner_of_all(client.get(path, FileRow, ref="HEAD").content.decode("utf-8-sig", "replace"))
        except RequestError as error:
            if error.cause is not Cause.NOT_FOUND:
                return failures.gap(error, project, _WHAT)
    return ""

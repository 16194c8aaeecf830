"""Whether the destinations of the settings can be written, and who could read them: asked before anything is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from audit.errors import PreflightError, SettingsError
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read import projects
from audit.gitlab.write.wiki_page import wiki_path
from audit.model import Role
from audit.publishing.audience import Place, judged

if TYPE_CHECKING:
    from audit.gitlab.http.client import Client
    from audit.gitlab.read.preflight import Preflight
    from audit.settings.publish_settings import (
        IssueDestination,
        PublishSettings,
        RepositoryDestination,
        WikiDestination,
    )
    from audit.settings.settings import Settings

_ROLES: dict[int, str] = {Role.PLANNER: "Planner or Reporter", Role.DEVELOPER: "Developer"}
_ADVICE = "Check `publish` in the settings, and the role of the token's account there."
_PUBLIC = "Publish in a place that is as closed as the projects, or set publish.allow_public if everybody may know."


@dataclass(frozen=True, slots=True, kw_only=True)
class Destinations:
    """The destinations as GitLab has them today."""

    publish: PublishSettings
    """With the paths of today, and with the branch."""
    warnings: tuple[str, ...] = ()


def destinations(client: Client, settings: Settings, flight: Preflight, *, write: bool) -> Destinations:
    """Ask for every destination.

    Raises SettingsError where more people could read one than may, and PreflightError where one cannot be written.
    """
    desk = _Desk(client=client, publish=settings.publish, write=write)
    desk.ask()
    audience = judged(
        desk.places,
        [(project.path, project.visibility) for project in flight.projects],
        allow_public=settings.publish.allow_public,
        tells_everything=settings.report.confidential_destination,
    )
    if audience.faults:
        raise SettingsError("the report would be open to everybody", faults=audience.faults, advice=_PUBLIC)
    if desk.faults:
        message = desk.faults[0] if len(desk.faults) == 1 else f"{len(desk.faults)} destinations cannot be written"
        raise PreflightError(message, faults=tuple(desk.faults), advice=_ADVICE)
    return Destinations(publish=desk.publish, warnings=(*desk.warnings, *audience.warnings))


@dataclass(kw_only=True)
class _Desk:
    """Asks, and collects what is wrong."""

    client: Client
    publish: PublishSettings
    write: bool
    places: list[Place] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def ask(self) -> None:
        found = {}
        for name, ask in (("issue", self._issue), ("wiki", self._wiki), ("repository", self._repository)):
            asked = getattr(self.publish, name)
            if asked is None:
                continue
            try:
                found[name] = ask(asked)
            except RequestError as error:
                place = asked.group if name == "wiki" and asked.group else asked.project
                what = (
                    "does not exist, or the token may not see it" if error.cause is Cause.NOT_FOUND else error.message
                )
                self.faults.append(f"publish.{name}: {place}: {what}")
        self.publish = self.publish.model_copy(update=found)

    def _issue(self, asked: IssueDestination) -> IssueDestination:
        row = self._project("issue", asked.project, "issues", Role.PLANNER, confidential=asked.confidential)
        if row.get("issues_enabled") is False or row.get("issues_access_level") == "disabled":
            self._unfit(f"publish.issue: {asked.project} has issues disabled")
        return asked.model_copy(update={"project": row["path_with_namespace"]})

    def _wiki(self, asked: WikiDestination) -> WikiDestination:
        if not asked.group:
            row = self._project("wiki", asked.project, "wiki", Role.DEVELOPER)
            if row.get("wiki_enabled") is False or row.get("wiki_access_level") == "disabled":
                self._unfit(f"publish.wiki: {asked.project} has its wiki disabled")
            return asked.model_copy(update={"project": row["path_with_namespace"]})
        row = self.client.rest_get(f"/groups/{quote(asked.group, safe='')}", with_projects="false")
        self._place("wiki", row["full_path"], row)
        try:
            self.client.rest_get(wiki_path(row["full_path"], of_group=True))
        except RequestError as error:
            if error.cause not in (Cause.NOT_FOUND, Cause.FORBIDDEN):
                raise
            self._unfit(f"publish.wiki: {asked.group} has no wiki that the token may read; group wikis need Premium")
        return asked.model_copy(update={"group": row["full_path"]})

    def _repository(self, asked: RepositoryDestination) -> RepositoryDestination:
        # who may push is told by the branch itself
        row = self._project("repository", asked.project, "repository", 0)
        branch = asked.branch or row.get("default_branch") or "main"
        try:
            told = self.client.rest_get(
                f"{project_path(row['path_with_namespace'])}/repository/branches/{quote(branch, safe='')}"
            )
        except RequestError as error:
            if error.cause is not Cause.NOT_FOUND:
                raise
            if not row.get("empty_repo"):
                self._unfit(f"publish.repository: {asked.project} has no branch {branch}")
        else:
            if told.get("can_push") is False:
                self._unfit(f"publish.repository: the token's account may not push to {branch} of {asked.project}")
        return asked.model_copy(update={"project": row["path_with_namespace"], "branch": branch})

    def _project(
        self, name: str, path: str, feature: str, needed: int, *, confidential: bool = False
    ) -> dict[str, Any]:
        row: dict[str, Any] = self.client.rest_get(project_path(path))
        # a feature may be for members only in a project that everybody sees
        closed = row.get(f"{feature}_access_level") == "private"
        self._place(name, path, {"visibility": "private"} if closed else row, confidential=confidential)
        if row.get("archived"):
            self._unfit(f"publish.{name}: {path} is archived: nothing can be written there")
        role = projects.role(row)
        if 0 < role < needed:
            self._unfit(f"publish.{name}: the token's account needs the role {_ROLES[needed]} in {path}")
        elif role == 0 and row.get("visibility") != "private":
            self.warnings.append(f"publish.{name}: the token's account is no member of {path}: it may not write there")
        return row

    def _place(self, name: str, path: str, row: dict[str, Any], *, confidential: bool = False) -> None:
        visibility = row.get("visibility") or "private"
        self.places.append(
            Place(setting=f"publish.{name}", path=path, visibility=visibility, confidential=confidential)
        )

    def _unfit(self, what: str) -> None:
        """Note what keeps a destination from being written: a fault, and in a dry run a warning."""
        (self.faults if self.write else self.warnings).append(what)

"""Whether the bot's account may write internal notes: where it may not, GitLab stores them for everybody to see.

GitLab's ``Notes::BuildService`` drops the flag without a word, so it has to be found out before anything is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import Access, AccountRow
from audit.model import Role

if TYPE_CHECKING:
    from audit.gitlab.http.client import Client


class Rights:
    """Asks for the account's role once a project."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._account: int | None = None
        self._roles: dict[str, int] = {}

    def check_internal(self, project: str) -> None:
        """Raise RequestError where an internal note would not be one, or where that cannot be found out."""
        # the lowest role whose internal notes are internal; Reporter is above it
        if self.role(project) < Role.PLANNER:
            raise RequestError(
                Cause.FORBIDDEN,
                f"an internal note needs the role Planner or Reporter in {project}, which the token's account has not:"
                " GitLab would show the note to everybody",
            )

    def role(self, project: str) -> int:
        """Return the account's access level in a project, 0 where it is no member. Raises RequestError."""
        if project not in self._roles:
            self._roles[project] = self._looked_up(project)
        return self._roles[project]

    def _looked_up(self, project: str) -> int:
        if self._account is None:
            self._account = self._client.get("/user", AccountRow).id
        try:
            # with what groups above it give, and groups that the project is shared with
            member = self._client.get(f"{project_path(project)}/members/all/{self._account}", Access)
        except RequestError as error:
            if error.cause is Cause.NOT_FOUND:
                return 0
            raise
        return member.access_level

"""Who is asking, and what they may see and do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.model import Role
from audit.sandbox.wire import refuse, refuse_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.namespaces import HostedGroup, Namespace, ProjectSpace
    from audit.sandbox.data.records import Account, Token
    from audit.sandbox.data.work_items import StoredNote, WorkItem
    from audit.sandbox.data.world import World

_READING = frozenset({"api", "read_api"})
_REVOKED = "Token was revoked. You have to re-authorize from the user."
_EXPIRED = "Token is expired. You can either do re-authorization or token refresh."
_SCOPE = "The request requires higher privileges than provided by the access token"


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """The caller of one request; nobody without a token."""

    user: Account | None = None
    token: Token | None = None

    @property
    def may_read_api(self) -> bool:
        """Whether the token opens the API for reading."""
        return self.token is None or not _READING.isdisjoint(self.token.scopes)

    @property
    def may_write_api(self) -> bool:
        """Whether the token opens the API for writing."""
        return self.token is not None and "api" in self.token.scopes

    def level(self, space: Namespace) -> int:
        """Find the highest access level in the place and above it; 0 is no member."""
        if self.user is None or not self._reaches(space):
            return 0
        return space.level(self.user.id)

    def _reaches(self, space: Namespace) -> bool:
        narrowed = self.token.projects if self.token is not None else None
        return narrowed is None or space.path in narrowed

    def reads_project(self, project: ProjectSpace) -> bool:
        """Whether the project exists for this caller."""
        if project.visibility == "public" or (project.visibility == "internal" and self.user is not None):
            return True
        return self.level(project) >= Role.GUEST

    def reads_code(self, project: ProjectSpace) -> bool:
        """Whether the caller may read the repository: a guest of a private project may not."""
        open_to_all = project.visibility != "private" and self.reads_project(project)
        return open_to_all or self.level(project) >= Role.REPORTER

    def pushes(self, project: HostedProject) -> bool:
        """Whether the caller may push to the default branch."""
        least = Role.MAINTAINER if project.protected else Role.DEVELOPER
        return not project.archived and self.level(project) >= least

    def reads_group(self, group: HostedGroup, projects: Iterable[ProjectSpace]) -> bool:
        """Whether the group exists for this caller: a member of one of the projects in it sees it too."""
        if group.visibility == "public" or self.level(group) >= Role.GUEST:
            return True
        return any(self.reads_project(project) for project in projects)

    def reads(self, issue: WorkItem) -> bool:
        """Whether the issue exists for this caller."""
        if not issue.project.issues_enabled or not self.reads_project(issue.project):
            return False
        return not issue.confidential or self._is_privy(issue)

    def _is_privy(self, issue: WorkItem) -> bool:
        if self.user is None:
            return False
        involved = self.user is issue.author or self.user in issue.assignees
        return involved or self.level(issue.project) >= Role.PLANNER

    def reads_note(self, note: StoredNote) -> bool:
        """Whether the note of a readable issue exists for this caller."""
        if note.mentions is not None and not self.reads(note.mentions):
            return False
        return not note.internal or self.user is note.author or self._is_privy(note.issue)

    def comments_on(self, issue: WorkItem) -> bool:
        """Whether the caller may comment on a readable issue."""
        if self.user is None or issue.project.archived:
            return False
        return not issue.discussion_locked or self.level(issue.project) >= Role.GUEST

    def awards(self, note: StoredNote) -> bool:
        """Whether the caller may give a readable note an emoji."""
        return not note.system and self.user is not None and not note.issue.project.archived

    def writes_internally(self, issue: WorkItem) -> bool:
        """Whether an internal note of the caller is one; of others GitLab makes a public one, and says nothing."""
        return self.level(issue.project) >= Role.PLANNER

    def edits(self, issue: WorkItem) -> bool:
        """Whether the caller may change texts and state of a readable issue."""
        wrote_it = self.user is not None and self.user is issue.author
        return not issue.project.archived and (wrote_it or self.plans(issue))

    def plans(self, issue: WorkItem) -> bool:
        """Whether the caller may change labels, dates, assignees and links."""
        return not issue.project.archived and self.level(issue.project) >= Role.PLANNER

    def edits_note(self, note: StoredNote) -> bool:
        """Whether the caller may change or delete a comment."""
        if note.system or self.user is None or note.issue.project.archived:
            return False
        return self.user is note.author or self.level(note.issue.project) >= Role.MAINTAINER


def identify(world: World, value: str | None) -> Viewer:
    """Find out who sent a token; one that is unknown, revoked or expired is refused."""
    if value is None:
        return Viewer()
    token = world.tokens.get(value)
    if token is None:
        raise refuse(401, "401 Unauthorized")
    if token.revoked:
        raise refuse_error(401, "invalid_token", _REVOKED)
    if not token.active or (token.expires_on is not None and token.expires_on <= world.instant().date()):
        raise refuse_error(401, "invalid_token", _EXPIRED)
    if token.user.state != "active":
        raise refuse(403, "403 Forbidden - Your account has been blocked.")
    return Viewer(user=token.user, token=token)


def require_scope(viewer: Viewer, method: str, extra: frozenset[str]) -> None:
    """Refuse a token whose scopes do not fit the request; `extra` are scopes that open this path for reading."""
    if viewer.token is None or viewer.may_write_api:
        return
    opens = method in ("GET", "HEAD") and not (_READING | extra).isdisjoint(viewer.token.scopes)
    if not opens:
        raise refuse_error(403, "insufficient_scope", _SCOPE)

"""The sandbox's world: users, groups, projects and issues, built by hand or by a story, then served.

Nothing in here reads a clock. Every builder takes the time at which a thing happened; what is written over HTTP
is stamped with `World.now`, which a caller sets, and which may be a function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.data.hosted_project import HostedProject
from audit.sandbox.data.namespaces import HostedGroup
from audit.sandbox.data.records import Account, Registrar, Token

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from audit.sandbox.data.namespaces import Label, Namespace
    from audit.sandbox.data.work_items import ItemLink, StoredNote, WorkItem


class World:
    """Everything the server knows."""

    def __init__(self, now: dt.datetime | Callable[[], dt.datetime]) -> None:
        self.registrar = Registrar(now=now)
        self.users: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.groups: dict[str, HostedGroup] = {}
        self.projects: dict[str, HostedProject] = {}
        self.projects_by_id: dict[int, HostedProject] = {}
        self.moved_paths: dict[str, HostedProject] = {}
        self.issues: dict[int, WorkItem] = {}

    @property
    def now(self) -> dt.datetime | Callable[[], dt.datetime]:
        """The time that is stamped on what is written over HTTP, or what returns it."""
        return self.registrar.now

    @now.setter
    def now(self, now: dt.datetime | Callable[[], dt.datetime]) -> None:
        self.registrar.now = now

    def instant(self) -> dt.datetime:
        """Return the time that the server stamps on what is written over HTTP."""
        return self.registrar.instant()

    @property
    def notes(self) -> dict[int, StoredNote]:
        """The notes of all issues, by id."""
        return {note.id: note for issue in self.issues.values() for note in issue.notes}

    @property
    def links(self) -> list[ItemLink]:
        """The links between issues, each once, in the order of their making."""
        seen = {link.id: link for issue in self.issues.values() for link in issue.links}
        return [seen[number] for number in sorted(seen)]

    def namespaces(self) -> Iterable[HostedGroup | HostedProject]:
        """List groups, then projects."""
        yield from self.groups.values()
        yield from self.projects.values()

    def projects_in(self, group: HostedGroup, *, subgroups: bool = True) -> list[HostedProject]:
        """Return the projects in a group, in the order of their making."""
        return [p for p in self.projects.values() if p.parent is group or (subgroups and group in p.lineage())]

    def user(self, username: str, *, name: str | None = None, state: str = "active", bot: bool = False) -> Account:
        """Register an account, or return the one that has this name."""
        if username not in self.users:
            known = name or username.replace(".", " ").replace("-", " ").title()
            self.users[username] = Account(
                id=self.registrar.next_id("user"), username=username, name=known, state=state, bot=bot
            )
        return self.users[username]

    def token(  # noqa: PLR0913 - a token has that many properties
        self,
        value: str,
        *,
        user: Account,
        scopes: Iterable[str] = ("read_api",),
        expires_on: dt.date | None = None,
        active: bool = True,
        revoked: bool = False,
        kind: str = "personal",
        projects: Iterable[str] | None = None,
        name: str = "auditor",
    ) -> Token:
        """WorkItem a token; one of kind "project" should be given its project's path."""
        self.tokens[value] = Token(
            id=self.registrar.next_id("token"),
            value=value,
            user=user,
            name=name,
            scopes=tuple(scopes),
            kind=kind,
            created_at=self.instant(),
            expires_on=expires_on,
            active=active,
            revoked=revoked,
            projects=None if projects is None else frozenset(projects),
        )
        return self.tokens[value]

    def group(self, path: str, *, visibility: str = "private") -> HostedGroup:
        """Make a group and the groups above it, or return the one at this path."""
        if path not in self.groups:
            above = path.rpartition("/")[0]
            parent = self.group(above, visibility=visibility) if above else None
            number = self.registrar.next_id("group")
            self.groups[path] = HostedGroup(
                registrar=self.registrar, id=number, path=path, parent=parent, visibility=visibility
            )
        return self.groups[path]

    def project(  # noqa: PLR0913 - a project has that many properties
        self,
        path: str,
        *,
        visibility: str = "private",
        issues_enabled: bool = True,
        former_paths: Iterable[str] = (),
        default_branch: str = "main",
        id: int | None = None,  # noqa: A002 - its name everywhere in GitLab
        archived: bool = False,
    ) -> HostedProject:
        """Make a project and its groups; requests to a former path are sent on to its id."""
        if path in self.projects:
            raise ValueError(f"the project {path} exists")
        project = HostedProject(
            registrar=self.registrar,
            tracked=self.issues,
            id=id or self.registrar.next_id("project"),
            path=path,
            parent=self.group(path.rpartition("/")[0]),
            created_at=self.instant(),
            visibility=visibility,
            issues_enabled=issues_enabled,
            default_branch=default_branch,
            archived=archived,
        )
        self.projects[path] = self.projects_by_id[project.id] = project
        self.moved_paths.update(dict.fromkeys(former_paths, project))
        return project

    def rename_project(self, project: HostedProject, path: str) -> None:
        """Move a project to another path; the old one is sent on."""
        self.moved_paths[project.path] = project
        del self.projects[project.path]
        project.path, project.parent = path, self.group(path.rpartition("/")[0])
        self.projects[path] = project

    def member(self, space: Namespace, user: Account, access_level: int) -> None:
        """Make somebody a member; a group's members are members of all that is in it."""
        space.members[user.id] = access_level

    def label(self, space: Namespace, name: str, *, color: str = "#428BCA", description: str | None = None) -> Label:
        """Make a label, or return the one of exactly this name at this place."""
        return space.label(name, color=color, description=description)

    def rename_label(self, space: Namespace, old: str, new: str) -> None:
        """Rename a label: all its history shows the new name at once, as GitLab's does."""
        label = space.labels.pop(old)
        label.name = new
        space.labels[new] = label

    def delete_label(self, space: Namespace, name: str) -> None:
        """Delete a label: issues lose it without an event, and its events lose their label."""
        label = space.labels.pop(name)
        label.deleted = True
        for issue in self.issues.values():
            if label in issue.labels:
                issue.labels.remove(label)

    def link(self, a: WorkItem, b: WorkItem, *, at: dt.datetime, by: Account, kind: str = "relates_to") -> ItemLink:
        """Link two issues."""
        return a.link_to(b, at=at, by=by, kind=kind)

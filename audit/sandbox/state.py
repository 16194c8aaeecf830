"""The sandbox's world: users, groups, projects and issues, built by hand or by a generator, then served.

There is no clock in here. Every builder takes the time at which a thing happened; what is written over HTTP
is stamped with `World.now`, which a caller sets, and may be a function.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING

from audit.sandbox.containers import Group, Project
from audit.sandbox.issue import Issue
from audit.sandbox.records import Label, LabelEvent, Link, Note, Token, User

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

__all__ = ["Group", "Issue", "Label", "Link", "Note", "Project", "Token", "User", "World"]

# Each kind of id starts elsewhere, so that a mixed-up id is a miss and not some other row.
_FIRST_ID = {
    "user": 101,
    "token": 901,
    "group": 5001,
    "project": 10001,
    "label": 20001,
    "milestone": 30001,
    "link": 40001,
    "state_event": 300001,
    "label_event": 500001,
    "issue": 1000001,
    "note": 3000001,
}


class World:
    """Everything the server knows."""

    def __init__(self, now: dt.datetime | Callable[[], dt.datetime]) -> None:
        self.now = now
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self.groups: dict[str, Group] = {}
        self.projects: dict[str, Project] = {}
        self.projects_by_id: dict[int, Project] = {}
        self.moved_paths: dict[str, Project] = {}
        self.issues: dict[int, Issue] = {}
        self.notes: dict[int, Note] = {}
        self.links: dict[int, Link] = {}
        self._used: defaultdict[str, int] = defaultdict(int)

    def instant(self) -> dt.datetime:
        """Return the time that the server stamps on what is written over HTTP."""
        return self.now() if callable(self.now) else self.now

    def next_id(self, kind: str) -> int:
        """Return the next id of that kind: the same calls give the same ids."""
        self._used[kind] += 1
        return _FIRST_ID[kind] + self._used[kind] - 1

    def user(self, username: str, *, name: str | None = None, state: str = "active", bot: bool = False) -> User:
        """Register an account, or return the one that has this name."""
        if username not in self.users:
            known = name or username.replace(".", " ").replace("-", " ").title()
            self.users[username] = User(id=self.next_id("user"), username=username, name=known, state=state, bot=bot)
        return self.users[username]

    def token(  # noqa: PLR0913 - a token has that many properties
        self,
        value: str,
        *,
        user: User,
        scopes: Iterable[str] = ("read_api",),
        expires_on: dt.date | None = None,
        active: bool = True,
        revoked: bool = False,
        kind: str = "personal",
        projects: Iterable[str] | None = None,
        name: str = "auditor",
    ) -> Token:
        """Issue a token; one of kind "project" should be given its project's path."""
        self.tokens[value] = Token(
            id=self.next_id("token"),
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

    def group(self, path: str, *, visibility: str = "private") -> Group:
        """Make a group and the groups above it, or return the one at this path."""
        if path not in self.groups:
            above = path.rpartition("/")[0]
            parent = self.group(above, visibility=visibility) if above else None
            number = self.next_id("group")
            self.groups[path] = Group(world=self, id=number, path=path, parent=parent, visibility=visibility)
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
    ) -> Project:
        """Make a project and its groups; requests to a former path are sent on to its id."""
        if path in self.projects:
            raise ValueError(f"the project {path} exists")
        project = Project(
            world=self,
            id=id or self.next_id("project"),
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

    def rename_project(self, project: Project, path: str) -> None:
        """Move a project to another path; the old one is sent on."""
        self.moved_paths[project.path] = project
        del self.projects[project.path]
        project.path, project.parent = path, self.group(path.rpartition("/")[0])
        self.projects[path] = project

    def member(self, place: Group | Project, user: User, access_level: int) -> None:
        """Make somebody a member; a group's members are members of all that is in it."""
        place.members[user.id] = access_level

    def label(
        self, place: Group | Project, name: str, *, color: str = "#428BCA", description: str | None = None
    ) -> Label:
        """Make a label, or return the one of exactly this name at this place."""
        if name not in place.labels:
            place.labels[name] = Label(
                id=self.next_id("label"),
                name=name,
                owner=place,
                created_at=self.instant(),
                color=color,
                description=description,
            )
        return place.labels[name]

    def rename_label(self, place: Group | Project, old: str, new: str) -> None:
        """Rename a label: all its history shows the new name at once, as GitLab's does."""
        label = place.labels.pop(old)
        label.name = new
        place.labels[new] = label

    def delete_label(self, place: Group | Project, name: str) -> None:
        """Delete a label: issues lose it without an event, and its events lose their label."""
        label = place.labels.pop(name)
        label.deleted = True
        for issue in self.issues.values():
            if label in issue.labels:
                issue.labels.remove(label)

    def link(self, a: Issue, b: Issue, *, at: dt.datetime, by: User, kind: str = "relates_to") -> Link:
        """Link two issues; both ends get a system note and are touched. A pair is linked once."""
        known = next((k for k in a.links if k.other(a) is b), None)
        if known is not None:
            return known
        link = Link(id=self.next_id("link"), source=a, target=b, kind=kind, created_at=at, updated_at=at)
        self.links[link.id] = link
        words = {"relates_to": "related to", "blocks": "blocking", "is_blocked_by": "blocked by"}
        for end, other in ((a, b), (b, a)):
            end.links.append(link)
            said = words[link.kind_from(end)]
            body = f"marked this {end.issue_type} as {said} {other.reference_from(end.project)}"
            end.system_note(body, by=by, at=at, action="relate")
        return link

    def unlink(self, link: Link, *, at: dt.datetime, by: User) -> None:
        """Remove a link, with a system note on both ends."""
        del self.links[link.id]
        for end in (link.source, link.target):
            end.links.remove(link)
            body = f"removed the relation with {link.other(end).reference_from(end.project)}"
            end.system_note(body, by=by, at=at, action="unrelate")

    def move(self, issue: Issue, project: Project, *, at: dt.datetime, by: User) -> Issue:
        """Move an issue: its texts, comments and history are copied, the old one is closed."""
        new = project.issue(
            issue.title,
            author=issue.author,
            created_at=issue.created_at,
            description=issue.description,
            issue_type=issue.issue_type,
            confidential=issue.confidential,
            assignees=issue.assignees,
            severity=issue.severity,
            due_on=issue.due_on,
        )
        new.state, new.closed_at, new.closed_by = issue.state, issue.closed_at, issue.closed_by
        self._copy_history(issue, new)
        origin = issue.reference_from(project)
        new.system_note(f"moved from {origin}", by=by, at=at, action="moved")
        issue.moved_to = new
        issue.system_note(f"moved to {new.reference_from(issue.project)}", by=by, at=at, action="moved")
        issue.close(at=at, by=by)
        return new

    def _copy_history(self, issue: Issue, new: Issue) -> None:
        # A label that the other project does not know is lost on the way.
        new.labels = [row for row in (new.project.find_label(old.name) for old in issue.labels) if row]
        for note in issue.notes:
            twin = copy.copy(note)
            twin.id, twin.issue = self.next_id("note"), new
            new.notes.append(twin)
            self.notes[twin.id] = twin
        new.label_events = [self._copied(event) for event in issue.label_events]
        new.state_events = [copy.copy(event) for event in issue.state_events]
        for event in new.state_events:
            event.id = self.next_id("state_event")

    def _copied(self, event: LabelEvent) -> LabelEvent:
        # The label stays the old project's, which is why such a note reads project~123 after a move.
        twin = copy.copy(event)
        twin.id = self.next_id("label_event")
        return twin

    def mark_duplicate(self, issue: Issue, of: Issue, *, at: dt.datetime, by: User) -> None:
        """Close an issue as a duplicate; the two are related as well."""
        ours, theirs = of.reference_from(issue.project), issue.reference_from(of.project)
        issue.system_note(f"marked this {issue.issue_type} as a duplicate of {ours}", by=by, at=at, action="duplicate")
        of.system_note(f"marked {theirs} as a duplicate of this {of.issue_type}", by=by, at=at, action="duplicate")
        issue.close(at=at, by=by)
        issue.duplicate_of = of
        self.link(issue, of, at=at, by=by)

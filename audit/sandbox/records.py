"""The rows that the sandbox keeps: plain data, changed by the builders of issue.py and containers.py."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from audit.sandbox.containers import Group, Project
    from audit.sandbox.issue import Issue

GUEST, PLANNER, REPORTER, DEVELOPER, MAINTAINER, OWNER = 10, 15, 20, 30, 40, 50


@dataclass(eq=False, slots=True, kw_only=True)
class User:
    """An account; a bot is the account behind a project's or a group's token."""

    id: int
    username: str
    name: str
    state: str = "active"
    bot: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Token:
    """An access token of any kind; `projects` narrows what it reaches to these paths."""

    id: int
    value: str
    user: User
    name: str
    scopes: tuple[str, ...]
    kind: str
    created_at: dt.datetime
    expires_on: dt.date | None = None
    active: bool = True
    revoked: bool = False
    projects: frozenset[str] | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Label:
    """One label row: renaming keeps the id, deleting leaves its events behind."""

    id: int
    name: str
    owner: Group | Project
    created_at: dt.datetime
    color: str = "#428BCA"
    description: str | None = None
    deleted: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Milestone:
    """A milestone of a project; the sandbox only shows it."""

    id: int
    iid: int
    title: str
    due_on: dt.date | None = None
    starts_on: dt.date | None = None
    state: str = "active"


@dataclass(eq=False, slots=True, kw_only=True)
class LabelEvent:
    """A label was added or removed."""

    id: int
    user: User
    created_at: dt.datetime
    row: Label
    action: str

    @property
    def label(self) -> Label | None:
        """The label as it is called today; none once it was deleted."""
        return None if self.row.deleted else self.row


@dataclass(eq=False, slots=True, kw_only=True)
class StateEvent:
    """An issue was closed or reopened; the opening itself writes none."""

    id: int
    user: User
    created_at: dt.datetime
    state: str


@dataclass(eq=False, slots=True, kw_only=True)
class Note:
    """A comment, or a system note that GitLab stores as one."""

    id: int
    issue: Issue
    author: User
    body: str
    created_at: dt.datetime
    updated_at: dt.datetime
    discussion_id: str
    system: bool = False
    internal: bool = False
    action: str | None = None
    last_edited_at: dt.datetime | None = None
    last_edited_by: User | None = None
    mentions: Issue | None = None
    """The other end of a cross-reference: who cannot read it does not get the note."""


@dataclass(eq=False, slots=True, kw_only=True)
class Link:
    """A link between two issues, listed at both ends."""

    id: int
    source: Issue
    target: Issue
    kind: str
    created_at: dt.datetime
    updated_at: dt.datetime

    def other(self, end: Issue) -> Issue:
        """Return the issue at the other end."""
        return self.target if end is self.source else self.source

    def kind_from(self, end: Issue) -> str:
        """Say what the link is called when it is seen from this end."""
        return "is_blocked_by" if self.kind == "blocks" and end is self.target else self.kind


@dataclass(eq=False, slots=True, kw_only=True)
class RepoFile:
    """A file at the head of the default branch; None as text stands for a binary."""

    path: str
    text: str
    commit_id: str
    binary: bool = False

    @property
    def blob_id(self) -> str:
        """The object id that git itself would give."""
        data = self.text.encode()
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What was written to a repository in one go."""

    id: str
    message: str
    author: str
    at: dt.datetime
    paths: tuple[str, ...]


@dataclass(eq=False, slots=True, kw_only=True)
class WikiPage:
    """A page of a wiki, and the texts that it had before."""

    slug: str
    title: str
    content: str
    format: str = "markdown"
    history: list[str] = field(default_factory=list)
    """Every version of the text, the newest last: GitLab keeps them, and shows them to people only."""


@dataclass(eq=False, slots=True, kw_only=True)
class TaskCount:
    """The check boxes of a description."""

    count: int
    completed_count: int = field(default=0)


def digest(*parts: object) -> str:
    """Make a stable 40-digit id out of what the thing holds."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()

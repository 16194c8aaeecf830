"""Schemas of GitLab's REST answers: an answer of another form is an error, never an empty one."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from audit.gitlab.read.fields import Base64, Moment, Url


class Row(BaseModel):
    """An object of REST."""

    model_config = ConfigDict(defer_build=True, strict=True, frozen=True)


class UserRow(Row):
    """An account. Only some of REST's answers say whether it is a bot."""

    username: str
    state: str = "active"
    bot: bool = False


class NoteRow(Row):
    """A comment, or a system note, of REST."""

    id: int
    body: str
    system: bool
    internal: bool | None = None
    confidential: bool | None = None
    """The name of ``internal`` on servers before 15.5."""
    created_at: Moment
    author: UserRow | None


class LabelName(Row):
    """The label of an event."""

    name: str


class EventRow(Row):
    """Any resource event."""

    id: int
    created_at: Moment
    resource_type: str


class LabelEventRow(EventRow):
    """A label was added or removed; the label is null if it has been deleted since."""

    action: Literal["add", "remove"]
    label: LabelName | None


class StateEventRow(EventRow):
    """An issue was closed or opened again."""

    state: Literal["opened", "closed", "reopened", "merged"]


class References(Row):
    """The names of an issue."""

    full: str | None = None


class IssueLinks(Row):
    """Addresses in the API."""

    closed_as_duplicate_of: str | None = None


class LinkRow(Row):
    """The other end of an issue link, in REST."""

    references: References | None = None
    web_url: Url
    link_created_at: Moment | None = None
    moved_to_id: int | None = None
    links: IssueLinks | None = Field(default=None, alias="_links")


class MemberRow(Row):
    """A member of a project, or of a group above it."""

    username: str
    state: str = "active"
    access_level: int


class Access(Row):
    """A role from one membership."""

    access_level: int


class Permissions(Row):
    """The roles of the token's account, in the project and through its group."""

    project_access: Access | None = None
    group_access: Access | None = None


class ProjectRow(Row):
    """A project."""

    id: int
    path_with_namespace: str
    web_url: Url
    visibility: str | None = None
    issues_enabled: bool | None = None
    issues_access_level: str | None = None
    archived: bool | None = None
    default_branch: str | None = None
    empty_repo: bool | None = None
    wiki_enabled: bool | None = None
    wiki_access_level: str | None = None
    repository_access_level: str | None = None
    permissions: Permissions | None = None


class NamedGroup(Row):
    """A group."""

    id: int
    full_path: str
    visibility: str | None = None


class FileRow(Row):
    """A file of a repository."""

    content: Base64
    commit_id: str


class BranchRow(Row):
    """A branch."""

    name: str
    can_push: bool | None = None


class AccountRow(Row):
    """The token's account."""

    id: int


class IssueRow(Row):
    """An issue."""

    iid: int
    title: str
    description: str | None = None
    state: str
    web_url: Url
    confidential: bool
    created_at: Moment
    author: UserRow | None = None
    moved_to_id: int | None = None


class TreeRow(Row):
    """An entry of a folder of a repository."""

    id: str
    name: str
    path: str
    type: str


class CommitRow(Row):
    """A commit of a repository."""

    id: str
    committed_date: Moment

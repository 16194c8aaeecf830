"""Schemas of GitLab's GraphQL answers: an answer of another form is an error, never an empty one.

Fields may be null if GitLab's schema says so. A null list is not an empty one: the server has not read it.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from audit.gitlab.read.fields import Day, Gid, Iid, Moment, Url

T = TypeVar("T")


class Node(BaseModel):
    """An object of GraphQL."""

    model_config = ConfigDict(defer_build=True, strict=True, frozen=True, alias_generator=to_camel)


class Nodes(Node, Generic[T]):
    """A GraphQL list without paging."""

    nodes: list[T]


class PageEnd(Node):
    """Where the next page begins."""

    has_next_page: bool
    end_cursor: str | None


class Page(Nodes[T], Generic[T]):
    """One page of a GraphQL list."""

    page_info: PageEnd


class UserNode(Node):
    """An account."""

    username: str
    state: str
    bot: bool


class LabelNode(Node):
    """A label of a project or of a group above it."""

    id: Gid
    title: str


class TitleNode(Node):
    """A label of an issue, by its title."""

    title: str


class IssueNode(Node):
    """The issue that another one was moved to, or is a duplicate of."""

    reference: str
    web_url: Url


class WorkItemNode(Node):
    """The other end of an issue link."""

    reference: str
    web_url: Url | None
    moved_to_work_item_url: Url | None
    duplicated_to_work_item_url: Url | None


class LinkNode(Node):
    """An issue link; without a work item if the token may not read it."""

    link_created_at: Moment | None
    work_item: WorkItemNode | None


class ListedIssue(Node):
    """An issue in a list."""

    id: Gid
    iid: Iid
    reference: str
    web_url: Url
    title: str
    description: str | None
    type: str | None
    state: Literal["opened", "closed", "locked"]
    confidential: bool
    discussion_locked: bool | None
    created_at: Moment
    updated_at: Moment
    closed_at: Moment | None
    due_date: Day
    severity: Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"] | None
    user_notes_count: int | None
    author: UserNode | None
    assignees: Page[UserNode] | None
    labels: Page[TitleNode] | None
    moved: bool | None
    moved_to: IssueNode | None
    closed_as_duplicate_of: IssueNode | None


class MemberNode(Node):
    """An issue in a list, by its names only."""

    id: Gid
    reference: str
    created_at: Moment


class CountedIssues(Node):
    """How many issues a list has, and the first of them where they are asked for."""

    count: int
    nodes: list[MemberNode] | None = None


class LinkedIssue(ListedIssue):
    """An issue in a list of a server that shows the links in it."""

    linked_work_items: Page[LinkNode | None] | None


class NoteNode(Node):
    """A comment, or a system note."""

    id: Gid
    body: str
    system: bool
    internal: bool | None
    created_at: Moment
    url: Url | None
    author: UserNode | None


class CommentsNode(Node):
    """An issue with its comments, which are parsed one issue at a time."""

    iid: Iid
    notes: Any


class ActionNode(Node):
    """The kind of a system note."""

    action: str | None


class SystemNote(Node):
    """A note in the activity of an issue."""

    body: str
    system: bool
    created_at: Moment
    system_note_metadata: ActionNode | None


class Discussion(Node):
    """A thread of the activity of an issue."""

    notes: Nodes[SystemNote]


class NotesWidget(Node):
    """A widget of a work item; only the notes widget has discussions, which are parsed one issue at a time."""

    discussions: Any = None


class ActivityNode(Node):
    """A work item with its activity; its id is asked for in groups only."""

    id: Gid | None = None
    iid: Iid
    widgets: list[NotesWidget]


class ProjectNode(Node):
    """A project by its current path."""

    full_path: str


class FeatureAccess(Node):
    """Who may use a part of a project: ENABLED, PRIVATE (its members) or DISABLED."""

    string_value: str


class HighestRole(Node):
    """The highest role of the token's account; 0: none."""

    integer_value: int


class OpenProject(ProjectNode):
    """A project as the audit has to know it before it reads there. A null here leaves it to REST."""

    id: Gid
    web_url: Url
    visibility: str
    archived: bool
    issues_enabled: bool
    issues_access_level: FeatureAccess
    max_access_level: HighestRole


class LabelledProject(ProjectNode):
    """A project with the first page of its labels, and of those that are archived where they were asked for."""

    labels: Page[LabelNode] | None
    archived_labels: Page[LabelNode] | None = None


class FileNode(Node):
    """A file of a repository; its ``sha`` is that of its content."""

    name: str
    path: str
    sha: str


class FolderNode(Node):
    """A folder of a repository."""

    blobs: Page[FileNode]


class RepositoryNode(Node):
    """A repository with one folder of it."""

    tree: FolderNode | None


class FolderProject(ProjectNode):
    """A project with one folder of its repository, if the token may see that."""

    repository: RepositoryNode | None

    @property
    def files(self) -> Page[FileNode] | None:
        """The files of the folder; None: not to be seen."""
        tree = self.repository.tree if self.repository else None
        return tree.blobs if tree else None


class Metadata(Node):
    """What the server says about itself."""

    version: str | None
    enterprise: bool | None


class AccountNode(UserNode):
    """The token's account."""

    id: Gid


class ServerAnswer(Node):
    """The server and the token's account."""

    metadata: Metadata | None
    current_user: AccountNode | None

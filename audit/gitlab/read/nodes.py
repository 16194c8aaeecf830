"""Converts GraphQL nodes and REST rows to the records of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.read import issue_names
from audit.gitlab.read.graphql_nodes import LinkedIssue
from audit.model import Issue, Link, Note, Ref, User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from audit.gitlab.read.graphql_nodes import IssueNode, LinkNode, ListedIssue, NoteNode, UserNode
    from audit.gitlab.read.rest_rows import NoteRow, UserRow

_SEVERITIES = {"CRITICAL": 1, "HIGH": 2, "MEDIUM": 3, "LOW": 4}
_NOBODY = User(username="ghost", active=False)


def user(row: UserNode | UserRow | None) -> User:
    """Return an account; for a note without an author, GitLab's ghost user."""
    if row is None:
        return _NOBODY
    return User(username=row.username, active=row.state == "active", bot=row.bot)


def issue(node: ListedIssue, *, path: str, root: str, unnamed_type: str = "issue") -> Issue:
    """Return an issue of the project at ``path`` with the first page of its inner lists, without its history.

    ``unnamed_type`` is its type if the server gives none.
    """
    return Issue(
        ref=issue_names.from_api(node.reference, None) or Ref(path, node.iid),
        id=node.id,
        url=node.web_url,
        title=node.title,
        description=node.description or "",
        issue_type=(node.type or unnamed_type).lower(),
        confidential=node.confidential,
        discussion_locked=bool(node.discussion_locked),
        created_at=node.created_at,
        updated_at=node.updated_at,
        closed_at=_closed_at(node),
        closing_read=node.state != "closed" or node.closed_at is not None,
        due_on=node.due_date,
        labels=tuple(label.title for label in node.labels.nodes) if node.labels else (),
        severity=_SEVERITIES.get(node.severity or ""),
        author=user(node.author),
        assignees=tuple(map(user, node.assignees.nodes)) if node.assignees else (),
        moved=bool(node.moved),
        moved_to=_other(node.moved_to, root),
        duplicate_of=_other(node.closed_as_duplicate_of, root),
        links=_first_links(node, root),
        comments=node.user_notes_count or 0,
        history_read=False,
    )


def _first_links(node: ListedIssue, root: str) -> tuple[Link, ...]:
    page = node.linked_work_items if isinstance(node, LinkedIssue) else None
    return links(page.nodes, root=root) if page else ()


def _closed_at(node: ListedIssue) -> datetime | None:
    if node.state != "closed":
        return None
    # issues that were closed before GitLab stored the time have none; it is not after the last change
    return node.closed_at or node.updated_at


def _other(node: IssueNode | None, root: str) -> Ref | None:
    return issue_names.from_api(node.reference, node.web_url, root=root) if node else None


def links(rows: Iterable[LinkNode | None], *, root: str) -> tuple[Link, ...]:
    """Return the issue links in ``linkedWorkItems``; the other end may be unreadable, or an epic (not an issue)."""
    made = (_link(row, root) for row in rows)
    return tuple(link for link in made if link is not None)


def _link(row: LinkNode | None, root: str) -> Link | None:
    if row is None or row.work_item is None:
        return Link(target=None, at=row.link_created_at if row else None)
    other = row.work_item
    if issue_names.is_of_group(other.reference, other.web_url, root=root):
        return None
    target = issue_names.from_api(other.reference, other.web_url, root=root)
    if target is None:
        return Link(target=None, at=row.link_created_at)  # it is an issue, whatever its name means
    onward = other.moved_to_work_item_url or other.duplicated_to_work_item_url
    return Link(target=target, points_to=issue_names.from_url(onward, root=root), at=row.link_created_at)


def note(node: NoteNode) -> Note:
    """Return a comment from GraphQL."""
    return Note(
        id=node.id,
        at=node.created_at,
        author=user(node.author),
        body=node.body,
        system=node.system,
        internal=bool(node.internal),
        url=node.url or "",
    )


def note_from_rest(row: NoteRow, *, issue_url: str) -> Note:
    """Return a comment from REST, which gives no URL for it."""
    return Note(
        id=row.id,
        at=row.created_at,
        author=user(row.author),
        body=row.body,
        system=row.system,
        internal=bool(row.confidential if row.internal is None else row.internal),
        url=f"{issue_url}#note_{row.id}" if issue_url else "",
    )

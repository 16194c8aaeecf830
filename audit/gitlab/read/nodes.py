"""GraphQL nodes and REST rows as the records of the model: parsed at the edge, times in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from audit.gitlab.read import issue_names as references
from audit.model import Issue, Link, Note, Ref, User

_SEVERITIES = {"CRITICAL": 1, "HIGH": 2, "MEDIUM": 3, "LOW": 4}
_NOBODY = User(username="ghost", active=False)


def moment(text: str) -> datetime:
    """Return an instant in UTC; GitLab writes the instance's zone offset, or Z."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def day(text: str | None) -> date | None:
    """Return the day of a date field, which GraphQL writes as a midnight."""
    return date.fromisoformat(text[:10]) if text else None


def number(gid: str) -> int:
    """Return the number of a global id like ``gid://gitlab/Issue/12``."""
    return int(gid.rpartition("/")[2])


def user(node: dict[str, Any] | None) -> User:
    """Return an account; a note without an author has nobody's."""
    if not node:
        return _NOBODY
    return User(
        username=node["username"],
        active=node.get("state", "active") == "active",
        bot=bool(node.get("bot", False)),
    )


def issue(node: dict[str, Any], *, path: str, root: str) -> Issue:
    """Return an issue of the project at ``path``, without its history. Its inner lists are complete, or marked cut."""
    return Issue(
        ref=references.from_api(node["reference"], None) or Ref(path, int(node["iid"])),
        id=number(node["id"]),
        url=node["webUrl"],
        title=node["title"],
        description=node["description"] or "",
        issue_type=(node["type"] or "issue").lower(),
        confidential=node["confidential"],
        discussion_locked=bool(node["discussionLocked"]),
        created_at=moment(node["createdAt"]),
        closed_at=_closed_at(node),
        due_on=day(node["dueDate"]),
        labels=tuple(label["title"] for label in listed(node["labels"])),
        severity=_SEVERITIES.get(node["severity"] or ""),
        author=user(node["author"]),
        assignees=tuple(user(assignee) for assignee in listed(node["assignees"])),
        moved=bool(node["moved"]),
        moved_to=_other(node["movedTo"], root),
        duplicate_of=_other(node["closedAsDuplicateOf"], root),
        links=links(listed(node.get("linkedWorkItems")), root=root),
        comments=node["userNotesCount"] or 0,
        links_read=not (node.get("linkedWorkItems") or {}).get("cut", False),
        history_read=False,
    )


def listed(connection: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the nodes of a connection; what may not be seen is null in it."""
    return [node for node in (connection or {}).get("nodes") or () if node]


def _closed_at(node: dict[str, Any]) -> datetime | None:
    if node["state"] != "closed":
        return None
    # issues that were closed before GitLab kept the time have none
    return moment(node["closedAt"] or node["updatedAt"])


def _other(node: dict[str, Any] | None, root: str) -> Ref | None:
    return references.from_api(node["reference"], node["webUrl"], root=root) if node else None


def links(rows: list[dict[str, Any]], *, root: str) -> tuple[Link, ...]:
    """Return the issue links of ``linkedWorkItems``; the other end may be unreadable, or an epic (no issue)."""
    made = (_link(row, root) for row in rows)
    return tuple(link for link in made if link is not None)


def _link(row: dict[str, Any], root: str) -> Link | None:
    at = moment(row["linkCreatedAt"]) if row.get("linkCreatedAt") else None
    other = row["workItem"]
    if other is None:
        return Link(target=None, at=at)
    target = references.from_api(other["reference"], other["webUrl"], root=root)
    if target is None:
        return None
    leads_to = other["movedToWorkItemUrl"] or other["duplicatedToWorkItemUrl"]
    return Link(target=target, points_to=references.from_url(leads_to, root=root), at=at)


def note(node: dict[str, Any]) -> Note:
    """Return a comment from GraphQL."""
    return Note(
        id=number(node["id"]),
        at=moment(node["createdAt"]),
        author=user(node["author"]),
        body=node["body"],
        system=node["system"],
        internal=bool(node["internal"]),
        url=node["url"] or "",
    )


def note_from_rest(row: dict[str, Any], *, issue_url: str) -> Note:
    """Return a comment from REST, which has no URL of its own."""
    return Note(
        id=row["id"],
        at=moment(row["created_at"]),
        author=user(row["author"]),
        body=row["body"],
        system=row["system"],
        internal=bool(row.get("internal", row.get("confidential"))),
        url=f"{issue_url}#note_{row['id']}" if issue_url else "",
    )

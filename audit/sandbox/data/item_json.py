"""Issues as JSON, and back: whole, with what was said and what happened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.sandbox.data.records import Award
from audit.sandbox.data.work_items import LabelChange, StateChange, StoredNote

if TYPE_CHECKING:
    from audit.sandbox.data.namespaces import Label
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.data.world import World

Row = dict[str, Any]


def row_of(issue: WorkItem) -> Row:
    """Return an issue as JSON; its links are not among it."""
    return {
        "id": issue.id,
        "iid": issue.iid,
        "project": issue.project.path,
        "title": issue.title,
        "description": issue.description,
        "author": issue.author.username,
        "created_at": _text(issue.created_at),
        "updated_at": _text(issue.updated_at),
        "type": issue.issue_type,
        "confidential": issue.confidential,
        "state": issue.state,
        "closed_at": _text(issue.closed_at),
        "closed_by": _name(issue.closed_by),
        "severity": issue.severity,
        "due_on": issue.due_on.isoformat() if issue.due_on else None,
        "locked": issue.discussion_locked,
        "assignees": [user.username for user in issue.assignees],
        "labels": [label.id for label in issue.labels],
        "moved_to": issue.moved_to.id if issue.moved_to else None,
        "duplicate_of": issue.duplicate_of.id if issue.duplicate_of else None,
        "notes": [_note(note) for note in issue.notes],
        "label_events": [[e.id, e.user.username, _text(e.created_at), e.row.id, e.action] for e in issue.label_events],
        "state_events": [[e.id, e.user.username, _text(e.created_at), e.state] for e in issue.state_events],
    }


def _note(note: StoredNote) -> Row:
    return {
        "id": note.id,
        "author": note.author.username,
        "body": note.body,
        "created_at": _text(note.created_at),
        "updated_at": _text(note.updated_at),
        "discussion": note.discussion_id,
        "system": note.system,
        "internal": note.internal,
        "action": note.action,
        "edited_at": _text(note.last_edited_at),
        "edited_by": _name(note.last_edited_by),
        "mentions": note.mentions.id if note.mentions else None,
        "awards": [[award.id, award.name, award.user.username, _text(award.created_at)] for award in note.awards],
    }


def _text(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _name(user: Account | None) -> str | None:
    return user.username if user else None


def fill(world: World, rows: list[Row]) -> None:
    """Make the issues be as the rows say; those that are not there yet are opened."""
    issues = [_opened(world, row) for row in sorted(rows, key=lambda row: row["id"])]
    labels = {event.row.id: event.row for issue in world.issues.values() for event in issue.label_events}
    labels |= {label.id: label for space in world.namespaces() for label in space.labels.values()}
    for issue, row in zip(issues, sorted(rows, key=lambda row: row["id"]), strict=True):
        _fill(world, issue, row)
        _fill_events(world, issue, row, labels)
        issue.notes = [_note_from(world, issue, note) for note in row["notes"]]
    world.registrar.skip("issue", (row["id"] for row in rows))
    world.registrar.skip("note", world.notes)
    world.registrar.skip("award", (award.id for note in world.notes.values() for award in note.awards))
    world.registrar.skip("label_event", (e.id for issue in world.issues.values() for e in issue.label_events))
    world.registrar.skip("state_event", (e.id for issue in world.issues.values() for e in issue.state_events))


def _opened(world: World, row: Row) -> WorkItem:
    if row["id"] in world.issues:
        return world.issues[row["id"]]
    issue = world.projects[row["project"]].issue(
        row["title"], author=world.users[row["author"]], created_at=_at(row["created_at"]), iid=row["iid"]
    )
    del world.issues[issue.id]
    issue.id = row["id"]
    world.issues[issue.id] = issue
    return issue


def _fill(world: World, issue: WorkItem, row: Row) -> None:
    issue.title, issue.description = row["title"], row["description"]
    issue.updated_at, issue.issue_type = _at(row["updated_at"]), row["type"]
    issue.confidential, issue.discussion_locked = row["confidential"], row["locked"]
    issue.state, issue.closed_at = row["state"], _maybe(row["closed_at"])
    issue.closed_by = world.users.get(row["closed_by"])
    issue.severity = row["severity"]
    issue.due_on = dt.date.fromisoformat(row["due_on"]) if row["due_on"] else None
    issue.assignees = [world.users[name] for name in row["assignees"]]
    issue.moved_to = world.issues.get(row["moved_to"])
    issue.duplicate_of = world.issues.get(row["duplicate_of"])


def _fill_events(world: World, issue: WorkItem, row: Row, labels: dict[int, Label]) -> None:
    issue.labels = [labels[number] for number in row["labels"]]
    issue.label_events = [
        LabelChange(id=number, user=world.users[user], created_at=_at(at), row=labels[label], action=action)
        for number, user, at, label, action in row["label_events"]
    ]
    issue.state_events = [
        StateChange(id=number, user=world.users[user], created_at=_at(at), state=state)
        for number, user, at, state in row["state_events"]
    ]


def _note_from(world: World, issue: WorkItem, row: Row) -> StoredNote:
    return StoredNote(
        id=row["id"],
        issue=issue,
        author=world.users[row["author"]],
        body=row["body"],
        created_at=_at(row["created_at"]),
        updated_at=_at(row["updated_at"]),
        discussion_id=row["discussion"],
        system=row["system"],
        internal=row["internal"],
        action=row["action"],
        last_edited_at=_maybe(row["edited_at"]),
        last_edited_by=world.users.get(row["edited_by"]),
        mentions=world.issues.get(row["mentions"]),
        awards=[
            Award(id=number, name=name, user=world.users[user], created_at=_at(at))
            for number, name, user, at in row["awards"]
        ],
    )


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _maybe(text: str | None) -> dt.datetime | None:
    return _at(text) if text else None

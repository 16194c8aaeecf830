"""Issues as JSON, and back: whole, with what was said and what happened."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.sandbox.records import LabelEvent, Note, StateEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.sandbox.records import Label, User
    from audit.sandbox.state import Group, Issue, Project, World

Row = dict[str, Any]


def row_of(issue: Issue) -> Row:
    """Return an issue as JSON; links are told apart from issues."""
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


def _note(note: Note) -> Row:
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
    }


def _text(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _name(user: User | None) -> str | None:
    return user.username if user else None


def fill(world: World, rows: list[Row]) -> None:
    """Make the issues be as the rows say; those that are not there yet are opened."""
    found = [_found(world, row) for row in sorted(rows, key=lambda row: row["id"])]
    labels = {event.row.id: event.row for issue in world.issues.values() for event in issue.label_events}
    places: list[Group | Project] = [*world.groups.values(), *world.projects.values()]
    labels |= {label.id: label for place in places for label in place.labels.values()}
    for issue, row in zip(found, sorted(rows, key=lambda row: row["id"]), strict=True):
        _fill(world, issue, row)
        _fill_events(world, issue, row, labels)
        _fill_notes(world, issue, row)
    advance(world, "issue", (row["id"] for row in rows))
    advance(world, "note", world.notes)
    advance(world, "label_event", (e.id for issue in world.issues.values() for e in issue.label_events))
    advance(world, "state_event", (e.id for issue in world.issues.values() for e in issue.state_events))


def advance(world: World, kind: str, taken: Iterable[int]) -> None:
    """Use up the ids of a kind that are taken."""
    last = max(taken, default=0)
    while last and world.next_id(kind) < last:
        pass


def _found(world: World, row: Row) -> Issue:
    if row["id"] in world.issues:
        return world.issues[row["id"]]
    issue = world.projects[row["project"]].issue(
        row["title"], author=world.users[row["author"]], created_at=_at(row["created_at"]), iid=row["iid"]
    )
    del world.issues[issue.id]
    issue.id = row["id"]
    world.issues[issue.id] = issue
    return issue


def _fill(world: World, issue: Issue, row: Row) -> None:
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


def _fill_events(world: World, issue: Issue, row: Row, labels: dict[int, Label]) -> None:
    issue.labels = [labels[number] for number in row["labels"]]
    issue.label_events = [
        LabelEvent(id=number, user=world.users[user], created_at=_at(at), row=labels[label], action=action)
        for number, user, at, label, action in row["label_events"]
    ]
    issue.state_events = [
        StateEvent(id=number, user=world.users[user], created_at=_at(at), state=state)
        for number, user, at, state in row["state_events"]
    ]


def _fill_notes(world: World, issue: Issue, row: Row) -> None:
    for note in list(issue.notes):
        issue.drop_note(note)
    for told in row["notes"]:
        note = Note(
            id=told["id"],
            issue=issue,
            author=world.users[told["author"]],
            body=told["body"],
            created_at=_at(told["created_at"]),
            updated_at=_at(told["updated_at"]),
            discussion_id=told["discussion"],
            system=told["system"],
            internal=told["internal"],
            action=told["action"],
            last_edited_at=_maybe(told["edited_at"]),
            last_edited_by=world.users.get(told["edited_by"]),
            mentions=world.issues.get(told["mentions"]),
        )
        issue.notes.append(note)
        world.notes[note.id] = note


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _maybe(text: str | None) -> dt.datetime | None:
    return _at(text) if text else None

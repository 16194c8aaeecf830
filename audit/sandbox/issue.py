"""An issue and what can happen to it, each with the events and system notes that GitLab writes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.sandbox.records import Label, LabelEvent, Note, StateEvent, TaskCount, User, digest

if TYPE_CHECKING:
    import datetime as dt

    from audit.sandbox.containers import Project
    from audit.sandbox.records import Link, Milestone
    from audit.sandbox.state import World

_CHECK_BOX = re.compile(r"^\s*(?:>\s*)*(?:[-+*]|\d+\.)\s+\[([ xX])\]\s", re.MULTILINE)
_SEVERITIES = {"CRITICAL": "Critical - S1", "HIGH": "High - S2", "MEDIUM": "Medium - S3", "LOW": "Low - S4"}


@dataclass(eq=False, slots=True, kw_only=True)
class Issue:
    """An issue of any type; `id` is global, `iid` counts within the project."""

    id: int
    iid: int
    project: Project
    title: str
    description: str
    author: User
    created_at: dt.datetime
    updated_at: dt.datetime
    issue_type: str = "incident"
    confidential: bool = False
    state: str = "opened"
    closed_at: dt.datetime | None = None
    closed_by: User | None = None
    severity: str = "UNKNOWN"
    due_on: dt.date | None = None
    discussion_locked: bool = False
    milestone: Milestone | None = None
    assignees: list[User] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    label_events: list[LabelEvent] = field(default_factory=list)
    state_events: list[StateEvent] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    moved_to: Issue | None = None
    duplicate_of: Issue | None = None

    @property
    def world(self) -> World:
        """Where it lives."""
        return self.project.world

    @property
    def reference(self) -> str:
        """Its full reference, group/project#iid."""
        return f"{self.project.path}#{self.iid}"

    @property
    def comments(self) -> list[Note]:
        """What people wrote."""
        return [n for n in self.notes if not n.system]

    @property
    def tasks(self) -> TaskCount:
        """Its check boxes."""
        boxes = _CHECK_BOX.findall(self.description)
        return TaskCount(count=len(boxes), completed_count=sum(box != " " for box in boxes))

    def reference_from(self, project: Project) -> str:
        """Its shortest reference for a reader in that project."""
        return f"#{self.iid}" if project is self.project else self.reference

    def touch(self, at: dt.datetime) -> None:
        """Move updated_at on; never back."""
        self.updated_at = max(self.updated_at, at)

    def add_label(self, name: str, *, at: dt.datetime, by: User) -> None:
        """Add a label by its name, made if the project knows none; a label it has already is left alone."""
        label = self.project.label_or_new(name)
        if label not in self.labels:
            self.labels.append(label)
            self._label_event(label, "add", at, by)

    def remove_label(self, name: str, *, at: dt.datetime, by: User) -> None:
        """Remove a label by its name, if it is there."""
        label = next((label for label in self.labels if label.name == name), None)
        if label is not None:
            self.labels.remove(label)
            self._label_event(label, "remove", at, by)

    def _label_event(self, label: Label, action: str, at: dt.datetime, by: User) -> None:
        number = self.world.next_id("label_event")
        self.label_events.append(LabelEvent(id=number, user=by, created_at=at, row=label, action=action))
        self.touch(at)

    def close(self, *, at: dt.datetime, by: User) -> None:
        """Close it."""
        if self.state == "opened":
            self.state, self.closed_at, self.closed_by = "closed", at, by
            self._state_event("closed", at, by)

    def reopen(self, *, at: dt.datetime, by: User) -> None:
        """Open it again."""
        if self.state == "closed":
            self.state, self.closed_at, self.closed_by = "opened", None, None
            self._state_event("reopened", at, by)

    def _state_event(self, state: str, at: dt.datetime, by: User) -> None:
        number = self.world.next_id("state_event")
        self.state_events.append(StateEvent(id=number, user=by, created_at=at, state=state))
        self.touch(at)

    def comment(
        self, body: str, *, by: User, at: dt.datetime, internal: bool = False, reply_to: Note | None = None
    ) -> Note:
        """Write a comment, or a reply in the thread of another."""
        note = self._note(body, by, at)
        note.internal = internal
        if reply_to is not None:
            note.discussion_id, note.internal = reply_to.discussion_id, reply_to.internal
        self.touch(at)
        return note

    def system_note(self, body: str, *, by: User, at: dt.datetime, action: str, mentions: Issue | None = None) -> Note:
        """Write a system note; a cross-reference is the one kind that does not touch the issue."""
        note = self._note(body, by, at)
        note.system, note.action, note.mentions = True, action, mentions
        if action != "cross_reference":
            self.touch(at)
        return note

    def mentioned_in(self, other: Issue, *, by: User, at: dt.datetime) -> Note:
        """Write the cross-reference note that another issue's text causes."""
        body = f"mentioned in {other.issue_type} {other.reference_from(self.project)}"
        return self.system_note(body, by=by, at=at, action="cross_reference", mentions=other)

    def _note(self, body: str, by: User, at: dt.datetime) -> Note:
        number = self.world.next_id("note")
        thread = digest("note", number)
        note = Note(id=number, issue=self, author=by, body=body, created_at=at, updated_at=at, discussion_id=thread)
        self.notes.append(note)
        self.world.notes[number] = note
        return note

    def drop_note(self, note: Note) -> None:
        """Delete a note."""
        self.notes.remove(note)
        del self.world.notes[note.id]

    def assign(self, *users: User, at: dt.datetime, by: User) -> None:
        """Make these people the assignees; none of them removes all."""
        came = [u for u in users if u not in self.assignees]
        left = [u for u in self.assignees if u not in users]
        self.assignees = list(users)
        words = [f"{verb} {_handles(who)}" for verb, who in (("assigned to", came), ("unassigned", left)) if who]
        if words:
            self.system_note(" and ".join(words), by=by, at=at, action="assignee")

    def set_due(self, day: dt.date | None, *, at: dt.datetime, by: User) -> None:
        """Set or remove the due date."""
        if day == self.due_on:
            return
        self.due_on = day
        words = f"changed due date to {day:%B} {day.day}, {day.year}" if day else "removed due date"
        self.system_note(words, by=by, at=at, action="due_date")

    def set_severity(self, severity: str, *, at: dt.datetime, by: User) -> None:
        """Set GitLab's own severity field of an incident."""
        self.severity = severity
        words = f"changed the severity to **{_SEVERITIES.get(severity, 'Unknown')}**"
        self.system_note(words, by=by, at=at, action="severity")

    def set_confidential(self, secret: bool, *, at: dt.datetime, by: User) -> None:
        """Hide it from guests and strangers, or show it again."""
        if secret != self.confidential:
            self.confidential = secret
            words, action = ("confidential", "confidential") if secret else ("visible to everyone", "visible")
            self.system_note(f"made the {self.issue_type} {words}", by=by, at=at, action=action)

    def lock(self, *, at: dt.datetime, by: User) -> None:
        """Lock the discussion: only members may comment."""
        self.discussion_locked = True
        self.system_note(f"locked the discussion in this {self.issue_type}", by=by, at=at, action="locked")

    def edit(self, *, at: dt.datetime, by: User, title: str | None = None, description: str | None = None) -> None:
        """Change the title, the description, or both."""
        if title is not None and title != self.title:
            words = f"changed title from **{self.title}** to **{title}**"
            self.title = title
            self.system_note(words, by=by, at=at, action="title")
        if description is not None and description != self.description:
            self.description = description
            self.system_note("changed the description", by=by, at=at, action="description")

    def set_type(self, issue_type: str, *, at: dt.datetime, by: User) -> None:
        """Turn an issue into an incident, or back."""
        words = f"changed type from {self.issue_type} to {issue_type}"
        self.issue_type = issue_type
        self.system_note(words, by=by, at=at, action="issue_type")

    def link_to(self, other: Issue, *, at: dt.datetime, by: User, kind: str = "relates_to") -> Link:
        """Relate it to another issue, or say that it blocks it."""
        return self.world.link(self, other, kind=kind, at=at, by=by)

    def move_to(self, project: Project, *, at: dt.datetime, by: User) -> Issue:
        """Move it: a copy opens there, this one closes and points to it."""
        return self.world.move(self, project, at=at, by=by)

    def mark_duplicate(self, of: Issue, *, at: dt.datetime, by: User) -> None:
        """Close it as a duplicate of another."""
        self.world.mark_duplicate(self, of, at=at, by=by)


def _handles(users: list[User]) -> str:
    return " and ".join(f"@{user.username}" for user in users)

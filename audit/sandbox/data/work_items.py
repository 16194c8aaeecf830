"""An issue, and what can happen to it, each with the events and system notes that GitLab writes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.sandbox.data.records import Award, TaskCount, digest

if TYPE_CHECKING:
    import datetime as dt

    from audit.sandbox.data.namespaces import Label, Namespace, ProjectSpace
    from audit.sandbox.data.records import Account, Milestone

_CHECK_BOX = re.compile(r"^\s*(?:>\s*)*(?:[-+*]|\d+\.)\s+\[([ xX])\]\s", re.MULTILINE)
_SEVERITIES = {"CRITICAL": "Critical - S1", "HIGH": "High - S2", "MEDIUM": "Medium - S3", "LOW": "Low - S4"}
_LINK_WORDS = {"relates_to": "related to", "blocks": "blocking", "is_blocked_by": "blocked by"}


@dataclass(eq=False, slots=True, kw_only=True)
class LabelChange:
    """A label was added or removed."""

    id: int
    user: Account
    created_at: dt.datetime
    row: Label
    action: str

    @property
    def label(self) -> Label | None:
        """The label as it is called today; none once it was deleted."""
        return None if self.row.deleted else self.row


@dataclass(eq=False, slots=True, kw_only=True)
class StateChange:
    """An issue was closed or reopened; the opening itself writes none."""

    id: int
    user: Account
    created_at: dt.datetime
    state: str


@dataclass(eq=False, slots=True, kw_only=True)
class StoredNote:
    """A comment, or a system note that GitLab stores as one."""

    id: int
    issue: WorkItem
    author: Account
    body: str
    created_at: dt.datetime
    updated_at: dt.datetime
    discussion_id: str
    system: bool = False
    internal: bool = False
    action: str | None = None
    last_edited_at: dt.datetime | None = None
    last_edited_by: Account | None = None
    awards: list[Award] = field(default_factory=list)
    mentions: WorkItem | None = None
    """The other end of a cross-reference: who cannot read it does not get the note."""

    def award(self, name: str, *, by: Account, at: dt.datetime) -> Award | None:
        """Give it an emoji; None where the same user has given the same one."""
        if any((given.name, given.user) == (name, by) for given in self.awards):
            return None
        number = self.issue.project.registrar.next_id("award")
        self.awards.append(Award(id=number, name=name, user=by, created_at=at))
        return self.awards[-1]


@dataclass(eq=False, slots=True, kw_only=True)
class ItemLink:
    """A link between two issues, listed at both ends."""

    id: int
    source: WorkItem
    target: WorkItem
    kind: str
    created_at: dt.datetime
    updated_at: dt.datetime

    def other(self, end: WorkItem) -> WorkItem:
        """Return the issue at the other end."""
        return self.target if end is self.source else self.source

    def kind_from(self, end: WorkItem) -> str:
        """Return what the link is called when it is seen from this end."""
        return "is_blocked_by" if self.kind == "blocks" and end is self.target else self.kind


@dataclass(eq=False, slots=True, kw_only=True)
class WorkItem:
    """An issue of any type; `id` is global, `iid` counts within the project."""

    id: int
    iid: int
    project: ProjectSpace
    title: str
    description: str
    author: Account
    created_at: dt.datetime
    updated_at: dt.datetime
    issue_type: str = "incident"
    confidential: bool = False
    state: str = "opened"
    closed_at: dt.datetime | None = None
    closed_by: Account | None = None
    severity: str = "UNKNOWN"
    due_on: dt.date | None = None
    discussion_locked: bool = False
    milestone: Milestone | None = None
    assignees: list[Account] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    notes: list[StoredNote] = field(default_factory=list)
    label_events: list[LabelChange] = field(default_factory=list)
    state_events: list[StateChange] = field(default_factory=list)
    links: list[ItemLink] = field(default_factory=list)
    moved_to: WorkItem | None = None
    duplicate_of: WorkItem | None = None

    @property
    def reference(self) -> str:
        """Its full reference, group/project#iid."""
        return f"{self.project.path}#{self.iid}"

    @property
    def comments(self) -> list[StoredNote]:
        """What people wrote."""
        return [n for n in self.notes if not n.system]

    @property
    def tasks(self) -> TaskCount:
        """Its check boxes."""
        boxes = _CHECK_BOX.findall(self.description)
        return TaskCount(count=len(boxes), completed_count=sum(box != " " for box in boxes))

    def reference_from(self, project: Namespace) -> str:
        """Its shortest reference for a reader in that project."""
        return f"#{self.iid}" if project is self.project else self.reference

    def touch(self, at: dt.datetime) -> None:
        """Move updated_at on; never back."""
        self.updated_at = max(self.updated_at, at)

    def add_label(self, name: str, *, at: dt.datetime, by: Account) -> None:
        """Add a label by its name, made if the project knows none; a label it has already is left alone."""
        label = self.project.find_label(name) or self.project.label(name)
        if label not in self.labels:
            self.labels.append(label)
            self._label_event(label, "add", at, by)

    def remove_label(self, name: str, *, at: dt.datetime, by: Account) -> None:
        """Remove a label by its name, if it is there."""
        label = next((label for label in self.labels if label.name == name), None)
        if label is not None:
            self.labels.remove(label)
            self._label_event(label, "remove", at, by)

    def _label_event(self, label: Label, action: str, at: dt.datetime, by: Account) -> None:
        number = self.project.registrar.next_id("label_event")
        self.label_events.append(LabelChange(id=number, user=by, created_at=at, row=label, action=action))
        self.touch(at)

    def close(self, *, at: dt.datetime, by: Account) -> None:
        """Close it."""
        if self.state == "opened":
            self.state, self.closed_at, self.closed_by = "closed", at, by
            self._state_event("closed", at, by)

    def reopen(self, *, at: dt.datetime, by: Account) -> None:
        """Open it again."""
        if self.state == "closed":
            self.state, self.closed_at, self.closed_by = "opened", None, None
            self._state_event("reopened", at, by)

    def _state_event(self, state: str, at: dt.datetime, by: Account) -> None:
        number = self.project.registrar.next_id("state_event")
        self.state_events.append(StateChange(id=number, user=by, created_at=at, state=state))
        self.touch(at)

    def comment(
        self, body: str, *, by: Account, at: dt.datetime, internal: bool = False, reply_to: StoredNote | None = None
    ) -> StoredNote:
        """Write a comment, or a reply in the thread of another."""
        note = self._note(body, by, at)
        note.internal = internal
        if reply_to is not None:
            note.discussion_id, note.internal = reply_to.discussion_id, reply_to.internal
        self.touch(at)
        return note

    def system_note(
        self, body: str, *, by: Account, at: dt.datetime, action: str, mentions: WorkItem | None = None
    ) -> StoredNote:
        """Write a system note; a cross-reference is the one kind that does not touch the issue."""
        note = self._note(body, by, at)
        note.system, note.action, note.mentions = True, action, mentions
        if action != "cross_reference":
            self.touch(at)
        return note

    def mentioned_in(self, other: WorkItem, *, by: Account, at: dt.datetime) -> StoredNote:
        """Write the cross-reference note that another issue's text causes."""
        body = f"mentioned in {other.issue_type} {other.reference_from(self.project)}"
        return self.system_note(body, by=by, at=at, action="cross_reference", mentions=other)

    def _note(self, body: str, by: Account, at: dt.datetime) -> StoredNote:
        number = self.project.registrar.next_id("note")
        thread = digest("note", number)
        note = StoredNote(
            id=number, issue=self, author=by, body=body, created_at=at, updated_at=at, discussion_id=thread
        )
        self.notes.append(note)
        return note

    def assign(self, *users: Account, at: dt.datetime, by: Account) -> None:
        """Make these people the assignees; none of them removes all."""
        came = [u for u in users if u not in self.assignees]
        left = [u for u in self.assignees if u not in users]
        self.assignees = list(users)
        words = [f"{verb} {_handles(who)}" for verb, who in (("assigned to", came), ("unassigned", left)) if who]
        if words:
            self.system_note(" and ".join(words), by=by, at=at, action="assignee")

    def set_due(self, day: dt.date | None, *, at: dt.datetime, by: Account) -> None:
        """Set or remove the due date."""
        if day == self.due_on:
            return
        self.due_on = day
        words = f"changed due date to {day:%B} {day.day}, {day.year}" if day else "removed due date"
        self.system_note(words, by=by, at=at, action="due_date")

    def set_severity(self, severity: str, *, at: dt.datetime, by: Account) -> None:
        """Set GitLab's own severity field of an incident."""
        self.severity = severity
        words = f"changed the severity to **{_SEVERITIES.get(severity, 'Unknown')}**"
        self.system_note(words, by=by, at=at, action="severity")

    def set_confidential(self, secret: bool, *, at: dt.datetime, by: Account) -> None:
        """Hide it from guests and strangers, or show it again."""
        if secret != self.confidential:
            self.confidential = secret
            words, action = ("confidential", "confidential") if secret else ("visible to everyone", "visible")
            self.system_note(f"made the {self.issue_type} {words}", by=by, at=at, action=action)

    def lock(self, *, at: dt.datetime, by: Account) -> None:
        """Lock the discussion: only members may comment."""
        self.discussion_locked = True
        self.system_note(f"locked the discussion in this {self.issue_type}", by=by, at=at, action="locked")

    def edit(self, *, at: dt.datetime, by: Account, title: str | None = None, description: str | None = None) -> None:
        """Change the title, the description, or both."""
        if title is not None and title != self.title:
            words = f"changed title from **{self.title}** to **{title}**"
            self.title = title
            self.system_note(words, by=by, at=at, action="title")
        if description is not None and description != self.description:
            self.description = description
            self.system_note("changed the description", by=by, at=at, action="description")

    def link_to(self, other: WorkItem, *, at: dt.datetime, by: Account, kind: str = "relates_to") -> ItemLink:
        """Relate it to another issue, or say that it blocks it, once; both get a system note and are touched."""
        known = next((link for link in self.links if link.other(self) is other), None)
        if known is not None:
            return known
        number = self.project.registrar.next_id("link")
        link = ItemLink(id=number, source=self, target=other, kind=kind, created_at=at, updated_at=at)
        for end in (self, other):
            end.links.append(link)
            relation = f"{_LINK_WORDS[link.kind_from(end)]} {link.other(end).reference_from(end.project)}"
            end.system_note(f"marked this {end.issue_type} as {relation}", by=by, at=at, action="relate")
        return link

    def unlink(self, link: ItemLink, *, at: dt.datetime, by: Account) -> None:
        """Remove a link, with a system note on both ends."""
        for end in (link.source, link.target):
            end.links.remove(link)
            body = f"removed the relation with {link.other(end).reference_from(end.project)}"
            end.system_note(body, by=by, at=at, action="unrelate")

    def mark_duplicate(self, of: WorkItem, *, at: dt.datetime, by: Account) -> None:
        """Close it as a duplicate of another; the two are related as well."""
        original, copy = of.reference_from(self.project), self.reference_from(of.project)
        self.system_note(
            f"marked this {self.issue_type} as a duplicate of {original}", by=by, at=at, action="duplicate"
        )
        of.system_note(f"marked {copy} as a duplicate of this {of.issue_type}", by=by, at=at, action="duplicate")
        self.close(at=at, by=by)
        self.duplicate_of = of
        self.link_to(of, at=at, by=by)


def _handles(users: list[Account]) -> str:
    return " and ".join(f"@{user.username}" for user in users)

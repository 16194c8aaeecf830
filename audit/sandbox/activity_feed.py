"""The history of an issue as its discussions tell it: stored notes, and notes made up from label and state events."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from audit.sandbox.data.namespaces import Namespace, ProjectSpace
from audit.sandbox.data.records import Account, digest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from audit.sandbox.access import Viewer
    from audit.sandbox.data.work_items import LabelChange, StateChange, StoredNote, WorkItem


@dataclass(frozen=True, kw_only=True)
class EventNote:
    """A system note that no table holds; GitLab words it anew from the events at each read."""

    kind: str
    issue: WorkItem
    author: Account
    body: str
    action: str
    created_at: dt.datetime
    discussion_id: str
    system: bool = True
    internal: bool = False
    last_edited_at: None = None
    last_edited_by: None = None

    @property
    def updated_at(self) -> dt.datetime:
        """The time of the event: it never changes."""
        return self.created_at


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A discussion: a comment and its replies, or one system note."""

    id: str
    notes: list[StoredNote | EventNote]

    @property
    def created_at(self) -> dt.datetime:
        """When it began."""
        return self.notes[0].created_at


def threads(issue: WorkItem, viewer: Viewer, only: str) -> list[Thread]:
    """List the discussions of an issue that a caller may read, oldest first."""
    notes: list[StoredNote | EventNote] = list(stored_notes(issue, viewer, only))
    if only != "ONLY_COMMENTS":
        notes += [*_label_notes(issue), *_state_notes(issue)]
    by_id: dict[str, list[StoredNote | EventNote]] = {}
    for note in sorted(notes, key=lambda n: n.created_at):
        by_id.setdefault(note.discussion_id, []).append(note)
    return [Thread(id=key, notes=thread) for key, thread in by_id.items()]


def stored_notes(issue: WorkItem, viewer: Viewer, only: str) -> Iterator[StoredNote]:
    """List the notes that GitLab stores, oldest first, as far as a caller may read them."""
    for note in sorted(issue.notes, key=lambda n: (n.created_at, n.id)):
        kept = only == "ALL_NOTES" or note.system is (only == "ONLY_ACTIVITY")
        if kept and viewer.reads_note(note):
            yield note


def _label_notes(issue: WorkItem) -> Iterator[EventNote]:
    def occasion(event: LabelChange) -> tuple[dt.datetime, int]:
        return (event.created_at, event.user.id)

    for (at, user), group in groupby(sorted(issue.label_events, key=occasion), key=occasion):
        events = list(group)
        yield EventNote(
            kind="LabelNote",
            issue=issue,
            author=events[0].user,
            body=label_text(events, issue.project),
            action="label",
            created_at=at,
            discussion_id=digest("label", issue.id, at, user),
        )


def label_text(events: Iterable[LabelChange], reader: Namespace) -> str:
    """Word what was added and removed on one occasion; labels are named by their id."""
    refs: dict[str, list[str]] = {"add": [], "remove": []}
    for event in events:
        ref = _label_ref(event, reader)
        if ref not in refs[event.action]:  # all deleted labels of one occasion count as one: none has a name
            refs[event.action].append(ref)
    parts = [_change_text("added", refs["add"]), _change_text("removed", refs["remove"])]
    return " and ".join(part for part in parts if part)


def _label_ref(event: LabelChange, reader: Namespace) -> str:
    if event.label is None:
        return ""
    owner = event.label.owner
    foreign = isinstance(owner, ProjectSpace) and owner is not reader
    if not foreign:
        return f"~{event.label.id}"
    near = owner.path.rpartition("/")[0] == reader.path.rpartition("/")[0]
    return f"{owner.name if near else owner.path}~{event.label.id}"


def _change_text(verb: str, refs: list[str]) -> str:
    known = sorted(ref for ref in refs if ref)
    deleted = len(refs) - len(known)
    if not refs:
        return ""
    listed = " + ".join(part for part in (" ".join(known), f"{deleted} deleted" if deleted else "") if part)
    plural = "" if (deleted or len(known)) == 1 else "s"
    return f"{verb} {listed} label{plural}"


def _state_notes(issue: WorkItem) -> Iterator[EventNote]:
    for event in issue.state_events:
        yield _state_note(issue, event)


def _state_note(issue: WorkItem, event: StateChange) -> EventNote:
    return EventNote(
        kind="StateNote",
        issue=issue,
        author=event.user,
        body=event.state,
        action="opened" if event.state == "reopened" else event.state,
        created_at=event.created_at,
        discussion_id=digest("state", issue.id, event.id),
    )

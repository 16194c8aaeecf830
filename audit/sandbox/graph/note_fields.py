"""The fields of notes and of the discussions that they stand in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from audit.sandbox.activity_feed import EventNote, Thread, stored_notes, threads
from audit.sandbox.graph.scalars import attribute, constant, page

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.work_items import StoredNote, WorkItem


def notes(issue: WorkItem, info: Any, **args: Any) -> Any:
    """Answer the notes that GitLab stores; label and state events are not among them."""
    kept = stored_notes(issue, info.context.viewer, args.get("filter") or "ALL_NOTES")
    return page(list(kept), info, args)


def discussions(issue: WorkItem, info: Any, **args: Any) -> Any:
    """Answer the discussions, with the notes that are made up from events."""
    discussion_threads = threads(issue, info.context.viewer, args.get("filter") or "ALL_NOTES")
    if args.get("sort") == "CREATED_DESC":
        discussion_threads.reverse()
    return page(discussion_threads, info, args)


def _note_id(note: StoredNote | EventNote, _info: Any) -> str:
    if isinstance(note, EventNote):
        return f"gid://gitlab/{note.kind}/{note.discussion_id}"
    return f"gid://gitlab/Note/{note.id}"


def _metadata(note: StoredNote | EventNote, _info: Any) -> SimpleNamespace | None:
    if not note.system:
        return None
    key = note.discussion_id if isinstance(note, EventNote) else note.id
    return SimpleNamespace(action=note.action, id=f"gid://gitlab/SystemNoteMetadata/{key}")


def _url(note: StoredNote | EventNote, info: Any) -> str:
    anchor = note.discussion_id if isinstance(note, EventNote) else note.id
    return f"{info.context.site.address(note.issue)}#note_{anchor}"


def _discussion(note: StoredNote | EventNote, info: Any) -> Thread:
    discussion_threads = threads(note.issue, info.context.viewer, "ALL_NOTES")
    return next(thread for thread in discussion_threads if thread.id == note.discussion_id)


def _discussion_id(thread: Thread, _info: Any) -> str:
    return f"gid://gitlab/Discussion/{thread.id}"


NOTE: dict[str, Callable[..., Any]] = {
    "id": _note_id,
    "discussion": _discussion,
    "imported": constant(False),
    "noteableId": attribute("issue.id"),
    "noteableType": constant("Issue"),
    "resolvable": constant(False),
    "resolved": constant(False),
    "systemNoteMetadata": _metadata,
    "url": _url,
}

DISCUSSION: dict[str, Callable[..., Any]] = {
    "id": _discussion_id,
    "replyId": _discussion_id,
    "notes": lambda thread, info, **args: page(thread.notes, info, args),
    "resolvable": constant(False),
    "resolved": constant(False),
}

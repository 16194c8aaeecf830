"""What callers change: the rules that the REST and the GraphQL writes have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.sandbox.cross_references import leave_notes
from audit.sandbox.quick_actions import CommandEffect, QuickAction, extract, run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import StoredNote, WorkItem
    from audit.sandbox.instance import Call


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of a comment's text."""

    note: StoredNote | None
    commands: list[QuickAction]
    effect: CommandEffect


def write_note(
    call: Call, issue: WorkItem, text: str, *, internal: bool = False, reply_to: StoredNote | None = None
) -> Written:
    """Store a comment without its quick actions, and carry those out; of commands alone nothing is stored."""
    rest, commands = extract(text)
    note = None
    if rest.strip():
        internal = internal and call.viewer.writes_internally(issue)
        note = issue.comment(rest, by=call.user, at=call.now, internal=internal, reply_to=reply_to)
        leave_notes(call, rest, issue)
    return Written(note=note, commands=commands, effect=run(call, issue, commands))


def rewrite_note(call: Call, note: StoredNote, text: str) -> Written:
    """Change a comment; one that becomes nothing but commands is gone."""
    rest, commands = extract(text)
    effect = run(call, note.issue, commands)
    if not rest.strip():
        note.issue.notes.remove(note)
        return Written(note=None, commands=commands, effect=effect)
    if rest != note.body:
        note.body, note.updated_at = rest, call.now
        note.last_edited_at, note.last_edited_by = call.now, call.user
        note.issue.touch(call.now)
        leave_notes(call, rest, note.issue)
    return Written(note=note, commands=commands, effect=effect)


def change_labels(call: Call, issue: WorkItem, add: Iterable[str], remove: Iterable[str]) -> None:
    """Add and remove labels; a name in both is removed, and a licensed instance keeps one label of a scope."""
    gone = set(remove)
    for name in add:
        if name in gone:
            continue
        for rival in _rivals(call, issue, name):
            issue.remove_label(rival, at=call.now, by=call.user)
        issue.add_label(name, at=call.now, by=call.user)
    for name in gone:
        issue.remove_label(name, at=call.now, by=call.user)


def _rivals(call: Call, issue: WorkItem, name: str) -> list[str]:
    scope = name.rpartition("::")[0]
    if not call.site.licensed or not scope:
        return []
    return [known.name for known in issue.labels if known.name.rpartition("::")[0] == scope != known.name != name]


def replace_labels(call: Call, issue: WorkItem, names: Iterable[str]) -> None:
    """Make these the labels, all of them."""
    wanted = list(names)
    change_labels(call, issue, wanted, [label.name for label in issue.labels if label.name not in wanted])


def change_state(call: Call, issue: WorkItem, event: str) -> None:
    """Close or reopen."""
    if event.lower() == "close":
        issue.close(at=call.now, by=call.user)
    else:
        issue.reopen(at=call.now, by=call.user)


def users_by_id(call: Call, ids: Iterable[int]) -> list[Account]:
    """Find accounts by number; strangers are left out."""
    known = {user.id: user for user in call.world.users.values()}
    return [known[number] for number in ids if number in known]

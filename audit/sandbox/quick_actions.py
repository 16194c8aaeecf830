"""Quick actions: lines such as `/close` in a comment's text, which GitLab carries out, also for texts sent by API."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.instance import Call

_LINE = re.compile(r"/(?P<name>[a-z_]+)(?:[ \t]+(?P<rest>.*))?", re.IGNORECASE)
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")
_REFERENCE = re.compile(r"(?:\S*?://[^/\s]+/)?(?P<path>[\w./-]*?)(?:#|/-/(?:work_items|issues)/)(?P<iid>\d+)")
_MARKED = re.compile(r'~(?:"[^"]+"|\S+)')


@dataclass(frozen=True, kw_only=True)
class QuickAction:
    """One quick action found in a text."""

    name: str
    rest: str


@dataclass(kw_only=True)
class CommandEffect:
    """What the commands of one text did."""

    changes: dict[str, Any] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def summary(self) -> list[str]:
        """What the caller is told."""
        return [*self.messages, *self.errors]


def extract(text: str) -> tuple[str, list[QuickAction]]:
    """Part a text from its commands; lines in fenced code, and slashes that are no command, stay."""
    kept: list[str] = []
    commands: list[QuickAction] = []
    fence = ""
    for line in text.replace("\r\n", "\n").split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        command = None if fence else _LINE.fullmatch(line.rstrip())
        if command is not None and command["name"].lower() in _ACTIONS:
            commands.append(QuickAction(name=command["name"].lower(), rest=(command["rest"] or "").strip()))
        else:
            kept.append(line)
    return ("\n".join(kept).strip() if commands else text), commands


def run(call: Call, issue: WorkItem, commands: list[QuickAction]) -> CommandEffect:
    """Carry out the commands as the caller."""
    effect = CommandEffect()
    for command in commands:
        effect.names.append(command.name)
        change, label, needs_planner = _ACTIONS[command.name]
        allowed = call.viewer.plans(issue) if needs_planner else call.viewer.edits(issue)
        done = change(call, issue, command.rest) if allowed or change is _nothing else None
        if done is None:
            effect.errors.append(f"Could not apply {command.name} command.")
            continue
        effect.messages.append(done[1])
        effect.changes[label] = done[0]
    return effect


Done = tuple[Any, str] | None


def _close(call: Call, issue: WorkItem, _rest: str) -> Done:
    if issue.state == "closed":
        return None
    issue.close(at=call.now, by=call.user)
    return "close", f"Closed this {issue.issue_type}."


def _reopen(call: Call, issue: WorkItem, _rest: str) -> Done:
    if issue.state == "opened":
        return None
    issue.reopen(at=call.now, by=call.user)
    return "reopen", f"Reopened this {issue.issue_type}."


def _label(call: Call, issue: WorkItem, rest: str) -> Done:
    known = [label for label in map(issue.project.find_label, _label_names(rest)) if label is not None]
    for label in known:
        issue.add_label(label.name, at=call.now, by=call.user)
    return ([label.id for label in known], "Added labels.") if known else None


def _unlabel(call: Call, issue: WorkItem, rest: str) -> Done:
    names = _label_names(rest) or [label.name for label in issue.labels]
    present = [label for label in issue.labels if label.name in names]
    for label in present:
        issue.remove_label(label.name, at=call.now, by=call.user)
    return ([label.id for label in present], "Removed labels.") if present else None


def _relabel(call: Call, issue: WorkItem, rest: str) -> Done:
    _unlabel(call, issue, "")
    return _label(call, issue, rest)


def _label_names(rest: str) -> list[str]:
    marked = _MARKED.findall(rest)
    return [mark[1:].strip('"') for mark in marked] if marked else _words(rest)


def _words(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError:
        return rest.split()


def _assign(call: Call, issue: WorkItem, rest: str) -> Done:
    named = [call.user.username if word == "me" else word.lstrip("@") for word in rest.split()]
    users = [call.world.users[name] for name in named if name in call.world.users]
    if not users:
        return None
    kept = [u for u in issue.assignees if u not in users] if call.site.licensed else []
    chosen = [*kept, *users] if call.site.licensed else users[:1]
    issue.assign(*chosen, at=call.now, by=call.user)
    return [u.id for u in chosen], f"Assigned {' '.join('@' + u.username for u in users)}."


def _unassign(call: Call, issue: WorkItem, rest: str) -> Done:
    named = {word.lstrip("@") for word in rest.split()}
    left = [u for u in issue.assignees if named and u.username not in named]
    if len(left) == len(issue.assignees):
        return None
    issue.assign(*left, at=call.now, by=call.user)
    return [u.id for u in left], "Removed assignees."


def _due(call: Call, issue: WorkItem, rest: str) -> Done:
    try:
        day = dt.date.fromisoformat(rest)
    except ValueError:
        return None
    issue.set_due(day, at=call.now, by=call.user)
    return day.isoformat(), f"Set the due date to {day:%b} {day.day}, {day.year}."


def _remove_due(call: Call, issue: WorkItem, _rest: str) -> Done:
    if issue.due_on is None:
        return None
    issue.set_due(None, at=call.now, by=call.user)
    return None, "Removed the due date."


def _confidential(call: Call, issue: WorkItem, _rest: str) -> Done:
    if issue.confidential:
        return None
    issue.set_confidential(True, at=call.now, by=call.user)
    return True, f"Made this {issue.issue_type} confidential."


def _duplicate(call: Call, issue: WorkItem, rest: str) -> Done:
    other = _referenced(call, issue, rest)
    if other is None or other is issue:
        return None
    issue.mark_duplicate(other, at=call.now, by=call.user)
    return other.id, f"Closed this {issue.issue_type}. Marked as related to, and a duplicate of, {rest}."


def _relate(call: Call, issue: WorkItem, rest: str) -> Done:
    others = [other for other in (_referenced(call, issue, word) for word in rest.split()) if other]
    for other in others:
        issue.link_to(other, at=call.now, by=call.user)
    return (True, f"Linked {rest} as a related item.") if others else None


def _referenced(call: Call, issue: WorkItem, text: str) -> WorkItem | None:
    parts = _REFERENCE.fullmatch(text.strip())
    if parts is None:
        return None
    project = call.world.projects.get(parts["path"] or issue.project.path)
    other = project.issues.get(int(parts["iid"])) if project is not None else None
    return other if other is not None and call.viewer.reads(other) else None


def _title(call: Call, issue: WorkItem, rest: str) -> Done:
    if not rest:
        return None
    issue.edit(title=rest, at=call.now, by=call.user)
    return rest, f'Changed the title to "{rest}".'


def _severity(call: Call, issue: WorkItem, rest: str) -> Done:
    level = {"s1": "CRITICAL", "s2": "HIGH", "s3": "MEDIUM", "s4": "LOW"}.get(rest.lower(), rest.upper())
    if issue.issue_type != "incident" or level not in ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"):
        return None
    issue.set_severity(level, at=call.now, by=call.user)
    return level.lower(), f"Severity updated to {level.title()}."


def _nothing(_call: Call, _issue: WorkItem, rest: str) -> Done:
    """Stand for a command that leaves no trace here: a to-do, a subscription, time spent."""
    return rest or True, "Done."


# name -> what it does, what it is called in `commands_changes`, whether it takes more than being the author
_ACTIONS: dict[str, tuple[Callable[[Call, WorkItem, str], Done], str, bool]] = {
    "close": (_close, "state_event", False),
    "reopen": (_reopen, "state_event", False),
    "open": (_reopen, "state_event", False),
    "label": (_label, "add_label_ids", True),
    "labels": (_label, "add_label_ids", True),
    "unlabel": (_unlabel, "remove_label_ids", True),
    "remove_label": (_unlabel, "remove_label_ids", True),
    "relabel": (_relabel, "label_ids", True),
    "assign": (_assign, "assignee_ids", True),
    "unassign": (_unassign, "assignee_ids", True),
    "due": (_due, "due_date", True),
    "remove_due_date": (_remove_due, "due_date", True),
    "confidential": (_confidential, "confidential", True),
    "duplicate": (_duplicate, "canonical_issue_id", True),
    "relate": (_relate, "relate", True),
    "title": (_title, "title", False),
    "severity": (_severity, "severity", True),
    "todo": (_nothing, "todo_event", False),
    "done": (_nothing, "todo_event", False),
    "subscribe": (_nothing, "subscription_event", False),
    "unsubscribe": (_nothing, "subscription_event", False),
    "cc": (_nothing, "cc", False),
    "estimate": (_nothing, "time_estimate", False),
    "spend": (_nothing, "spend_time", False),
}

"""Commands to the bot in comments: ``@bot snooze 3d``, ``@bot not needed: reason``. Off by default.

Only commands by members who may edit the issue count. A command postpones or proposes; it never waives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from audit.inert import one_line
from audit.model import Role
from audit.text.blocks import Kind, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from audit.model import Note, Ref
    from audit.reminders.cases import Case, Scene

LONGEST_SNOOZE = 14
"""Days. A longer snooze needs a label, which the report shows."""
_SNOOZE = re.compile(r"snooze\s+(\d{1,3})\s*d(?:ays?)?\.?", re.IGNORECASE)
_NOT_NEEDED = re.compile(r"not[ \t-]+needed\s*:\s*(\S.*)", re.IGNORECASE)
_LONGEST_REASON = 300
_LONGEST_COMMENT = 10_000
"""Characters of a comment that are read: enough for a command, and too few to keep a run busy."""
_QUOTE = re.compile(r">>>[ \t]*")
"""Begins and ends a quote of several lines in GitLab's own Markdown."""

_PROSE = frozenset({Kind.TEXT, Kind.HEADING, Kind.CELL})
_APART = frozenset({Kind.CODE, Kind.HTML})


class CommandKind(StrEnum):
    """What a command asks for."""

    SNOOZE = "snooze"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentCommand:
    """A line of a comment that addresses the bot."""

    note: Note
    kind: CommandKind
    days: int = 0
    """Of a snooze, in calendar days from the day of the comment."""
    reason: str = ""
    """Of a proposal, on one line."""


def projects_with_commands(scene: Scene) -> tuple[str, ...]:
    """Return the projects in which somebody addresses the bot, sorted: the plan needs the roles of their members."""
    if not scene.settings.reminders.commands:
        return ()
    return tuple(sorted({ref.project for ref in scene.comments if any(_commands(scene, ref))}))


def heeded(scene: Scene, ref: Ref) -> tuple[CommentCommand, ...]:
    """Return the commands on an issue by members who may edit it, oldest first; none if commands are off."""
    if not scene.settings.reminders.commands:
        return ()
    allowed = (command for command in _commands(scene, ref) if _may_edit(scene, ref, command.note))
    return tuple(sorted(allowed, key=_by_time))


def snoozed_through(scene: Scene, case: Case) -> date | None:
    """Return the day through which the latest snooze of a case postpones, which may have passed; None without one."""
    last = _latest(scene, case, CommandKind.SNOOZE)
    return scene.day_of(last.note.at) + timedelta(days=last.days) if last else None


def proposed(scene: Scene, case: Case) -> CommentCommand | None:
    """Return the latest proposal that a review is not needed; on a review of several incidents it is about all."""
    return _latest(scene, case, CommandKind.NOT_NEEDED)


def _latest(scene: Scene, case: Case, kind: CommandKind) -> CommentCommand | None:
    commands = (one for ref in {case.issue, case.incident} for one in heeded(scene, ref) if one.kind is kind)
    return max(commands, key=_by_time, default=None)


def _by_time(command: CommentCommand) -> tuple[datetime, int]:
    return command.note.at, command.note.id


def _commands(scene: Scene, ref: Ref) -> Iterator[CommentCommand]:
    """Yield the commands of all people on an issue, whether they may give them or not."""
    for note in scene.notes(ref):
        if scene.bot and scene.is_human(note):
            yield from (_command(note, line) for line in _addressed(note.body, scene.bot))


def _addressed(body: str, bot: str) -> Iterator[str]:
    """Yield what follows the bot's name on lines that begin with it, but for quotes, code and HTML."""
    to_bot = re.compile(
        rf"^ {{0,3}}@{re.escape(bot)}(?![\w/@'\u2019-]|\.\w)[:,]?[ \t]*(.*)", re.IGNORECASE | re.MULTILINE
    )
    text = body[:_LONGEST_COMMENT]
    if to_bot.search(text):
        yield from (match[1].strip() for line in _prose(text) if (match := to_bot.match(line)))


def _prose(text: str) -> Iterator[str]:
    """Yield the lines of a comment's paragraphs as they are written, without those of quotations.

    A line right under a quoted one belongs to the quotation, with or without a sign of its own.
    """
    cut = blocks(text)
    lines = cut.lines
    read = {number for block in cut.blocks if block.kind in _PROSE for number in range(block.first, block.end)}
    apart = {number for block in cut.blocks if block.kind in _APART for number in range(block.first, block.end)}
    for quotation in cut.quotations:
        read -= set(quotation)
    quotes = [number for number, line in enumerate(lines) if number not in apart and _QUOTE.fullmatch(line)]
    for first, last in zip(quotes[::2], quotes[1::2], strict=False):
        read -= set(range(first, last))
    yield from (lines[number] for number in sorted(read))


def _command(note: Note, text: str) -> CommentCommand:
    if (match := _SNOOZE.fullmatch(text)) and 1 <= int(match[1]) <= LONGEST_SNOOZE:
        return CommentCommand(note=note, kind=CommandKind.SNOOZE, days=int(match[1]))
    if match := _NOT_NEEDED.fullmatch(text):
        return CommentCommand(note=note, kind=CommandKind.NOT_NEEDED, reason=one_line(match[1])[:_LONGEST_REASON])
    return CommentCommand(note=note, kind=CommandKind.UNKNOWN)


def _may_edit(scene: Scene, ref: Ref, note: Note) -> bool:
    """Return whether a member may edit an issue: from Planner on, or as its author or assignee."""
    name = note.author.username.lower()
    level = scene.roles.get(ref.project, {}).get(name, 0)
    issue = scene.issues.get(ref)
    involved = {user.username.lower() for user in (issue.author, *issue.assignees)} if issue else set()
    return level >= Role.PLANNER or (level >= Role.GUEST and name in involved)

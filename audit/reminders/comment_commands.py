"""Commands to the bot in comments: ``@bot snooze 3d``, ``2w`` or a day, ``@bot not needed: reason``.

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
from audit.reminders.snoozes import day_in
from audit.text.blocks import Kind, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from audit.model import Note, Ref
    from audit.reminders.cases import Case, Scene

LONGEST_SNOOZE = 14
"""Days. A longer snooze needs a label, which the report shows."""
LONGEST_PAUSE = 10
"""Working days after the first proposal on an issue through which it postpones reminders, unless it is decided."""
# words behind one do no harm
_SNOOZE = re.compile(
    r"(?:please[ \t,]+)?snooze[ \t:]+(?:for|until|till|through)?[ \t]*"
    r"(?:(?P<day>\d{4}-\d{1,2}-\d{1,2})(?![\w-])|(?P<number>\d{1,6})[ \t]*(?P<unit>days?|weeks?|[dw])\b)",
    re.IGNORECASE | re.ASCII,
)
_NOT_NEEDED = re.compile(r"(?:please[ \t,]+)?not[ \t-]+needed[ \t]*:[ \t]*(\S.*)", re.IGNORECASE)
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
    through: date | None = None
    """Of a snooze: the last day without reminders."""
    cut: bool = False
    """Of a snooze: a later day was meant."""
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
    if ref not in scene.commands:
        scene.commands[ref] = tuple(sorted(_commands(scene, ref), key=_by_time))
    return tuple(command for command in scene.commands[ref] if _may_edit(scene, ref, command.note))


def postponed_through(scene: Scene, case: Case) -> Iterator[date]:
    """Yield the days through which commands postpone the reminders of a case, which may have passed."""
    snooze = _latest(scene, case, CommandKind.SNOOZE)
    if snooze is not None and snooze.through is not None:
        yield snooze.through
    if (pause := paused_through(scene, case)) is not None:
        yield pause


def paused_through(scene: Scene, case: Case) -> date | None:
    """Return the day through which proposals that a review is not needed postpone; None without any.

    The first one on each issue counts, so that repeating it postpones nothing further.
    """
    first = (
        next((one for one in heeded(scene, ref) if one.kind is CommandKind.NOT_NEEDED), None)
        for ref in {case.issue, case.incident}
    )
    days = (max(scene.day_of(one.note.at), case.declared_on) for one in first if one is not None)
    return max((case.calendar.day_after(day, LONGEST_PAUSE) for day in days), default=None)


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
            yield from (_command(scene.day_of(note.at), note, line) for line in _addressed(note.body, scene.bot))


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


def _command(on: date, note: Note, text: str) -> CommentCommand:
    """Return the command in a line of a comment that was written ``on`` a day."""
    if (match := _SNOOZE.match(text)) and (through := _last_day(on, match)) and through > on:
        last = on + timedelta(days=LONGEST_SNOOZE)
        return CommentCommand(note=note, kind=CommandKind.SNOOZE, through=min(through, last), cut=through > last)
    if match := _NOT_NEEDED.fullmatch(text):
        return CommentCommand(note=note, kind=CommandKind.NOT_NEEDED, reason=one_line(match[1])[:_LONGEST_REASON])
    return CommentCommand(note=note, kind=CommandKind.UNKNOWN)


def _last_day(on: date, match: re.Match[str]) -> date | None:
    """Return the last day of a snooze that was written ``on`` a day; None where it is no day of the calendar."""
    if match["day"]:
        return day_in(match["day"])
    days = int(match["number"]) * (7 if match["unit"].lower().startswith("w") else 1)
    return on + timedelta(days=min(days, LONGEST_SNOOZE + 1))


def _may_edit(scene: Scene, ref: Ref, note: Note) -> bool:
    """Return whether a member may edit an issue: from Planner on, or as its author or assignee."""
    name = note.author.username.lower()
    level = scene.roles.get(ref.project, {}).get(name, 0)
    issue = scene.issues.get(ref)
    involved = {user.username.lower() for user in (issue.author, *issue.assignees)} if issue else set()
    return level >= Role.PLANNER or (level >= Role.GUEST and name in involved)

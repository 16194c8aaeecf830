"""What people tell the bot in comments: ``@bot snooze 3d``, ``@bot not needed: reason``. Off by default.

Only members who may edit the issue are heeded. A command postpones or proposes; it never waives.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from audit.inert import one_line
from audit.model import Role
from audit.text.blocks import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.model import Note, Ref
    from audit.reminders.cases import Case, Scene

LONGEST_SNOOZE = 14
"""Days. Whoever needs longer sets a label, which the report shows."""
_SNOOZE = re.compile(r"snooze\s+(\d{1,3})\s*d(?:ays?)?\.?", re.IGNORECASE)
_NOT_NEEDED = re.compile(r"not[ \t-]+needed\s*:\s*(\S.*)", re.IGNORECASE)
_LONGEST_REASON = 300
_LONGEST_COMMENT = 10_000
"""Characters of a comment that are looked at: enough for a command, and too few to keep a run busy."""
_QUOTE = re.compile(r">>>[ \t]*")
"""Begins and ends a quote of several lines, which is GitLab's own Markdown."""


class Kind(StrEnum):
    """What a command asks for."""

    SNOOZE = "snooze"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line that speaks to the bot."""

    note: Note
    kind: Kind
    days: int = 0
    """Of a snooze: calendar days from the day of the comment."""
    reason: str = ""
    """Of a proposal, on one line."""


def projects_with_commands(scene: Scene) -> tuple[str, ...]:
    """Return the projects in which somebody speaks to the bot, sorted: whose members need to be known."""
    if not scene.settings.reminders.commands:
        return ()
    return tuple(sorted({ref.project for ref in scene.comments if any(_spoken(scene, ref))}))


def heeded(scene: Scene, ref: Ref) -> tuple[Command, ...]:
    """Return the commands on an issue by members who may edit it, oldest first."""
    if not scene.settings.reminders.commands:
        return ()
    found = (command for command in _spoken(scene, ref) if _may_edit(scene, ref, command.note))
    return tuple(sorted(found, key=lambda command: (command.note.at, command.note.id)))


def snoozed_through(scene: Scene, case: Case) -> date | None:
    """Return the day through which the latest snooze of a case postpones, be it past; None: there is none."""
    refs = {case.issue, case.incident}
    found = [one for ref in refs for one in heeded(scene, ref) if one.kind is Kind.SNOOZE]
    if not found:
        return None
    last = max(found, key=lambda one: (one.note.at, one.note.id))
    return scene.day_of(last.note.at) + timedelta(days=last.days)


def proposed(scene: Scene, case: Case) -> Command | None:
    """Return the latest proposal that a review is not needed. On a review of several incidents it is about all."""
    refs = {case.issue, case.incident}
    found = [one for ref in refs for one in heeded(scene, ref) if one.kind is Kind.NOT_NEEDED]
    return max(found, key=lambda one: (one.note.at, one.note.id), default=None)


def _spoken(scene: Scene, ref: Ref) -> Iterator[Command]:
    """Yield whatever people say to the bot on an issue, whoever they are."""
    for note in scene.notes(ref):
        if scene.bot and scene.is_human(note):
            yield from (_command(note, said) for said in _said(note.body, scene.bot))


def _said(body: str, bot: str) -> Iterator[str]:
    """Yield what follows the bot's name on lines that begin with it; quotes, code and HTML speak to nobody."""
    to_bot = re.compile(
        rf"^ {{0,3}}@{re.escape(bot)}(?![\w/@'\u2019-]|\.\w)[:,]?[ \t]*(.*)", re.IGNORECASE | re.MULTILINE
    )
    text = body[:_LONGEST_COMMENT]
    if to_bot.search(text):
        yield from (found[1].strip() for line in _prose(text) if (found := to_bot.match(line)))


def _prose(text: str) -> Iterator[str]:
    """Yield the lines of a comment's paragraphs as they are written, those of quotes with the sign before them."""
    cut = blocks(text)
    lines = cut.text.split("\n")
    read = {number for token in cut.tokens if token.type == "inline" for number in range(*(token.map or (0, 0)))}
    apart = {
        number
        for token in cut.tokens
        if token.type in {"fence", "code_block", "html_block"}
        for number in range(*(token.map or (0, 0)))
    }
    quotes = [number for number, line in enumerate(lines) if number not in apart and _QUOTE.fullmatch(line)]
    for first, last in zip(quotes[::2], quotes[1::2], strict=False):
        read -= set(range(first, last))
    yield from (lines[number] for number in sorted(read))


def _command(note: Note, said: str) -> Command:
    if (found := _SNOOZE.fullmatch(said)) and 1 <= int(found[1]) <= LONGEST_SNOOZE:
        return Command(note=note, kind=Kind.SNOOZE, days=int(found[1]))
    if found := _NOT_NEEDED.fullmatch(said):
        return Command(note=note, kind=Kind.NOT_NEEDED, reason=one_line(found[1])[:_LONGEST_REASON])
    return Command(note=note, kind=Kind.UNKNOWN)


def _may_edit(scene: Scene, ref: Ref, note: Note) -> bool:
    """Tell whether a member may edit an issue: from Planner on, or as its author or assignee."""
    name = note.author.username.lower()
    level = scene.roles.get(ref.project, {}).get(name, 0)
    issue = scene.issues.get(ref)
    involved = {user.username.lower() for user in (issue.author, *issue.assignees)} if issue else set()
    return level >= Role.PLANNER or (level >= Role.GUEST and name in involved)

"""What follows from commands in comments besides a snooze: proposals for the report, answers to unknown commands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from audit import markers
from audit.inert import handle
from audit.markers import Marker
from audit.reminders import comment_commands as commands
from audit.reminders.cases import OPEN, by_issue
from audit.reminders.closed_doors import postable, writable
from audit.reminders.comment_commands import LONGEST_SNOOZE, CommandKind
from audit.reminders.plan import CommandAnswer, Proposal, Reaction
from audit.reminders.reminder_text import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Ref
    from audit.reminders.cases import Case, Scene
    from audit.reminders.comment_commands import CommentCommand

_ANSWERED_WITHIN = timedelta(days=LONGEST_SNOOZE)
"""An older command is not answered: its author has moved on, and a first run would answer all of them at once."""


def proposals(scene: Scene) -> tuple[Proposal, ...]:
    """Return the latest proposal about each incident whose review is open, by incident."""
    proposed = ((case, commands.proposed(scene, case)) for case in scene.cases if case.verdict in OPEN)
    return tuple(
        Proposal(
            issue=case.issue,
            incident=case.incident,
            by=command.note.author.username,
            on=scene.day_of(command.note.at),
            reason=command.reason,
            url=command.note.url,
            internal=command.note.internal,
        )
        for case, command in proposed
        if command is not None
    )


def answers(scene: Scene) -> tuple[CommandAnswer, ...]:
    """Return the answers to recent commands that were not understood, or not to the letter.

    To each person once an issue and night, for the last of them. They come on working days only, at most
    ``max_reminders`` a run, like reminders.
    """
    made = (answer for issue, case in _spoken_on(scene) for answer in _on(scene, issue, case))
    return tuple(made)[: scene.settings.reminders.max_reminders]


def reactions(scene: Scene) -> tuple[Reaction, ...]:
    """Return the emojis for recent commands that are heeded while a review is open.

    The server remembers those that were given; a command of some days ago got its own.
    """
    return tuple(
        Reaction(issue=issue, to=note_id)
        for issue in sorted(scene.comments)
        if writable(scene, issue) and any(case.verdict in OPEN for case in scene.about.get(issue, ()))
        for note_id in dict.fromkeys(
            one.note.id
            for one in commands.heeded(scene, issue)
            if one.kind is not CommandKind.UNKNOWN and scene.as_of - scene.day_of(one.note.at) <= _ANSWERED_WITHIN
        )
    )


def _spoken_on(scene: Scene) -> Iterator[tuple[Ref, Case]]:
    """Yield the issues on which answers can be posted today, each with a case that it belongs to."""
    case_of = by_issue(scene)
    for issue in sorted(scene.comments):
        case = case_of.get(issue)
        if case is not None and case.calendar.works(scene.as_of):
            yield issue, case


def _on(scene: Scene, issue: Ref, case: Case) -> Iterator[CommandAnswer]:
    answered = {one.marker.answers for one in markers.of_kind(scene.marked[issue], markers.ANSWER)}
    last = {
        one.note.author.username: one
        for one in commands.heeded(scene, issue)
        if one.kind is CommandKind.UNKNOWN or one.cut
    }
    for command in last.values():
        note = command.note
        internal = case.confidential or note.internal
        recent = scene.as_of - scene.day_of(note.at) <= _ANSWERED_WITHIN
        if recent and note.id not in answered and postable(scene, issue, internal=internal):
            yield _answer(scene, issue, case, command, internal=internal)


def _answer(scene: Scene, issue: Ref, case: Case, command: CommentCommand, *, internal: bool) -> CommandAnswer:
    text = scene.wording.render(
        "answer.md.j2",
        who=handle(command.note.author.username),
        bot=handle(scene.bot),
        longest_snooze=LONGEST_SNOOZE,
        cut_to=command.through if command.cut else None,
        example=f"snooze {scene.posting_on + timedelta(days=7)}",
        longer_label=f"{scene.settings.labels.snooze_scope}::{scene.posting_on + timedelta(days=28)}",
    )
    marker = Marker(kind=markers.ANSWER, issue=str(issue), incident=str(case.incident), answers=command.note.id)
    return CommandAnswer(issue=issue, to=command.note.id, internal=internal, body=signed(text, marker))

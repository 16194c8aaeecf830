"""What follows from commands in comments besides a snooze: proposals for the report, answers to unknown commands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from audit import markers
from audit.inert import handle
from audit.markers import Marker
from audit.reminders import comment_commands as commands
from audit.reminders.cases import OPEN, by_issue
from audit.reminders.comment_commands import LONGEST_SNOOZE, CommandKind
from audit.reminders.plan import CommandAnswer, Proposal
from audit.reminders.reminder_text import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.model import Note, Ref
    from audit.reminders.cases import Case, Scene

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
    """Return the answers to recent commands that were not understood: one to each comment, on working days only.

    There are at most ``max_reminders`` a run, like reminders.
    """
    case_of = by_issue(scene)
    made = (
        answer
        for issue in sorted(scene.comments)
        if issue in case_of and case_of[issue].calendar.works(scene.as_of)
        for answer in _on(scene, issue, case_of[issue])
    )
    return tuple(made)[: scene.settings.reminders.max_reminders]


def _on(scene: Scene, issue: Ref, case: Case) -> Iterator[CommandAnswer]:
    answered = {one.marker.answers for one in markers.of_kind(scene.marked[issue], markers.ANSWER)}
    unknown = {one.note.id: one.note for one in commands.heeded(scene, issue) if one.kind is CommandKind.UNKNOWN}
    for note in unknown.values():
        recent = scene.as_of - scene.day_of(note.at) <= _ANSWERED_WITHIN
        if recent and note.id not in answered:
            yield _answer(scene, issue, case, note)


def _answer(scene: Scene, issue: Ref, case: Case, note: Note) -> CommandAnswer:
    text = scene.wording.render(
        "answer.md.j2", who=handle(note.author.username), bot=handle(scene.bot), longest_snooze=LONGEST_SNOOZE
    )
    marker = Marker(kind=markers.ANSWER, issue=str(issue), incident=str(case.incident), answers=note.id)
    return CommandAnswer(
        issue=issue, to=note.id, internal=case.confidential or note.internal, body=signed(text, marker)
    )

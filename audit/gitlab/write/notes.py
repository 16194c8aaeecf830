"""Carries a plan of reminders out: one issue after the other, each note exactly once.

Nothing is remembered between runs: what is on the server decides, read right before and right after each new note. So a
run can be killed at any point, or meet another one, and each reminder exists once in the end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit import markers
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import IssueRow
from audit.gitlab.write.internal_notes import Rights
from audit.gitlab.write.note_writer import NoteWriter, Sought
from audit.reminders.folding import foldable
from audit.reminders.plan import Duplicate, Failure, Ledger, Posted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.gitlab.http.client import Client
    from audit.markers import Marked
    from audit.model import Ref
    from audit.reminders.plan import CommandAnswer, Fold, Plan, Reaction, Reminder, StatusNote

_FAILURES_IN_A_ROW = 3
_FINAL = frozenset({Cause.FORBIDDEN, Cause.NOT_FOUND, Cause.REFUSED, Cause.NOT_STORED})
_HEAD_START = 30.0
"""Seconds by which a run lets another one go ahead that it has met: two in step would meet on every issue."""


def carry_out(
    client: Client,
    plan: Plan,
    *,
    bot: str,
    note_down: Callable[[Ledger], None] | None = None,
) -> Ledger:
    """Post, edit and heal what the plan says, on notes of ``bot`` only. A failure on one issue stops no other.

    ``bot`` is the username of the client's token. ``note_down`` gets the ledger whenever what was posted has changed,
    so that it is known even of a run that is killed.
    """
    writer = NoteWriter(client=client, bot=bot, rights=Rights(client))
    writing = _PlanWriter(client=client, writer=writer, note_down=note_down or _forget)
    reminders = {reminder.issue: reminder for reminder in plan.planned}
    notes = {note.issue: note for note in plan.status_notes}
    issues = dict.fromkeys([*reminders, *notes, *(duplicate.issue for duplicate in plan.heal)])
    for issue in issues:
        writing.visit(issue, reminders.get(issue), notes.get(issue))
    writing.fill_up(plan)
    for issue in dict.fromkeys([*(one.issue for one in plan.answers), *(one.issue for one in plan.folds)]):
        answers = [one for one in plan.answers if one.issue == issue]
        writing.tidy(issue, answers, [one for one in plan.folds if one.issue == issue])
    for reaction in plan.reactions:
        writing.react(reaction)
    return writing.ledger()


@dataclass(kw_only=True)
class _PlanWriter:
    """Writes on one issue at a time, and keeps the ledger."""

    client: Client
    writer: NoteWriter
    note_down: Callable[[Ledger], None]
    posted: list[Posted] = field(default_factory=list)
    already_there: list[Ref] = field(default_factory=list)
    created: list[Ref] = field(default_factory=list)
    edited: list[Ref] = field(default_factory=list)
    healed: list[Duplicate] = field(default_factory=list)
    answered: list[CommandAnswer] = field(default_factory=list)
    reacted: list[Reaction] = field(default_factory=list)
    folded: list[Fold] = field(default_factory=list)
    settled: list[Ref] = field(default_factory=list)
    moved: list[Ref] = field(default_factory=list)
    refused: list[Reminder] = field(default_factory=list)
    """Reminders that GitLab will never take: they take no place of the others."""
    failures: list[Failure] = field(default_factory=list)
    stopped: str = ""
    """Why nothing more can be written at all."""
    in_a_row: int = 0
    """Issues on which the server failed one after the other."""

    def ledger(self) -> Ledger:
        return Ledger(
            posted=tuple(self.posted),
            already_there=tuple(self.already_there),
            created=tuple(self.created),
            edited=tuple(self.edited),
            healed=tuple(self.healed),
            answered=tuple(self.answered),
            reacted=tuple(self.reacted),
            folded=tuple(self.folded),
            settled=tuple(self.settled),
            moved=tuple(self.moved),
            failures=tuple(self.failures),
        )

    def visit(self, issue: Ref, reminder: Reminder | None, note: StatusNote | None) -> None:
        """Do everything about one issue."""
        what = "reminder" if reminder else "status note" if note else "duplicate"
        if self.stopped:
            self.failures.append(Failure(issue=issue, what=what, why=self.stopped))
            return
        try:
            # the comments are read last, so that as little as possible happens between them and the first new note
            if reminder and self._is_moot(reminder):
                reminder = note = None
            marked = self._healed(issue, note)
            if reminder:
                marked = self._remind(reminder, marked, note)
            what = "status note"
            if note:
                self._keep_status(note, marked)
            self.in_a_row = 0
        except RequestError as error:
            unposted = reminder and all(one.issue != issue for one in self.posted)
            if reminder and unposted and what == "reminder" and error.cause in _FINAL:
                self.refused.append(reminder)
            self._failed(issue, what, error)

    def fill_up(self, plan: Plan) -> None:
        """Send the next in line in place of reminders that were refused, within the same numbers."""
        line = plan.next_in_line
        left = line.max_reminders - len(plan.planned) + len(self.refused)
        reviews_of = Counter(line.reviews_of)
        reviews_of.subtract(name for one in self.refused for name in one.counted)
        for reminder in line.reminders if self.refused else ():
            if left <= 0:
                return
            if any(reviews_of[name] >= line.per_person for name in reminder.counted):
                continue
            refused = len(self.refused)
            self.visit(reminder.issue, reminder, None)
            if len(self.refused) == refused:
                left -= 1
                reviews_of.update(reminder.counted)

    def react(self, reaction: Reaction) -> None:
        """Give a command that is heeded its emoji; where that does not work, the next run tries again."""
        if self.stopped:
            return
        try:
            if self.writer.react(reaction.issue, reaction.to):
                self.reacted.append(reaction)
        except RequestError as error:
            if error.fatal:
                self.stopped = error.message

    def tidy(self, issue: Ref, answers: Sequence[CommandAnswer], folds: Sequence[Fold]) -> None:
        """Answer commands on one issue and fold its earlier reminders."""
        what = "answer" if answers else "fold"
        if self.stopped:
            self.failures.append(Failure(issue=issue, what=what, why=self.stopped))
            return
        try:
            marked = self._healed(issue, None)
            for answer in answers:
                self._answer(answer, marked)
            what = "fold"
            self._fold(folds, marked)
            self.in_a_row = 0
        except RequestError as error:
            self._failed(issue, what, error)

    def _failed(self, issue: Ref, what: str, error: RequestError) -> None:
        self.failures.append(Failure(issue=issue, what=what, why=error.message))
        # what one issue refuses, like a locked discussion, says nothing of the next
        self.in_a_row = self.in_a_row + 1 if error.unsure or error.passing else 0
        if error.fatal or self.in_a_row >= _FAILURES_IN_A_ROW:
            self.stopped = f"not tried any more, since {error.message}"

    def _is_moot(self, reminder: Reminder) -> bool:
        """Return whether nobody need be reviews_of here any more: things have changed since they were read."""
        issue = self.client.get(issue_path(reminder.issue), IssueRow)
        if issue.moved_to_id is not None:
            self.moved.append(reminder.issue)
            return True
        if reminder.issue != reminder.incident and issue.state == "closed" and not reminder.on_closed:
            # completed since it was read, or since the past day that was reviews_of about
            self.settled.append(reminder.issue)
            return True
        return False

    def _remind(self, reminder: Reminder, marked: list[Marked], note: StatusNote | None) -> list[Marked]:
        """Post a reminder unless it is there, and return the bot's notes as they are afterwards."""
        if any(one.marker.step >= reminder.step for one in markers.of_kind(marked, markers.REMINDER)):
            self.already_there.append(reminder.issue)
            return marked
        sought = Sought(markers.REMINDER, step=reminder.step)
        note_id = self.writer.create(reminder.issue, reminder.body, sought, reminder.internal)
        # a failure from here on must not hide that it was posted
        self.posted.append(Posted(issue=reminder.issue, step=reminder.step, note_id=note_id))
        self.note_down(self.ledger())
        marked = self._healed(reminder.issue, note)
        kept = sought.among(marked)
        if kept and kept[0].note.id != note_id:
            # another run was a moment earlier, and its note is the one that stays
            self.posted.pop()
            self.already_there.append(reminder.issue)
            self.note_down(self.ledger())
            self.client.sleep(_HEAD_START)
        return marked

    def _keep_status(self, note: StatusNote, marked: list[Marked]) -> None:
        there = markers.of_kind(marked, markers.STATUS)
        # whether a note is internal cannot be changed
        wrong = [one for one in there if one.note.internal is not note.internal]
        right = [one for one in there if one.note.internal is note.internal]
        try:
            if not right and (wrong or note.create):
                # the new one first: of a note that is gone before, a run that is killed would leave nothing
                self.writer.create(note.issue, note.body, Sought(markers.STATUS, internal=note.internal), note.internal)
                self.created.append(note.issue)
            elif right and right[0].marker.hash != note.hash:
                self.writer.edit(note.issue, right[0].note.id, note.body)
                self.edited.append(note.issue)
        finally:
            for one in wrong:
                if one.marker.status:
                    self.writer.empty(note.issue, one)
                else:
                    self.writer.remove(note.issue, one)
        if wrong or not right:
            self._healed(note.issue, note)

    def _answer(self, answer: CommandAnswer, marked: list[Marked]) -> None:
        sought = Sought(markers.ANSWER, answers=answer.to)
        if not sought.among(marked):
            self.writer.create(answer.issue, answer.body, sought, answer.internal)
            self.answered.append(answer)
            self._healed(answer.issue, None)

    def _fold(self, folds: Sequence[Fold], marked: list[Marked]) -> None:
        """Fold what a newer reminder has come after, which may not have been posted after all, or what is done."""
        for fold in folds:
            if fold.note_id in {one.note.id for one in foldable(marked, newest_too=fold.newest_too)}:
                self.writer.edit(fold.issue, fold.note_id, fold.body)
                self.folded.append(fold)

    def _healed(self, issue: Ref, note: StatusNote | None) -> list[Marked]:
        """Read the bot's own notes, take away those that repeat another one, and return the others.

        The oldest stays; of status notes the oldest of those that are internal or not as ``note`` is to be.
        """
        marked, spare = self._read(issue, note)
        if spare:
            for one in spare:
                if self.writer.remove(issue, one):
                    self.healed.append(Duplicate(issue=issue, note_id=one.note.id))
            # that took time, in which another run may have written
            marked, spare = self._read(issue, note)
        return [one for one in marked if one not in spare]

    def _read(self, issue: Ref, note: StatusNote | None) -> tuple[list[Marked], list[Marked]]:
        marked = self.writer.marked(issue)
        return marked, markers.duplicates(sorted(marked, key=lambda one: _is_misplaced(one, note)))


def _is_misplaced(one: Marked, note: StatusNote | None) -> bool:
    """Return whether a status note is internal though it is not to be, or the other way round."""
    return one.marker.kind == markers.STATUS and note is not None and one.note.internal is not note.internal


def _forget(_: Ledger) -> None:
    """Keep no account under way."""

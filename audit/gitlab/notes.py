"""Carries a plan of reminders out: one issue after the other, each note exactly once.

Nothing is remembered between runs: what is on the server decides, read right before and right after each new note. So a
run can be killed at any point, or meet another one, and each reminder exists once in the end.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.gitlab.client import issue_path
from audit.gitlab.comments import comments_of
from audit.gitlab.failures import Kind, RequestError
from audit.reminders import markers
from audit.reminders.markers import Marked, Marker
from audit.reminders.plan import Duplicate, Failure, Ledger, Posted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from audit.gitlab.client import Client
    from audit.model import Ref
    from audit.reminders.plan import Plan, Reminder, StatusNote

_ATTEMPTS = 3
_FAILURES_IN_A_ROW = 3
_LONGEST_WAIT = 120.0
_LIMIT_PERIOD = 60.0
"""Seconds after which GitLab's limit on new notes, which does not say how long to wait, has passed."""
_REPEATED = "This note repeated an earlier one and was emptied."


def carry_out(client: Client, plan: Plan, *, bot: str, pause: Callable[[float], None] = time.sleep) -> Ledger:
    """Post, edit and heal what the plan says, on notes of ``bot`` only. A failure on one issue stops no other.

    ``bot`` is the username of the client's token.
    """
    scribe = _Scribe(client=client, bot=bot, pause=pause)
    reminders = {reminder.issue: reminder for reminder in plan.planned}
    notes = {note.issue: note for note in plan.status_notes}
    issues = dict.fromkeys([*reminders, *notes, *(duplicate.issue for duplicate in plan.heal)])
    for issue in issues:
        scribe.visit(issue, reminders.get(issue), notes.get(issue))
    return scribe.ledger()


@dataclass(kw_only=True)
class _Scribe:
    """Writes on one issue at a time, and keeps the ledger."""

    client: Client
    bot: str
    pause: Callable[[float], None]
    posted: list[Posted] = field(default_factory=list)
    already_there: list[Ref] = field(default_factory=list)
    created: list[Ref] = field(default_factory=list)
    edited: list[Ref] = field(default_factory=list)
    healed: list[Duplicate] = field(default_factory=list)
    settled: list[Ref] = field(default_factory=list)
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
            settled=tuple(self.settled),
            failures=tuple(self.failures),
        )

    def visit(self, issue: Ref, reminder: Reminder | None, note: StatusNote | None) -> None:
        """Do everything about one issue."""
        what = "reminder" if reminder else "status note" if note else "duplicate"
        if self.stopped:
            self.failures.append(Failure(issue=issue, what=what, why=self.stopped))
            return
        try:
            own = self._healed(issue)
            if reminder:
                own = self._remind(reminder, own)
            what = "status note"
            if note:
                self._keep_status(note, own)
            self.in_a_row = 0
        except RequestError as error:
            self.failures.append(Failure(issue=issue, what=what, why=error.message))
            # what one issue refuses, like a locked discussion, says nothing of the next
            self.in_a_row = self.in_a_row + 1 if error.unsure or error.passing else 0
            if error.fatal or self.in_a_row >= _FAILURES_IN_A_ROW:
                self.stopped = f"not tried any more, since {error.message}"

    def _is_closed(self, issue: Ref) -> bool:
        return bool(self.client.rest_get(issue_path(issue)).get("state") == "closed")

    def _own(self, issue: Ref) -> list[Marked]:
        """Read all comments of an issue as they are now, and keep the bot's own marked ones."""
        return markers.own(comments_of(self.client, issue), self.bot)

    def _remind(self, reminder: Reminder, own: list[Marked]) -> list[Marked]:
        """Post a reminder unless it is there, and return the bot's notes as they are afterwards."""
        if any(one.marker.step >= reminder.step for one in markers.of_kind(own, markers.REMINDER)):
            self.already_there.append(reminder.issue)
            return own
        if reminder.issue != reminder.incident and self._is_closed(reminder.issue):
            # completed since it was read, or since the past day that was asked about
            self.settled.append(reminder.issue)
            return own
        sought = _Sought(kind=markers.REMINDER, step=reminder.step)
        note_id = self._create(reminder.issue, reminder.body, sought, internal=reminder.internal)
        # a failure from here on must not hide that it was posted
        self.posted.append(Posted(issue=reminder.issue, step=reminder.step, note_id=note_id))
        own = self._healed(reminder.issue)
        kept = sought.among(own)
        if kept and kept[0].note.id != note_id:
            # another run was a moment earlier, and its note is the one that stays
            self.posted.pop()
            self.already_there.append(reminder.issue)
        return own

    def _keep_status(self, note: StatusNote, own: list[Marked]) -> None:
        sought = _Sought(kind=markers.STATUS)
        there = sought.among(own)
        for wrong in [one for one in there if one.note.internal is not note.internal]:
            # whether a note is internal cannot be changed
            self._remove(note.issue, wrong)
            there.remove(wrong)
        if not there and (note.create or sought.among(own)):
            self._create(note.issue, note.body, sought, internal=note.internal)
            self.created.append(note.issue)
            self._healed(note.issue)
        elif there and there[0].marker.hash != note.hash:
            self._edit(note.issue, there[0].note.id, note.body)
            self.edited.append(note.issue)

    def _create(self, issue: Ref, body: str, sought: _Sought, *, internal: bool) -> int:
        """Post a note and return its number. Before each further try its marker is looked for: it may be stored."""
        tried = 0
        while True:
            tried += 1
            try:
                return _number(self.client.rest_post(f"{issue_path(issue)}/notes", body=body, internal=internal))
            except RequestError as error:
                if not (error.unsure or error.kind is Kind.RATE_LIMITED):
                    raise
                self.pause(_wait(error, tried))
                if stored := sought.among(self._own(issue)):
                    return stored[0].note.id
                if tried >= _ATTEMPTS:
                    raise

    def _edit(self, issue: Ref, note_id: int, body: str) -> None:
        """Replace a note's body. The same edit twice is one, so it may be sent again."""
        tried = 0
        while True:
            tried += 1
            try:
                self.client.rest_put(f"{issue_path(issue)}/notes/{note_id}", body=body)
            except RequestError as error:
                if tried >= _ATTEMPTS or not (error.unsure or error.kind is Kind.RATE_LIMITED):
                    raise
                self.pause(_wait(error, tried))
            else:
                return

    def _healed(self, issue: Ref) -> list[Marked]:
        """Read the bot's own notes, take away those that repeat an older one, and return the others."""
        own = self._own(issue)
        spare = markers.duplicates(own)
        for one in spare:
            self._remove(issue, one)
            self.healed.append(Duplicate(issue=issue, note_id=one.note.id))
        return [one for one in own if one not in spare]

    def _remove(self, issue: Ref, one: Marked) -> None:
        """Delete a note of the bot's own, or empty it where deleting is not allowed."""
        try:
            self.client.rest_delete(f"{issue_path(issue)}/notes/{one.note.id}")
        except RequestError as error:
            if error.kind is Kind.NOT_FOUND:
                return
            if error.kind not in (Kind.FORBIDDEN, Kind.REFUSED):
                raise
            marker = Marker(kind=markers.DUPLICATE, issue=str(issue), incident=one.marker.incident)
            self._edit(issue, one.note.id, f"{_REPEATED}\n\n{markers.write(marker)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """Which of the bot's notes a new one would repeat."""

    kind: str
    step: int | None = None

    def among(self, own: Iterable[Marked]) -> list[Marked]:
        return markers.of_kind(own, self.kind, self.step)


def _number(answer: dict[str, object]) -> int:
    """Return the number of a note that was stored; an answer without one is no success."""
    number = answer.get("id")
    if not isinstance(number, int):
        raise RequestError(Kind.NOT_JSON, "the answer to a new note has no number")
    return number


def _wait(error: RequestError, tried: int) -> float:
    """Return how long to wait: what the server asks for, within reason."""
    if error.wait is not None:
        return min(error.wait, _LONGEST_WAIT)
    return _LIMIT_PERIOD if error.kind is Kind.RATE_LIMITED else 2.0**tried

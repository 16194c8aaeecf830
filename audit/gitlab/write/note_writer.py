"""Writes single notes on issues, each exactly once, and edits and deletes those of the bot's own.

A write whose answer was lost may have taken effect: a new note is looked for before it is sent again; edits and
deletions may be sent twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit import markers
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import WRITE
from audit.gitlab.read.comments import comments_of
from audit.markers import Marked, Marker
from audit.reminders.folding import EMPTIED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.gitlab.write.internal_notes import Rights
    from audit.model import Ref

_HEEDED = "thumbsup"
_REPEATED = "This note repeated an earlier one and was emptied."


@dataclass(frozen=True, slots=True)
class Sought:
    """Which of the bot's notes a new one would repeat."""

    kind: str
    step: int | None = None
    internal: bool | None = None
    """None: either."""
    answers: int | None = None
    """The number of the comment that is answered; None: any."""

    def among(self, marked: Iterable[Marked]) -> list[Marked]:
        """Return those that are there."""
        kept = markers.of_kind(marked, self.kind, self.step)
        return [
            one
            for one in kept
            if (self.internal is None or one.note.internal is self.internal)
            and (self.answers is None or one.marker.answers == self.answers)
        ]


@dataclass(frozen=True, kw_only=True)
class NoteWriter:
    """Reads and writes the notes of ``bot``, the account of the client's token. Raises RequestError."""

    client: Client
    bot: str
    rights: Rights

    def marked(self, issue: Ref) -> list[Marked]:
        """Read all comments of an issue as they are now, and keep the bot's own marked ones."""
        return markers.by_bot(comments_of(self.client, issue), self.bot)

    def create(self, issue: Ref, body: str, sought: Sought, internal: bool) -> int:
        """Post a note and return its number. Before each further try its marker is looked for: it may be stored."""
        if internal:
            self.rights.check_internal(issue.project)
        return self.client.retries.send(
            lambda: self._post(issue, body, internal), WRITE, stored=lambda: self._stored(issue, sought)
        )

    def _stored(self, issue: Ref, sought: Sought) -> int | None:
        return next((one.note.id for one in sought.among(self.marked(issue))), None)

    def _post(self, issue: Ref, body: str, internal: bool) -> int:
        answer = self.client.rest_post(f"{issue_path(issue)}/notes", body=body, internal=internal)
        number = _number(answer)
        if internal and answer.get("internal") is False:
            self.delete(issue, number)
            why = "GitLab stored an internal note for everybody to see, so it was deleted again"
            raise RequestError(Cause.FORBIDDEN, f"POST {issue_path(issue)}/notes: {why}")
        return number

    def edit(self, issue: Ref, note_id: int, body: str) -> None:
        """Replace a note's body; the same edit twice is one."""
        self.client.retries.send(lambda: self.client.rest_put(f"{issue_path(issue)}/notes/{note_id}", body=body), WRITE)

    def delete(self, issue: Ref, note_id: int) -> None:
        """Delete a note of the bot's own."""
        tried = 0

        def delete() -> None:
            nonlocal tried
            tried += 1
            try:
                self.client.rest_delete(f"{issue_path(issue)}/notes/{note_id}")
            except RequestError as error:
                # only the answer to the earlier try was lost
                if tried == 1 or error.cause is not Cause.NOT_FOUND:
                    raise

        self.client.retries.send(delete, WRITE)

    def react(self, issue: Ref, note_id: int) -> bool:
        """Give somebody's comment an emoji; False: it has it, or GitLab refuses it, which is no failure."""
        path = f"{issue_path(issue)}/notes/{note_id}/award_emoji"
        try:
            self.client.retries.send(lambda: self.client.rest_post(path, name=_HEEDED), WRITE)
        except RequestError as error:
            # the same emoji twice is answered by 404
            if error.cause not in (Cause.NOT_FOUND, Cause.FORBIDDEN, Cause.REFUSED):
                raise
            return False
        return True

    def empty(self, issue: Ref, one: Marked) -> None:
        """Take the text of a note that is reminder and status note away, as its issue has become confidential.

        What is left of it is the reminder's marker, so that the step still counts as posted.
        """
        marker = replace(one.marker, status=False, hash="")
        self.edit(issue, one.note.id, f"{EMPTIED}\n\n{markers.write(marker)}")

    def remove(self, issue: Ref, one: Marked) -> bool:
        """Delete a note of the bot's own, or empty it where deleting is not allowed; False: it was gone already."""
        try:
            self.delete(issue, one.note.id)
        except RequestError as error:
            if error.cause is Cause.NOT_FOUND:
                return False
            if error.cause not in (Cause.FORBIDDEN, Cause.REFUSED):
                raise
            marker = Marker(kind=markers.DUPLICATE, issue=str(issue), incident=one.marker.incident)
            self.edit(issue, one.note.id, f"{_REPEATED}\n\n{markers.write(marker)}")
        return True


def _number(answer: dict[str, object]) -> int:
    """Return the number of a note that was stored; an answer without one is no success."""
    number = answer.get("id")
    if not isinstance(number, int):
        raise RequestError(Cause.NOT_JSON, "the answer to a new note has no number")
    return number

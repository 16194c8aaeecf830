"""Takes the bot's own notes back: one after the other, never anybody else's, each looked at right before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.write.internal_notes import Rights
from audit.gitlab.write.note_writer import NoteWriter
from audit.reminders.plan import Failure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.gitlab.http.client import Client
    from audit.model import Ref

_FAILURES_IN_A_ROW = 3


@dataclass(kw_only=True)
class Withdrawal:
    """What became of it."""

    deleted: int = 0
    failures: list[Failure] = field(default_factory=list)


def withdraw(client: Client, issues: Iterable[Ref], *, bot: str) -> Withdrawal:
    """Delete the marked notes of ``bot``, the username of the client's token, on these issues.

    What is gone already counts as done. After three issues in a row on which the server failed nothing more is tried.
    """
    writer = NoteWriter(client=client, bot=bot, rights=Rights(client))
    done, in_a_row = Withdrawal(), 0
    for issue in issues:
        try:
            for one in writer.marked(issue):
                done.deleted += _deleted(writer, issue, one.note.id)
            in_a_row = 0
        except RequestError as error:
            done.failures.append(Failure(issue=issue, what="withdrawal", why=error.message))
            in_a_row = in_a_row + 1 if error.unsure or error.passing else 0
            if error.fatal or in_a_row >= _FAILURES_IN_A_ROW:
                break
    return done


def _deleted(writer: NoteWriter, issue: Ref, note_id: int) -> bool:
    """Delete a note; False: it was gone. Unlike a duplicate, one that may not be deleted is not emptied but told."""
    try:
        writer.delete(issue, note_id)
    except RequestError as error:
        if error.cause is Cause.NOT_FOUND:
            return False
        raise
    return True

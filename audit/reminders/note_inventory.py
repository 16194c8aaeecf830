"""Lists of notes on the server: those of the bot, to withdraw it, and those of another bot, to adopt them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit import markers
from audit.reminders.adopted import adopted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from audit.model import Note, Ref
    from audit.settings.reminder_settings import Adopted


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNote:
    """A note for a list."""

    issue: Ref
    what: str
    """reminder 1, early reminder, status note, answer."""
    on: date
    url: str


def bot_notes(comments: Mapping[Ref, tuple[Note, ...]], *, bot: str, timezone: str) -> tuple[ListedNote, ...]:
    """Return the bot's marked notes, by issue, oldest first."""
    zone = ZoneInfo(timezone)
    return tuple(
        ListedNote(issue=issue, what=_what(one.marker), on=one.note.at.astimezone(zone).date(), url=one.note.url)
        for issue in sorted(comments)
        for one in markers.by_bot(comments[issue], bot)
    )


def adoptable(
    comments: Mapping[Ref, tuple[Note, ...]], rule: Adopted, *, bot: str, timezone: str
) -> tuple[ListedNote, ...]:
    """Return the comments that a rule adopts, each as the step for which it would count."""
    zone = ZoneInfo(timezone)
    return tuple(
        ListedNote(issue=issue, what=f"reminder {step}", on=note.at.astimezone(zone).date(), url=note.url)
        for issue in sorted(comments)
        for step, note in enumerate(adopted(comments[issue], [rule], bot=bot), start=1)
    )


def lines(notes: tuple[ListedNote, ...]) -> Iterator[str]:
    """Yield a line for each note, for a terminal; foreign text in it is not escaped."""
    for one in notes:
        yield f"  {one.issue}: {one.what}, {one.on}, {one.url}"


def _what(marker: markers.Marker) -> str:
    if marker.kind == markers.REMINDER:
        what = f"reminder {marker.step}" if marker.step else "early reminder"
        return f"{what} and status note" if marker.status else what
    known = {markers.STATUS: "status note", markers.ANSWER: "answer", markers.DUPLICATE: "emptied note"}
    return known.get(marker.kind, "note of another version")

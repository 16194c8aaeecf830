"""Reminders that another bot posted before a migration count as posted, so that nobody is reminded twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audit import markers
from audit.text.pattern_cost import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import Note
    from audit.settings.reminder_settings import Adopted

_LINES: Final = 50
"""Lines of a comment that are searched: with the work of a pattern bounded, no comment can keep a run busy."""


def adopted(notes: Iterable[Note], rules: Iterable[Adopted], *, bot: str) -> list[Note]:
    """Return the comments that the settings adopt, oldest first, without those that ``bot`` itself has marked."""
    known = tuple(rules)
    kept = (note for note in notes if any(is_adopted(note, rule) for rule in known) and not markers.by_bot([note], bot))
    return sorted(kept, key=lambda note: (note.at, note.id))


def is_adopted(note: Note, rule: Adopted) -> bool:
    """Return whether a rule adopts a comment.

    A comment with a marker was posted by this program under an earlier account, as after a new token was made. Its
    marker says what it is, and only a reminder of the ladder is adopted.
    """
    if note.system or note.author.username.casefold() != rule.author.lstrip("@").casefold():
        return False
    lines = note.body.splitlines()[:_LINES]
    if not any(re.search(rule.pattern, line[:LONGEST_LINE]) for line in lines):
        return False
    marker = markers.read(note.body)
    return marker is None or (marker.kind == markers.REMINDER and marker.step > 0)

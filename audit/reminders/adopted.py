"""Another bot's reminders of before a migration: they count as posted, so that nobody is pinged anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit.reminders import markers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import Note
    from audit.settings.model import Adopted

# bounds for what is searched: with at most two repeats in a pattern, no comment can keep a run busy
_LINES, _LENGTH = 100, 300


def adopted(notes: Iterable[Note], rules: Iterable[Adopted]) -> list[Note]:
    """Return the comments that the settings adopt, oldest first. A note that bears this program's marker is none."""
    asked = tuple(rules)
    found = (note for note in notes if any(is_adopted(note, rule) for rule in asked))
    return sorted(found, key=lambda note: (note.at, note.id))


def is_adopted(note: Note, rule: Adopted) -> bool:
    """Tell whether a rule adopts a comment."""
    if note.system or note.author.username.casefold() != rule.author.lstrip("@").casefold():
        return False
    lines = note.body.splitlines()[:_LINES]
    return any(re.search(rule.pattern, line[:_LENGTH]) for line in lines) and markers.read(note.body) is None

"""Earlier reminders are folded once a newer one is there, so that they do not fill up the thread.

An edit notifies nobody, and the marker stays, so a folded reminder still counts as posted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit import markers
from audit.inert import day, handle, without_quick_actions
from audit.reminders.plan import Fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from audit.markers import Marked
    from audit.model import Note, Ref
    from audit.reminders.cases import Scene

_HEAD = "<details><summary>"
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
# a name in code is left as it is: backticks within backticks would bring it to life
_MENTION = re.compile(r"`[^`\n]*`|(?<![\w`@\\])@([A-Za-z0-9_.\\/-]*[A-Za-z0-9_])")


def folds(scene: Scene, reminded: Collection[Ref]) -> tuple[Fold, ...]:
    """Return the reminders to fold: all but the newest of an issue, and the newest too if another one is planned."""
    return tuple(
        Fold(issue=issue, note_id=one.note.id, body=_folded(scene, one))
        for issue in sorted(scene.marked)
        for one in _earlier(scene.marked[issue], replaced=issue in reminded)
    )


def _earlier(marked: list[Marked], *, replaced: bool) -> Iterator[Marked]:
    spare = markers.duplicates(marked)
    kept = [one for one in markers.of_kind(marked, markers.REMINDER) if one not in spare]
    last = len(kept) if replaced else len(kept) - 1
    return (one for one in kept[: max(last, 0)] if not is_folded(one.note))


def is_folded(note: Note) -> bool:
    """Return whether a reminder is folded already."""
    return note.body.startswith(_HEAD)


def _folded(scene: Scene, one: Marked) -> str:
    """Return the note with its text folded and all of its mentions in code."""
    text = _COMMENT.sub("", one.note.body).strip()
    text = _MENTION.sub(lambda match: str(handle(match[1].replace("\\", ""))) if match[1] else match[0], text)
    try:
        without_quick_actions(text)
    except ValueError:
        # somebody has edited the note
        text = ""
    head = f"{_HEAD}Earlier reminder, {day(scene.day_of(one.note.at))}</summary>"
    return "\n\n".join(part for part in (head, text, "</details>", markers.write(one.marker)) if part)

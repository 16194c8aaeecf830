"""Earlier reminders are folded once a newer one is there, so that they do not fill up the thread.

An edit notifies nobody, and the marker stays, so a folded reminder still counts as posted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audit import markers
from audit.inert import day, handle, without_quick_actions
from audit.model import Verdict
from audit.reminders.cases import COMPLETED, OPEN
from audit.reminders.closed_doors import writable
from audit.reminders.plan import Fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from audit.markers import Marked
    from audit.model import Note, Ref
    from audit.reminders.cases import Scene

EMPTIED = "This note was emptied."
"""All that is left of a note for everybody once its issue is confidential."""
_HEAD = "<details><summary>"
_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
# a name in code is left as it is: backticks within backticks would bring it to life
_MENTION = re.compile(r"`[^`\n]*`|(?<![\w`@\\])@([A-Za-z0-9_.\\/-]*[A-Za-z0-9_])")


def folds(scene: Scene, reminded: Collection[Ref]) -> tuple[Fold, ...]:
    """Return the reminders to fold: all but the newest of an issue, and that one too once all is done.

    One that is the status note as well is never folded: its words are taken off.
    """
    made: list[Fold] = []
    for issue in sorted(scene.marked):
        done = is_done(scene, issue)
        if writable(scene, issue):
            made += [
                Fold(issue=issue, note_id=one.note.id, body=_folded(scene, one), newest_too=done)
                for one in _earlier(scene.marked[issue], replaced=done or issue in reminded)
            ]
    return tuple(made)


def is_done(scene: Scene, issue: Ref) -> bool:
    """Tell whether the reviews that an issue is about are completed."""
    verdicts = {case.verdict for case in scene.about.get(issue, ())}
    return bool(verdicts & COMPLETED) and verdicts.isdisjoint({*OPEN, Verdict.INCONCLUSIVE})


def foldable(marked: Iterable[Marked], *, newest_too: bool) -> list[Marked]:
    """Return the reminders of an issue that are to be folded and are not yet."""
    kept = markers.of_kind(marked, markers.REMINDER)
    earlier = kept if newest_too else kept[:-1]
    return [one for one in earlier if not one.marker.status and not _is_quiet(one.note)]


def _earlier(marked: list[Marked], *, replaced: bool) -> list[Marked]:
    spare = {one.note.id for one in markers.duplicates(marked)}
    return foldable([one for one in marked if one.note.id not in spare], newest_too=replaced)


def _is_quiet(note: Note) -> bool:
    """Return whether a reminder is folded already, or has been emptied."""
    return note.body.startswith((_HEAD, EMPTIED))


def silenced(text: str) -> str:
    """Return a text from the server with all of its mentions in code; empty where GitLab would obey a line of it."""
    shown = _COMMENT.sub("", text).strip()
    shown = _MENTION.sub(lambda match: str(handle(match[1].replace("\\", ""))) if match[1] else match[0], shown)
    try:
        return without_quick_actions(shown)
    except ValueError:
        # somebody has edited the note
        return ""


def _folded(scene: Scene, one: Marked) -> str:
    """Return the note with its text folded and all of its mentions in code."""
    head = f"{_HEAD}Earlier reminder, {day(scene.day_of(one.note.at))}</summary>"
    parts = (head, silenced(one.note.body), "</details>", markers.write(one.marker))
    return "\n\n".join(filter(None, parts))

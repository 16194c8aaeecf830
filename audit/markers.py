"""The hidden marker at the end of each of the bot's notes: what the server remembers for the next run.

``<!-- incident-review-audit:v1 {"kind": "reminder", "step": 1, ...} -->``. Anyone can write one, so it counts only in a
comment by the bot's own account.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from audit.model import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import Note

VERSION = 1
REMINDER = "reminder"
STATUS = "status"
DUPLICATE = "duplicate"
ANSWER = "answer"

# at the beginning of a line: in a reply that quotes a note it stands behind a ">"; and on that line alone, so that no
# comment, however long, takes more than one look at each of its characters
SEAM = "<!-- incident-review-audit:status -->"
"""Stands in a note that is reminder and status note at once: above it the reminder's words, below it the status."""
_MARKER = re.compile(r"^<!--[ \t]*incident-review-audit:v(\d+)[ \t](.*?)-->", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What a note of the bot is."""

    kind: str
    """reminder, status, answer, or a kind of another version, which means nothing here."""
    issue: str = ""
    """The issue that it was written for, as it was called then."""
    incident: str = ""
    """The incident that it is about, as it was called then."""
    step: int = 0
    """Of a reminder: 0 is the early one, 1 the first of the ladder."""
    hash: str = ""
    """Of a status note: of its body, so that an unchanged one is not edited."""
    answers: int = 0
    """Of an answer: the number of the comment that it answers."""
    status: bool = False
    """Whether a reminder is the issue's status note as well."""
    edition: int = 1
    """Of a reminder: the edition of the program whose plan it was posted from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A note of the bot's own, and what it is."""

    note: Note
    marker: Marker


def write(marker: Marker) -> str:
    """Return the comment. Its payload can hold no character that would end it."""
    fields = {
        "kind": marker.kind,
        "issue": marker.issue,
        "incident": marker.incident,
        "step": marker.step if marker.kind not in (STATUS, ANSWER) else None,
        "hash": marker.hash or None,
        "answers": marker.answers or None,
        "also": STATUS if marker.status else None,
        "edition": marker.edition if marker.edition > 1 else None,
    }
    payload = json.dumps({key: value for key, value in fields.items() if value is not None}, sort_keys=True)
    for sign in "<>&":
        payload = payload.replace(sign, f"\\u{ord(sign):04x}")
    payload = payload.replace("--", "\\u002d\\u002d")
    return f"<!-- incident-review-audit:v{VERSION} {payload} -->"


def without(body: str) -> str:
    """Return a body as people see it."""
    return _MARKER.sub("", body).replace(f"{SEAM}\n\n", "").strip()


def read(body: str) -> Marker | None:
    """Return the last marker of a body, of whatever version, or None. Unknown keys are left alone."""
    markers = _MARKER.findall(body)
    if not markers:
        return None
    try:
        fields = json.loads(markers[-1][1])
    except (ValueError, RecursionError):  # a person who may edit the note can write anything
        return None
    return _marker(fields) if isinstance(fields, dict) else None


def _marker(fields: dict[str, Any]) -> Marker | None:
    kind, numbers = fields.get("kind"), (fields.get("step", 0), fields.get("answers", 0), fields.get("edition", 1))
    if not isinstance(kind, str) or not all(map(_is_count, numbers)):
        return None
    step, answers, edition = numbers
    texts = {key: str(fields.get(key, "")) for key in ("issue", "incident", "hash")}
    status = kind == REMINDER and fields.get("also") == STATUS
    return Marker(kind=kind, step=step, answers=answers, status=status, edition=edition, **texts)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def by_bot(notes: Iterable[Note], bot: str) -> list[Marked]:
    """Return the bot's own marked comments, oldest first. A marker in any other comment is ignored."""
    written = (note for note in notes if not note.system and note.author.username.casefold() == bot.casefold())
    marked = [Marked(note=note, marker=marker) for note in written if (marker := read(note.body))]
    return sorted(marked, key=lambda one: (one.note.at, one.note.id))


def of_kind(marked: Iterable[Marked], kind: str, step: int | None = None) -> list[Marked]:
    """Return those of a kind, and of a step if one is given; one that is reminder and status note is of both kinds."""
    return [
        one
        for one in marked
        if (one.marker.kind == kind or (kind == STATUS and one.marker.status))
        and (step is None or one.marker.step == step)
    ]


def duplicates(marked: Iterable[Marked]) -> list[Marked]:
    """Return what says the same as an older one: a reminder's step, the status, or an answer to the same comment.

    A note that is reminder and status note at once repeats only another such note; plain notes of the same step, or of
    a status for the same readers, repeat it whatever their age.
    """
    known = [one for one in marked if one.marker.kind in (REMINDER, STATUS, ANSWER)]
    both: dict[int, Marked] = {}
    for one in known:
        if one.marker.status:
            both.setdefault(one.marker.step, one)
    seen: set[tuple[str, int]] = set()
    covered = {one.note.internal for one in both.values()}
    spare: list[Marked] = []
    for one in known:
        kind, step = one.marker.kind, one.marker.step
        if one.marker.status:
            if both[step] is not one:
                spare.append(one)
            continue
        what = (kind, {REMINDER: step, ANSWER: one.marker.answers}.get(kind, 0))
        if what in seen or (kind == REMINDER and step in both) or (kind == STATUS and one.note.internal in covered):
            spare.append(one)
        seen.add(what)
    return spare


def digest(body: str) -> str:
    """Return a body's hash, the same whatever ends its lines."""
    lines = (line.rstrip() for line in body.replace("\r\n", "\n").strip().split("\n"))
    return sha256("\n".join(lines).encode()).hexdigest()[:32]


def ref_of(text: str) -> Ref | None:
    """Return the issue that ``group/project#12`` names, or None."""
    project, _, number = text.rpartition("#")
    return Ref(project, int(number)) if project and re.fullmatch(r"[0-9]{1,18}", number) else None

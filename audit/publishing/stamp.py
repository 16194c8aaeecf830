"""The hidden marker at the end of what the bot publishes: by it the week's issue is found again.

``<!-- incident-review-audit:v1 {"as_of": "2026-11-23", "hash": .., "kind": "weekly", "week": "2026-W48"} -->``. Anyone
can write one, so in an issue it counts only where the bot's own account is the author.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date

from audit.reminders.markers import VERSION, digest

WEEKLY = "weekly"
DUPLICATE = "duplicate"
PAGE = "page"

# a line of its own, which nothing that the report quotes can be; people may have written below it
_STAMP = re.compile(r"^<!-- incident-review-audit:v(\d+) (\{[^\n]*\}) -->[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a published text is."""

    kind: str
    """weekly, duplicate, page, or a kind of another version, which means nothing here."""
    as_of: date
    """The day that the text speaks about."""
    hash: str
    """Of the text above the stamp, so that an unchanged one is not written again."""
    week: str = ""
    """Of the week's issue, like 2026-W48; so written, they sort by time."""


def stamped(text: str, *, kind: str, as_of: date, week: str = "") -> tuple[str, Stamp]:
    """Return a text with its stamp at the end, and the stamp."""
    made = Stamp(kind=kind, as_of=as_of, hash=digest(text), week=week)
    fields = {key: value for key, value in asdict(made).items() if value}
    # none of these values can hold what would end the comment
    payload = json.dumps({**fields, "as_of": as_of.isoformat()}, sort_keys=True)
    return f"{text.rstrip()}\n\n<!-- incident-review-audit:v{VERSION} {payload} -->", made


def read(text: str) -> Stamp | None:
    """Return the last stamp of a text, or None. Unknown keys are left alone."""
    found = _STAMP.findall(text)
    if not found:
        return None
    try:
        fields = json.loads(found[-1][1])
        as_of = date.fromisoformat(fields["as_of"])
        kind, *others = (str(fields.get(key, "")) for key in ("kind", "hash", "week"))
    except (ValueError, KeyError, TypeError):
        return None
    return Stamp(kind=kind, as_of=as_of, hash=others[0], week=others[1])

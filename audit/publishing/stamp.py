"""The hidden marker at the end of what the bot publishes: by it the week's issue is found again.

``<!-- incident-review-audit:v1 {"as_of": "2026-11-23", "audit": .., "hash": .., "kind": "weekly", "series": ..,
"week": ..} -->``, on one line.
Anyone can write one, so in an issue it counts only where the bot's own account is the author. And members may edit what
the bot wrote, its stamp included: so a stamp with another text above it, or of a day that is still to come, is not
trusted, and of a stamp nothing is repeated but a week, since the bot would say it with its own rights. A hash can be
made for any text, so a page is repeated only where none of its lines could be a command to GitLab.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date

from audit.markers import VERSION, digest

WEEKLY = "weekly"
DUPLICATE = "duplicate"
PAGE = "page"

_TEXTS = ("kind", "hash", "week", "series", "audit", "edition")
_WEEK = re.compile(r"\d{4}-W\d{2}", re.ASCII)
# a line of its own, which nothing that the report quotes can be
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
    series: str = ""
    """Of the week's issue: what tells those of one audit from those of another in the same project."""
    audit: str = ""
    """Fingerprint of the projects of the audit that wrote it."""
    edition: str = ""
    """Of the report: weekly or nightly. Empty: an earlier version of this program wrote it."""
    until: date | None = None
    """The day through which a line above the report tells what has happened since; None: there is no such line."""
    edited: bool = field(default=False, compare=False)
    """The text that was read is not the one that the stamp was made for, or goes on below it."""

    def is_of_another(self, audit: str, as_of: date) -> bool:
        """Return whether another audit wrote this for the same day: the two would take each other's place for ever."""
        return self.as_of == as_of and self.audit not in ("", audit)


def stamped(  # noqa: PLR0913 - what a stamp tells
    text: str,
    *,
    kind: str,
    as_of: date,
    week: str = "",
    series: str = "",
    audit: str = "",
    edition: str = "",
    until: date | None = None,
) -> tuple[str, Stamp]:
    """Return a text with its stamp at the end, and the stamp."""
    made = Stamp(
        kind=kind,
        as_of=as_of,
        hash=digest(text),
        week=week,
        series=series,
        audit=audit,
        edition=edition,
        until=until,
    )
    fields = {key: value for key, value in asdict(made).items() if value}
    # none of these values can hold what would end the comment
    payload = json.dumps(fields, sort_keys=True, default=date.isoformat)
    return f"{text.rstrip()}\n\n<!-- incident-review-audit:v{VERSION} {payload} -->", made


def read(text: str) -> Stamp | None:
    """Return the last stamp of a text, or None. Unknown keys are left alone."""
    marks = list(_STAMP.finditer(text))
    if not marks:
        return None
    last = marks[-1]
    try:
        fields = json.loads(last[2])
        as_of = date.fromisoformat(fields["as_of"])
        until = date.fromisoformat(fields["until"]) if fields.get("until") else None
        kind, known, week, *others = (str(fields.get(key, "")) for key in _TEXTS)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if week and not _WEEK.fullmatch(week):
        return None
    edited = digest(text[: last.start()]) != known or bool(text[last.end() :].strip())
    series, audit, edition = others
    return Stamp(
        kind=kind,
        as_of=as_of,
        hash=known,
        week=week,
        series=series,
        audit=audit,
        edition=edition,
        until=until,
        edited=edited,
    )


def restamped(text: str, mark: Stamp, *, until: date) -> tuple[str, Stamp]:
    """Return a text that is still the report of a stamp, with a line above it of a later day, and its stamp."""
    fields = {name: getattr(mark, name) for name in ("kind", "as_of", "week", "series", "audit", "edition")}
    return stamped(text, **fields, until=until)


def above(text: str) -> str:
    """Return the text without its stamp and what stands below that; the whole text where there is none."""
    marks = list(_STAMP.finditer(text))
    return text[: marks[-1].start()] if marks else text

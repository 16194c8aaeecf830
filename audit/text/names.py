"""How the names of sections and rows compare (POLICY.md section 8), and the policy's names."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from audit.text.html_comments import BREAK

SUMMARY: Final = ("Summary", "Executive Summary", "Exec Summary")
NARRATIVE: Final = (
    *("Details", "Narrative", "What happened"),
    *("What were the root causes?", "Incident Response Analysis", "Timeline", "Root Cause Analysis"),
)
OUTCOMES: Final = ("Outcomes", "Corrective Actions")
"""Beginnings of headings."""
KEY_INFORMATION: Final = ("Key Information",)
INLINE: Final = ("Incident Review",)
"""Where the review inside an incident's description begins."""

CUSTOMERS: Final = "Customers Affected"
REQUESTS: Final = "Requests Affected"
SEVERITY: Final = "Incident Severity"
START: Final = "Start Time"
END: Final = "End Time"
DURATION: Final = "Total Duration"
LINK: Final = "Link to Incident Issue"
ROWS: Final = (CUSTOMERS, REQUESTS, SEVERITY, START, END, DURATION, LINK)
"""In the order of the table."""
Rows = tuple[tuple[str, tuple[str, ...]], ...]
"""Names of rows, each with its aliases."""
POLICY_ROWS: Final[Rows] = tuple(
    (row, {START: ("Impact Start Time",), END: ("Impact End Time",)}.get(row, ())) for row in ROWS
)

LONGEST_NAME: Final = 300
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s[^()]*)?\)")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INVISIBLE = re.compile(f"[\u200b-\u200d\u2060\ufeff{BREAK}]")
_SHORT_CODE = re.compile(r":(?=[^:]*[a-z])[a-z0-9_+-]{1,40}:", re.IGNORECASE)
_ANCHOR = re.compile(r"\{[#.][^{}]{0,200}\}\s*$")
_BEFORE_NAME = re.compile(
    r"(?:(?:step|part|section|phase)\s\d{1,3}\s?[:.)–—-]\s?|\d{1,3}(?:\.\d{1,3})*[.)]?\s|[\W_])+", re.IGNORECASE
)
_PARENTHESIS = re.compile(r"\s*\([^()]*\)[\W_]*$")
_MARKS = re.compile(r"[*`~\\]")
_MARKUP = re.compile(r"[&\[<{*`~\\]|:[\w+-]{1,40}:")
"""A sign that begins markup, an entity or the short code of an emoji."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z ]*[A-Za-z]")


@lru_cache(maxsize=16_384)
def key(name: str) -> str:
    """Return the key of a section's or row's name, which is equal for all of its forms.

    Without case, number, emoji, parenthesis at the end, question mark, colon, anchor, emphasis and link.
    """
    if _PLAIN.fullmatch(name) and "  " not in name:
        return name.casefold()
    text = name[:LONGEST_NAME]
    if not text.isascii() or _MARKUP.search(text):
        text = normalize("NFKC", html.unescape(visible(text)))
        text = _ANCHOR.sub("", _TAG.sub("", _LINK.sub(r"\1", text)))
        text = _MARKS.sub("", _SHORT_CODE.sub(" ", text))
    text = " ".join(text.split())
    before = _BEFORE_NAME.match(text)
    text = text[before.end() :] if before else text
    return _trimmed((_PARENTHESIS.sub("", text) if ")" in text else "") or text).casefold()


def _trimmed(text: str) -> str:
    """Return a text without the signs at its end."""
    end = len(text)
    while end and not text[end - 1].isalnum():  # a regular expression is slow on a long line of dashes
        end -= 1
    return text[:end]


@lru_cache(maxsize=256)
def keys(names: tuple[str, ...]) -> frozenset[str]:
    """Return the keys of several names; the same few lists of names are asked for with every text."""
    return frozenset(map(key, names)) - {""}


def visible(text: str) -> str:
    """Return the text without zero-width characters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names of sections and rows; the defaults are the policy's."""

    summary: tuple[str, ...] = SUMMARY
    narrative: tuple[str, ...] = NARRATIVE
    outcomes: tuple[str, ...] = OUTCOMES
    """Beginnings of the headings of Outcomes sections."""
    key_information: tuple[str, ...] = KEY_INFORMATION
    inline: tuple[str, ...] = INLINE
    """Heading of an inline review in its incident's description."""
    fixed: frozenset[str] = frozenset()
    """Names of the fields above that the settings give: these go before a template; an empty one asks for nothing."""
    rows: Rows | None = None
    """Name and aliases of each row that is asked for, by the settings; empty: no table is asked for.

    None: the rows of the review's template, else the policy's.
    """

    @property
    def whole(self) -> frozenset[str]:
        """The keys of names that are whole headings."""
        return keys((*self.summary, *self.narrative, *self.key_information, *self.inline))


DEFAULT_NAMES: Final = Names()

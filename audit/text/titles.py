"""Titles: the prefix that makes an issue a review, and the rest, for comparing titles (POLICY.md section 2)."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

_DAY = r"\d{4}-\d{2}-\d{2}"
_DASHES = r"\-\u2010-\u2015\u2212"
_DATES = re.compile(
    rf"(?<!\d){_DAY}(?!\d)(?:[ T]\d{{2}}:\d{{2}}(?::\d{{2}})?(?!\d))?(?:\s*(?:UTC|Z)\b)?", re.IGNORECASE
)
_OUTER = re.compile(r"^[\W_]+|[\W_]+$")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=64)
def _prefix(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(r"\s+".join(map(re.escape, prefix.split())) for prefix in prefixes)
    return re.compile(
        rf"\s*(?:{_DAY}(?:\s\d{{2}}:\d{{2}}(?:\sUTC)?)?\s*[:{_DASHES}]\s*)?"
        rf"(?:{words})\s*(?:[:{_DASHES}]|(?<=\s)(?:for|of)\b|(?=[#()\[\]{{}}<>\d])|$)",
        re.IGNORECASE,
    )


def has_prefix(title: str, prefixes: tuple[str, ...]) -> bool:
    """Return whether a title begins with a review prefix, after an optional date."""
    return _prefix(prefixes).match(title) is not None


def without_prefix(title: str, prefixes: tuple[str, ...]) -> str:
    """Return the title without its review prefix and the date before it."""
    prefix = _prefix(prefixes).match(title)
    return title[prefix.end() :] if prefix else title


@lru_cache(maxsize=65_536)
def essence(title: str, prefixes: tuple[str, ...]) -> str:
    """Return a title for comparison: without prefix, dates, case, outer punctuation and doubled spaces."""
    bare = _DATES.sub(" ", without_prefix(normalize("NFC", title), prefixes))
    return _SPACES.sub(" ", _OUTER.sub("", bare)).casefold()


def is_cut(title: str) -> bool:
    """Return whether a title ends in dots, as one does that GitLab has cut."""
    return title.rstrip().endswith(("...", "…"))

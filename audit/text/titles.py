"""Titles: the prefix that makes an issue a review, and the rest, for comparing titles (POLICY.md section 2)."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

_DAY = r"\d{4}-\d{2}-\d{2}"
_DASHES = r"\-\u2010-\u2015\u2212"
DATES = re.compile(rf"(?<!\d){_DAY}(?!\d)(?:[ T]\d{{2}}:\d{{2}}(?::\d{{2}})?(?!\d))?(?:\s*(?:UTC|Z)\b)?", re.IGNORECASE)
_OUTER = re.compile(r"^[\W_]+|[\W_]+$")
_SPACES = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+")


_SEPARATORS = rf":\uff1a{_DASHES}"
"""The full-width colon is that of Chinese and Japanese keyboards."""
_BRACKETS = r"()\[\]{}<>\uff08\uff3b\u3010\u300c"
ANYTHING = "*"
"""At the end of a prefix: any words may follow it, as in ``Postmortem *``."""


@lru_cache(maxsize=64)
def _prefix(prefixes: tuple[str, ...]) -> re.Pattern[str]:
    separated = [prefix for prefix in prefixes if _needs_separator(prefix)]
    alone = [prefix.removesuffix(ANYTHING) for prefix in prefixes if not _needs_separator(prefix)]
    ends = rf"[{_SEPARATORS}]|(?<=\s)(?:for|of)\b|(?=[#{_BRACKETS}\d])|$"
    ways = [rf"(?:{_any_of(separated)})\s*(?:{ends})"] * bool(separated)
    # the longest first, so that nothing of a prefix is left in the title
    ways += [rf"(?:{_any_of(alone)})(?!(?<=\w)\w)(?:\s*(?:{ends})|\s*)"] * bool(alone)
    date = rf"{_DAY}(?:\s\d{{2}}:\d{{2}}(?:\sUTC)?)?\s*[{_SEPARATORS}]\s*"
    return re.compile(rf"\s*(?:{date})?(?:{'|'.join(ways)})", re.IGNORECASE)


def _needs_separator(prefix: str) -> bool:
    """Return whether something has to end a prefix; one that ends in a bracket or another sign ends by itself."""
    return prefix.rstrip()[-1:].isalnum()


def _any_of(prefixes: list[str]) -> str:
    longest_first = sorted(prefixes, key=len, reverse=True)
    return "|".join(r"\s+".join(map(re.escape, normalize("NFC", prefix).split())) for prefix in longest_first)


def has_prefix(title: str, prefixes: tuple[str, ...]) -> bool:
    """Return whether a title begins with a review prefix, after an optional date."""
    return _prefix(prefixes).match(normalize("NFC", title)) is not None


def without_prefix(title: str, prefixes: tuple[str, ...]) -> str:
    """Return the title without its review prefix and the date before it."""
    title = normalize("NFC", title)
    prefix = _prefix(prefixes).match(title)
    return title[prefix.end() :] if prefix else title


def with_prefix(title: str, prefix: str) -> str:
    """Return the title of a review: ``RCA: title``, or ``[RCA] title`` where the prefix needs no separator."""
    words = prefix.removesuffix(ANYTHING).rstrip()
    return f"{words} {title}" if words and not _needs_separator(words) else f"{words}: {title}"


def searched(prefix: str) -> str:
    """Return the words of a prefix to search titles for; signs are left out, which a search may not find."""
    return " ".join(_WORDS.findall(prefix)) or prefix.removesuffix(ANYTHING).strip()


@lru_cache(maxsize=65_536)
def essence(title: str, prefixes: tuple[str, ...]) -> str:
    """Return a title for comparison: without prefix, dates, case, outer punctuation and doubled spaces."""
    bare = DATES.sub(" ", without_prefix(title, prefixes))
    return _SPACES.sub(" ", _OUTER.sub("", bare)).casefold()


def is_cut(title: str) -> bool:
    """Return whether a title ends in dots, as one does that GitLab has cut."""
    return title.rstrip().endswith(("...", "…"))

"""Severities and durations as people write them (POLICY.md section 8).

What cannot be read, or can be read in two ways, is None, so that no finding rests on a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from audit.text.instants import ABOUT, LONGEST, plain, time_between

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

# Severities

_SEVERITY = re.compile(r"(?<![^\W_])s(?:ev(?:erity)?)?[\s:_#-]{0,3}([1-4])(?![\w.]*\d)", re.IGNORECASE)
_BARE_SEVERITY = re.compile(r"([1-4])(?:\s*[-–(:].*)?")


def severity(text: str) -> int | None:
    """Return the severity in a cell, 1 to 4, in any spelling; None if it names none or two."""
    words = plain(text[:LONGEST])
    bare = _BARE_SEVERITY.fullmatch(words)
    named = set(_SEVERITY.findall(words)) or ({bare[1]} if bare else set())
    return int(named.pop()) if len(named) == 1 else None


# Durations

_UNITS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPELT = (
    "half an=0.5, half a=0.5, an=1, a=1, one=1, two=2, three=3, four=4, five=5, six=6, seven=7, eight=8, nine=9, ten=10"
)
_WORDS: Final = {word: float(number) for word, number in (spelt.split("=") for spelt in _SPELT.split(", "))}
_SPELT_OUT = "|".join(word.replace(" ", r"\s") for word in _WORDS)
_NUMBER = rf"(?<![\w.,:/-])(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,7}}(?:[.,]\d{{1,2}})?|(?:{_SPELT_OUT})(?=[\s-]))"
_PART = re.compile(
    rf"""(?P<number>{_NUMBER}|(?<=[wdhm])\d{{1,4}})[\s-]*
         (?P<unit>weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])\.?""",
    re.VERBOSE,
)
_HOURS_AND_MINUTES = re.compile(r"(?<![\w.,:])(\d{1,4})\s?h\s?([0-5]\d)(?![\w:])")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?\s*(?:h|hrs?|hours?)?\.?")
_ISO = re.compile(r"p(?:(?P<d>\d{1,5})d)?(?:t(?:(?P<h>\d{1,5})h)?(?:(?P<m>\d{1,7})m)?(?:(?P<s>\d{1,9})s)?)?")
_BOUND = re.compile(
    r"\b(?:over|under|more|less|least|most|up|until|to|or|than|nearly|almost|per|ongoing|from|half|x)\b|[<>≤≥±+?]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Length:
    value: timedelta
    tolerance: timedelta
    """How far the true value may be from the stated one."""


def duration(text: str) -> timedelta | None:
    """Return the duration in a text; one marked as approximate counts as written."""
    length = _length(text)
    return length.value if length else None


def _length(text: str) -> _Length | None:
    return _read_length(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=4096)
def _read_length(text: str) -> _Length | None:
    words = plain(text).casefold()
    if words.startswith("(") and words.endswith(")"):
        words = words[1:-1].strip()
    about = ABOUT.search(words) is not None
    parts = re.split(r"[()=/]", ABOUT.sub(" ", words))
    lengths = [_one_length(part.strip(" .,;:")) for part in parts if re.search(r"\d", part) or _PART.search(part)]
    known = [length for length in lengths if length is not None]
    if len(known) < len(lengths) or len({value for value, _ in known}) != 1:
        return None
    smallest = min(unit for _, unit in known)
    return _Length(value=known[0][0], tolerance=max(_MINUTE, smallest / 2) if about else _MINUTE)


def _one_length(text: str) -> tuple[timedelta, timedelta] | None:
    """Return a duration, and the smallest unit in which it is given."""
    iso, clock = _ISO.fullmatch(text), _CLOCK.fullmatch(text)
    if iso and text[-1] not in "pt":
        return _sum([(unit, float(number)) for unit, number in iso.groupdict().items() if number])
    if clock:
        return _sum(list(zip("hms", (float(number or 0) for number in clock.groups()), strict=True)))
    text = _HOURS_AND_MINUTES.sub(r"\1h \2m", text)
    parts = [(part["unit"][0], _number(part["number"])) for part in _PART.finditer(text)]
    rest = _PART.sub(" ", text)
    falling = [list(_UNITS).index(unit) for unit, _ in parts]
    if not parts or falling != sorted(set(falling)) or re.search(r"\d", rest) or _BOUND.search(rest):
        return None
    return _sum(parts)


def _number(text: str) -> float:
    if text in _WORDS:
        return _WORDS[text]
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+", text)
    return float(text.replace(",", "" if thousands else "."))


def _sum(parts: list[tuple[str, float]]) -> tuple[timedelta, timedelta]:
    seconds = sum(_UNITS[unit] * number for unit, number in parts)
    return timedelta(seconds=round(seconds)), timedelta(seconds=_UNITS[parts[-1][0]])


# Times and durations


def interval(start: str, end: str) -> timedelta | None:
    """Return end minus start; negative only if both have a full date.

    Times without a date are on the same day, or the end is on the next; a zone given for one applies to both.
    """
    gap = time_between(start, end)
    return gap.value if gap else None


def durations_disagree(start: str, end: str, total: str) -> bool | None:
    """Return whether a total differs from end minus start by more than a minute; None if they cannot be read."""
    gap, length = time_between(start, end), _length(total)
    if gap is None or length is None:
        return None
    off = abs(gap.value - length.value)
    if not gap.dated:
        off = min(off % _DAY, -off % _DAY)
    return off > length.tolerance


def any_disagree(starts: Iterable[str], ends: Iterable[str], totals: Iterable[str]) -> bool | None:
    """Return whether any of several value columns disagrees; None if none of them can be read."""
    columns = {durations_disagree(*column) for column in zip(starts, ends, totals, strict=False)} - {None}
    return any(columns) if columns else None

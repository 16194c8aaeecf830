"""Durations as people write them, in digits or in words (POLICY.md section 8).

Every word is understood, or the text is no duration, so that no finding rests on a part of what somebody wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final

from audit.text.instants import ABOUT, LONGEST, plain

_UNITS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
"""Seconds of each unit, by its first letter."""
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_VALUES: Final = {"a": 1} | dict(
    zip(f"zero|{_ONES}|{_TEENS}|{_TENS}".split("|"), (*range(20), *range(20, 100, 10)), strict=True)
)
# No number begins with another letter; without this test the empty match at every word would be looked at.
_CARDINAL = re.compile(
    r"\b(?=[aefnostz])"
    rf"(?:(?P<hundreds>a|{_ONES}) hundred\b(?:(?: and)? (?=(?:{_TENS}|{_TEENS}|{_ONES})\b(?! (?:quart|third))))?)?"
    rf"(?:(?P<tens>{_TENS})(?: (?P<ones>{_ONES}))?|(?P<small>zero|{_ONES}|{_TEENS}))?\b"
)
_FRACTIONS: Final = {
    "half": 0.5,
    "quarter": 0.25,
    "third": 1 / 3,
    "3 quarter": 0.75,
    "2 third": 2 / 3,
    "1/2": 0.5,
    "1/4": 0.25,
    "3/4": 0.75,
    "1/3": 1 / 3,
    "2/3": 2 / 3,
}
_GLYPHS: Final = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3"}
_AROUND = (
    r"(?:a\s)?total|in|all|overall|altogether|exactly|precisely|duration|time|downtime|outage|impact|of|the|for|lasted|long"
    "|degraded|degradation|service|disruption|interruption|unavailability"
)
"""Words before or behind a duration that change nothing about it."""
_OUTER = re.compile(rf"^(?:(?:{_AROUND})\b[\s,:]*)+|(?:[\s,]*\b(?:{_AROUND}))+$")

_UNIT = r"(?:weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])"
_SLASHED = r"(?:[13]/[24]|[12]/3)(?![\d/])"
_SPELT = r"(?:(?:an?\ |1\ )?(?:half|quarter|third)|3\ quarters?|2\ thirds)\b"
_WHOLE = r"\d{1,3}(?:,\d{3})+(?![\d.,])|\d{1,7}(?:[.,]\d{1,2})?(?![.,]?\d)|an?\b"
_PART = re.compile(
    rf"""(?:(?P<whole>{_WHOLE})(?:\ and\ (?P<and_part>{_SPELT})(?=\ {_UNIT})|\ (?P<slashed>{_SLASHED}))?
           \ ?(?P<unit>{_UNIT})\.?(?:\ and\ (?P<part_of_it>{_SPELT})(?!\ (?:{_UNIT}|of\b|an?\b)))?
         |(?P<part>{_SPELT}|{_SLASHED}(?=(?:\ of)?\ an?\ |\ ?(?:week|day|hour|hr|h|minute|min|m|second|sec)(?![a-z])))
           (?:\ of)?(?:\ an?)?\ ?(?P<unit_of_part>{_UNIT})\.?)""",
    re.VERBOSE,
)
"""``two hours``, ``an hour and a half``, ``one and a half hours``, ``1 1/2 h``; or ``half an hour``, ``1/2 hour``.

``2/3 hours`` is no part: it may mean two or three of them.
"""
_JOINT = re.compile(r" ?(?:[,;&] ?)?(?:(?:and|plus|(?P<minus>minus))\b)? ?")
_HYPHEN = re.compile(r"(?<=[a-z\d])-(?=[a-z])")
_HOURS_AND_MINUTES = re.compile(r"\b(\d{1,4}) ?h ?([0-5]\d)$")
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?\s*(?:h|hrs?|hours?)?\.?")
_ISO = re.compile(r"p(?:(?P<d>\d{1,5})d)?(?:t(?:(?P<h>\d{1,5})h)?(?:(?P<m>\d{1,7})m)?(?:(?P<s>\d{1,9})s)?)?")
_WAYS = re.compile(r"[()=]|(?<!\d)/|/(?!\d)")
"""What separates two ways to write one duration: ``2h 13m (133 minutes)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A duration that was read."""

    value: timedelta
    about: bool
    """It was marked as approximate."""


@lru_cache(maxsize=4096)
def length(text: str) -> Length | None:
    """Return the duration in a text; None if a word of it is not understood, or if it names two."""
    if len(text) > LONGEST:
        return None
    words = plain(text).casefold()
    exact = ABOUT.sub(" ", words)
    values = {_one(way) for part in _WAYS.split(exact) if (way := part.strip(" .,;:"))}
    value = values.pop() if len(values) == 1 else None
    return None if value is None else Length(value=value, about=exact != words)


def _one(text: str) -> timedelta | None:
    iso, clock = _ISO.fullmatch(text), _CLOCK.fullmatch(text)
    if iso and text[-1] not in "pt":
        return timedelta(seconds=sum(_UNITS[unit] * int(number) for unit, number in iso.groupdict().items() if number))
    if clock:
        hours, minutes, seconds = (int(number or 0) for number in clock.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return _sum(_in_digits(text))


def _in_digits(text: str) -> str:
    """Return a text with its numbers in digits, single spaces, and without the words around a duration."""
    for glyph, fraction in _GLYPHS.items():
        text = text.replace(glyph, fraction)
    text = _OUTER.sub("", " ".join(_HYPHEN.sub(" ", text).split()))
    return _HOURS_AND_MINUTES.sub(r"\1h \2m", _CARDINAL.sub(_digits, text)).strip()


def _digits(number: re.Match[str]) -> str:
    hundreds, *rest = (number[name] for name in ("hundreds", "tens", "ones", "small"))
    if not any((hundreds, *rest)):
        return number[0]
    value = 100 * _VALUES.get(hundreds or "zero", 0) + sum(_VALUES[word] for word in rest if word)
    return str(value)


def _sum(text: str) -> timedelta | None:
    """Return the sum of all parts, each of a smaller unit than the one before; None if anything is left over."""
    seconds, sign, place, before = 0.0, 1, 0, float("inf")
    while part := _PART.match(text, place):
        amount, unit = _amount(part)
        if unit >= before:
            return None
        seconds += sign * amount * unit
        if part.end() == len(text):
            return timedelta(seconds=round(seconds)) if seconds >= 0 else None
        joint = _JOINT.match(text, part.end())
        place, before = joint.end() if joint else len(text), unit
        sign = -1 if joint and joint["minus"] else 1
    return None


def _amount(part: re.Match[str]) -> tuple[float, int]:
    """Return the number of units, and the seconds of one."""
    unit = _UNITS[(part["unit"] or part["unit_of_part"])[0]]
    whole = part["whole"]
    if not whole:
        return _fraction(part["part"]), unit
    number = 1.0 if whole in {"a", "an"} else _number(whole)
    return number + sum(_fraction(part[name]) for name in ("and_part", "slashed", "part_of_it") if part[name]), unit


def _number(text: str) -> float:
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+", text)
    return float(text.replace(",", "" if thousands else "."))


def _fraction(text: str) -> float:
    words = re.sub(r"^(?:an?|1) (?=[a-z])", "", text).removesuffix("s")
    return _FRACTIONS[words]

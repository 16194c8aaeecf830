"""Severities as people write them, and whether times and durations agree (POLICY.md section 8).

What cannot be read, or can be read in two ways, is None, so that no finding rests on a guess.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from audit.text.durations import length
from audit.text.instants import LONGEST, plain, time_between

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


# Times and durations


def duration(text: str) -> timedelta | None:
    """Return the duration in a text; one marked as approximate counts as written."""
    known = length(text)
    return known.value if known else None


def interval(start: str, end: str) -> timedelta | None:
    """Return end minus start; negative only if both have a full date.

    Times without a date are on the same day, or the end is on the next; a zone given for one applies to both.
    """
    gap = time_between(start, end)
    return gap.value if gap else None


def durations_disagree(start: str, end: str, total: str) -> bool | None:
    """Return whether a total differs from end minus start by more than a minute; None if they cannot be read.

    Where one of the three is approximate, they may differ by a tenth of the greater one.
    """
    gap, stated = time_between(start, end), length(total)
    if gap is None or stated is None:
        return None
    off = abs(gap.value - stated.value)
    if not gap.dated:
        off = min(off % _DAY, -off % _DAY)
    tenth = max(abs(gap.value), stated.value) / 10 if gap.about or stated.about else _MINUTE
    return off > max(_MINUTE, tenth)


def any_disagree(starts: Iterable[str], ends: Iterable[str], totals: Iterable[str]) -> bool | None:
    """Return whether any of several value columns disagrees; None if none of them can be read."""
    columns = {durations_disagree(*column) for column in zip(starts, ends, totals, strict=False)} - {None}
    return any(columns) if columns else None

"""What a review covers, in scope or not, and what these incidents say of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from audit.evidence.linking import STATEMENTS
from audit.model import Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.evidence.linking import Pair

_SURE: Final = {*STATEMENTS, Signal.INLINE}


@dataclass(frozen=True, slots=True)
class Covered:
    """An incident, as far as its review needs it."""

    place: int
    """In the frame of incidents, which is sorted by project and number."""
    ref: str
    in_scope: bool
    requires: bool
    """It is in scope and requires a review."""
    severity: Any
    """NA: it has none."""
    due_on: Any
    """NaT without an anchor."""
    calendar: int


def covered(
    pairs: Iterable[Pair], inline: Iterable[str], incidents: pd.DataFrame
) -> Mapping[str, list[tuple[Covered, Signal]]]:
    """Return review -> the incidents that it covers, by project and number, each with its signal.

    ``inline`` are the refs of incidents that are reviews of their own.
    """
    by_ref = _by_ref(incidents)
    found: dict[str, list[tuple[Covered, Signal]]] = defaultdict(list)
    for pair in pairs:
        found[str(pair.review)].append((by_ref[str(pair.incident)], pair.signal))
    for ref in inline:
        found[ref].append((by_ref[ref], Signal.INLINE))
    for some in found.values():
        some.sort(key=lambda one: one[0].place)
    return found


def _by_ref(incidents: pd.DataFrame) -> dict[str, Covered]:
    in_scope = incidents["scope_reason"].eq("")
    requires = in_scope & incidents["required"].fillna(value=False)
    told = (incidents["ref"], in_scope, requires, *(incidents[name] for name in ("severity", "due_on", "calendar")))
    rows = zip(*(column.tolist() for column in told), strict=True)
    return {row[0]: Covered(place, *row) for place, row in enumerate(rows)}


def covered_row(found: Sequence[tuple[Covered, Signal]]) -> dict[str, Any]:
    """Return the columns of source `incidents`: those that require it count, of a voluntary review those in scope."""
    in_scope = [one for one, _ in found if one.in_scope]
    requiring = [one for one in in_scope if one.requires]
    # those without a due day go last; of equal ones the first stays
    first = min(requiring or in_scope, key=lambda one: (pd.isna(one.due_on), one.due_on), default=None)
    return {
        "incidents": tuple(one.ref for one, _ in found),
        "in_scope_incidents": tuple(one.ref for one in in_scope),
        "signals": tuple(signal.value for _, signal in found),
        "linked": bool(in_scope),
        "required": bool(requiring),
        "guessed": bool(in_scope) and not any(signal in _SURE for _, signal in found),
        "incident_severity": min((one.severity for one in in_scope if not pd.isna(one.severity)), default=pd.NA),
        "due_on": first.due_on if first else pd.NaT,
        "calendar": first.calendar if first else -1,
    }

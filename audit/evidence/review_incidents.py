"""The incidents that a review covers, in scope or not, and the columns that come from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from audit.evidence.due_days import day_in_doubt
from audit.evidence.linking import STATEMENTS
from audit.model import Signal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.evidence.contracts import Columns
    from audit.evidence.linking import Pair

_SURE: Final = {*STATEMENTS, Signal.INLINE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedIncident:
    """The facts of an incident that its review needs."""

    place: int
    """Its row in the frame of incidents, which is sorted by project and number."""
    ref: str
    in_scope: bool
    requires: bool
    """It is in scope and requires a review."""
    labels_hidden: bool
    severity: int | None
    due_on: date | None
    """None without an anchor, or where it is in doubt."""
    calendar: int
    owners: tuple[str, ...]
    """None of a confidential incident, unless whoever reads the report may read those."""


def incidents_of(
    pairs: Iterable[Pair], inline: Iterable[str], incidents: Columns, *, all_shown: bool
) -> Mapping[str, list[tuple[ReviewedIncident, Signal]]]:
    """Return review -> the incidents that it covers, sorted by project and number, each with its signal.

    ``inline`` are the refs of incidents that are their own reviews; with ``all_shown`` confidential ones have owners.
    """
    by_ref = _by_ref(incidents, all_shown=all_shown)
    pairs_of: dict[str, list[tuple[ReviewedIncident, Signal]]] = defaultdict(list)
    for pair in pairs:
        pairs_of[str(pair.review)].append((by_ref[str(pair.incident)], pair.signal))
    for ref in inline:
        pairs_of[ref].append((by_ref[ref], Signal.INLINE))
    for pairs_here in pairs_of.values():
        pairs_here.sort(key=lambda pair: pair[0].place)
    return pairs_of


def _by_ref(incidents: Columns, *, all_shown: bool) -> dict[str, ReviewedIncident]:
    names = ("ref", "scope_reason", "required", "labels_hidden", "severity", "severities", "calendar", "owners")
    due_on = np.asarray(incidents["due_on"]).astype("datetime64[D]").tolist()
    doubts = zip(due_on, day_in_doubt(incidents), incidents["confidential"], strict=True)
    rows = zip(zip(*(incidents[name] for name in names), strict=True), doubts, strict=True)
    return {
        ref: ReviewedIncident(
            place=place,
            ref=ref,
            in_scope=not reason,
            requires=not reason and bool(required),
            labels_hidden=hidden,
            # a severity of GitLab's own counts only where there is no label
            severity=None if hidden and not severities else severity,
            due_on=None if doubt else due,
            calendar=int(calendar),
            owners=owners if all_shown or not confidential else (),
        )
        for place, (
            (ref, reason, required, hidden, severity, severities, calendar, owners),
            (due, doubt, confidential),
        ) in enumerate(rows)
    }


def covered_row(pairs: Sequence[tuple[ReviewedIncident, Signal]]) -> dict[str, Any]:
    """Return the columns of source `incidents`, from those that require the review, else from all in scope."""
    in_scope = [incident for incident, _ in pairs if incident.in_scope]
    requiring = [incident for incident in in_scope if incident.requires]
    # incidents without a due day go last; of equal ones the first wins
    first = min(requiring or in_scope, key=lambda incident: incident.due_on or date.max, default=None)
    return {
        "owners": tuple(sorted({owner for incident in requiring for owner in incident.owners})),
        "incidents": tuple(incident.ref for incident, _ in pairs),
        "in_scope_incidents": tuple(incident.ref for incident in in_scope),
        "signals": tuple(signal.value for _, signal in pairs),
        "linked": bool(in_scope),
        "required": bool(requiring),
        "guessed": bool(in_scope) and not any(signal in _SURE for _, signal in pairs),
        "severity_hidden": any(incident.labels_hidden for incident in in_scope),
        "incident_severity": min((incident.severity for incident in in_scope if incident.severity), default=None),
        "due_on": first.due_on if first else None,
        "calendar": first.calendar if first else -1,
    }

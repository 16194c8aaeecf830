"""Incidents blocked because nobody owns their service, and the team that might take it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.model import Verdict
from audit.phrases import MOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import pandas as pd

    from audit.engine.result import Result
    from audit.privacy.rows import IncidentRow, ServiceRow
    from audit.report.figures.searches import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Unowned:
    """A service that nobody owns, with the incidents that are not reviewed because of it."""

    service: str
    weight: float
    """Weight in the overall service level agreement; 0 if the catalogue gives none."""
    incidents: tuple[IncidentRow, ...]
    days_blocked: int
    """Calendar days since the first of them was declared."""
    suggestion: str
    """The team that most often owned another service of its reviewed incidents; empty: none."""
    searches: tuple[Search, ...]
    """Searches in GitLab for the service's incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoOwner:
    """The queue of services without an owner (POLICY.md section 8)."""

    blocked: int
    """Number of incidents, including confidential ones."""
    services: tuple[Unowned, ...]
    """The heaviest first."""
    untold: tuple[IncidentRow, ...]
    """Confidential incidents, whose services are not shown."""


def blocked(result: Result) -> pd.Series:
    """Return a mask of the incidents without a review because none of their services has an owner."""
    frame = result.evidence.incidents
    flagged = frame["all_unowned"] & frame["flags_unowned"] & frame["review"].eq("")
    waiting = result.verdicts.isin([Verdict.PENDING, Verdict.MISSING])
    return result.verdicts.eq(Verdict.EXEMPT_UNOWNED) | (flagged & waiting)


def no_owner(
    result: Result, rows: Sequence[IncidentRow], services: Iterable[ServiceRow], searches: dict[str, tuple[Search, ...]]
) -> NoOwner:
    """Collect the blocked incidents by service."""
    waiting = [row for row, held in zip(rows, blocked(result), strict=True) if held]
    weights = {service.name: service.weight for service in services}
    by_service: dict[str, list[IncidentRow]] = defaultdict(list)
    for row in waiting:
        for name in row.services:
            by_service[name].append(row)
    teams = _teams(rows, by_service)
    queue = [
        Unowned(
            service=name,
            weight=weights.get(name, 0.0),
            incidents=tuple(incidents),
            days_blocked=(result.as_of - _first(incidents)).days,
            suggestion=teams.get(name, ""),
            searches=searches.get(name, ()),
        )
        for name, incidents in by_service.items()
    ]
    return NoOwner(
        blocked=len(waiting),
        services=tuple(sorted(queue, key=lambda one: (-one.weight, -len(one.incidents), one.service))),
        untold=tuple(row for row in waiting if not row.services),
    )


def _first(incidents: Iterable[IncidentRow]) -> date:
    return min(row.declared_on for row in incidents)


def _teams(rows: Iterable[IncidentRow], wanted: dict[str, list[IncidentRow]]) -> dict[str, str]:
    """Return for each service the team that most often owned another service of its reviewed incidents."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.owners and row.review is not None and row.review.completed_on is not None:
            for name in row.services[:MOST]:
                if name in wanted:
                    seen[name].update(row.owners[:MOST])
    return {name: min(teams, key=lambda team: (-teams[team], team)) for name, teams in seen.items()}

"""Whose calendar counted a row, where another row of the same due day shows another number of working days."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from audit.evidence.build import Evidence
    from audit.privacy.rows import IncidentRow


def whose_calendars(
    rows: Sequence[IncidentRow],
    due_on: Sequence[date],
    days: Sequence[int],
    calendars: Sequence[int],
    evidence: Evidence,
) -> list[str]:
    """Return for each row whose calendar counted it, like ``team api``; empty where no word is needed.

    None is needed for the default calendar, and where all rows of a due day show the same number.
    """
    shown = defaultdict(set)
    for day, number in zip(due_on, days, strict=True):
        shown[day].add(number)
    return [
        _whose(row, calendar, evidence) if calendar and len(shown[day]) > 1 else ""
        for row, day, calendar in zip(rows, due_on, calendars, strict=True)
    ]


def _whose(row: IncidentRow, calendar: int, evidence: Evidence) -> str:
    """Return the service or team of an incident that has a calendar; of a confidential one it is not told."""
    book = evidence.book
    for service in row.services:
        if book.by_service.get(labels.key(service)) == calendar:
            return f"service {service}"
    for team in row.owners:
        if book.by_team.get(team) == calendar:
            return f"team {team}"
    return "another team"

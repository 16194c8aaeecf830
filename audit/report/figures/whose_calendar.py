"""Whose calendar counted a row, where another row of the same due day shows another number of working days.

Said of the row that is unusual: the default calendar would give it another number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from audit.evidence.build import Evidence
    from audit.privacy.rows import IncidentRow


def whose_calendars(
    rows: Sequence[IncidentRow], frame: pd.DataFrame, days: pd.Series, usual: pd.Series, evidence: Evidence
) -> list[str]:
    """Return for each row whose calendar counted it, like ``team api``; empty where no word is needed.

    ``frame``: the rows' incidents; ``days`` counted by their own calendars, ``usual`` by the default one.
    """
    shown = days.groupby(frame["due_on"]).transform("nunique")
    odd = (shown > 1) & days.ne(usual)
    return [
        _whose(row, calendar, evidence) if is_odd else ""
        for row, calendar, is_odd in zip(rows, frame["calendar"], odd, strict=True)
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

"""Late reviews that are still open, the oldest first, with whom to ask and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from audit.report.figures.compliance import OPEN_LATE
from audit.report.figures.incident_rows import plain
from audit.report.figures.time_to_review import working_days
from audit.report.figures.whose_calendar import whose_calendars

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from audit.privacy.rows import IncidentRow
    from audit.report.figures.whom_to_ask import WhomToAsk


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRow:
    """An incident that is overdue or missing its review."""

    incident: IncidentRow
    due_on: date
    working_days_late: int
    calendar_of: str
    """Whose calendar counted them, where a row of the same due day shows another number; empty: no word is needed."""
    addressees: tuple[str, ...]
    """Usernames; empty if nobody is known, or may be named."""
    may_be_named: bool
    """Whether names may be shown; if so and there are none, there is nobody to ask."""
    next_step: str
    """In the words of the rule that asks for it."""


def late_rows(rows: Sequence[IncidentRow], whom: WhomToAsk) -> tuple[LateRow, ...]:
    """Return the overdue and missing incidents, whatever their age, the oldest due day first."""
    result = whom.result
    frame = result.evidence.incidents[result.verdicts.isin(OPEN_LATE)]
    today = pd.Series(pd.Timestamp(result.as_of), index=frame.index)
    days, usual = (
        working_days(frame["due_on"], today, calendar, result.evidence.calendars)
        for calendar in (frame["calendar"], frame["calendar"] * 0)
    )
    chosen = [rows[position] for position in frame.index]
    whose = whose_calendars(chosen, frame, days, usual, result.evidence)
    columns = (plain(column) for column in (frame["due_on"], days, frame["inline"]))
    late = [
        LateRow(
            incident=row,
            due_on=day,
            working_days_late=number,
            calendar_of=calendar,
            addressees=whom.addressees(row),
            may_be_named=whom.may_name(row),
            next_step=whom.next_step(row, inline=inline),
        )
        for row, calendar, day, number, inline in zip(chosen, whose, *columns, strict=True)
    ]
    return tuple(sorted(late, key=lambda row: row.due_on))

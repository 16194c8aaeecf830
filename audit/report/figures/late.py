"""Reviews that are late and still open: the oldest first, with whom to ask and what closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from audit.report.figures.compliance import OPEN_LATE
from audit.report.figures.incident_rows import plain
from audit.report.figures.time_to_review import working_days

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
    addressees: tuple[str, ...]
    """Usernames; empty where nobody is known, or may be told."""
    may_be_named: bool
    """It may be said whom to ask; where it may and nobody is named, there is nobody."""
    next_step: str
    """open: a review is to be opened. assign: it needs somebody. close, label: it needs to be completed so."""


def late_rows(rows: Sequence[IncidentRow], whom: WhomToAsk) -> tuple[LateRow, ...]:
    """Return what is overdue or missing, the oldest due first, whatever its age."""
    result = whom.result
    frame = result.evidence.incidents[result.verdicts.isin(OPEN_LATE)]
    today = pd.Series(pd.Timestamp(result.as_of), index=frame.index)
    days = working_days(frame["due_on"], today, frame["calendar"], result.evidence.calendars)
    columns = (plain(column) for column in (frame["due_on"], days, frame["inline"]))
    late = [
        LateRow(
            incident=rows[position],
            due_on=due_on,
            working_days_late=days_late,
            addressees=whom.addressees(rows[position]),
            may_be_named=whom.may_name(rows[position]),
            next_step=whom.next_step(rows[position], inline=inline),
        )
        for position, due_on, days_late, inline in zip(frame.index, *columns, strict=True)
    ]
    return tuple(sorted(late, key=lambda row: row.due_on))

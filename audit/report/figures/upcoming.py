"""Reviews that are due soon: through the end of the week, or within two working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pandas as pd

from audit.model import Verdict
from audit.report.figures.incident_rows import plain
from audit.report.figures.time_to_review import working_days
from audit.report.figures.whose_calendar import whose_calendars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.privacy.rows import IncidentRow
    from audit.report.figures.whom_to_ask import WhomToAsk

SOON: Final = 2
"""Working days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpcomingRow:
    """A pending incident whose due day is near."""

    incident: IncidentRow
    due_on: date
    working_days_left: int
    """Working days after as_of up to and including the due day, by the incident's calendar; 0: due today."""
    calendar_of: str
    """Whose calendar counted them, where a row of the same due day shows another number; empty: no word is needed."""
    soon: bool
    """At most two working days are left."""
    this_week: bool
    """Due in the ISO week of as_of; if not, it is ``soon``."""
    addressees: tuple[str, ...]
    """Usernames; empty if nobody is known, or may be named."""
    may_be_named: bool
    """Whether names may be shown; if so and there are none, there is nobody to ask."""
    next_step: str
    """In the words of the rule that asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """Reviews that are due soon."""

    rows: tuple[UpcomingRow, ...]
    """The first due first."""
    last: date
    """Sunday of the ISO week of as_of."""
    this_week: int
    soon: int
    """The ISO weeks of as_of and the one after."""


def upcoming(rows: Sequence[IncidentRow], whom: WhomToAsk) -> Upcoming:
    """Return the pending incidents that are due by the end of the week of as_of, or within two working days."""
    result = whom.result
    last = result.as_of + timedelta(days=6 - result.as_of.weekday())
    # an incident without a due day is left out
    pending = result.verdicts.eq(Verdict.PENDING) & result.evidence.incidents["due_on"].notna()
    frame = result.evidence.incidents[pending]
    today = pd.Series(pd.Timestamp(result.as_of), index=frame.index)
    left, usual = (
        working_days(today, frame["due_on"], calendar, result.evidence.calendars)
        for calendar in (frame["calendar"], frame["calendar"] * 0)
    )
    this_week, soon = frame["due_on"] <= pd.Timestamp(last), left <= SOON
    near = this_week | soon
    columns = [plain(column[near]) for column in (frame["due_on"], left, soon, this_week, frame["inline"])]
    chosen = [rows[position] for position in frame.index[near]]
    whose = whose_calendars(chosen, frame[near], left[near], usual[near], result.evidence)
    due = [
        UpcomingRow(
            incident=row,
            due_on=due_on,
            working_days_left=days_left,
            calendar_of=calendar,
            soon=is_soon,
            this_week=in_week,
            addressees=whom.addressees(row),
            may_be_named=whom.may_name(row),
            next_step=whom.next_step(row, inline=inline),
        )
        for row, calendar, due_on, days_left, is_soon, in_week, inline in zip(chosen, whose, *columns, strict=True)
    ]
    return Upcoming(
        rows=tuple(sorted(due, key=lambda row: row.due_on)),
        last=last,
        this_week=int(this_week.sum()),
        soon=int(soon.sum()),
    )

"""Reviews that are late and still open: the oldest first, with whom to ask and what closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from audit.report.compliance import OPEN_LATE
from audit.report.incidents import plain
from audit.report.times import working_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from audit.reminders.plan import Plan, Reminder, Withheld
    from audit.report.redaction import Discretion
    from audit.report.rows import IncidentRow
    from audit.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRow:
    """An incident that is overdue or missing its review."""

    incident: IncidentRow
    due_on: date
    working_days_late: int
    asked: tuple[str, ...]
    """Usernames; empty where nobody is known, or may be told."""
    next_step: str
    """open: a review is to be opened. assign: it needs somebody. close, label: it needs to be completed so."""


def late_rows(
    result: Result, rows: Sequence[IncidentRow], plan: Plan | None, discretion: Discretion
) -> tuple[LateRow, ...]:
    """Return what is overdue or missing, the oldest due first, whatever its age."""
    frame = result.evidence.incidents[result.verdicts.isin(OPEN_LATE)]
    today = pd.Series(pd.Timestamp(result.as_of), index=frame.index)
    days = working_days(frame["due_on"], today, frame["calendar"], result.evidence.calendars)
    asking = _Asking(assigned=_assigned(result), planned=_planned(plan), discretion=discretion)
    columns = (plain(column) for column in (frame["due_on"], days, frame["inline"]))
    found = [
        asking.row(rows[position], due_on, days_late, inline)
        for position, due_on, days_late, inline in zip(frame.index, *columns, strict=True)
    ]
    return tuple(sorted(found, key=lambda row: row.due_on))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """Knows whom to ask on which issue."""

    assigned: Mapping[str, tuple[str, ...]]
    """Ref of an incident or review -> its assignees who can act."""
    planned: Mapping[str, tuple[str, ...]]
    """Ref of an issue -> whom the reminder on it names."""
    discretion: Discretion

    def row(self, incident: IncidentRow, due_on: date, days_late: int, inline: bool) -> LateRow:
        issue = incident.review.ref if incident.review else incident.ref
        asked = self.planned.get(issue) or self.assigned.get(issue) or self.assigned.get(incident.ref, ())
        return LateRow(
            incident=incident,
            due_on=due_on,
            working_days_late=days_late,
            asked=self.discretion.people(asked, incident.ref, issue),
            next_step=_next_step(incident, inline=inline, assigned=bool(self.assigned.get(issue))),
        )


def _next_step(incident: IncidentRow, *, inline: bool, assigned: bool) -> str:
    if incident.review is None:
        return "open"
    if inline:
        return "label"
    return "close" if assigned else "assign"


def _assigned(result: Result) -> dict[str, tuple[str, ...]]:
    incidents, reviews = result.evidence.incidents, result.evidence.reviews
    return {
        **dict(zip(incidents["ref"], incidents["assignees"], strict=True)),
        **dict(zip(reviews["ref"], reviews["active_assignees"], strict=True)),
    }


def _planned(plan: Plan | None) -> dict[str, tuple[str, ...]]:
    if plan is None:
        return {}
    items: tuple[Reminder | Withheld, ...] = (*plan.withheld, *plan.planned)
    return {str(item.issue): item.addressees for item in items}

"""The figures of audit.json as types. What has a default may be absent from a file of an earlier version."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations
from typing import Annotated

from pydantic import ConfigDict, Field

from audit.contract.entries import Count, Entry, Words, never_null

Rate = Annotated[float, Field(ge=0, le=1)]


class WindowEntry(Entry):
    """The due days that the rate is about."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class ComplianceEntry(Entry):
    """The headline."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"withheld": {"type": "string"}}},
                    "then": {"properties": {"rate": {"type": "null"}, "rate_counting_exempt": {"type": "null"}}},
                },
                {"if": {"properties": {"due": {"const": 0}}}, "then": {"properties": {"rate": {"type": "null"}}}},
            ]
        }
    )
    window: WindowEntry
    on_time: Count
    due: Count
    """on_time + late + overdue + missing, of the due days in the window."""
    rate: Rate | None
    """on_time / due, unrounded; null where nothing was due or where it is withheld."""
    rate_counting_exempt: Rate | None
    """The same with the exempt ones of the window as not done."""
    open_late: Count
    """overdue + missing, whatever their age."""
    withheld: Words | None
    """Why neither rate is told."""


class TimesEntry(Entry):
    """Working days to the review, Kaplan-Meier; null where too many are open to tell."""

    median: Count | None = None
    p90: Count | None = None
    completed: Count | None = Field(default=None, json_schema_extra=never_null)
    open: Count | None = Field(default=None, json_schema_extra=never_null)


class FiguresEntry(Entry):
    """Further figures."""

    blocked_by_no_owner: Count | None = Field(default=None, json_schema_extra=never_null)
    voluntary_reviews: Count | None = Field(default=None, json_schema_extra=never_null)
    time_to_review: TimesEntry = TimesEntry()


class WeekEntry(Entry):
    """One ISO week."""

    year: Annotated[int, Field(ge=1)]
    """Of the ISO week."""
    week: Annotated[int, Field(ge=1, le=53)]
    """ISO week."""
    first: date = Field(alias="from", description="Monday.")
    last: date = Field(alias="to", description="Sunday.")
    closed: bool
    """All due days of the week have passed; false for the last week."""
    on_time: Count
    """Of the incidents whose due day lies in the week."""
    late: Count
    """Of these, completed after the due day."""
    open_late: Count
    """Of these, overdue + missing."""
    pending: Count
    """Of these, not completed, and the due day has not passed."""
    due: Count
    """on_time + late + open_late."""
    rate: Rate | None
    """on_time / due, unrounded; null where nothing was due, where the week is not closed, or where it is withheld."""
    withheld: bool
    """Something could not be read that could change the rate."""
    inflow: Count
    """Incidents that require a review and whose clock started in the week."""
    outflow: Count
    """Of all such, those whose review was completed in the week."""
    open_at_end: Count
    """Of all such, those open at the end of the week, or of as_of in the last."""


class TrendEntry(Entry):
    """Twelve ISO weeks, the last of which is that of as_of. Exempt, waived and inconclusive incidents are outside."""

    open_before: Count
    """Open at the end of the week before the first."""
    weeks: Annotated[tuple[WeekEntry, ...], Field(min_length=12, max_length=12)]
    """The oldest first."""

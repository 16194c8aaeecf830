"""Builds the evidence: turns records into frames, one step after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.evidence import waivers
from audit.evidence.actions import Finder, action_frame
from audit.evidence.audited_tracker import AuditedTracker
from audit.evidence.columns import INCIDENTS
from audit.evidence.contracts import framed
from audit.evidence.incident_columns import incident_columns, repeat_columns
from audit.evidence.linking import Linker
from audit.evidence.review_frame import review_frame
from audit.evidence.services import service_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from audit.evidence.due_days import CalendarBook
    from audit.evidence.working_days import WorkCalendar
    from audit.model import Records
    from audit.settings.policy import Waiver
    from audit.settings.settings import Settings
    from audit.text.readings import Readings


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The frames that the rules are held against, as they stood at the end of ``as_of``."""

    as_of: date
    settings: Settings
    records: Records
    """As they stood at the end of as_of."""
    incidents: pd.DataFrame
    """Columns of audit.evidence.columns.INCIDENTS; one row an incident, sorted by project and number."""
    reviews: pd.DataFrame
    """Columns of audit.evidence.columns.REVIEWS; one row a review, an inline one too, in the same order."""
    services: pd.DataFrame
    """Columns of audit.evidence.columns.SERVICES; one row a service of the catalogue, sorted by name."""
    actions: pd.DataFrame
    """Columns of audit.evidence.columns.ACTIONS; one row a corrective action, sorted by project and number."""
    book: CalendarBook
    """Columns `calendar` point into its calendars; the first is the default one."""
    waivers: Mapping[str, Waiver]
    """Incident -> the valid waiver on its missing or late review."""

    @property
    def calendars(self) -> tuple[WorkCalendar, ...]:
        """Return the calendars that columns `calendar` point to."""
        return self.book.calendars


def build(records: Records, settings: Settings, as_of: date, readings: Readings | None = None) -> Evidence:
    """Turn records into evidence as it stood at the end of ``as_of`` in the settings' zone.

    ``readings``: what texts said on earlier nights; what they say is added. Raises EvidenceError where a frame breaks
    its table of columns.
    """
    tracker = AuditedTracker.of(records, settings, as_of, readings)
    linker, finder = Linker(tracker=tracker), Finder(tracker=tracker)
    pairs = linker.pairs()
    waived = waivers.on_reviews(waivers.valid(settings.waivers, as_of), map(str, tracker.kinds.incidents))
    incidents = incident_columns(tracker, pairs, waived)
    reviews = review_frame(linker, finder, pairs, incidents)
    actions = action_frame(finder, incidents, reviews)
    services = service_frame(incidents, tracker)
    incidents |= repeat_columns(incidents, actions)
    return Evidence(
        as_of=as_of,
        settings=settings,
        records=tracker.records,
        incidents=framed(incidents, INCIDENTS),
        reviews=reviews,
        services=services,
        actions=actions,
        book=tracker.calendars,
        waivers=waived,
    )

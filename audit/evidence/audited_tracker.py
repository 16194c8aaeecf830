"""The records as they stood at the end of a day, and what all steps of building the evidence derive from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit.catalog.ownership import Ownership, ownership
from audit.evidence import as_of as past
from audit.evidence.completion import Completions
from audit.evidence.doubts import Doubts
from audit.evidence.due_days import CalendarBook, calendar_book, span
from audit.evidence.kinds import Kinds, classify, issue_links
from audit.evidence.local_days import end_of
from audit.evidence.machines import with_machines
from audit.text.descriptions import Descriptions
from audit.text.readings import Readings
from audit.text.references import Naming

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from audit.model import Issue, Records, Ref
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class AuditedTracker:
    """Records, settings and a day. Everything derived from them is computed once, when it is first needed."""

    records: Records
    """As they stood at the end of ``as_of``."""
    settings: Settings
    as_of: date
    readings: Readings = field(default_factory=Readings)
    """What texts say, of earlier nights."""

    @classmethod
    def of(cls, records: Records, settings: Settings, as_of: date, readings: Readings | None = None) -> AuditedTracker:
        """Take the records back to the end of ``as_of`` in the settings' zone."""
        known = with_machines(records, settings.bots)
        then = past.at(known, end_of(as_of, ZoneInfo(settings.timezone)))
        return cls(records=then, settings=settings, as_of=as_of, readings=readings or Readings())

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which days are counted."""
        return ZoneInfo(self.settings.timezone)

    def day(self, instant: datetime) -> date:
        """Return the local day of an instant."""
        return instant.astimezone(self.zone).date()

    @cached_property
    def issues(self) -> Mapping[Ref, Issue]:
        """Every issue that was read."""
        return {issue.ref: issue for issue in self.records.issues}

    @cached_property
    def kinds(self) -> Kinds:
        """What each issue is, and where it leads."""
        return classify(self.records, self.settings)

    @cached_property
    def links(self) -> Mapping[Ref, set[Ref]]:
        """Issue links from either end (:func:`audit.evidence.kinds.issue_links`)."""
        return issue_links(self.records.issues, self.kinds)

    @cached_property
    def completions(self) -> Completions:
        """When reviews were completed."""
        return Completions(settings=self.settings, zone=self.zone)

    @cached_property
    def doubts(self) -> Doubts:
        """What could not be read, and what that may hide."""
        return Doubts(records=self.records, kinds=self.kinds, issues=self.issues, completions=self.completions)

    @cached_property
    def naming(self) -> Naming:
        """The projects that references can mean: audited ones, and any from which an issue was read or came here."""
        sources = {source.project.lower(): source.project for source in self.records.sources}
        others = {ref.project.lower(): ref.project for ref in (*self.kinds.went_to, *self.issues)}
        return Naming(
            hosts=frozenset(self.records.hosts),
            projects={**others, **self.records.former_paths, **sources},
            root=self.records.root,
        )

    @cached_property
    def descriptions(self) -> Descriptions:
        """The one reader of what reviews say."""
        return Descriptions.of(self.records, self.settings, self.kinds.incidents, self.readings)

    @cached_property
    def ownership(self) -> Ownership | None:
        """Who owns which service; None: no catalogue was given."""
        return ownership(self.records.catalog, self.settings) if self.records.catalog else None

    @cached_property
    def calendars(self) -> CalendarBook:
        """The calendars of the settings, over the days of all incidents and reviews."""
        issues = (*self.kinds.incidents.values(), *self.kinds.reviews.values())
        days = (self.day(issue.created_at) for issue in issues)
        return calendar_book(self.settings.calendars, *span(days, self.as_of, self.settings.policies))

"""The lines of the report as frozen records: what one incident, review, finding, gap, waiver or service shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """The review chosen for an incident."""

    ref: str
    url: str
    linked_by: str
    """A Signal's value."""
    opened_on: date | None
    completed_on: date | None
    """None while it is open."""
    assignees: tuple[str, ...]
    """Usernames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident that was read."""

    ref: str
    url: str
    title: str
    confidential: bool
    severity: int | None
    """1 (worst) to 4."""
    peak_severity: int | None
    services: tuple[str, ...]
    owners: tuple[str, ...]
    required_because: tuple[str, ...]
    anchor: str
    anchor_on: date | None
    due_on: date | None
    verdict: str
    review: ReviewRow | None
    policy: str | None
    """The day from which the policy that judged it is in force; None for one without a day."""
    declared_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding."""

    code: str
    name: str
    level: str
    kind: str
    """What the subject is: incident, review, service, corrective action."""
    subject: str
    open: bool
    """Someone can still mend it."""
    message: str
    evidence: dict[str, Any]
    outcome: str
    """violates or waived."""
    waiver: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """Something that could not be read."""

    ref: str
    what: str
    why: str
    could_change_a_verdict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    """A service of the catalogue, as public incidents tell of it."""

    name: str
    owner: str
    owned: bool
    incidents: int
    """In scope and not confidential."""
    weight: float
    """In the overall service level agreement; 0 where the catalogue gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A project that was read."""

    project: str
    url: str
    incidents: int
    reviews: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRow:
    """An exception of the settings."""

    subject: str
    rules: tuple[str, ...]
    reason: str
    approved_by: str
    expires: date

"""Which reviews an incident has, and which of them is the review (POLICY.md sections 2 and 3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audit.model import Ref, Signal
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.evidence.kinds import Kinds
    from audit.evidence.linking import Pair
    from audit.model import Issue
    from audit.settings.settings import Settings

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A review of one incident."""

    ref: Ref
    signal: Signal
    issue: Issue
    opened_at: datetime
    completed_at: datetime | None

    @property
    def exists(self) -> bool:
        """Return whether it counts as a review: an inline one only does once it is completed."""
        return self.signal is not Signal.INLINE or self.completed_at is not None

    @property
    def completion_hidden(self) -> bool:
        """Tell whether it is not known if or when it was completed: an inline one is at an event."""
        if self.signal is Signal.INLINE:
            return self.completed_at is not None and not self.issue.history_read
        return not self.issue.closing_read

    @property
    def precedence(self) -> tuple[bool, datetime, Ref]:
        """Sort key: completed first, then opened first, then by path and number."""
        return (self.completed_at is None, self.completed_at or self.opened_at, self.ref)


def candidates(kinds: Kinds, pairs: Iterable[Pair], settings: Settings) -> dict[Ref, list[Candidate]]:
    """Return the reviews of each incident, the chosen one first. Incidents without any are left out."""
    candidates_of: dict[Ref, list[Candidate]] = defaultdict(list)
    if settings.review.where != "inline":
        for pair in pairs:
            candidates_of[pair.incident].append(_issue_candidate(kinds.reviews[pair.review], pair.signal))
    if settings.review.where != "issue":
        for ref, issue in kinds.incidents.items():
            inline = _inline_candidate(issue, settings)
            if settings.review.where == "inline" or inline.completed_at is not None or ref not in candidates_of:
                candidates_of[ref].append(inline)
    return {ref: sorted(reviews, key=lambda one: one.precedence) for ref, reviews in candidates_of.items()}


def _issue_candidate(review: Issue, signal: Signal) -> Candidate:
    return Candidate(
        ref=review.ref, signal=signal, issue=review, opened_at=review.created_at, completed_at=review.closed_at
    )


def _inline_candidate(incident: Issue, settings: Settings) -> Candidate:
    return Candidate(
        ref=incident.ref,
        signal=Signal.INLINE,
        issue=incident,
        opened_at=incident.created_at,
        completed_at=inline_completed_at(incident, settings),
    )


def inline_completed_at(incident: Issue, settings: Settings) -> datetime | None:
    """Return when the completed label, if still on, was last added; without an event, when the incident was opened."""
    standing = labels.keys(settings.labels.review_completed) & labels.keys(incident.labels)
    if not standing:
        return None
    adds = [e.at for e in incident.label_events if e.added and e.label and labels.key(e.label) in standing]
    return adds[-1] if adds else incident.created_at

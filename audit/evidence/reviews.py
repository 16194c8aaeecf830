"""Which reviews an incident has, and which of them is the review (POLICY.md sections 2 and 3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from audit.model import Ref, Signal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.evidence.completion import Completion, Completions
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
    completion: Completion

    @property
    def completed_at(self) -> datetime | None:
        """When it was completed; None: it is open."""
        return self.completion.at

    @property
    def exists(self) -> bool:
        """Return whether it counts as a review: an inline one only does once it is completed."""
        return self.signal is not Signal.INLINE or self.completed_at is not None

    @property
    def precedence(self) -> tuple[bool, datetime, Ref]:
        """Sort key: completed first, then opened first, then by path and number."""
        return (self.completed_at is None, self.completed_at or self.opened_at, self.ref)


def candidates(
    kinds: Kinds, pairs: Iterable[Pair], settings: Settings, completions: Completions
) -> dict[Ref, list[Candidate]]:
    """Return the reviews of each incident, the chosen one first. Incidents without any are left out."""
    candidates_of: dict[Ref, list[Candidate]] = defaultdict(list)
    if settings.review.where != "inline":
        for pair in pairs:
            review = kinds.reviews[pair.review]
            candidates_of[pair.incident].append(_candidate(review, pair.signal, completions.of(review)))
    if settings.review.where != "issue":
        for ref, issue in kinds.incidents.items():
            inline = _candidate(issue, Signal.INLINE, completions.inline(issue))
            if settings.review.where == "inline" or inline.completed_at is not None or ref not in candidates_of:
                candidates_of[ref].append(inline)
    return {ref: sorted(reviews, key=lambda one: one.precedence) for ref, reviews in candidates_of.items()}


def _candidate(issue: Issue, signal: Signal, completion: Completion) -> Candidate:
    return Candidate(ref=issue.ref, signal=signal, issue=issue, opened_at=issue.created_at, completion=completion)

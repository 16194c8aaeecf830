"""When a review is completed: at its closing, at its approval, or at its label (POLICY.md sections 2 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from audit.model import Issue
    from audit.settings.settings import Settings


class Completion(NamedTuple):
    """When a review was completed, as far as that is known."""

    at: datetime | None
    """None while it is open, or waits for an approval."""
    hidden_by: str = ""
    """What hides whether or when: ``history``, ``closing``, ``approval``; empty: nothing."""
    awaits_approval: bool = False
    """It is closed, and not approved."""


@dataclass(frozen=True, kw_only=True)
class Completions:
    """Tells when reviews were completed, under the settings."""

    settings: Settings
    zone: ZoneInfo

    def of(self, review: Issue) -> Completion:
        """Return the completion of a review that is an issue of its own.

        Under an approval gate it is completed once it is closed and a label of the gate is on it, at the later of the
        two. Without an event that added the label, that is the closing.
        """
        closing = Completion(review.closed_at, "" if review.closing_read else "closing")
        approval = self.settings.review.approval
        if approval is None or review.closed_at is None:
            return closing
        if review.created_at.astimezone(self.zone).date() < approval.from_:
            return closing
        standing = labels.keys(approval.labels) & labels.keys(review.labels)
        if not standing:
            hidden = closing.hidden_by or ("" if review.labels_read else "approval")
            return Completion(None, hidden, awaits_approval=not hidden)
        added = _last_add(review, standing)
        hidden = closing.hidden_by or ("" if review.history_read else "approval")
        return Completion(max(review.closed_at, added or review.closed_at), hidden)

    def inline(self, incident: Issue) -> Completion:
        """Return the completion of an incident's inline review: the last add of its label, if that is still on.

        Without an event that added the label, it was there when the incident was opened.
        """
        standing = labels.keys(self.settings.labels.review_completed) & labels.keys(incident.labels)
        if not standing:
            return Completion(None)
        at = _last_add(incident, standing) or incident.created_at
        return Completion(at, "" if incident.history_read else "history")


def _last_add(issue: Issue, keys: Iterable[str]) -> datetime | None:
    """Return when one of the labels with these keys was last added; None: no event tells of it."""
    wanted = frozenset(keys)
    adds = [e.at for e in issue.label_events if e.added and e.label and labels.key(e.label) in wanted]
    return adds[-1] if adds else None

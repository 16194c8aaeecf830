"""Whom to ask about a review that is not completed, and its next step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from audit.engine import next_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.engine.result import Result
    from audit.privacy.redaction import Discretion
    from audit.privacy.rows import IncidentRow
    from audit.reminders.plan import Plan


@dataclass(frozen=True, kw_only=True)
class WhomToAsk:
    """Finds whom to ask, and the next step, for incidents whose review is not completed."""

    result: Result
    plan: Plan | None
    discretion: Discretion

    def may_name(self, incident: IncidentRow) -> bool:
        """Return whether names may be shown: neither the incident nor its review is confidential."""
        return not self.discretion.hides(incident.ref, _issue(incident))

    def addressees(self, incident: IncidentRow) -> tuple[str, ...]:
        """Return whom the reminder names, or would name; empty if nobody is known, or may be named."""
        if not self.may_name(incident):
            return ()
        issue = _issue(incident)
        assigned = self._assigned.get(issue) or self._assigned.get(incident.ref)
        return self._named.get(incident.ref) or assigned or ()

    def next_step(self, incident: IncidentRow, *, inline: bool) -> str:
        """Return the next step, in the words of the rule that asks for it."""
        if incident.review is None:
            return next_steps.OPEN
        # what is missing in a confidential review is not shown either
        if self.discretion.hides(incident.ref, incident.review.ref):
            return next_steps.COMPLETE
        if by := self._approvers.get(incident.ref):
            return next_steps.approval(by)
        left = self.result.to_close.get(incident.review.ref, ())
        return left[0].text if left else next_steps.LABEL if inline else next_steps.CLOSE

    @cached_property
    def _approvers(self) -> Mapping[str, str]:
        """Ref of an incident -> who is to approve its review."""
        frame = self.result.evidence.incidents
        return dict(zip(frame["ref"], frame["approver"], strict=True))

    @cached_property
    def _assigned(self) -> Mapping[str, tuple[str, ...]]:
        """Ref of an incident or review -> its assignees who can act."""
        incidents, reviews = self.result.evidence.incidents, self.result.evidence.reviews
        return {
            **dict(zip(incidents["ref"], incidents["assignees"], strict=True)),
            **dict(zip(reviews["ref"], reviews["active_assignees"], strict=True)),
        }

    @cached_property
    def _named(self) -> Mapping[str, tuple[str, ...]]:
        """Ref of an incident -> whom its reminder names, or would name."""
        return {str(incident): names for incident, names in (self.plan.addressees if self.plan else {}).items()}


def _issue(incident: IncidentRow) -> str:
    return incident.review.ref if incident.review else incident.ref

"""Decisions for a leader: services without an owner, unanswered reminders, lapsed waivers, nobody to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.rules import RULES, Group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.privacy.rows import FindingRow, IncidentRow, WaiverRow
    from audit.report.figures.no_owner import NoOwner
    from audit.report.figures.reminder_summary import ProposalRow, Reminded, ReminderRow


_CODES = frozenset(rule.code for rule in RULES if rule.group is Group.DECISION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A service whose owner cannot be reached, or an incident about which nobody can be asked."""

    subject: str
    url: str
    """Title of the incident; empty for a service."""
    why: str
    """The finding's message; empty for an incident, about which the reminders found nobody to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The questions for a leader."""

    no_owner: NoOwner
    unanswered: tuple[ReminderRow, ...]
    lapsed: tuple[WaiverRow, ...]
    unreachable: tuple[Unreachable, ...]
    proposals: tuple[ProposalRow, ...]
    count: int
    """Number of decisions: services without an owner, and each of the others."""


def decisions(
    queue: NoOwner,
    reminders: Reminded | None,
    lapsed: tuple[WaiverRow, ...],
    findings: Iterable[FindingRow],
    incidents: Iterable[IncidentRow],
) -> Decisions:
    """Collect and count them."""
    unanswered = reminders.unanswered if reminders else ()
    proposed = reminders.proposals if reminders else ()
    nobody = frozenset(reminders.unreachable) if reminders else frozenset()
    unreachable = (
        *(
            Unreachable(subject=finding.subject, url="", why=finding.message)
            for finding in findings
            if finding.code in _CODES and finding.outcome == "violates"
        ),
        *(Unreachable(subject=row.ref, url=row.url, why="") for row in incidents if row.ref in nobody),
    )
    return Decisions(
        no_owner=queue,
        unanswered=unanswered,
        lapsed=lapsed,
        unreachable=unreachable,
        proposals=proposed,
        count=sum(map(len, (queue.services, queue.untold, unanswered, proposed, lapsed, unreachable))),
    )

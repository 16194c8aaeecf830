"""The reminders about late reviews that the bot posts or withholds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.reminders.confirmation import fingerprint
from audit.reminders.plan import Reason, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.privacy.redaction import Discretion
    from audit.reminders.plan import Plan, Proposal, Reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRow:
    """One reminder, planned or withheld."""

    issue: str
    incident: str
    step: int
    """The next step: 0 is the early reminder, 1 the first of the ladder."""
    sent: int
    """Number of reminders of the ladder that were sent before."""
    addressees: tuple[str, ...]
    """Usernames and groups; empty if they must not be shown."""
    internal: bool
    due_on: date
    reason: str
    """Why it is withheld; empty if it is planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """Somebody proposes to do without a review; fields that must not be shown are empty."""

    incident: str
    by: tuple[str, ...]
    """The username, as a list of one."""
    on: date
    reason: str
    url: str
    """Of the comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """The plan of the day in figures."""

    planned: tuple[ReminderRow, ...]
    withheld: dict[str, int]
    """Reason -> number of reminders, in the policy's order, without zeros."""
    withheld_total: int
    unanswered: tuple[ReminderRow, ...]
    """Incidents whose ladder of reminders is exhausted."""
    unreachable: tuple[str, ...]
    """Refs of incidents about which nobody can be asked."""
    unread: tuple[str, ...]
    """Refs of issues whose comments could not be read, so that nothing is posted there."""
    cannot_post: tuple[str, ...]
    """Refs of issues on which nothing can be posted: archived, locked, or full of comments."""
    odd_snoozes: tuple[tuple[str, str], ...]
    """Ref and label of each snooze label whose value is no day; the label is empty where it may not be told."""
    proposals: tuple[ProposalRow, ...]
    plan: str
    """The hash by which the plan is confirmed."""
    held: bool
    """The plan is far above the usual, so nothing is posted until it is confirmed."""
    upgraded: bool
    """It is the first of an edition that changes verdicts, and waits likewise."""
    silent: dict[str, int]
    """Other writes, which mention nobody -> number of them, without zeros."""


def reminded(plan: Plan | None, discretion: Discretion) -> Reminded | None:
    """Return the plan in figures; None if no reminders were planned at all."""
    if plan is None:
        return None
    counts = Counter(item.reason.value for item in plan.withheld)
    unanswered = (item for item in plan.withheld if item.reason is Reason.LADDER_EXHAUSTED)
    return Reminded(
        planned=tuple(_row(item, discretion) for item in plan.planned),
        withheld={reason.value: counts[reason.value] for reason in Reason if counts[reason.value]},
        withheld_total=len(plan.withheld),
        unanswered=tuple(_row(item, discretion) for item in unanswered),
        unreachable=tuple(str(ref) for ref in plan.unreachable),
        unread=tuple(str(ref) for ref in plan.unread),
        cannot_post=tuple(str(item.issue) for item in plan.withheld if item.reason is Reason.CANNOT_POST),
        odd_snoozes=tuple((str(one.issue), one.label) for one in plan.odd_snoozes),
        proposals=tuple(_proposal(item, discretion) for item in plan.proposals),
        plan=fingerprint(plan),
        held=plan.held,
        upgraded=plan.upgraded,
        silent={what: number for what, number in _silent(plan) if number},
    )


def _silent(plan: Plan) -> Iterator[tuple[str, int]]:
    new = sum(note.new for note in plan.status_notes)
    yield "new status note", new
    yield "edited status note", len(plan.status_notes) - new
    yield "answer to a comment", len(plan.answers)
    yield "emoji on a command", len(plan.reactions)
    yield "folded reminder", len(plan.folds)
    yield "duplicate taken away", len(plan.heal)


def _row(item: Reminder | Withheld, discretion: Discretion) -> ReminderRow:
    issue, incident = str(item.issue), str(item.incident)
    return ReminderRow(
        issue=issue,
        incident=incident,
        step=item.step,
        sent=max(0, item.step - 1),
        addressees=discretion.people(item.addressees, issue, incident),
        internal=item.internal,
        due_on=item.due_on,
        reason=item.reason.value if isinstance(item, Withheld) else "",
    )


def _proposal(item: Proposal, discretion: Discretion) -> ProposalRow:
    refs = (str(item.issue), str(item.incident))
    hidden = item.internal or discretion.hides(*refs)
    return ProposalRow(
        incident=str(item.incident),
        by=() if hidden else (item.by,),
        on=item.on,
        reason="" if hidden else item.reason,
        url="" if hidden else item.url,
    )

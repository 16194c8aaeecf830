"""What happened after the reminders, read from the bot's notes on the server, so that the job keeps no state."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.reminders.plan import FollowUp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from audit.reminders.plan import EarlierReminder, Plan

_UNMOVED = (FollowUp.NOTHING, FollowUp.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedRow:
    """A reminder that was posted, and what happened next."""

    issue: str
    incident: str
    step: int
    """0: the early reminder; 1: the first of the ladder."""
    posted_on: date
    outcome: str
    """completed, opened, commented, postponed or nothing; waiting until two working days have passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """The effect of the reminders of one step."""

    step: int
    posted: int
    waiting: int
    """Reminders whose two working days have not passed yet."""
    followed: dict[str, int]
    """What followed -> number of reminders, the strongest first, zeros included; each counts by its strongest."""
    moved: int
    """Reminders that were followed by anything."""
    decided: int
    """The denominator: posted, without those that are waiting."""
    share: float | None
    """moved / decided; None while all are waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The reminders on the issues whose comments were read: those that are late or were due in the window."""

    steps: tuple[StepRow, ...]
    """Steps that occur, the early one first."""
    recent: tuple[FollowedRow, ...] | None
    """Posted since the earlier report, the oldest first; None without one."""


def effect(plan: Plan | None, since: date | None) -> Effect | None:
    """Return what followed the reminders; None if none were planned or posted. ``since`` is the earlier report's day.

    That report was written before the reminders of its day went out, so they count as posted since then.
    """
    if plan is None or not plan.earlier:
        return None
    by_step: dict[int, list[EarlierReminder]] = defaultdict(list)
    for one in plan.earlier:
        by_step[one.step].append(one)
    recent = sorted((one for one in plan.earlier if since and one.posted_on >= since), key=lambda one: one.posted_on)
    return Effect(
        steps=tuple(_step(step, by_step[step]) for step in sorted(by_step)),
        recent=tuple(map(_row, recent)) if since else None,
    )


def _step(step: int, reminders: Sequence[EarlierReminder]) -> StepRow:
    counts = Counter(one.follow_up for one in reminders)
    decided = len(reminders) - counts[FollowUp.WAITING]
    moved = decided - counts[FollowUp.NOTHING]
    return StepRow(
        step=step,
        posted=len(reminders),
        waiting=counts[FollowUp.WAITING],
        followed={one.value: counts[one] for one in FollowUp if one not in _UNMOVED},
        moved=moved,
        decided=decided,
        share=moved / decided if decided else None,
    )


def _row(one: EarlierReminder) -> FollowedRow:
    return FollowedRow(
        issue=str(one.issue),
        incident=str(one.incident),
        step=one.step,
        posted_on=one.posted_on,
        outcome=one.follow_up.value,
    )

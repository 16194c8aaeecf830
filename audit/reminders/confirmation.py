"""The brake: a plan far above the usual is confirmed by a person first, since reminders cannot be taken back.

What is usual is read off the server: the reminders that were posted on the last day on which any were. A first run has
no such day, and a first run is where a flood happens; ``max_reminders`` caps it besides.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.reminders.plan import Plan
    from audit.settings.settings import ReminderSettings


def fingerprint(plan: Plan) -> str:
    """Return twelve characters that stand for who is reminded of what: the same for the same reminders on any day."""
    lines = (
        repr((str(one.issue), str(one.incident), one.step, one.addressees, one.internal, one.due_on.isoformat()))
        for one in plan.planned
    )
    return sha256("\n".join(lines).encode()).hexdigest()[:12]


def usual(plan: Plan) -> int:
    """Return how many reminders were posted on the last day on which any were, which may be as_of; 0: on none.

    So a confirmed run that was killed halfway goes on by itself when it is started again.
    """
    days = Counter(one.posted_on for one in plan.earlier)
    return days[max(days)] if days else 0


def needs_confirmation(plan: Plan, settings: ReminderSettings) -> bool:
    """Tell whether a plan is far above the usual."""
    count = len(plan.planned)
    return count > settings.confirm_above and count > settings.confirm_times * usual(plan)

"""A plan with far more reminders than usual waits until a person confirms it: reminders cannot be taken back.

The usual number is that of the last day on which any were posted, as the server has them. A first run has no such day,
and a first run is where a flood happens; ``max_reminders`` caps it as well.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit.reminders.plan import Plan
    from audit.settings.reminder_settings import ReminderSettings


def fingerprint(plan: Plan) -> str:
    """Return twelve hexadecimal digits that identify who is reminded of what, whatever the day.

    They are told to everybody, who could try one account after the other until the digits are the same: so they do not
    depend on whom an internal note names.
    """
    lines = (
        repr(
            (
                *(str(one.issue), str(one.incident), one.step, () if one.internal else one.addressees),
                *(one.internal, one.due_on.isoformat()),
            )
        )
        for one in plan.planned
    )
    return sha256("\n".join(lines).encode()).hexdigest()[:12]


def usual(plan: Plan) -> int:
    """Return how many reminders were posted on the last day on which any were; 0 if none ever was.

    That day may be as_of, so that a confirmed run that was killed halfway needs no second confirmation.
    """
    days = Counter(one.posted_on for one in plan.earlier)
    return days[max(days)] if days else 0


def needs_confirmation(plan: Plan, settings: ReminderSettings) -> bool:
    """Return whether a plan has far more reminders than usual."""
    count = len(plan.planned)
    return count > settings.confirm_above and count > settings.confirm_times * usual(plan)

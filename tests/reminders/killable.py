"""A run in a process of its own, which imports no more than it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.client import Client, Connection
from audit.gitlab.notes import carry_out

if TYPE_CHECKING:
    from audit.reminders.plan import Plan


def run(url: str, token: str, plan: Plan, bot: str) -> None:
    """Carry a plan out; somebody may end the process at any moment."""
    with Client(Connection(url, token), timeout=20, parallel=1) as client:
        carry_out(client, plan, bot=bot)

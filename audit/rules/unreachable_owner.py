"""SO003 unreachable-owner: a service has an owner, and nobody there can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(services: Columns) -> Mask:
    return services["requiring"] > 0


def _violated(services: Columns) -> Mask:
    return ~services["reach"]


def _message(row: Mapping[str, Any]) -> str:
    return f"Nobody can be asked for this service: {row['reach_fault']}."


RULE = Rule(
    code="SO003",
    name="unreachable-owner",
    level=Level.ADVISORY,
    subject=Subject.SERVICE,
    group=Group.DECISION,
    sentence="The owning team of a service has a manager with an active account, a handle or a contact.",
    why="Reminders about the incidents of the service reach nobody.",
    lacks="nobody who can be asked",
    detailed=True,
    step="Give the owning team a manager with an active account, a handle or a contact in the service catalogue",
    requires=frozenset({"SO001"}),
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("owner", "reach_fault", "requiring_refs"),
)

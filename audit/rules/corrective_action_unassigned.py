"""CA002 corrective-action-unassigned: it is open, and nobody who can act is assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, day, everywhere

if TYPE_CHECKING:
    from collections.abc import Mapping


def _violated(actions: Columns) -> Mask:
    return actions["open"] & actions["unassigned"]


def _message(row: Mapping[str, Any]) -> str:
    who = "its assignees are blocked or bots" if row["assignees"] else "it has no assignee"
    return f"This corrective action is open since {day(row['opened_on'])}, and nobody who can act has it: {who}."


RULE = Rule(
    code="CA002",
    name="corrective-action-unassigned",
    level=Level.ADVISORY,
    subject=Subject.ACTION,
    group=Group.ACTIONS,
    sentence="An open corrective action is assigned to a person with an active account.",
    why="Work that is nobody's is not done.",
    lacks="nobody who can act is assigned",
    step="Assign the corrective action to a person with an active account",
    in_scope=everywhere,
    violated=_violated,
    message=_message,
    evidence=("opened_on", "assignees", "incidents", "reviews"),
)

"""CA001 corrective-action-late: it is open for longer than its severity allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, day, known, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(actions: Columns) -> Mask:
    return ~actions["severity"].isna() | actions["labels_hidden"]


def _violated(actions: Columns) -> Mask:
    # a worse severity has fewer days
    unread = actions["labels_hidden"] & actions["open"] & known(actions["severity"] != 1, otherwise=True)
    return unknown_where(unread & ~actions["late"], actions["late"])


def _message(row: Mapping[str, Any]) -> str:
    return (
        f"This corrective action of severity {row['severity']} was opened on {day(row['opened_on'])} and is still"
        f" open; its {row['days_allowed']} days ended on {day(row['late_after'])}."
    )


RULE = Rule(
    code="CA001",
    name="corrective-action-late",
    level=Level.ADVISORY,
    subject=Subject.ACTION,
    group=Group.ACTIONS,
    sentence="A corrective action is closed within 7 days of being opened at severity 1, 30 at 2, 60 at 3, 90 at 4.",
    why="Until it is done the same failure can come back.",
    lacks="open for longer than its severity allows",
    detailed=True,
    step="Complete the corrective action, and close it",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("severity", "opened_on", "late_after", "assignees", "incidents", "reviews"),
)

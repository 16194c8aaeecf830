"""IR003 unassigned-review: nobody who can act is assigned by the first working day after it was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, day

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"] & reviews["required"]


def _violated(reviews: Columns) -> Mask:
    late = np.isnat(reviews["completed_at"]) & (reviews["as_of"] > reviews["assign_by"])
    return late & reviews["unassigned"]


def _closing(reviews: Columns) -> Mask:
    return reviews["unassigned"]


def _message(row: Mapping[str, Any]) -> str:
    who = "its assignees are blocked or bots" if row["assignees"] else "it has no assignee"
    return f"This review was opened on {day(row['opened_on'])} and has no DRI: {who}."


RULE = Rule(
    code="IR003",
    name="unassigned-review",
    level=Level.VIOLATION,
    subject=Subject.REVIEW,
    group=Group.NEXT_STEP,
    sentence="A review has a DRI, the person it is assigned to, by the first working day after it was opened.",
    why="A review that nobody is assigned to is everybody's and nobody's, and stays unwritten.",
    lacks="no DRI",
    step="Assign the review to the person who leads it",
    in_scope=_in_scope,
    violated=_violated,
    closing=_closing,
    message=_message,
    evidence=("opened_on", "assign_by", "assignees", "in_scope_incidents"),
)

"""IR010 corrective-actions: a completed review led to nothing, and does not say that nothing is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, day, lengths, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"]


def _lacking(reviews: Columns) -> Mask:
    linked = (lengths(reviews["actions"]) > 0) | (lengths(reviews["incident_actions"]) > 0)
    lacking = ~(linked | reviews["names_another"] | reviews["no_action_needed"])
    return unknown_where(lacking & (reviews["actions_hidden"] | reviews["cut"] | reviews["text_hidden"]), lacking)


def _violated(reviews: Columns) -> Mask:
    return ~np.isnat(reviews["completed_at"]) & _lacking(reviews)


def _message(row: Mapping[str, Any]) -> str:
    return (
        f"This review was completed on {day(row['completed_on'])}; no corrective action is linked with it or its"
        " incident, its Outcomes section names no issue, merge request or ticket, and no label says that none is"
        " needed."
    )


RULE = Rule(
    code="IR010",
    name="corrective-actions",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="A completed review has corrective actions, or a label that says that none is needed.",
    why="A review changes something only by what is done after it; that nothing is needed is worth saying, too.",
    lacks="no corrective action, nor a label that none is needed",
    step="Link the corrective actions, or say by label that none is needed",
    in_scope=_in_scope,
    violated=_violated,
    closing=_lacking,
    message=_message,
    evidence=("completed_on", "in_scope_incidents"),
)

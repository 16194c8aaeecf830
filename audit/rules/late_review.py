"""IR002 late-review: the review was not completed by its due day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from audit.model import Level, Subject, Verdict
from audit.rules.rule import Columns, Group, Mask, Rule, day, withdrawn

if TYPE_CHECKING:
    from collections.abc import Mapping


JUDGED = (Verdict.ON_TIME, Verdict.LATE, Verdict.PENDING, Verdict.OVERDUE)


def _in_scope(incidents: Columns) -> Mask:
    return np.isin(incidents["bare_verdict"], JUDGED) & (incidents["review"] != "")


def _violated(incidents: Columns) -> Mask:
    return np.isin(incidents["bare_verdict"], [Verdict.OVERDUE, Verdict.LATE])


def _mendable(incidents: Columns) -> Mask:
    return np.isnat(incidents["review_completed_on"])


def _message(row: Mapping[str, Any]) -> str:
    due = day(row["due_on"])
    if row["bare_verdict"] == Verdict.LATE:
        state = f"was completed on {day(row['review_completed_on'])}, after its due day {due}"
    elif row["awaits_approval"]:
        state = f"is closed, and waits for its approval by {row['approver']}; it was due on {due}"
    else:
        state = f"is still open; it was due on {due}"
    return f"Review {row['review']} {state}.{withdrawn(row)}"


RULE = Rule(
    code="IR002",
    name="late-review",
    level=Level.VIOLATION,
    subject=Subject.INCIDENT,
    group=Group.REVIEW_DUE,
    sentence=(
        "It is expected that the incident review will be completed within 5 working days of the incident. "
        "A reminder will be sent out after 5 days if the incident review issue is still open."
    ),
    quoted=True,
    why="People forget within days what they saw and did; the later a review comes, the less it has to tell.",
    lacks="a review that was not completed by its due day",
    step="Complete the review, and close it",
    requires=frozenset({"IR001"}),
    in_scope=_in_scope,
    violated=_violated,
    mendable=_mendable,
    message=_message,
    evidence=(
        *("required_because", "severity", "anchor", "anchor_on", "due_on"),
        *("review", "linked_by", "review_opened_on", "review_completed_on", "request_removed_on"),
    ),
)

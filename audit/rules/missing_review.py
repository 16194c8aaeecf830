"""IR001 missing-review: a review is required and there is none after the due day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from audit.model import Level, Subject, Verdict
from audit.rules.rule import Columns, Group, Mask, Rule, day, unknown_where, withdrawn

if TYPE_CHECKING:
    from collections.abc import Mapping


JUDGED = (Verdict.ON_TIME, Verdict.LATE, Verdict.PENDING, Verdict.OVERDUE, Verdict.MISSING, Verdict.INCONCLUSIVE)


def _in_scope(incidents: Columns) -> Mask:
    return np.isin(incidents["bare_verdict"], JUDGED)


def _violated(incidents: Columns) -> Mask:
    verdict = incidents["bare_verdict"]
    return unknown_where(verdict == Verdict.INCONCLUSIVE, verdict == Verdict.MISSING)


def _message(row: Mapping[str, Any]) -> str:
    return f"No review is linked to this incident; it was due on {day(row['due_on'])}.{withdrawn(row)}"


RULE = Rule(
    code="IR001",
    name="missing-review",
    level=Level.VIOLATION,
    subject=Subject.INCIDENT,
    group=Group.REVIEW_DUE,
    sentence="All user facing high severity (Severity::1 and Severity::2) incidents require a review",
    quoted=True,
    why="Without a review nobody learns from the incident, and the same failure comes back.",
    lacks="no review",
    step="Open a review, and link it to the incident",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=(
        "required_because",
        "severity",
        "anchor",
        "anchor_on",
        "due_on",
        "services",
        "owners",
        "request_removed_on",
    ),
)

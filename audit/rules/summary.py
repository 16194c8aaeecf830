"""IR008 summary: a review has a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Group, Mask, Rule, unless_unread
from audit.text.placeholders import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def _in_scope(reviews: pd.DataFrame) -> Mask:
    return reviews["linked"]


def _violated(reviews: pd.DataFrame) -> Mask:
    lacking = reviews["expects_summary"] & reviews["summary"].ne(State.WRITTEN)
    return reviews["ripe"] & unless_unread(reviews, lacking)


def _message(row: Mapping[str, Any]) -> str:
    if row["summary"] == State.ABSENT:
        return "This review has no summary."
    return "The summary of this review is not written yet."


RULE = Rule(
    code="IR008",
    name="summary",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="The summary of a review is written by its due day.",
    lacks="no summary",
    step="Write the summary",
    requires=frozenset({"IR016"}),
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("summary", "due_on", "completed_on"),
)

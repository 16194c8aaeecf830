"""IR008 summary: a review has a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, unless_unread
from audit.text.placeholders import State

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"]


def _lacking(reviews: Columns) -> Mask:
    return unless_unread(reviews, reviews["expects_summary"] & (reviews["summary"] != State.WRITTEN))


def _violated(reviews: Columns) -> Mask:
    return reviews["ripe"] & _lacking(reviews)


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
    why="Most readers read the summary, and nothing else.",
    lacks="no summary",
    step="Write the summary",
    requires=frozenset({"IR016"}),
    in_scope=_in_scope,
    violated=_violated,
    closing=_lacking,
    message=_message,
    evidence=("summary", "due_on", "completed_on"),
)

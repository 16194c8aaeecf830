"""IR009 narrative: a review tells what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, unknown_where, unless_unread
from audit.text.placeholders import State

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"]


def _lacking(reviews: Columns) -> Mask:
    absent = unless_unread(reviews, reviews["expects_narrative"] & (reviews["narrative"] != State.WRITTEN))
    lacking = absent & ~reviews["points_elsewhere"]
    return unknown_where(lacking & reviews["pointer_hidden"], lacking)


def _violated(reviews: Columns) -> Mask:
    return reviews["ripe"] & _lacking(reviews)


def _message(row: Mapping[str, Any]) -> str:
    if row["narrative"] == State.ABSENT:
        return "This review has no section that tells what happened, and names no other review or incident."
    return "What happened is not written in this review yet, and it names no other review or incident."


RULE = Rule(
    code="IR009",
    name="narrative",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="What happened is told in the review, or in another review or incident that it names, by its due day.",
    why="What can be learnt is in what happened and why; without it a review is a form.",
    lacks="nothing that tells what happened",
    step="Write what happened, or name the review or incident that tells it",
    requires=frozenset({"IR016"}),
    in_scope=_in_scope,
    violated=_violated,
    closing=_lacking,
    message=_message,
    evidence=("narrative", "points_elsewhere", "due_on", "completed_on"),
)

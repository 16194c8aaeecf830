"""IR016 paper-review: a review was completed with nothing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, day, unknown_where, unless_unread

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"]


def _violated(reviews: Columns) -> Mask:
    untouched = unless_unread(reviews, reviews["untouched"])
    empty = ~np.isnat(reviews["completed_at"]) & untouched & ~reviews["points_elsewhere"]
    return unknown_where(empty & reviews["pointer_hidden"], empty)


def _message(row: Mapping[str, Any]) -> str:
    return (
        f"This review was completed on {day(row['completed_on'])} with nothing in its Key Information, summary or"
        " narrative."
    )


RULE = Rule(
    code="IR016",
    name="paper-review",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="Something is written in a completed review, or in another one that it names.",
    why="A review that is closed empty counts as done, and nobody has learnt anything.",
    lacks="completed with nothing written in it",
    step="Write Key Information, the summary and what happened",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("completed_on", "summary", "narrative", "blank_rows"),
)

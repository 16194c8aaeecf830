"""IR014 orphan-review: a question about a review without a known incident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, lengths, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["since"] & ~reviews["inline"]


def _violated(reviews: Columns) -> Mask:
    orphan = (lengths(reviews["incidents"]) == 0) & ~reviews["names_an_issue"]
    return unknown_where(orphan & reviews["blind"], orphan)


def _message(_: Mapping[str, Any]) -> str:
    return "No incident was found for this review, and it names no issue: which incident is it about?"


RULE = Rule(
    code="IR014",
    name="orphan-review",
    level=Level.INFO,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="A review is the issue in which one or more incidents are reviewed.",
    why="A review that leads to no incident counts for none, and its incident looks as if it had no review.",
    lacks="no incident is known for it",
    step="Link the review to its incident under Linked items",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("opened_on",),
)

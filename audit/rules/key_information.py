"""IR007 key-information: the Key Information of a review is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, lengths, several, unless_unread

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"]


def _lacking(reviews: Columns) -> Mask:
    no_table = reviews["expects_table"] & ~reviews["has_table"]
    return unless_unread(reviews, no_table | (lengths(reviews["blank_rows"]) > 0))


def _violated(reviews: Columns) -> Mask:
    return reviews["ripe"] & _lacking(reviews)


def _message(row: Mapping[str, Any]) -> str:
    if not row["blank_rows"]:
        return "This review has no Key Information table."
    return f"The Key Information of this review says nothing yet about {several(row['blank_rows'])}."


RULE = Rule(
    code="IR007",
    name="key-information",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="The Key Information of a review is filled in by its due day; N/A and Unknown are answers too.",
    why="Who was hit, since when and for how long: such facts make reviews comparable, and figures of many possible.",
    lacks="blanks in Key Information, or none at all",
    detailed=True,
    step="Fill in Key Information",
    requires=frozenset({"IR016"}),
    in_scope=_in_scope,
    violated=_violated,
    closing=_lacking,
    message=_message,
    evidence=("has_table", "blank_rows", "due_on", "completed_on"),
)

"""IR011 due-date: the due date of a review is no later than its due day, and stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, day, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"] & reviews["required"]


def _to_be_set(reviews: Columns) -> Mask:
    """Return where the due date is missing or too late. A review without an anchor has no due day to keep."""
    return ~np.isnat(reviews["due_on"]) & (np.isnat(reviews["due_date"]) | (reviews["due_date"] > reviews["due_on"]))


def _closing(reviews: Columns) -> Mask:
    """Return where it helps to set one: not after the due day."""
    return _to_be_set(reviews) & (reviews["as_of"] <= reviews["due_on"])


def _violated(reviews: Columns) -> Mask:
    due_known = ~np.isnat(reviews["due_on"])
    violated = _to_be_set(reviews) | (due_known & ~np.isnat(reviews["due_moved_on"]))
    unknown = reviews["due_hidden"] | ~due_known
    return unknown_where(~violated & unknown, violated)


def _message(row: Mapping[str, Any]) -> str:
    moved = "" if pd.isna(row["due_moved_on"]) else f"was moved on {day(row['due_moved_on'])}, after it had passed"
    if pd.isna(row["due_date"]) and not pd.isna(row["due_on"]):
        return f"This review has no due date; its due day is {day(row['due_on'])}."
    if row["due_date"] > row["due_on"]:
        later = f"is later than its due day, {day(row['due_on'])}"
        return f"The due date of this review, {day(row['due_date'])}, {later}{', and ' * bool(moved)}{moved}."
    return f"The due date of this review {moved}."


RULE = Rule(
    code="IR011",
    name="due-date",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="A review has a due date that is no later than its due day, and is not moved once it has passed.",
    why="The due date is what people plan by, and what GitLab's own lists and reminders go by.",
    lacks="a due date that is absent, too late, or was moved",
    detailed=True,
    step="Set a due date that is no later than the due day",
    in_scope=_in_scope,
    violated=_violated,
    mendable=_to_be_set,
    closing=_closing,
    message=_message,
    evidence=("due_date", "due_on", "due_moved_on", "in_scope_incidents"),
)

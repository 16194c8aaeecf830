"""IR006 review-title: the title of a review says that it is one, and of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, several, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"] & ~reviews["inline"]


def _violated(reviews: Columns) -> Mask:
    silent = ~reviews["title_tells"]
    # a hidden incident could be the one that the title names
    return ~reviews["title_prefix"] | unknown_where(silent & reviews["blind"], silent)


def _message(row: Mapping[str, Any]) -> str:
    prefix, tells = row["title_prefix"], row["title_tells"]
    faults = ["does not begin with a review prefix"] * (not prefix)
    faults += [f"does not tell that it is about {several(row['incidents'])}"] * (not tells)
    return f"The title of this review {' and '.join(faults)}."


RULE = Rule(
    code="IR006",
    name="review-title",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="The title of a review begins with a review prefix, and shares a word or number with its incident.",
    why="A title that names its incident lets people find the review in a list, and tells it from other work.",
    lacks="a title that does not tell what it is about",
    step="Begin the title with a review prefix, and name the incident in it",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("title", "title_prefix", "title_tells", "incidents"),
)

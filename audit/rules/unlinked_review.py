"""IR004 unlinked-review: its incident had to be guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, several, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


_WORDS = {
    "external_id": "the external id in both texts",
    "title_reference": "a reference in its title",
    "description_reference": "the only incident that its description names",
    "title_match": "an equal title",
}


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"] & ~reviews["inline"]


def _violated(reviews: Columns) -> Mask:
    return unknown_where(reviews["guessed"] & reviews["blind"], reviews["guessed"])


def _message(row: Mapping[str, Any]) -> str:
    by = _WORDS[row["signals"][0]]
    return f"Only {by} ties this review to {several(row['incidents'])}: add an issue link."


RULE = Rule(
    code="IR004",
    name="unlinked-review",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="A review is linked to its incident by an issue link, or names it in its Key Information table.",
    why="Only a link leads from the incident to its review and back, for people and for this audit.",
    lacks="no issue link to its incident",
    step="Link the review to its incident under Linked items",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("incidents", "signals"),
)

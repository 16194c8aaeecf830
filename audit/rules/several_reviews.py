"""IR018 several-reviews: a question about an incident that has more than one review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, lengths, several, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(incidents: Columns) -> Mask:
    return incidents["scope_reason"] == ""


def _violated(incidents: Columns) -> Mask:
    repeated = lengths(incidents["public_reviews"]) > 1
    # what could not be read may hide a further one
    return unknown_where((incidents["blind"] != "") & ~repeated, repeated)


def _message(row: Mapping[str, Any]) -> str:
    return f"Several reviews are linked with this incident: {several(row['public_reviews'])}. Which one is it?"


RULE = Rule(
    code="IR018",
    name="several-reviews",
    level=Level.INFO,
    subject=Subject.INCIDENT,
    group=Group.ADVICE,
    sentence="An incident has one review; of several the one that was completed first counts.",
    why="Several reviews of one incident split what is known of it, and only one of them counts.",
    lacks="several reviews",
    detailed=True,
    step="Keep one review, and close the others as its duplicates",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("public_reviews", "review"),
)

"""IR015 severity-data: an incident has one severity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(incidents: Columns) -> Mask:
    return incidents["scope_reason"] == ""


def _violated(incidents: Columns) -> Mask:
    violated = incidents["severity"].isna() | (incidents["severities"] > 1)
    return unknown_where(incidents["labels_hidden"] & (incidents["severities"] <= 1), violated)


def _message(row: Mapping[str, Any]) -> str:
    if pd.isna(row["severity"]):
        return "This incident has no severity."
    return f"This incident has {row['severities']} severities; the worst, {row['severity']}, counts."


RULE = Rule(
    code="IR015",
    name="severity-data",
    level=Level.ADVISORY,
    subject=Subject.INCIDENT,
    group=Group.ADVICE,
    sentence="An incident has exactly one severity; of two different ones the worst counts.",
    why="The severity decides whether a review is required; without one that cannot be told.",
    lacks="no severity, or two",
    detailed=True,
    step="Give the incident exactly one severity",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("severity", "severities"),
)

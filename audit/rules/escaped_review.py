"""IR012 escaped-review: a question about an incident whose severity no longer requires a review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from audit.model import Level, Subject, Verdict
from audit.rules.rule import Columns, Group, Mask, Rule, day, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(incidents: Columns) -> Mask:
    return (incidents["bare_verdict"] == Verdict.NOT_REQUIRED) & incidents["user_facing"] & ~incidents["has_review"]


def _violated(incidents: Columns) -> Mask:
    return unknown_where(incidents["lowered_hidden"], ~incidents["lowered_from"].isna())


def _message(row: Mapping[str, Any]) -> str:
    when = "" if pd.isna(row["lowered_on"]) else f" until {day(row['lowered_on'])}"
    # an incident without any severity now is inconclusive, so there is no question about it
    was, now = row["lowered_from"], row["severity"]
    return f"This incident was severity {was}{when} and is severity {now} now: is a review still wanted?"


RULE = Rule(
    code="IR012",
    name="escaped-review",
    level=Level.INFO,
    subject=Subject.INCIDENT,
    group=Group.ESCAPED,
    sentence="All user facing high severity (Severity::1 and Severity::2) incidents require a review",
    quoted=True,
    why="A severity that was lowered takes the duty to review away; a leader should see that, and decide.",
    lacks="a lower severity, which requires no review",
    step="Decide whether a review is still wanted",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("lowered_from", "lowered_at", "severity", "peak_severity"),
)

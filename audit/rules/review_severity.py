"""IR005 review-severity: a review is labelled with the worst severity of its incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from audit.model import Level, Subject
from audit.rules.rule import Columns, Group, Mask, Rule, lengths, several, unknown_where

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"] & ~reviews["inline"]


def _violated(reviews: Columns) -> Mask:
    # no severity, or several, agree with none
    labelled = np.array([each[0] if len(each) == 1 else 0 for each in reviews["own_severities"]], dtype="int64")
    worst = reviews["incident_severity"].to_numpy(dtype="int64", na_value=0)
    # a hidden incident could be worse than those that are known
    hidden = (reviews["blind"] | reviews["severity_hidden"]) & (labelled <= worst) & (worst > 1)
    unread = reviews["labels_hidden"] & (lengths(reviews["own_severities"]) <= 1)
    alone = labelled > 0
    return unknown_where(unread | (alone & (hidden | (worst == 0))), ~alone | (labelled != worst))


def _message(row: Mapping[str, Any]) -> str:
    labelled = tuple(map(str, row["own_severities"]))
    labels = f"is labelled with severity {several(labelled)}" if labelled else "has no severity label"
    if pd.isna(row["incident_severity"]):
        return f"This review {labels}."
    whose = "its incident has" if len(row["in_scope_incidents"]) == 1 else "the worst of its incidents has"
    return f"This review {labels}, and {whose} severity {row['incident_severity']}."


RULE = Rule(
    code="IR005",
    name="review-severity",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="A review has exactly one severity label: the worst current severity of its incidents.",
    why="Lists and searches of reviews by severity are right only where the label is that of the incident.",
    lacks="a severity label other than its incident's, or not exactly one",
    detailed=True,
    step="Give the review one severity label, that of its worst incident",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=("own_severities", "incident_severity", "in_scope_incidents"),
)

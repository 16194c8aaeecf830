"""IR005 review-severity: a review is labelled with the worst severity of its incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from audit.model import Level, Subject
from audit.rules.rule import Group, Mask, Rule, several

if TYPE_CHECKING:
    from collections.abc import Mapping


def _in_scope(reviews: pd.DataFrame) -> Mask:
    return reviews["linked"] & ~reviews["inline"]


def _violated(reviews: pd.DataFrame) -> Mask:
    labelled, worst = reviews["own_severities"].map(_only).astype("Int64"), reviews["incident_severity"]
    # a hidden incident could be worse than those that are known
    hidden = (reviews["blind"] | reviews["severity_hidden"]) & labelled.le(worst) & worst.gt(1)
    unread = reviews["labels_hidden"] & reviews["own_severities"].map(len).le(1)
    return labelled.ne(worst).mask(hidden).mask(labelled.isna(), other=True).mask(unread)


def _only(severities: tuple[int, ...]) -> int | None:
    return severities[0] if len(severities) == 1 else None


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

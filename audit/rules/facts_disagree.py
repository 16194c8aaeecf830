"""IR013 facts-disagree: the facts in a review contradict each other, its label or its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from audit.model import Level, Signal, Subject
from audit.phrases import plural
from audit.rules.rule import Columns, Group, Mask, Rule, known, several, unknown_where, unless_cut

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = ("durations_disagree", "severity_disagrees", "link_disagrees")


def _in_scope(reviews: Columns) -> Mask:
    return reviews["linked"]


def _violated(reviews: Columns) -> Mask:
    parts = [reviews[part] for part in _PARTS]
    nothing = np.logical_and.reduce([part.isna() for part in parts])
    return unless_cut(reviews, unknown_where(nothing, np.logical_or.reduce([known(part) for part in parts])))


def _message(row: Mapping[str, Any]) -> str:
    faults = [words(row) for part, words in _WORDS.items() if not pd.isna(row[part]) and row[part]]
    return f"Facts in this review disagree: {'; '.join(faults)}."


def _durations(row: Mapping[str, Any]) -> str:
    if row["counted_minutes"] < 0:
        return "its End Time is before its Start Time"
    counted = f"from Start Time to End Time it is {plural(row['counted_minutes'], 'minute')}"
    return f"Total Duration says {plural(row['stated_minutes'], 'minute')}, and {counted}"


def _severity(row: Mapping[str, Any]) -> str:
    levels = several(tuple(map(str, row["row_severities"])))
    return f"its table says severity {levels}, and its label {row['own_severities'][0]}"


def _link(row: Mapping[str, Any]) -> str:
    pairs = zip(row["incidents"], row["signals"], strict=True)
    linked = tuple(ref for ref, signal in pairs if signal == Signal.ISSUE_LINK)
    other = f"is linked with {several(linked)}" if linked else f"is about {several(row['incidents'])}"
    return f"its link row names {several(row['link_row'])}, and it {other}"


_WORDS = dict(zip(_PARTS, (_durations, _severity, _link), strict=True))

RULE = Rule(
    code="IR013",
    name="facts-disagree",
    level=Level.ADVISORY,
    subject=Subject.REVIEW,
    group=Group.ADVICE,
    sentence="The facts in a review agree with each other, with its severity label and with its issue links.",
    why="Where times, duration, severity and links disagree, one of them is wrong, and so is each figure made of it.",
    lacks="facts that disagree",
    detailed=True,
    step="Correct the facts that disagree",
    in_scope=_in_scope,
    violated=_violated,
    message=_message,
    evidence=(
        *("stated_minutes", "counted_minutes", "row_severities", "own_severities"),
        *("link_row", "incidents", "signals"),
    ),
)

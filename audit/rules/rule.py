"""What a rule is: one criterion of the policy, as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from audit.phrases import first_lines

if TYPE_CHECKING:
    from audit.model import Level, Subject

MOST_NAMED: Final = 20
"""Names listed in a message at most."""
Columns = Mapping[str, Any]
"""The columns of all subjects: arrays of numpy, texts and tuples as objects, or of pandas where one may hold NA."""
Mask = Any
"""One boolean for each subject, as an array of numpy, or of pandas; NA: unknown."""
Ask = Callable[[Columns], Mask]


class Group(StrEnum):
    """The section of the report that lists the subjects violating a rule, each by name."""

    REVIEW_DUE = "review due"
    """Late incidents, by verdict. A waiver on one rule of this group covers all of its rules."""
    NEXT_STEP = "next step"
    """Next steps of reviews that are late or due soon."""
    ADVICE = "advice"
    """Advice, by review and by incident."""
    DECISION = "decision"
    """Decisions for a leader: a service, with the message."""
    NO_OWNER = "no owner"
    """The queue of services without an owner."""
    ESCAPED = "escaped"
    """Incidents whose severity was lowered since."""
    ACTIONS = "actions"
    """Corrective actions, and incidents that one of them might have prevented."""


def everywhere(subjects: Columns) -> Mask:
    """Return the mask of all subjects."""
    return np.ones(len(subjects["ref"]), dtype=bool)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One criterion of the policy in force.

    ``in_scope`` and ``violated`` are called with the columns of the rule's subjects (:mod:`audit.evidence.columns`), to
    which the engine adds ``as_of`` and, for incidents, ``verdict`` and ``bare_verdict`` (the verdict without any
    waiver). They must not change them.
    """

    code: str
    name: str
    level: Level
    subject: Subject
    group: Group
    sentence: str
    """The sentence of the policy that it applies, printed with its findings."""
    quoted: bool = False
    """The sentence is quoted from the handbook."""
    why: str
    """Why it matters, for whoever meets it first: a sentence."""
    lacks: str
    """What is wrong with a violating subject, in a few words, for a list."""
    detailed: bool = False
    """The message says more than ``lacks``."""
    step: str
    """What a person does to fix it: a sentence without its full stop."""
    requires: frozenset[str] = frozenset()
    """Codes of rules on the same kind of subject: if one of them is violated, this one is not applicable."""
    in_scope: Ask
    """Mask of the subjects it applies to: the denominator."""
    violated: Ask
    """Mask of the subjects that violate it; NA: unknown."""
    mendable: Ask = everywhere
    """Mask of the violations that someone can still fix."""
    closing: Ask | None = None
    """Mask of reviews in which this is still to do before they are closed, ripe or not; NA: unknown. None: it stands in
    no one's way."""
    message: Callable[[Mapping[str, Any]], str]
    """One sentence about one subject, from its row."""
    evidence: tuple[str, ...]
    """The columns that the finding shows, at least one."""


def day(value: Any) -> str:
    """Return the ISO day of a value of a day column."""
    return f"{value:%Y-%m-%d}"


def withdrawn(row: Mapping[str, Any]) -> str:
    """Return a sentence, with a blank before it, on a request for a review that was taken off; empty: none was."""
    if pd.isna(row["request_removed_on"]):
        return ""
    return f" A review was requested by a label, which was taken off on {day(row['request_removed_on'])}."


def known(mask: Mask, *, otherwise: bool = False) -> np.ndarray:
    """Return where a mask holds, as numpy's array; where it is unknown, ``otherwise``."""
    if isinstance(mask, np.ndarray):
        return mask
    values: np.ndarray = mask.to_numpy(dtype=bool, na_value=otherwise)
    return values


def unknown_where(doubtful: Mask, mask: Mask) -> Mask:
    """Return the mask with NA where ``doubtful`` holds, or may hold."""
    doubts = known(doubtful, otherwise=True)
    return pd.arrays.BooleanArray(known(mask), doubts | pd.isna(mask)) if doubts.any() else mask


def unless_cut(reviews: Columns, mask: Mask) -> Mask:
    """Return the mask with NA for reviews of which only the beginning of the text was read, or nothing."""
    return unknown_where(reviews["cut"] | reviews["text_hidden"], mask)


def unless_unread(reviews: Columns, mask: Mask) -> Mask:
    """Return the mask with NA also for reviews whose template could not be read: it says what is asked of them."""
    return unless_cut(reviews, unknown_where(reviews["template_hidden"], mask))


def lengths(column: np.ndarray) -> np.ndarray:
    """Return how many each of a column's tuples holds."""
    return np.fromiter(map(len, column), dtype="int64", count=len(column))


def several(values: tuple[str, ...]) -> str:
    """Return names as words (``a, b and c``), a long list cut."""
    if len(values) == 1:
        return values[0]
    *first, last = first_lines(values, MOST_NAMED)
    return f"{', '.join(first)} {'' if len(values) > MOST_NAMED else 'and '}{last}"

"""What a rule is: one criterion of the policy, as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from audit.phrases import first_lines

if TYPE_CHECKING:
    from audit.model import Level, Subject

MOST_NAMED: Final = 20
"""Names of a list in a message."""
Mask = pd.Series
"""One value a subject: boolean; NA is unknown."""
Ask = Callable[[pd.DataFrame], Mask]


class Group(StrEnum):
    """Where the report lists what violates a rule, each subject by name."""

    REVIEW_DUE = "review due"
    """The incidents that are late, by their verdict. A waiver on one rule of this group covers them all."""
    NEXT_STEP = "next step"
    """The next step of reviews that are late or soon due."""
    ADVICE = "advice"
    """What could be better, by review and by incident."""
    DECISION = "decision"
    """What only a leader can settle: a service, with the message."""
    NO_OWNER = "no owner"
    """The queue of services without an owner."""
    ESCAPED = "escaped"
    """Incidents whose severity was lowered."""
    ACTIONS = "actions"
    """Corrective actions, and incidents that happened for want of one."""


def _always(frame: pd.DataFrame) -> Mask:
    return pd.Series(data=True, index=frame.index)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One criterion of the policy in force.

    ``in_scope`` and ``violated`` are asked with the frame of the rule's subject (:mod:`audit.evidence.columns`), to
    which the engine adds ``as_of`` and, for incidents, ``verdict`` and ``bare_verdict`` (the verdict without any
    waiver). They change nothing.
    """

    code: str
    name: str
    level: Level
    subject: Subject
    group: Group
    sentence: str
    """What it rests on, printed with its findings."""
    quoted: bool = False
    """The sentence is the handbook's own."""
    lacks: str
    """What is wrong with a subject that violates it, in a few words, for a list."""
    detailed: bool = False
    """The message tells more than ``lacks`` does."""
    step: str
    """What a person does to mend it: a sentence without its full stop."""
    requires: frozenset[str] = frozenset()
    """Codes of rules on the same kind of subject: where one of them is violated, this one is not applicable."""
    in_scope: Ask
    """Whom it is asked about: the denominator."""
    violated: Ask
    """NA where it cannot be told."""
    mendable: Ask = _always
    """Whether someone can still mend it."""
    message: Callable[[Mapping[str, Any]], str]
    """One sentence about one subject, from its row."""
    evidence: tuple[str, ...]
    """The columns that the finding shows."""


def day(value: Any) -> str:
    """Return the ISO day of a value of a day column."""
    return f"{value:%Y-%m-%d}"


def unless_cut(reviews: pd.DataFrame, mask: Mask) -> Mask:
    """Return what the text of a review says, unknown where only the beginning of the text was read."""
    return mask.astype("boolean").mask(reviews["cut"])


def several(values: tuple[str, ...]) -> str:
    """Return a list in words, a long one cut."""
    if len(values) == 1:
        return values[0]
    *first, last = first_lines(values, MOST_NAMED)
    return f"{', '.join(first)} {'' if len(values) > MOST_NAMED else 'and '}{last}"

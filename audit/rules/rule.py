"""What a rule is: one criterion of the policy, as a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from audit.model import Level, Subject

Mask = pd.Series
"""One value a subject: boolean; NA is unknown."""
Ask = Callable[[pd.DataFrame], Mask]


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
    sentence: str
    """What it rests on, printed with its findings."""
    quoted: bool = False
    """The sentence is the handbook's own."""
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


def several(values: tuple[str, ...]) -> str:
    """Return a list in words."""
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}"

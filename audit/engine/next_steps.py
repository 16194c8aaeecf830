"""What is still to do before a review is completed, made from what is missing.

Report, reminder and status note take their steps from here, so that the three never differ; the words are the rules'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from audit.model import Outcome
from audit.program_text import ProgramText
from audit.rules.late_review import RULE as LATE
from audit.rules.missing_review import RULE as MISSING
from audit.rules.rule import known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from audit.engine.subjects import Subjects
    from audit.rules import Rule

OPEN: Final = ProgramText(MISSING.step)
"""Where there is no review."""
COMPLETE: Final = ProgramText(LATE.step)
"""Where nothing may be told of what is missing."""
CLOSE: Final = ProgramText("Close the review")
"""Where nothing is missing but that."""
LABEL: Final = ProgramText("Add the label that marks the review as completed")
"""The same of an inline review."""


def approval(by: str) -> str:
    """Return the step of a review that is closed and waits for its approval."""
    return f"Wait for the approval by {by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that is left to do in a review."""

    code: str
    """Of the rule that asks for it."""
    text: ProgramText


def to_close(
    reviews: Subjects, rules: Sequence[Rule], outcomes: Mapping[str, pd.Series]
) -> Mapping[str, tuple[Step, ...]]:
    """Return ref of an open review -> the steps that are left before it is closed, in the order of the rules.

    ``outcomes``: rule code -> outcome by ref; nothing that is waived is asked for.
    """
    still_open = np.isnat(reviews["completed_at"])
    if not still_open.any():
        return {}
    steps: dict[str, list[Step]] = {ref: [] for ref in reviews["ref"][still_open]}
    for rule in rules:
        if rule.closing is None:
            continue
        wanted = still_open & known(rule.in_scope(reviews))
        wanted &= outcomes[rule.code].to_numpy() != Outcome.WAIVED.value
        if wanted.any():
            for ref in reviews["ref"][wanted & known(rule.closing(reviews))]:
                steps[ref].append(Step(code=rule.code, text=ProgramText(rule.step)))
    return {ref: tuple(found) for ref, found in steps.items()}

"""The subjects that conform to a rule, and those for which the outcome is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.engine.judge import subject_key
from audit.model import Level, Outcome

if TYPE_CHECKING:
    import pandas as pd

    from audit.engine.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutFinding:
    """The subjects of one rule that have no finding, by project path and number."""

    code: str
    conforming: tuple[str, ...]
    unknown: tuple[str, ...]
    """Subjects whose outcome is unknown."""


def without_finding(result: Result) -> tuple[WithoutFinding, ...]:
    """Return the subjects without a finding for the rules of level violation, in the order of the rules.

    They hold only what everybody may know: a ref, or the name of a service that a public incident is on.
    """
    codes = [rule.code for rule in result.rules if rule.level is Level.VIOLATION]
    return tuple(
        WithoutFinding(
            code=code,
            conforming=_with(result.by_subject[code], Outcome.CONFORMS),
            unknown=_with(result.by_subject[code], Outcome.UNKNOWN),
        )
        for code in codes
    )


def _with(outcomes: pd.Series, wanted: Outcome) -> tuple[str, ...]:
    return tuple(sorted(outcomes.index[outcomes.eq(wanted)].tolist(), key=subject_key))

"""The result of an audit on one day, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from audit.engine.next_steps import Step
    from audit.engine.rule_levels import RuleSwitch
    from audit.evidence.build import Evidence
    from audit.model import Gap, Level, Subject
    from audit.rules import Rule
    from audit.settings.policy import Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A subject that violates a rule, or would if it were not waived."""

    code: str
    name: str
    level: Level
    subject_kind: Subject
    subject: str
    """``g/p#12``, or a service's name."""
    open: bool
    """Someone can still mend it."""
    message: str
    evidence: dict[str, Any]
    """Only what JSON holds: text, numbers, ISO days, lists of them."""
    waiver: Waiver | None = None
    """The valid waiver that covers it."""

    @property
    def waived(self) -> bool:
        """Tell whether a waiver covers it: it does not count in the exit status."""
        return self.waiver is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """How many subjects a rule was asked about, by outcome; the denominators of the report."""

    code: str
    conforms: int
    violates: int
    waived: int
    not_applicable: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A verdict that another reading of the policy would change."""

    ref: str
    verdict: str
    other: str
    due_on: date | None
    other_due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Which verdicts change under another reading (section 6)."""

    reading: str
    """In words, for the report: "the clock starts when the incident is resolved" ..."""
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of an audit on one day."""

    as_of: date
    evidence: Evidence
    verdicts: pd.Series
    """The value of a Verdict for each row of evidence.incidents, same index."""
    bare_verdicts: pd.Series
    """The same without any waiver: the verdict that a waived incident would have."""
    findings: tuple[Finding, ...]
    """Sorted by rule, then subject."""
    rules: tuple[Rule, ...]
    """Those that were applied, at the level in force, in their order."""
    switches: tuple[RuleSwitch, ...] = ()
    """What the settings switch off or give another level."""
    outcomes: tuple[Outcomes, ...]
    """One for each of ``rules``, in their order."""
    by_subject: Mapping[str, pd.Series]
    """Rule code -> subject's ref -> the value of its Outcome; ``outcomes`` counts these. Also of rules that are off,
    which hold back others."""
    to_close: Mapping[str, tuple[Step, ...]]
    """Ref of an open review -> the steps that are left before it is closed; none: only the closing is."""
    gaps: tuple[Gap, ...]
    """All of them, sorted; could_change_a_verdict decided."""
    sensitivity: tuple[Sensitivity, ...] = ()
    """Empty until :func:`audit.engine.sensitivity.compared` fills it."""
    lapsed_waivers: tuple[Waiver, ...] = ()
    unused_waivers: tuple[Waiver, ...] = ()
    withheld: str | None = None
    """Why no compliance rate may be shown; None: it may."""
    notes: tuple[str, ...] = ()
    """Sentences about how far this audit can be trusted (a past as_of, links that the server hides ...)."""

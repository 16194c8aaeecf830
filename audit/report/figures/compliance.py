"""The compliance figure (POLICY.md section 4): on time / due, over the due days of the window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from audit.engine.gaps import in_window
from audit.model import Verdict

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from audit.engine.result import Result

DUE = (Verdict.ON_TIME, Verdict.LATE, Verdict.OVERDUE, Verdict.MISSING)
OPEN_LATE = (Verdict.OVERDUE, Verdict.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """How many of the reviews due in the window were completed on time."""

    first: date
    """First day of the window."""
    last: date
    """Last day of the window: the audited one."""
    on_time: int
    due: int
    exempt_due: int
    """Exempt incidents whose due day lies in the window."""
    due_elsewhere: int
    """On time, late, overdue and missing incidents whose due day lies outside the window, or that have none yet."""
    rate: float | None
    """on_time / due; None if nothing was due, or if it is withheld."""
    rate_counting_exempt: float | None
    """The same with exempt incidents counted as not done."""
    open_late: int
    """Overdue and missing, whatever their age."""
    withheld: str | None
    """Why both rates are withheld; None: they are not."""


def verdict_counts(verdicts: pd.Series) -> dict[str, int]:
    """Count each of the ten verdicts, zero or not, in the policy's order."""
    counts = verdicts.value_counts()
    return {verdict.value: int(counts.get(verdict.value, 0)) for verdict in Verdict}


def compliance(result: Result) -> Compliance:
    """Compute both rates and the counts that they come from."""
    window = verdict_counts(result.verdicts[in_window(result.evidence)])
    everything = verdict_counts(result.verdicts)
    on_time = window[Verdict.ON_TIME]
    due = sum(window[verdict] for verdict in DUE)
    exempt = window[Verdict.EXEMPT_UNOWNED]
    return Compliance(
        first=result.as_of - timedelta(days=result.evidence.settings.window - 1),
        last=result.as_of,
        on_time=on_time,
        due=due,
        exempt_due=exempt,
        due_elsewhere=sum(everything[verdict] for verdict in DUE) - due,
        rate=_rate(on_time, due, result.withheld),
        rate_counting_exempt=_rate(on_time, due + exempt, result.withheld),
        open_late=sum(everything[verdict] for verdict in OPEN_LATE),
        withheld=result.withheld,
    )


def _rate(on_time: int, due: int, withheld: str | None) -> float | None:
    return None if withheld is not None or due == 0 else on_time / due

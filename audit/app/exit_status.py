"""The exit status of a run that completed (POLICY.md section 10); errors carry their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.model import Level

if TYPE_CHECKING:
    from audit.app.order import FailOn
    from audit.engine.result import Result

DONE: Final = 0
GAPS: Final = 3
VIOLATIONS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Printout:
    """The output and exit status of a command that only reads."""

    text: str
    exit_status: int = DONE
    """GAPS if something that belongs in the text could not be read."""


def exit_status(result: Result, fail_on: FailOn) -> int:
    """Return the exit status: GAPS if gaps could change a verdict, else VIOLATIONS if any count, else DONE."""
    if any(gap.could_change_a_verdict for gap in result.gaps):
        return GAPS
    violations = [finding for finding in result.findings if finding.level is Level.VIOLATION and not finding.waived]
    counts = {"open": any(finding.open for finding in violations), "any": bool(violations), "never": False}
    return VIOLATIONS if counts[fail_on] else DONE

"""The doctor's table: what was checked, in which state it is, and what to do."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from audit import inert
from audit.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

WIDEST: Final = 110
"""Columns of the table at most, and in the log of a job."""
_NARROWEST: Final = 60
_CHECK: Final = 13
_STATE: Final = 13


class CheckState(StrEnum):
    """The state of a checkpoint."""

    OK = "ok"
    WARNING = "warning"
    """The next run ends as if all were well, and may not do what is meant."""
    NEEDED = "for --apply"
    """A run that only reads does not need it."""
    UNCHECKED = "not checked"
    FAULT = "fault"
    """The next run fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A line of the table."""

    check: str
    """Of what: settings, token, projects, and so on."""
    state: CheckState
    what: str
    advice: str = ""
    """What to do; empty where ``what`` says it, or where there is nothing to do."""
    exit_status: int = 0
    """That of the run that this fault stops."""

    @property
    def json(self) -> dict[str, Any]:
        """The line for programs."""
        return {"check": self.check, "state": str(self.state), "what": self.what, "to_do": self.advice}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What the doctor found."""

    checkpoints: tuple[Checkpoint, ...]
    details: tuple[str, ...] = ()
    """Lines for a terminal on what was read: spellings of labels, the catalogue, calendars, reviews."""

    @property
    def exit_status(self) -> int:
        """0 where nothing stops the next run; else that of wrong settings (2) before any other."""
        statuses = {point.exit_status for point in self.checkpoints if point.state is CheckState.FAULT}
        return next((status for status in (2, 1, 3) if status in statuses), 0)

    def text(self, columns: int = WIDEST) -> str:
        """Return the table, of at most so many columns and of 60 at least, then the details."""
        details = (inert.indented(line) for line in self.details)
        width = min(WIDEST, max(_NARROWEST, columns))
        return "\n".join([*table(self.checkpoints, width), *self._verdict(), *details])

    @property
    def json(self) -> dict[str, Any]:
        """The table for programs."""
        return {"exit_status": self.exit_status, "checks": [point.json for point in self.checkpoints]}

    def _verdict(self) -> Iterator[str]:
        faults = sum(point.state is CheckState.FAULT for point in self.checkpoints)
        yield ""
        if faults:
            yield f"{plural(faults, 'fault')} to mend before the next run can succeed (exit status {self.exit_status})."
        else:
            yield "Nothing stands in the way of the next run."


def fault(check: str, what: str, advice: str = "", *, exit_status: int = 1) -> Checkpoint:
    """Return the line of a fault."""
    return Checkpoint(check=check, state=CheckState.FAULT, what=what, advice=advice, exit_status=exit_status)


def faults(check: str, whats: Sequence[str], advice: str = "", *, exit_status: int = 1) -> Iterator[Checkpoint]:
    """Yield a line for each fault of a kind; the advice, which is for all of them, stands on the last."""
    for number, what in enumerate(whats, 1):
        yield fault(check, what, advice if number == len(whats) else "", exit_status=exit_status)


def warning(check: str, what: str, advice: str = "") -> Checkpoint:
    """Return the line of a warning."""
    return Checkpoint(check=check, state=CheckState.WARNING, what=what, advice=advice)


def needed(check: str, what: str, advice: str = "") -> Checkpoint:
    """Return the line of what a run with ``--apply`` would lack."""
    return Checkpoint(check=check, state=CheckState.NEEDED, what=what, advice=advice)


def fine(check: str, what: str) -> Checkpoint:
    """Return the line of what is as it should be."""
    return Checkpoint(check=check, state=CheckState.OK, what=what)


def unchecked(because: str, *checks: str) -> Iterator[Checkpoint]:
    """Yield a line for each check that another fault keeps from being made."""
    for check in checks:
        yield Checkpoint(check=check, state=CheckState.UNCHECKED, what=because)


def table(points: Iterable[Checkpoint], width: int) -> Iterator[str]:
    """Yield the lines of the table, of ``width`` columns, what to do below what it is about."""
    inside = width - _CHECK - _STATE
    yield f"{'check':<{_CHECK}}{'state':<{_STATE}}what, and what to do"
    for point in points:
        first, *more = _wrapped(point.what, "", inside)
        yield f"{point.check:<{_CHECK}}{point.state:<{_STATE}}{first}"
        yield from (f"{'':<{_CHECK + _STATE}}{line}" for line in more)
        yield from (f"{'':<{_CHECK + _STATE}}{line}" for line in _wrapped(point.advice, "-> ", inside) if point.advice)


def _wrapped(text: str, lead: str, width: int) -> list[str]:
    return textwrap.wrap(
        inert.one_line(text),
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
        break_long_words=False,
    ) or [""]

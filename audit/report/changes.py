"""What changed since an earlier audit, read from its audit.json."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.report.rows import FindingRow


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """What makes a finding the same one in two audits."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """This audit beside an earlier one. A difference is None where either side has no number."""

    since: date
    points: float | None
    """Percentage points of the compliance rate, unrounded."""
    open_late: int | None
    blocked: int | None
    median: int | None
    p90: int | None
    new: tuple[Key, ...]
    """Findings that were not there, waived ones aside."""
    cleared: tuple[Key, ...]
    still: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of this audit that are compared."""

    rate: float | None
    open_late: int
    blocked: int
    median: int | None
    p90: int | None


def changes(
    previous: Mapping[str, Any] | None, as_of: date, figures: Figures, findings: Iterable[FindingRow]
) -> Changes | None:
    """Compare with an earlier audit.json; None without one, or with one that is not earlier or of another version."""
    if previous is None or previous.get("schema_version") != 1:
        return None
    since = date.fromisoformat(previous["as_of"])
    if since >= as_of:
        return None
    now = {Key(code=row.code, subject=row.subject) for row in findings if row.outcome == "violates"}
    before = {
        Key(code=row["code"], subject=row["subject"]) for row in previous["findings"] if row["outcome"] == "violates"
    }
    earlier = _figures(previous)
    points = _difference(figures.rate, earlier.get("rate"))
    return Changes(
        since=since,
        points=None if points is None else points * 100,
        open_late=_difference(figures.open_late, earlier.get("open_late")),
        blocked=_difference(figures.blocked, earlier.get("blocked")),
        median=_difference(figures.median, earlier.get("median")),
        p90=_difference(figures.p90, earlier.get("p90")),
        new=tuple(sorted(now - before)),
        cleared=tuple(sorted(before - now)),
        still=tuple(sorted(now & before)),
    )


def _figures(previous: Mapping[str, Any]) -> dict[str, Any]:
    compliance = previous["compliance"]
    added = previous.get("figures", {})
    time = added.get("time_to_review", {})
    return {
        "rate": compliance["rate"],
        "open_late": compliance["open_late"],
        "blocked": added.get("blocked_by_no_owner"),
        "median": time.get("median"),
        "p90": time.get("p90"),
    }


def _difference(now: Any, before: Any) -> Any:
    return None if now is None or before is None else now - before

"""Incidents outside the compliance figure, each with the reason, so that none is left out unseen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from audit.engine.gaps import hidden
from audit.evidence.local_days import local_days
from audit.model import Verdict
from audit.report.figures.incident_rows import plain
from audit.rules import escaped_review

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    import pandas as pd

    from audit.engine.result import Result
    from audit.privacy.redaction import Discretion
    from audit.privacy.rows import FindingRow, IncidentRow, WaiverRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Inconclusive:
    """An incident for which it is unknown whether a review is required, or whether there is one."""

    incident: IncidentRow
    reason: str
    """A code of the columns `blind`, `due_hidden` and `history_gap`, or `severity`: it has no severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """An incident whose missing or late review is waived, with who approved it."""

    incident: IncidentRow
    waiver: WaiverRow | None
    """None if no waiver in the settings names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escaped:
    """An incident that once had a severity that requires a review."""

    incident: IncidentRow
    lowered_from: int | None
    lowered_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawnRequest:
    """An incident for which a review was requested until somebody took the request back."""

    incident: IncidentRow
    removed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """The incidents that the figure does not count, and questions for the reader."""

    pending: tuple[IncidentRow, ...]
    """The first due first."""
    exempt: tuple[IncidentRow, ...]
    waived: tuple[Waived, ...]
    inconclusive: tuple[Inconclusive, ...]
    voluntary: tuple[IncidentRow, ...]
    """Incidents that were reviewed although no review was required."""
    escaped: tuple[Escaped, ...]
    withdrawn: tuple[WithdrawnRequest, ...]


def not_counted(
    result: Result, rows: Sequence[IncidentRow], findings: Iterable[FindingRow], discretion: Discretion
) -> NotCounted:
    """Collect the incidents outside the figure."""
    frame, zone = result.evidence.incidents, ZoneInfo(result.evidence.settings.timezone)
    by_verdict: dict[str, list[IncidentRow]] = defaultdict(list)
    for row in rows:
        by_verdict[row.verdict].append(row)
    pending = sorted(by_verdict[Verdict.PENDING], key=lambda row: (row.due_on is None, row.due_on))
    return NotCounted(
        pending=tuple(pending),
        exempt=tuple(by_verdict[Verdict.EXEMPT_UNOWNED]),
        waived=tuple(_waived(result, by_verdict[Verdict.WAIVED], discretion)),
        inconclusive=tuple(
            Inconclusive(incident=row, reason=reason or "severity")
            for row, (reason,) in _chosen(
                result.verdicts.eq(Verdict.INCONCLUSIVE),
                rows,
                hidden(frame),
            )
        ),
        voluntary=tuple(
            row for row, _ in _chosen(result.verdicts.eq(Verdict.NOT_REQUIRED) & frame["has_review"], rows)
        ),
        escaped=tuple(_escaped(frame, rows, findings, zone)),
        withdrawn=tuple(
            WithdrawnRequest(incident=row, removed_on=removed)
            for row, (removed,) in _chosen(
                frame["request_removed_at"].notna() & result.verdicts.ne(Verdict.OUT_OF_SCOPE),
                rows,
                local_days(frame["request_removed_at"], zone),
            )
        ),
    )


def _chosen(
    mask: pd.Series, rows: Sequence[IncidentRow], *columns: pd.Series
) -> Iterable[tuple[IncidentRow, tuple[Any, ...]]]:
    """Return the rows for which the mask is true, each with its values of the columns."""
    positions = mask.to_numpy().nonzero()[0].tolist()
    values = zip(*(plain(column[mask]) for column in columns), strict=True) if columns else (() for _ in positions)
    return zip((rows[position] for position in positions), values, strict=True)


def _waived(result: Result, rows: Iterable[IncidentRow], discretion: Discretion) -> Iterable[Waived]:
    for row in rows:
        named = result.evidence.waivers.get(row.ref)
        yield Waived(incident=row, waiver=discretion.waiver(named) if named else None)


def _escaped(
    frame: pd.DataFrame, rows: Sequence[IncidentRow], findings: Iterable[FindingRow], zone: ZoneInfo
) -> Iterable[Escaped]:
    escaped = {one.subject for one in findings if one.code == escaped_review.RULE.code and one.outcome == "violates"}
    lowered_on = local_days(frame["lowered_at"], zone)
    for row, (lowered_from, day) in _chosen(frame["ref"].isin(escaped), rows, frame["lowered_from"], lowered_on):
        yield Escaped(incident=row, lowered_from=lowered_from, lowered_on=day)

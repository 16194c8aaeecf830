"""Corrective actions: open, late and unassigned ones, and incidents that may have repeated meanwhile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from audit.engine.judge import subject_key
from audit.evidence.actions import DAYS_ALLOWED
from audit.report.figures.incident_rows import plain
from audit.rules import corrective_action_late, corrective_action_unassigned, repeat_incident

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import pandas as pd

    from audit.engine.result import Result
    from audit.privacy.redaction import Discretion
    from audit.privacy.rows import FindingRow, IncidentRow

LATE: Final = corrective_action_late.RULE.code
UNASSIGNED: Final = corrective_action_unassigned.RULE.code
REPEATED: Final = repeat_incident.RULE.code
_COLUMNS: Final = ("ref", "url", "title", "severity", "opened_on", "late_after", "active_assignees", "incidents")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """One open corrective action."""

    ref: str
    url: str
    title: str
    severity: int | None
    """1 (worst) to 4."""
    opened_on: date
    late_after: date | None
    """The last day on time; None without a severity."""
    days_late: int
    """Calendar days; 0 while it is on time."""
    addressees: tuple[str, ...]
    """Usernames of the assignees who can act."""
    incidents: tuple[str, ...]
    """Refs of the incidents that it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRow:
    """Counts of the corrective actions of one severity."""

    severity: int | None
    """None: actions without a severity, which are never late."""
    days_allowed: int | None
    closed: int
    open: int
    late: int
    unassigned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """Incidents that the same late corrective actions might have prevented; the report asks, it does not claim."""

    actions: tuple[str, ...]
    """Refs of the late corrective actions. This and the following two are empty if they must not be shown."""
    services: tuple[str, ...]
    """Services that the incidents share with the earlier ones."""
    earlier: tuple[str, ...]
    """Refs of the incidents of the 90 days before that the actions came from."""
    incidents: tuple[IncidentRow, ...]
    """By project path and number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Corrective actions of the incidents in scope and their reviews."""

    by_severity: tuple[SeverityRow, ...]
    """Only severities that occur, the worst first, those without one last."""
    total: int
    open: int
    late: tuple[ActionRow, ...]
    """Late actions without waived ones, the longest late first."""
    unassigned: tuple[ActionRow, ...]
    """Open and on time, but without an assignee who can act; the oldest first, without waived ones."""
    repeated: tuple[Repeated, ...]
    """By the first of the incidents."""
    waived: int
    """Number of waived findings, which are in no list."""


def corrective(
    result: Result, rows: Iterable[IncidentRow], findings: Sequence[FindingRow], discretion: Discretion
) -> Actions:
    """Count the corrective actions and list the ones that need attention."""
    frame = result.evidence.actions
    held = {code: _subjects(findings, code) for code in (LATE, UNASSIGNED, REPEATED)}
    late = frame[frame["ref"].isin(held[LATE])]
    unassigned = frame[frame["ref"].isin(held[UNASSIGNED].keys() - held[LATE].keys())]
    return Actions(
        by_severity=tuple(_by_severity(frame)),
        total=len(frame),
        open=int(frame["open"].sum()),
        late=tuple(sorted(_rows(late, result.as_of, discretion), key=lambda row: -row.days_late)),
        unassigned=tuple(sorted(_rows(unassigned, result.as_of, discretion), key=lambda row: row.opened_on)),
        repeated=tuple(_repeated(rows, held[REPEATED])),
        waived=sum(one.outcome == "waived" and one.code in held for one in findings),
    )


def _subjects(findings: Iterable[FindingRow], code: str) -> dict[str, dict[str, Any]]:
    """Return subject -> evidence of a rule's findings, without waived ones."""
    return {one.subject: one.evidence for one in findings if one.code == code and one.outcome == "violates"}


def _repeated(rows: Iterable[IncidentRow], evidence: Mapping[str, dict[str, Any]]) -> Iterable[Repeated]:
    """Group the repeat incidents by the late actions of the earlier ones."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[IncidentRow]] = defaultdict(list)
    for row in rows:
        if row.ref in evidence:
            groups[_refs(evidence[row.ref], "earlier_actions"), _refs(evidence[row.ref], "shared_services")].append(row)
    for (actions, services), incidents in groups.items():
        earlier = {ref for row in incidents for ref in _refs(evidence[row.ref], "earlier")}
        yield Repeated(
            actions=actions,
            services=services,
            earlier=tuple(sorted(earlier, key=subject_key)),
            incidents=tuple(incidents),
        )


def _refs(evidence: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list from a finding's evidence; empty if it must not be shown."""
    return tuple(evidence.get(name, ()))


def _by_severity(frame: pd.DataFrame) -> Iterable[SeverityRow]:
    # 0 stands for those without a severity
    severities = frame["severity"].fillna(0)
    for level in (*DAYS_ALLOWED, 0):
        rows = frame[severities == level]
        if not rows.empty:
            yield SeverityRow(
                severity=level or None,
                days_allowed=DAYS_ALLOWED.get(level),
                closed=int((~rows["open"]).sum()),
                open=int(rows["open"].sum()),
                late=int(rows["late"].sum()),
                unassigned=int((rows["open"] & rows["unassigned"]).sum()),
            )


def _rows(frame: pd.DataFrame, as_of: date, discretion: Discretion) -> Iterable[ActionRow]:
    for values in zip(*(plain(frame[name]) for name in _COLUMNS), strict=True):
        ref, url, title, severity, opened_on, late_after, addressees, incidents = values
        public = discretion.tells(ref)
        yield ActionRow(
            ref=ref,
            url=url if public else "",
            title=discretion.title(ref, title),
            severity=severity,
            opened_on=opened_on,
            late_after=late_after,
            days_late=max(0, (as_of - late_after).days) if late_after else 0,
            addressees=tuple(addressees) if public else (),
            incidents=tuple(incidents) if public else (),
        )

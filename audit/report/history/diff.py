"""Compares two audits by their audit.json, for `incident-audit diff`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.engine.judge import subject_key
from audit.model import Level, Verdict
from audit.privacy.redaction import Discretion
from audit.report.figures.changes import Key, keys_in, moves, turns, verdicts_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from audit.contract.audit_file import AuditFile
    from audit.contract.entries import FindingEntry, IncidentEntry, ServiceEntry
    from audit.report.figures.changes import Moves, Turns

SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number in both audits; None if an audit does not have it."""

    name: str
    before: float | None
    now: float | None

    @property
    def difference(self) -> float | None:
        """None where either side has no number."""
        return None if self.before is None or self.now is None else self.now - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChange:
    """A service whose owner has changed; empty: nobody owns it, or it is not in the catalogue."""

    service: str
    before: str
    now: str
    was_owned: bool
    is_owned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GapKey:
    """The identity of a gap across audits."""

    ref: str
    what: str
    could_change_a_verdict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What has changed from the first audit to the second."""

    before: date
    now: date
    withheld: tuple[str | None, str | None]
    """Why the rate is withheld, in the earlier and the later audit; None: it is not."""
    same_policy: bool
    """Both were judged by the same settings."""
    figures: tuple[Figure, ...]
    verdicts: tuple[Figure, ...]
    """Number of incidents with each verdict."""
    turns: Turns
    findings: Moves
    new_violations: int
    services: tuple[OwnerChange, ...]
    """By name."""
    new_gaps: tuple[GapKey, ...]
    closed_gaps: tuple[GapKey, ...]
    titles: Mapping[str, str]
    """Incident's ref -> title, from the later audit that has it."""
    urls: Mapping[str, str]
    """Ref -> address of the incidents and reviews that may be shown."""
    messages: Mapping[Key, str]
    """Finding -> message, from the later audit that has it."""
    names: Mapping[str, str]
    """Rule code -> its name."""


def compare(before: AuditFile, now: AuditFile) -> Difference:
    """Compare two audits; waived findings do not count."""
    findings = moves(keys_in(before), keys_in(now))
    violations = {(row.code, row.subject) for row in now.findings if row.level is Level.VIOLATION}
    old_gaps, new_gaps = _gaps(before), _gaps(now)
    rows = (*before.findings, *now.findings)
    incidents, discretion = (*before.incidents, *now.incidents), _discretion(before, now)
    return Difference(
        before=before.as_of,
        now=now.as_of,
        withheld=(before.compliance.withheld, now.compliance.withheld),
        same_policy=before.policy.sha256 == now.policy.sha256,
        figures=_figures(_headline(before), _headline(now)),
        verdicts=_figures(_counts(before), _counts(now)),
        turns=turns(verdicts_in(before), verdicts_in(now)),
        findings=findings,
        new_violations=sum((key.code, key.subject) in violations for key in findings.new),
        services=_ownership(before.services, now.services),
        new_gaps=_in_order(new_gaps - old_gaps),
        closed_gaps=_in_order(old_gaps - new_gaps),
        titles={row.ref: row.title for row in incidents},
        urls=_urls(incidents, discretion),
        messages=_messages(rows, discretion),
        names={row.code: row.name for row in rows},
    )


def _discretion(*audits: AuditFile) -> Discretion:
    """Return the discretion that hides what is confidential in either audit, from both of them."""
    rows = [row for audit in audits for row in audit.incidents]
    refs = [row.ref for row in rows if row.confidential]
    # a confidential review has no address
    refs += [row.review.ref for row in rows if row.review and (row.confidential or not row.review.url)]
    return Discretion(frozenset(ref.casefold() for ref in refs), {})


def _urls(incidents: Iterable[IncidentEntry], discretion: Discretion) -> dict[str, str]:
    shown = (issue for row in incidents for issue in (row, row.review) if issue)
    return {issue.ref: issue.url for issue in shown if not discretion.hides(issue.ref)}


def _messages(rows: Iterable[FindingEntry], discretion: Discretion) -> dict[Key, str]:
    return {
        Key(code=row.code, subject=row.subject): ""
        if discretion.is_quoted_in(f"{row.subject} {row.message}")
        else row.message
        for row in rows
    }


def _headline(audit: AuditFile) -> dict[str, float | None]:
    compliance, figures = audit.compliance, audit.figures
    return {
        "rate": compliance.rate,
        "rate_counting_exempt": compliance.rate_counting_exempt,
        "on_time": compliance.on_time,
        "due": compliance.due,
        "open_late": compliance.open_late,
        "blocked_by_no_owner": figures.blocked_by_no_owner,
        "median": figures.time_to_review.median,
        "p90": figures.time_to_review.p90,
    }


def _figures(before: Mapping[str, float | None], now: Mapping[str, float | None]) -> tuple[Figure, ...]:
    return tuple(Figure(name=name, before=before[name], now=now[name]) for name in before)


def _counts(audit: AuditFile) -> dict[str, float | None]:
    return {verdict.value: audit.verdicts[verdict] for verdict in Verdict}


def _gaps(audit: AuditFile) -> set[GapKey]:
    return {GapKey(ref=row.ref, what=row.what, could_change_a_verdict=row.could_change_a_verdict) for row in audit.gaps}


def _in_order(gaps: Iterable[GapKey]) -> tuple[GapKey, ...]:
    return tuple(sorted(gaps, key=lambda gap: (subject_key(gap.ref), gap.what, gap.could_change_a_verdict)))


def _ownership(before: Iterable[ServiceEntry], now: Iterable[ServiceEntry]) -> tuple[OwnerChange, ...]:
    old = {row.name: (row.owner, row.owned) for row in before}
    new = {row.name: (row.owner, row.owned) for row in now}
    nobody = ("", False)
    return tuple(
        OwnerChange(
            service=name,
            before=old.get(name, nobody)[0],
            now=new.get(name, nobody)[0],
            was_owned=old.get(name, nobody)[1],
            is_owned=new.get(name, nobody)[1],
        )
        for name in sorted(old.keys() | new.keys())
        if old.get(name, nobody) != new.get(name, nobody)
    )


def diff_json(difference: Difference) -> dict[str, Any]:
    """Return the comparison as data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "before": difference.before.isoformat(),
        "now": difference.now.isoformat(),
        "same_policy": difference.same_policy,
        "figures": {one.name: _numbers(one) for one in difference.figures},
        "verdicts": {one.name: _numbers(one) for one in difference.verdicts},
        "incidents": {
            "changed": [{"ref": one.ref, "before": one.before, "now": one.now} for one in difference.turns.changed],
            "appeared": list(difference.turns.appeared),
            "gone": list(difference.turns.gone),
        },
        "findings": {
            "new": [_finding(difference, key) for key in difference.findings.new],
            "cleared": [_finding(difference, key) for key in difference.findings.cleared],
            "still": [_finding(difference, key) for key in difference.findings.still],
        },
        "services": [
            {
                "name": one.service,
                "before": one.before if one.was_owned else None,
                "now": one.now if one.is_owned else None,
            }
            for one in difference.services
        ],
        "gaps": {"new": list(map(_gap, difference.new_gaps)), "closed": list(map(_gap, difference.closed_gaps))},
    }


def _numbers(figure: Figure) -> dict[str, float | None]:
    return {"before": figure.before, "now": figure.now, "difference": figure.difference}


def _finding(difference: Difference, key: Key) -> dict[str, str]:
    return {
        "code": key.code,
        "name": difference.names[key.code],
        "subject": key.subject,
        "message": difference.messages[key],
    }


def _gap(gap: GapKey) -> dict[str, Any]:
    return {"ref": gap.ref, "what": gap.what, "could_change_a_verdict": gap.could_change_a_verdict}

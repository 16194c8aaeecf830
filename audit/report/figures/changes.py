"""What changed since an earlier audit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.engine.judge import subject_key
from audit.engine.rule_levels import OFF

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import date

    from audit.contract.audit_file import AuditFile
    from audit.privacy.rows import FindingRow, IncidentRow


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """The identity of a finding across audits."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """Findings that are new, still there or gone, without waived ones."""

    new: tuple[Key, ...]
    cleared: tuple[Key, ...]
    still: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An incident whose verdict has changed."""

    ref: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Incidents with changed verdicts, new ones and gone ones, by project path and number."""

    changed: tuple[Turn, ...]
    appeared: tuple[str, ...]
    """Refs of incidents that were not read before."""
    gone: tuple[str, ...]
    """Refs of incidents that were read before and are not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """This audit compared with an earlier one. A difference is None if either side has no number."""

    since: date
    points: float | None
    """Percentage points of the compliance rate, unrounded."""
    open_late: int | None
    blocked: int | None
    median: int | None
    p90: int | None
    new: tuple[Key, ...]
    """New findings, without waived ones."""
    cleared: tuple[Key, ...]
    still: tuple[Key, ...]
    turns: Turns


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of an audit that are compared; None: not known."""

    rate: float | None
    open_late: int
    blocked: int | None
    median: int | None
    p90: int | None


def changes(
    previous: AuditFile | None,
    as_of: date,
    figures: Figures,
    findings: Iterable[FindingRow],
    incidents: Iterable[IncidentRow],
) -> Changes | None:
    """Compare with an earlier audit; None without one, or with one that is not earlier.

    What a rule finds that was switched off then is not new; see :func:`without_rules` for the other way round.
    """
    if previous is None or previous.as_of >= as_of:
        return None
    off = {switch.code for switch in previous.policy.switches if switch.level == OFF}
    now = {Key(code=row.code, subject=row.subject) for row in findings if row.outcome == "violates"}
    moved = moves(keys_in(previous), {key for key in now if key.code not in off})
    earlier = figures_in(previous)
    points = _difference(figures.rate, earlier.rate)
    return Changes(
        since=previous.as_of,
        points=None if points is None else points * 100,
        open_late=_difference(figures.open_late, earlier.open_late),
        blocked=_difference(figures.blocked, earlier.blocked),
        median=_difference(figures.median, earlier.median),
        p90=_difference(figures.p90, earlier.p90),
        new=moved.new,
        cleared=moved.cleared,
        still=moved.still,
        turns=turns(verdicts_in(previous), {row.ref: row.verdict for row in incidents}),
    )


def by_subject(keys: Iterable[Key]) -> list[tuple[str, tuple[str, ...]]]:
    """Return each subject with the codes of its findings, by project path and number, services first."""
    codes: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        codes[key.subject].append(key.code)
    return [(subject, tuple(codes[subject])) for subject in _in_order(codes)]


def moves(before: AbstractSet[Key], now: AbstractSet[Key]) -> Moves:
    """Compare the findings of two audits."""
    return Moves(
        new=tuple(sorted(now - before)), cleared=tuple(sorted(before - now)), still=tuple(sorted(now & before))
    )


def keys_in(audit: AuditFile) -> set[Key]:
    """Return the findings of an audit that are not waived."""
    return {Key(code=row.code, subject=row.subject) for row in audit.findings if row.outcome == "violates"}


def without_rules(audit: AuditFile, codes: Collection[str]) -> AuditFile:
    """Return an earlier audit without the findings of rules that are off now: they are not cleared by that."""
    kept = tuple(row for row in audit.findings if row.code not in codes)
    return audit.model_copy(update={"findings": kept})


def verdicts_in(audit: AuditFile) -> dict[str, str]:
    """Return the verdict of each incident of an audit, by ref."""
    return {row.ref: row.verdict.value for row in audit.incidents}


def turns(before: Mapping[str, str], now: Mapping[str, str]) -> Turns:
    """Compare the verdicts of two audits, each as ref -> verdict."""
    return Turns(
        changed=tuple(
            Turn(ref=ref, before=before[ref], now=now[ref])
            for ref in _in_order(before.keys() & now.keys())
            if before[ref] != now[ref]
        ),
        appeared=tuple(_in_order(now.keys() - before.keys())),
        gone=tuple(_in_order(before.keys() - now.keys())),
    )


def _in_order(refs: Iterable[str]) -> list[str]:
    return sorted(refs, key=subject_key)


def figures_in(audit: AuditFile) -> Figures:
    """Return the numbers of an audit that :func:`changes` compares."""
    return Figures(
        rate=audit.compliance.rate,
        open_late=audit.compliance.open_late,
        blocked=audit.figures.blocked_by_no_owner,
        median=audit.figures.time_to_review.median,
        p90=audit.figures.time_to_review.p90,
    )


def _difference(now: Any, before: Any) -> Any:
    return None if now is None or before is None else now - before

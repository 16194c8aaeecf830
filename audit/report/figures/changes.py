"""What changed since an earlier audit, read from its audit.json."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from audit.engine.judge import subject_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from audit.privacy.rows import FindingRow, IncidentRow


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """What makes a finding the same one in two audits."""

    code: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What became of the findings, waived ones aside."""

    new: tuple[Key, ...]
    cleared: tuple[Key, ...]
    still: tuple[Key, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """An incident whose verdict is another one than before."""

    ref: str
    before: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What became of the incidents, by project path and number."""

    changed: tuple[Turn, ...]
    appeared: tuple[str, ...]
    """Refs of incidents that were not read before."""
    gone: tuple[str, ...]
    """Refs of incidents that were read before, and are not there any more."""


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
    turns: Turns | None
    """None where the earlier audit does not tell its incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of this audit that are compared."""

    rate: float | None
    open_late: int
    blocked: int
    median: int | None
    p90: int | None


def changes(
    previous: Mapping[str, Any] | None,
    as_of: date,
    figures: Figures,
    findings: Iterable[FindingRow],
    incidents: Iterable[IncidentRow],
) -> Changes | None:
    """Compare with an earlier audit.json; None without one, or with one that is not earlier or of another version."""
    if previous is None or previous.get("schema_version") != 1:
        return None
    since = date.fromisoformat(previous["as_of"])
    if since >= as_of:
        return None
    now = {Key(code=row.code, subject=row.subject) for row in findings if row.outcome == "violates"}
    moved = moves(keys_in(previous), now)
    earlier = figures_in(previous)
    points = _difference(figures.rate, earlier.get("rate"))
    return Changes(
        since=since,
        points=None if points is None else points * 100,
        open_late=_difference(figures.open_late, earlier.get("open_late")),
        blocked=_difference(figures.blocked, earlier.get("blocked")),
        median=_difference(figures.median, earlier.get("median")),
        p90=_difference(figures.p90, earlier.get("p90")),
        new=moved.new,
        cleared=moved.cleared,
        still=moved.still,
        turns=_turns(previous, incidents),
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


def keys_in(told: Mapping[str, Any]) -> set[Key]:
    """Return the findings of an audit.json, waived ones aside."""
    return {Key(code=row["code"], subject=row["subject"]) for row in told["findings"] if row["outcome"] == "violates"}


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


def _turns(previous: Mapping[str, Any], incidents: Iterable[IncidentRow]) -> Turns | None:
    earlier = previous.get("incidents")
    if earlier is None:
        return None
    return turns({row["ref"]: row["verdict"] for row in earlier}, {row.ref: row.verdict for row in incidents})


def _in_order(refs: Iterable[str]) -> list[str]:
    return sorted(refs, key=subject_key)


def figures_in(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of an audit.json that are compared, by their names in Figures; None: it does not tell."""
    compliance = told["compliance"]
    added = told.get("figures", {})
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

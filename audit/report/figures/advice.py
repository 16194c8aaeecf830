"""Advice on reviews and incidents; no verdict and no exit status depends on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.program_text import ProgramText
from audit.report.figures.incident_rows import plain
from audit.rules import RULES, Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from audit.engine.result import Result
    from audit.privacy.redaction import Discretion
    from audit.privacy.rows import FindingRow, IncidentRow
    from audit.rules import Rule

_RULES: Final = {rule.code: rule for rule in RULES if rule.group is Group.ADVICE}
_LACKS: Final = {code: ProgramText(rule.lacks) for code, rule in _RULES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One thing that could be better."""

    code: str
    """Code of the rule that asks for it."""
    lacks: ProgramText
    """What is wrong, in a few words."""
    detail: str
    """The finding's message; empty if it says no more, or must not be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """A review or an incident with everything that could be better about it."""

    ref: str
    url: str
    title: str
    begun_on: date
    """The day on which the review was opened, or the incident declared."""
    completed_on: date | None
    """The day on which the review was completed; None while it is open, and for incidents."""
    pieces: tuple[Piece, ...]
    """In the order of the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceCount:
    """How many of the subjects of a rule could be better, without waived findings."""

    code: str
    name: str
    lacks: ProgramText
    """Of the rule."""
    level: str
    """In force: a violation where the settings say so."""
    violated: int
    examined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What reviews and incidents could do better."""

    counts: tuple[AdviceCount, ...]
    """In the order of the rules, only those that found something."""
    reviews: tuple[Advised, ...]
    """Open ones, the latest opened first; then completed ones, the latest completed first."""
    incidents: tuple[Advised, ...]
    """The latest declared first."""
    waived: int
    """Number of waived findings, which are in neither list."""


def advice(
    result: Result, rows: Iterable[IncidentRow], findings: Sequence[FindingRow], discretion: Discretion
) -> Advice:
    """Collect the advice by review and by incident."""
    concerned = [one for one in findings if one.code in _RULES]
    pieces: dict[str, dict[str, list[Piece]]] = {"review": defaultdict(list), "incident": defaultdict(list)}
    for finding in concerned:
        if finding.outcome == "violates":
            pieces[finding.kind][finding.subject].append(_piece(_RULES[finding.code], finding))
    incidents = (_of_incident(row, pieces["incident"][row.ref]) for row in rows if row.ref in pieces["incident"])
    return Advice(
        counts=tuple(_counts(result)),
        reviews=_ordered(_of_reviews(result, pieces["review"], discretion)),
        incidents=_ordered(incidents),
        waived=sum(one.outcome == "waived" for one in concerned),
    )


def _piece(rule: Rule, finding: FindingRow) -> Piece:
    return Piece(code=rule.code, lacks=_LACKS[rule.code], detail=finding.message if rule.detailed else "")


def _counts(result: Result) -> Iterable[AdviceCount]:
    for rule, outcome in zip(result.rules, result.outcomes, strict=True):
        if rule.code in _RULES and outcome.violates:
            yield AdviceCount(
                code=rule.code,
                name=rule.name,
                lacks=ProgramText(rule.lacks),
                level=rule.level.value,
                violated=outcome.violates,
                examined=outcome.conforms + outcome.violates + outcome.waived,
            )


def _of_reviews(result: Result, pieces: dict[str, list[Piece]], discretion: Discretion) -> Iterable[Advised]:
    frame = result.evidence.reviews
    frame = frame[frame["ref"].isin(pieces)]
    columns = (plain(frame[name]) for name in ("ref", "url", "title", "opened_on", "completed_on"))
    for ref, url, title, opened_on, completed_on in zip(*columns, strict=True):
        yield Advised(
            ref=ref,
            url="" if discretion.hides(ref) else url,
            title=discretion.title(ref, title),
            begun_on=opened_on,
            completed_on=completed_on,
            pieces=tuple(pieces[ref]),
        )


def _of_incident(row: IncidentRow, pieces: Iterable[Piece]) -> Advised:
    return Advised(
        ref=row.ref, url=row.url, title=row.title, begun_on=row.declared_on, completed_on=None, pieces=tuple(pieces)
    )


def _ordered(rows: Iterable[Advised]) -> tuple[Advised, ...]:
    """Sort open ones by the day they began, then completed ones by that of their end, each the latest first."""
    latest = sorted(rows, key=lambda one: one.completed_on or one.begun_on, reverse=True)
    return tuple(sorted(latest, key=lambda one: one.completed_on is not None))

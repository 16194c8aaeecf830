"""What a reader of a finding wants to know of its subject: whose it is, who has it, when it is due, how late it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from audit.model import Subject, Verdict
from audit.report.figures.incident_rows import plain
from audit.report.figures.time_to_review import EXPECTED, working_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from audit.privacy.redaction import Discretion
    from audit.privacy.rows import FindingRow, IncidentRow, ServiceRow
    from audit.report.figures.whom_to_ask import WhomToAsk

_DUE: Final = frozenset((*EXPECTED, Verdict.WAIVED))
"""Verdicts of incidents whose due day stands."""
_OPEN: Final = (Verdict.PENDING, Verdict.OVERDUE, Verdict.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingSubject:
    """An incident, review, service or corrective action, with what may be shown of it."""

    title: str
    url: str
    teams: tuple[str, ...]
    """Owners of its services, or of those of its incidents; of a service its own."""
    people: tuple[str, ...]
    """Usernames: whom to ask about an open review, else who has it; the assignees of a corrective action."""
    due_on: date | None
    """The last day on time; None: it has none."""
    days_late: int | None
    """Working days after it, for a corrective action calendar days; 0: it is on time. None without a due day."""


_NOTHING: Final = FindingSubject(title="", url="", teams=(), people=(), due_on=None, days_late=None)


def finding_subjects(
    findings: Iterable[FindingRow],
    incidents: Sequence[IncidentRow],
    services: Iterable[ServiceRow],
    whom: WhomToAsk,
) -> tuple[FindingSubject, ...]:
    """Return what stands behind each finding, in their order."""
    teams = {row.ref: row.owners for row in incidents}
    every = (
        *_incidents(incidents, whom),
        *_reviews(teams, whom),
        *_actions(teams, whom),
        *((Subject.SERVICE.value, row.name, _service(row)) for row in services),
    )
    known = {(kind, ref): subject for kind, ref, subject in every}
    return tuple(known.get((finding.kind, finding.subject), _NOTHING) for finding in findings)


def _service(row: ServiceRow) -> FindingSubject:
    owner = (row.owner,) if row.owned else ()
    return FindingSubject(title="", url="", teams=owner, people=(), due_on=None, days_late=None)


def _incidents(rows: Sequence[IncidentRow], whom: WhomToAsk) -> Iterator[tuple[str, str, FindingSubject]]:
    frame = whom.result.evidence.incidents
    late = _days_late(frame, frame["review_completed_on"], whom)
    for row, days in zip(rows, late, strict=True):
        stands = row.verdict in _DUE and row.due_on is not None
        done_by = row.review.assignees if row.review else ()
        yield (
            Subject.INCIDENT.value,
            row.ref,
            FindingSubject(
                title=row.title,
                url=row.url,
                teams=row.owners,
                people=whom.addressees(row) if row.verdict in _OPEN else done_by,
                due_on=row.due_on if stands else None,
                days_late=days if stands else None,
            ),
        )


def _reviews(teams: Mapping[str, tuple[str, ...]], whom: WhomToAsk) -> Iterator[tuple[str, str, FindingSubject]]:
    frame = whom.result.evidence.reviews
    late = _days_late(frame, frame["completed_on"], whom)
    names = ("ref", "url", "title", "assignees", "incidents", "due_on", "required")
    for *values, days in zip(*(plain(frame[name]) for name in names), late, strict=True):
        ref, url, title, people, incidents, due_on, required = values
        stands = required and due_on is not None
        subject = FindingSubject(
            title=title,
            url=url,
            teams=_of(teams, incidents),
            people=tuple(people),
            due_on=due_on if stands else None,
            days_late=days if stands else None,
        )
        yield Subject.REVIEW.value, ref, _shown(subject, ref, whom.discretion)


def _actions(teams: Mapping[str, tuple[str, ...]], whom: WhomToAsk) -> Iterator[tuple[str, str, FindingSubject]]:
    frame, as_of = whom.result.evidence.actions, whom.result.as_of
    names = ("ref", "url", "title", "assignees", "incidents", "late_after", "late")
    for ref, url, title, people, incidents, due_on, late in zip(*(plain(frame[name]) for name in names), strict=True):
        subject = FindingSubject(
            title=title,
            url=url,
            teams=_of(teams, incidents),
            people=tuple(people),
            due_on=due_on,
            days_late=None if due_on is None else (as_of - due_on).days if late else 0,
        )
        yield Subject.ACTION.value, ref, _shown(subject, ref, whom.discretion)


def _shown(subject: FindingSubject, ref: str, discretion: Discretion) -> FindingSubject:
    if discretion.tells(ref):
        return subject
    return replace(subject, title=discretion.title(ref, subject.title), url="", teams=(), people=())


def _of(teams: Mapping[str, tuple[str, ...]], incidents: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({team for ref in incidents for team in teams.get(ref, ())}))


def _days_late(frame: pd.DataFrame, completed: pd.Series, whom: WhomToAsk) -> list[Any]:
    """Return the working days after each due day until its completion, else until as_of; 0 without a due day."""
    result = whom.result
    days = pd.Series(0, index=frame.index, dtype="int64")
    due = frame["due_on"].notna()
    end = completed.fillna(pd.Timestamp(result.as_of))
    days[due] = working_days(frame.loc[due, "due_on"], end[due], frame.loc[due, "calendar"], result.evidence.calendars)
    return days.tolist()

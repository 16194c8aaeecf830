"""Decisions for a leader, counted in subjects: a service, or an incident, and what is to be decided about it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from audit.report.figures.compliance import OPEN_LATE
from audit.rules import RULES, Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from audit.privacy.rows import FindingRow, IncidentRow, WaiverRow
    from audit.report.figures.no_owner import NoOwner
    from audit.report.figures.reminder_summary import ProposalRow, Reminded, ReminderRow

Question = Literal["owner", "unreachable", "unanswered", "proposal", "lapsed"]
"""Who takes the service; who can be asked; who speaks to the team; can it do without; is the waiver renewed."""
_CODES: Final = frozenset(rule.code for rule in RULES if rule.group is Group.DECISION)
_NO_SEVERITY: Final = 5
_REF: Final = re.compile(r".*#\d+", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """A service whose owner cannot be reached, or an incident about which nobody can be asked."""

    subject: str
    url: str
    """Address of the incident; empty for a service, or if it must not be shown."""
    why: str
    """The finding's message; empty for an incident, about which nobody can be asked."""
    incidents: tuple[IncidentRow, ...] = ()
    """Of a service: those that wait because of it. They are not listed again by themselves."""
    since: date | None = None
    """The day on which the incident, or the first of the service's, was declared; None: none waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One subject, with every question about it."""

    subject: str
    """Name of the service, or ref of the incident; of a waiver on something else, what it is on."""
    is_service: bool
    url: str
    """Of an incident; empty if it must not be shown."""
    questions: tuple[Question, ...]
    incidents: tuple[IncidentRow, ...]
    """Of a service: those that wait for it, the first declared first; else the incident itself, if it was read."""

    @property
    def severity(self) -> int | None:
        """The worst of its incidents; None: none has one."""
        return min((row.severity for row in self.incidents if row.severity), default=None)

    @property
    def since(self) -> date | None:
        """The day on which the first of its incidents was declared."""
        return min((row.declared_on for row in self.incidents), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The questions for a leader."""

    no_owner: NoOwner
    unanswered: tuple[ReminderRow, ...]
    lapsed: tuple[WaiverRow, ...]
    unreachable: tuple[Unreachable, ...]
    proposals: tuple[ProposalRow, ...]
    rows: tuple[DecisionRow, ...]
    """Every subject once: the worst severity first, then the one that waits longest."""

    @property
    def count(self) -> int:
        """Number of decisions: subjects, none twice."""
        return len(self.rows)


def decisions(
    queue: NoOwner,
    reminders: Reminded | None,
    lapsed: tuple[WaiverRow, ...],
    findings: Iterable[FindingRow],
    incidents: Sequence[IncidentRow],
) -> Decisions:
    """Collect and count them."""
    unanswered = reminders.unanswered if reminders else ()
    proposed = reminders.proposals if reminders else ()
    nobody = frozenset(reminders.unreachable) if reminders else frozenset()
    unreachable = tuple(_unreachable(queue, findings, [row for row in incidents if row.ref in nobody]))
    questions: list[tuple[Question, str, Sequence[IncidentRow]]] = [
        *(("owner", service.service, service.incidents) for service in queue.services),
        *(("owner", row.ref, ()) for row in queue.untold),
        *(("unreachable", one.subject, one.incidents) for one in unreachable),
        *(("unanswered", row.incident, ()) for row in unanswered),
        *(("proposal", row.incident, ()) for row in proposed),
        *(("lapsed", waiver.subject, ()) for waiver in lapsed),
    ]
    return Decisions(
        no_owner=queue,
        unanswered=unanswered,
        lapsed=lapsed,
        unreachable=unreachable,
        proposals=proposed,
        rows=tuple(_by_subject(questions, incidents)),
    )


def _unreachable(
    queue: NoOwner, findings: Iterable[FindingRow], nobody: Sequence[IncidentRow]
) -> Iterator[Unreachable]:
    """Yield the services whose owner cannot be reached, and the incidents about which nobody can be asked.

    An incident that waits for a service of either list is told with that.
    """
    listed = {row.ref for service in queue.services for row in service.incidents}
    for finding in findings:
        if finding.code in _CODES and finding.outcome == "violates":
            theirs = tuple(row for row in nobody if finding.subject in row.services and row.verdict in OPEN_LATE)
            listed.update(row.ref for row in theirs)
            since = min((row.declared_on for row in theirs), default=None)
            yield Unreachable(subject=finding.subject, url="", why=finding.message, incidents=theirs, since=since)
    for row in nobody:
        if row.ref not in listed:
            yield Unreachable(subject=row.ref, url=row.url, why="", since=row.declared_on)


def _by_subject(
    questions: Iterable[tuple[Question, str, Sequence[IncidentRow]]], incidents: Sequence[IncidentRow]
) -> list[DecisionRow]:
    """Return every subject once. What is asked about a review is asked about its incident."""
    by_ref = {row.ref: row for row in incidents}
    reviewed = {row.review.ref: row.ref for row in reversed(incidents) if row.review}
    wanted: dict[str, list[Question]] = defaultdict(list)
    waiting: dict[str, dict[str, IncidentRow]] = defaultdict(dict)
    for question, name, rows in questions:
        subject = name if name in by_ref else reviewed.get(name, name)
        wanted[subject].append(question)
        waiting[subject].update((row.ref, row) for row in (*rows, *filter(None, [by_ref.get(subject)])))
    made = [
        DecisionRow(
            subject=subject,
            is_service=not _REF.fullmatch(subject),
            url=by_ref[subject].url if subject in by_ref else "",
            questions=tuple(dict.fromkeys(names)),
            incidents=tuple(sorted(waiting[subject].values(), key=lambda row: row.declared_on)),
        )
        for subject, names in wanted.items()
    ]
    return sorted(made, key=_by_severity_and_age)


def _by_severity_and_age(row: DecisionRow) -> tuple[int, bool, int, str]:
    since = row.since
    return row.severity or _NO_SEVERITY, since is None, since.toordinal() if since else 0, row.subject

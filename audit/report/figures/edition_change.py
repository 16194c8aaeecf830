"""What an edition of this program changes by itself: verdicts that another edition gives on the same evidence."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.report.figures.changes import keys_in, moves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.contract.audit_file import AuditFile
    from audit.contract.entries import IncidentEntry

REQUIRED: Final = "whether a review is required"
OWNERS: Final = "which services and owners an incident has"
REVIEW: Final = "which review belongs to an incident"
COMPLETED: Final = "when a review counts as completed"
WEEKEND: Final = "due days moved by the country's weekend"
DUE: Final = "due days"
VERDICT: Final = "the order of the verdicts, or what could not be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseOfChange:
    """What is read otherwise, and the incidents whose verdict it changes."""

    words: str
    refs: tuple[str, ...]
    """Sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionChange:
    """The first report of an edition, beside the last one of an edition before."""

    causes: tuple[CauseOfChange, ...]
    """The most incidents first."""
    findings: int
    """New findings on the same evidence."""

    @property
    def verdicts(self) -> int:
        """How many verdicts changed."""
        return sum(len(cause.refs) for cause in self.causes)


def edition_change(previous: AuditFile, restated: AuditFile, *, country_weekend: bool) -> EditionChange:
    """Compare an earlier audit with what this edition says of the same day.

    ``country_weekend``: a calendar takes its weekend from its country.
    """
    before = {row.ref: row for row in previous.incidents}
    refs: dict[str, list[str]] = defaultdict(list)
    for row in restated.incidents:
        earlier = before.get(row.ref)
        if earlier is not None and earlier.verdict is not row.verdict:
            refs[_cause(earlier, row, country_weekend=country_weekend)].append(row.ref)
    causes = (CauseOfChange(words=words, refs=tuple(sorted(found))) for words, found in refs.items())
    return EditionChange(
        causes=tuple(sorted(causes, key=lambda cause: (-len(cause.refs), cause.words))),
        findings=len(moves(keys_in(previous), keys_in(restated)).new),
    )


def _cause(before: IncidentEntry, now: IncidentEntry, *, country_weekend: bool) -> str:
    return next(_differences(before, now, country_weekend=country_weekend), VERDICT)


def _differences(before: IncidentEntry, now: IncidentEntry, *, country_weekend: bool) -> Iterator[str]:
    """Yield what differs, that first from which the rest may follow."""
    if _required(before) != _required(now):
        yield REQUIRED
    if (before.services, before.owners) != (now.services, now.owners):
        yield OWNERS
    if (before.review and before.review.ref) != (now.review and now.review.ref):
        yield REVIEW
    if (before.review and before.review.completed_on) != (now.review and now.review.completed_on):
        yield COMPLETED
    if (before.anchor_on, before.due_on) != (now.anchor_on, now.due_on):
        yield WEEKEND if country_weekend else DUE


def _required(row: IncidentEntry) -> tuple[object, ...]:
    return row.required_because, row.severity, row.peak_severity

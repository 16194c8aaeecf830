"""The open reviews that nobody leads, by the rule about unassigned reviews: somebody has to assign them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.report.figures.incident_rows import plain
from audit.rules import unassigned_review

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from audit.privacy.rows import FindingRow, IncidentRow
    from audit.report.figures.whom_to_ask import WhomToAsk


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutDri:
    """An open review to which nobody who can act is assigned."""

    ref: str
    url: str
    """Empty if it must not be shown."""
    title: str
    opened_on: date
    incident: IncidentRow
    """The incident that the review is about; of several the one that is due first."""
    addressees: tuple[str, ...]
    """Usernames of whom to ask instead; empty if nobody is known, or may be named."""
    may_be_named: bool
    """Whether names may be shown; if so and there are none, there is nobody to ask."""


def without_dri(
    findings: Iterable[FindingRow], incidents: Sequence[IncidentRow], whom: WhomToAsk
) -> tuple[WithoutDri, ...]:
    """Return the reviews that the rule names, without waived ones, the longest open first."""
    named = {row.subject for row in findings if row.code == unassigned_review.RULE.code and row.outcome == "violates"}
    if not named:
        return ()
    by_ref = {row.ref: row for row in incidents}
    frame = whom.result.evidence.reviews
    frame = frame[frame["ref"].isin(named)]
    columns = (plain(frame[name]) for name in ("ref", "url", "title", "opened_on", "in_scope_incidents"))
    rows = [
        _row(ref, url, title, opened_on, [by_ref[name] for name in about], whom)
        for ref, url, title, opened_on, about in zip(*columns, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (row.opened_on, row.ref)))


def _row(  # noqa: PLR0913, PLR0917 - the columns of a review
    ref: str, url: str, title: str, opened_on: date, about: Sequence[IncidentRow], whom: WhomToAsk
) -> WithoutDri:
    first = min(about, key=lambda row: (row.due_on is None, row.due_on))
    may_be_named = whom.may_name(first) and not whom.discretion.hides(ref)
    return WithoutDri(
        ref=ref,
        url="" if whom.discretion.hides(ref) else url,
        title=whom.discretion.title(ref, title),
        opened_on=opened_on,
        incident=first,
        addressees=whom.addressees(first) if may_be_named else (),
        may_be_named=may_be_named,
    )

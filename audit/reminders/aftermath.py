"""What followed the reminders that were posted: the other half of the ledger (POLICY.md section 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.reminders import ladder, markers
from audit.reminders.plan import Followed, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.model import Ref
    from audit.reminders.cases import Case, Scene
    from audit.reminders.markers import Marked

_DAYS = 2
"""Working days within which something that happened counts as an answer."""


def aftermath(scene: Scene) -> tuple[Followed, ...]:
    """Return every reminder on the issues whose comments are known, with what followed it, by issue and step."""
    case_of: dict[Ref, Case] = {}
    for case in scene.cases:
        case_of.setdefault(case.issue, case)
        case_of.setdefault(case.incident, case)
    return tuple(
        _followed(scene, issue, case_of[issue], one)
        for issue in sorted(scene.marked)
        if issue in case_of
        for one in _reminders(scene.marked[issue])
    )


def _reminders(marked: list[Marked]) -> list[Marked]:
    spare = markers.duplicates(marked)
    kept = [one for one in markers.of_kind(marked, markers.REMINDER) if one not in spare]
    return sorted(kept, key=lambda one: one.marker.step)


def _followed(scene: Scene, issue: Ref, case: Case, one: Marked) -> Followed:
    posted_on = scene.day_of(one.note.at)
    soon = (outcome for outcome, day in _answers(scene, issue, case, one) if _is_soon(case, posted_on, day))
    silent = Outcome.WAITING if _is_soon(case, posted_on, scene.as_of) else Outcome.NOTHING
    return Followed(
        issue=issue,
        incident=case.incident,
        step=one.marker.step,
        posted_on=posted_on,
        outcome=next(soon, silent),
        confidential=case.confidential,
    )


def _is_soon(case: Case, posted_on: date, day: date) -> bool:
    return posted_on <= day and case.working_days(posted_on, day) <= _DAYS


def _answers(scene: Scene, issue: Ref, case: Case, one: Marked) -> Iterator[tuple[Outcome, date]]:
    """Yield what happened, the strongest first."""
    if case.completed_on:
        yield Outcome.COMPLETED, case.completed_on
    if case.opened_on and issue != case.issue:
        yield Outcome.OPENED, case.opened_on
    for note in scene.notes(issue):
        if note.at > one.note.at and ladder.is_human(scene, note):
            yield Outcome.COMMENTED, scene.day_of(note.at)

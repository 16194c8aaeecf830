"""What followed the reminders that were posted earlier: the other half of the ledger (POLICY.md section 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit import markers
from audit.reminders.cases import by_issue
from audit.reminders.plan import EarlierReminder, FollowUp
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from audit.markers import Marked
    from audit.model import Issue, Ref
    from audit.reminders.cases import Case, Scene

_DAYS = 2
"""Working days within which an event counts as a reaction to a reminder."""


def earlier_reminders(scene: Scene) -> tuple[EarlierReminder, ...]:
    """Return every reminder on the issues whose comments are known, with what followed it, by issue and step."""
    case_of = by_issue(scene)
    case_by_incident = {str(case.incident): case for case in scene.cases}
    return tuple(
        _followed(scene, issue, _case_of(one, issue, case_by_incident) or case_of[issue], one)
        for issue in sorted(scene.marked)
        if issue in case_of
        for one in _reminders(scene.marked[issue])
    )


def _case_of(one: Marked, issue: Ref, case_by_incident: Mapping[str, Case]) -> Case | None:
    """Return the case that a reminder was about, if it still belongs to the issue: what it says is that one's alone."""
    case = case_by_incident.get(one.marker.incident)
    return case if case is not None and issue in {case.issue, case.incident} else None


def _reminders(marked: list[Marked]) -> list[Marked]:
    spare = {one.note.id for one in markers.duplicates(marked)}
    kept = [one for one in markers.of_kind(marked, markers.REMINDER) if one.note.id not in spare]
    return sorted(kept, key=lambda one: one.marker.step)


def _followed(scene: Scene, issue: Ref, case: Case, one: Marked) -> EarlierReminder:
    posted_on = scene.day_of(one.note.at)
    soon = (what for what, day in _reactions(scene, issue, case, one) if _is_soon(case, posted_on, day))
    silent = FollowUp.WAITING if _is_soon(case, posted_on, scene.as_of) else FollowUp.NOTHING
    return EarlierReminder(
        issue=issue,
        incident=case.incident,
        step=one.marker.step,
        posted_on=posted_on,
        follow_up=next(soon, silent),
        confidential=case.confidential,
    )


def _is_soon(case: Case, posted_on: date, day: date) -> bool:
    return posted_on <= day and case.working_days(posted_on, day) <= _DAYS


def _reactions(scene: Scene, issue: Ref, case: Case, one: Marked) -> Iterator[tuple[FollowUp, date]]:
    """Yield what happened and when, the strongest first. GitLab does not say when a person was assigned."""
    if case.completed_on:
        yield FollowUp.COMPLETED, case.completed_on
    if case.reviewed and issue == case.issue:
        closed = (event.at for event in scene.issues[issue].state_events if event.closed)
        yield from ((FollowUp.COMPLETED, scene.day_of(at)) for at in closed if at > one.note.at)
    if case.opened_on and issue != case.issue:
        yield FollowUp.OPENED, case.opened_on
    for note in scene.notes(issue):
        if note.at > one.note.at and scene.is_human(note):
            yield FollowUp.COMMENTED, scene.day_of(note.at)
    days_set = (at for ref in {issue, case.incident} for at in _days_set(scene, scene.issues[ref]))
    yield from ((FollowUp.POSTPONED, scene.day_of(at)) for at in days_set if at > one.note.at)


def _days_set(scene: Scene, issue: Issue) -> Iterator[datetime]:
    """Yield when somebody set a day on an issue, by a snooze label or as its due date."""
    scope = scene.settings.labels.snooze_scope
    yield from (e.at for e in issue.label_events if e.added and e.label and labels.value(e.label, scope))
    yield from (change.at for change in issue.due_changes if change.due_on)

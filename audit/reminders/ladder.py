"""Which reminder comes next on an issue, and what holds it back today (POLICY.md section 11)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from audit import markers
from audit.model import Verdict
from audit.phrases import plural
from audit.reminders import comment_commands as commands
from audit.reminders.plan import Reason
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.model import Ref
    from audit.reminders.cases import Case, Scene

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def listed(scene: Scene, case: Case) -> bool:
    """Return whether a case can be reminded of: it is late, or pending and the day of its early reminder has come."""
    early = scene.settings.reminders.before_due
    if case.late:
        return case.due_on is not None
    if case.verdict is not Verdict.PENDING or early is None or case.due_on is None:
        return False
    return case.calendar.day_before(case.due_on, early) <= scene.as_of <= case.due_on


def before_remind_from(scene: Scene, case: Case) -> bool:
    """Return whether an incident is too old to be reminded of."""
    first = scene.settings.remind_from
    return first is None or case.declared_on < first


def next_step(scene: Scene, case: Case) -> int:
    """Return the step that comes next, or that of today if it has been posted already."""
    if case.verdict is Verdict.PENDING:
        return 0
    posted = _posted(scene, case.issue)
    last = max(posted, default=0)
    if last < scene.settings.reminders.steps and posted.get(last) == scene.as_of:
        return last
    return last + 1


def reason_against(scene: Scene, case: Case, step: int) -> Reason | None:
    """Return the first reason that holds a step back, but for those that depend on its addressees."""
    checks: tuple[tuple[Reason, Callable[[], bool]], ...] = (
        (Reason.BEFORE_REMIND_FROM, lambda: before_remind_from(scene, case)),
        (Reason.LADDER_EXHAUSTED, lambda: step > scene.settings.reminders.steps),
        (Reason.ALREADY_POSTED, lambda: _is_posted(scene, case.issue, step)),
        (Reason.NOT_YET, lambda: not _ready(scene, case, step)),
        (Reason.NON_WORKING_DAY, lambda: not case.calendar.works(scene.as_of)),
        (Reason.SNOOZED, lambda: snoozed_through(scene, case) is not None),
        (Reason.RECENT_COMMENT, lambda: _recently_commented(scene, case)),
    )
    return next((reason for reason, holds in checks if holds()), None)


def _posted(scene: Scene, issue: Ref) -> dict[int, date]:
    """Return step -> the day on which it was posted, of an issue; adopted reminders count as the first steps."""
    before = {step: scene.day_of(note.at) for step, note in enumerate(scene.adopted.get(issue, ()), start=1)}
    reminders = markers.of_kind(scene.marked.get(issue, ()), markers.REMINDER)
    # of duplicates the oldest is kept
    posted = {m.marker.step: scene.day_of(m.note.at) for m in reversed(reminders) if m.marker.step}
    return before | {step: max(day, before.get(step, day)) for step, day in posted.items()}


def _is_posted(scene: Scene, issue: Ref, step: int) -> bool:
    posted = markers.of_kind(scene.marked.get(issue, ()), markers.REMINDER, step)
    return bool(posted) or step in _posted(scene, issue)


def _ready(scene: Scene, case: Case, step: int) -> bool:
    """Return whether a step's day has come.

    A review that was opened after a reminder on its incident gets a ladder of its own, but no sooner than the next step
    on the incident would have come: people who have just acted are not reminded again the next day.
    """
    if step == 0:
        return True
    if last := _last_posted(scene, case):
        return scene.since(case, last) >= scene.settings.reminders.step_days
    return scene.since(case, case.due) >= 1


def _last_posted(scene: Scene, case: Case) -> date | None:
    days = [day for issue in {case.issue, case.incident} for day in _posted(scene, issue).values()]
    return max(days, default=None)


def why_now(scene: Scene, case: Case, step: int) -> str:
    """Return why a step that nothing holds back comes today, as a phrase of days and numbers alone."""
    if step == 0:
        return f"{plural(case.calendar.between(scene.as_of, case.due), 'working day')} before the due day"
    if last := _last_posted(scene, case):
        return f"{plural(scene.since(case, last), 'working day')} after the reminder of {last}"
    return f"{plural(scene.since(case, case.due), 'working day')} after the due day"


def snoozed_through(scene: Scene, case: Case) -> date | None:
    """Return the day through which reminders are postponed, by label, settings or command; None if they are not."""
    names = {str(case.issue).casefold(), str(case.incident).casefold()}
    days = [p.until for p in scene.settings.reminders.postponed if p.issue.casefold() in names]
    for ref in {case.issue, case.incident}:
        issue = scene.issues.get(ref)
        labelled = (_snooze(label, scene.settings.labels.snooze_scope) for label in (issue.labels if issue else ()))
        days += [day for day in labelled if day]
    if (by_command := commands.snoozed_through(scene, case)) is not None:
        days.append(by_command)
    return max((day for day in days if day >= scene.as_of), default=None)


def may_be_snoozed(scene: Scene, case: Case) -> bool:
    """Tell whether a label that postpones reminders may be among those that could not be read."""
    return any(_may_be_snoozed(scene, ref) for ref in {case.issue, case.incident})


def _may_be_snoozed(scene: Scene, ref: Ref) -> bool:
    if ref not in scene.issues or scene.issues[ref].labels_read:
        return False
    scope, existing = scene.settings.labels.snooze_scope, scene.labels.get(ref.project)
    days = [_snooze(label, scope) for label in existing or ()]
    return not existing or any(day >= scene.as_of for day in days if day)


def _snooze(label: str, scope: str) -> date | None:
    """Return the day of a snooze label; None where its value is no day of the calendar."""
    text = (labels.value(label, scope) or "").strip()
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _recently_commented(scene: Scene, case: Case) -> bool:
    human = [scene.day_of(note.at) for note in scene.notes(case.issue) if scene.is_human(note)]
    return bool(human) and scene.since(case, max(human)) <= scene.settings.reminders.quiet_days

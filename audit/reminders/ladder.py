"""Which reminder comes next on an issue, and what holds it back today (POLICY.md section 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audit import markers
from audit.model import Verdict
from audit.phrases import plural
from audit.reminders import comment_commands as commands
from audit.reminders.plan import Reason
from audit.reminders.snoozes import labelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from audit.model import Ref
    from audit.reminders.cases import Case, Scene

_HELD_BACK: Final = 15
"""Working days after a reminder from which on no comment holds the next one back."""


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
        (Reason.RECENT_COMMENT, lambda: _recently_commented(scene, case, step)),
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
    last = last_posted(scene, case)
    if last is None:
        return scene.since(case, case.due) >= 1
    waited, days = scene.since(case, last), scene.settings.reminders.step_days
    if waited < days:
        return False
    comment = _last_comment(scene, case)
    return comment is None or scene.since(case, comment) >= days or waited >= _HELD_BACK


def next_on(scene: Scene, case: Case, step: int) -> date | None:
    """Return the day before which nothing comes after a step that is posted now; None where no calendar knows it."""
    if step == 0:
        return working_day_after(case, max(case.due, scene.posting_on), 1)
    return working_day_after(case, scene.posting_on, scene.settings.reminders.step_days)


def expected_on(scene: Scene, case: Case) -> date | None:
    """Return the day before which the next reminder does not come, by what was posted and written until now.

    None where none was posted, or none comes any more.
    """
    last, days = last_posted(scene, case), scene.settings.reminders.step_days
    if last is None or next_step(scene, case) > scene.settings.reminders.steps:
        return None
    soonest = working_day_after(case, last, days)
    comment = _last_comment(scene, case)
    if soonest is not None and comment is not None and (later := working_day_after(case, comment, days)):
        longest = working_day_after(case, last, max(_HELD_BACK, days)) or later
        soonest = max(soonest, min(later, longest))
    snoozed = snoozed_through(scene, case)
    after = working_day_after(case, snoozed, 1) if snoozed else None
    return max(soonest, after) if soonest and after else soonest


def snooze_day(scene: Scene, case: Case, upcoming: date | None) -> date | None:
    """Return a day to offer for a snooze label: with it the ``upcoming`` reminder comes a whole step later."""
    return working_day_after(case, upcoming, max(scene.settings.reminders.step_days - 1, 1)) if upcoming else None


def working_day_after(case: Case, day: date, number: int) -> date | None:
    """Return a working day after another one; None where it lies outside of the calendar's years."""
    try:
        return case.calendar.day_after(day, number)
    except ValueError:
        return None


def sent(scene: Scene, issue: Ref) -> int:
    """Return how many reminders of the ladder an issue got, by the highest step."""
    return max(_posted(scene, issue), default=0)


def _last_comment(scene: Scene, case: Case) -> date | None:
    """Return the day of a person's last comment on the issue, or on the incident where that was reminded of last."""
    places = {case.issue} if _posted(scene, case.issue) else {case.issue, case.incident}
    days = [scene.day_of(note.at) for ref in places for note in scene.notes(ref) if scene.is_human(note)]
    return max(days, default=None)


def last_posted(scene: Scene, case: Case) -> date | None:
    """Return the day of the last reminder about a case, on its review or its incident."""
    days = [day for issue in {case.issue, case.incident} for day in _posted(scene, issue).values()]
    return max(days, default=None)


def why_now(scene: Scene, case: Case, step: int) -> str:
    """Return why a step that nothing holds back comes today, as a phrase of days and numbers alone."""
    if step == 0:
        return f"{plural(case.calendar.between(scene.as_of, case.due), 'working day')} before the due day"
    last = last_posted(scene, case)
    if last is None:
        return f"{plural(scene.since(case, case.due), 'working day')} after the due day"
    comment = _last_comment(scene, case)
    if comment is not None and comment > last and scene.since(case, last) < _HELD_BACK:
        return f"{plural(scene.since(case, comment), 'working day')} after the last comment, of {comment}"
    return f"{plural(scene.since(case, last), 'working day')} after the reminder of {last}"


def snoozed_through(scene: Scene, case: Case) -> date | None:
    """Return the day through which reminders are postponed, by label, settings or command; None if they are not."""
    names = {str(case.issue).casefold(), str(case.incident).casefold()}
    days = [p.until for p in scene.settings.reminders.postponed if p.issue.casefold() in names]
    days += labelled(scene, case)
    days += commands.postponed_through(scene, case)
    return max((day for day in days if day >= scene.as_of), default=None)


def posted_steps(scene: Scene, case: Case) -> tuple[tuple[int, date], ...]:
    """Return step and day of each reminder of the ladder that was posted on the issue, in order."""
    return tuple(sorted(_posted(scene, case.issue).items()))


def quiet_through(scene: Scene, case: Case) -> date | None:
    """Return the last day on which a person's newest comment holds the first reminder back; None: there is none."""
    human = [scene.day_of(note.at) for note in scene.notes(case.issue) if scene.is_human(note)]
    return working_day_after(case, max(human), scene.settings.reminders.quiet_days) if human else None


def _recently_commented(scene: Scene, case: Case, step: int) -> bool:
    if step > 1:
        return False
    human = [scene.day_of(note.at) for note in scene.notes(case.issue) if scene.is_human(note)]
    return bool(human) and scene.since(case, max(human)) <= scene.settings.reminders.quiet_days

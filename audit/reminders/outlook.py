"""Who is reminded of one incident, when and why, or why not, and when the next reminder may come: for `explain`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.model import Verdict
from audit.phrases import plural
from audit.reminders import ladder
from audit.reminders.addressees import Directory
from audit.reminders.asked_as import asked_as
from audit.reminders.plan import Reason, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from audit.model import Ref
    from audit.reminders.cases import Case, Scene
    from audit.reminders.plan import Plan, Reminder

_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_NO_REVIEW_DUE: Final = {
    Verdict.ON_TIME: "its review is completed",
    Verdict.LATE: "its review is completed",
    Verdict.WAIVED: "it is waived",
    Verdict.NOT_REQUIRED: "no review is required",
    Verdict.OUT_OF_SCOPE: "the policy does not cover it",
    Verdict.EXEMPT_UNOWNED: "nobody owns its service: the report asks a leader",
    Verdict.INCONCLUSIVE: "it is not known whether a review is missing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the bot does about one incident, in sentences without their full stop."""

    today: str
    """What it does on the audited day, or why nothing."""
    issue: str = ""
    """Where it writes; empty: nowhere."""
    names: tuple[str, ...] = ()
    """Whom the reminder names, or would name."""
    named_as: str = ""
    """Why those, as a phrase."""
    managers: tuple[str, ...] = ()
    """Named too, as managers."""
    before: tuple[tuple[int, date], ...] = ()
    """Step and day of each reminder that was posted before."""
    upcoming: str = ""
    """When the next one may come, or what it waits for."""


def outlook(scene: Scene, plan: Plan, incident: Ref) -> Outlook | None:
    """Return what the plan of the whole tracker holds for an incident; None where it is none."""
    case = next((one for one in scene.cases if one.incident == incident), None)
    if case is None:
        return None
    if not ladder.listed(scene, case):
        return _unlisted(scene, case)
    decisions: tuple[Reminder | Withheld, ...] = (*plan.planned, *plan.withheld)
    shared = next((one for one in decisions if one.issue == case.issue), None)
    if shared is None:
        return Outlook(
            today="nothing, since comments, labels or those to ask could not be read",
            issue=str(case.issue),
            before=ladder.posted_steps(scene, case),
            upcoming="once they can be read",
        )
    # of several incidents of one review, the reminder speaks of the one that was due first
    case = next(one for one in scene.cases if one.incident == shared.incident)
    addressees = Directory(scene=scene).addressees(case, shared.step)
    reason = shared.reason if isinstance(shared, Withheld) else None
    return Outlook(
        today=_today(scene, case, shared.step, reason),
        issue=str(case.issue),
        names=addressees.first,
        named_as=_ESCAPED.sub(r"\1", str(asked_as(case, addressees))),
        managers=addressees.managers,
        before=ladder.posted_steps(scene, case),
        upcoming=_upcoming(scene, case, shared.step, reason),
    )


def _unlisted(scene: Scene, case: Case) -> Outlook:
    """Return why nobody is reminded: nothing is late, or not yet."""
    if case.verdict in _NO_REVIEW_DUE:
        return Outlook(today=f"nothing: {_NO_REVIEW_DUE[case.verdict]}")
    if case.due_on is None:
        return Outlook(today="nothing: it has no due day yet")
    if ladder.before_remind_from(scene, case):
        return Outlook(today=_too_old(scene))
    early = scene.settings.reminders.before_due
    if early is not None and scene.as_of < (day := case.calendar.day_before(case.due_on, early)):
        first: date | None = day
    else:
        first = ladder.working_day_after(case, case.due_on, 1)
    return Outlook(
        today=f"nothing: its review is due on {case.due_on}",
        issue=str(case.issue),
        upcoming=f"not before {_dated(first)}",
    )


def _today(scene: Scene, case: Case, step: int, reason: Reason | None) -> str:
    if reason is Reason.BEFORE_REMIND_FROM:
        return _too_old(scene)
    number = "the early reminder" if step == 0 else f"reminder {step} of {scene.settings.reminders.steps}"
    if reason is None:
        return f"{number}, {ladder.why_now(scene, case, step)}"
    return f"nothing: {_why_not(scene, case, number)[reason]}"


def _too_old(scene: Scene) -> str:
    first = scene.settings.remind_from
    if first is None:
        return "nothing: reminders.remind_from is not set"
    return f"nothing: it was declared before {first}, from which on people are reminded"


def _why_not(scene: Scene, case: Case, number: str) -> dict[Reason, str]:
    rules = scene.settings.reminders
    last = ladder.last_posted(scene, case)
    return {
        Reason.LADDER_EXHAUSTED: f"all {plural(rules.steps, 'reminder')} were sent",
        Reason.ALREADY_POSTED: f"{number} was posted {f'on {last}' if last else 'before'}",
        Reason.NOT_YET: f"{number} is not due yet",
        Reason.NON_WORKING_DAY: "it is a day off",
        Reason.SNOOZED: f"{number} is postponed through {ladder.snoozed_through(scene, case)}",
        Reason.RECENT_COMMENT: f"somebody commented within {plural(rules.quiet_days, 'working day')}",
        Reason.UNREACHABLE: "nobody can be asked: no active assignee, owner or contact",
        Reason.CANNOT_POST: "nothing can be posted there: it is archived or locked, has too many comments, or needs an"
        " internal note, for which the token's account has too low a role",
        Reason.MAX_PER_PERSON: f"those to ask are asked about {rules.per_person} other reviews already, which were due"
        " earlier",
        Reason.MAX_REMINDERS: f"{rules.max_reminders} others, which were due earlier, go first",
    }


def _upcoming(scene: Scene, case: Case, step: int, reason: Reason | None) -> str:
    """Return when the next reminder may come."""
    if reason in {Reason.BEFORE_REMIND_FROM, Reason.LADDER_EXHAUSTED}:
        return "none: from now on only the report lists it"
    if reason in {Reason.UNREACHABLE, Reason.CANNOT_POST}:
        return "once that is mended"
    if reason is None and step >= scene.settings.reminders.steps:
        return "none: it is the last"
    return f"not before {_dated(_next_day(scene, case, step, reason))}"


def _next_day(scene: Scene, case: Case, step: int, reason: Reason | None) -> date | None:
    tomorrow = ladder.working_day_after(case, scene.as_of, 1)
    expected = ladder.expected_on(scene, case)
    if reason is None:
        return ladder.next_on(scene, case, step)
    if reason is Reason.NOT_YET and expected is None:
        return ladder.working_day_after(case, case.due, 1)
    if reason is Reason.SNOOZED:
        through = ladder.snoozed_through(scene, case) or scene.as_of
        return max((day for day in (expected, ladder.working_day_after(case, through, 1)) if day), default=None)
    if reason is Reason.RECENT_COMMENT:
        quiet = ladder.quiet_through(scene, case) or scene.as_of
        return ladder.working_day_after(case, quiet, 1)
    return max((day for day in (expected, tomorrow) if day), default=None)


def _dated(day: date | None) -> str:
    return f"{day:%A} {day}" if day else "the calendar's last year"


def lines(view: Outlook, as_of: date) -> Iterator[str]:
    """Yield the lines for a terminal; the names are foreign texts."""
    yield f"on {as_of}: {view.today}"
    if view.names:
        people = ", ".join(f"@{name}" for name in view.names)
        managers = ", ".join(f"@{name}" for name in view.managers)
        yield f"to {people}, {view.named_as}{f'; {managers} as manager' if managers else ''}"
    if view.issue:
        yield f"where: {view.issue}"
    if view.before:
        yield f"posted before: {', '.join(f'{step} on {day}' for step, day in view.before)}"
    if view.upcoming:
        yield f"the next one: {view.upcoming}"

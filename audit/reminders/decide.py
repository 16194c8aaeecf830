"""Findings, earlier notes, a day -> what the bot says where. Decides, never posts (POLICY.md section 11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from audit import markers
from audit.model import Verdict
from audit.reminders import confirmation as brake
from audit.reminders import ladder
from audit.reminders.addressees import Asked, Directory
from audit.reminders.answers import answers, proposals
from audit.reminders.cases import OPEN, Case, Scene
from audit.reminders.folding import folds
from audit.reminders.follow_up import aftermath
from audit.reminders.plan import Duplicate, Plan, Reason, Reminder, Withheld
from audit.reminders.reminder_text import reminder_body
from audit.reminders.status_notes import status_notes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import Ref

_NOT_REMINDED = (Verdict.PENDING, Verdict.WAIVED, Verdict.EXEMPT_UNOWNED, Verdict.INCONCLUSIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """One reminder, and what keeps it back."""

    case: Case
    step: int
    asked: Asked
    reason: Reason | None


def wanted(scene: Scene) -> tuple[Ref, ...]:
    """Return the issues whose comments the plan looks at, sorted.

    That is every issue that can be reminded of, with its incident; and, to tell its status note that all is done, every
    one with comments whose due day lies in the window, or that was completed in it, or that is waived, however late.
    """
    first = scene.as_of - timedelta(days=scene.settings.window)
    found: set[Ref] = set()
    for case in scene.cases:
        if ladder.before_remind_from(scene, case):
            continue
        ahead = case.verdict not in OPEN and any(day and day >= first for day in (case.due_on, case.completed_on))
        if ladder.listed(scene, case) or ahead or case.verdict is Verdict.WAIVED:
            found |= {case.issue, case.incident}
    return tuple(sorted(ref for ref in found if ref in scene.issues and scene.issues[ref].comments))


def plan(scene: Scene) -> Plan:
    """Decide what the bot posts and edits. Raises SettingsError where a custom template cannot make its note."""
    directory = Directory(scene=scene)
    chosen = _one_per_issue(scene)
    known = [case for case in chosen if scene.read(case.issue) or ladder.before_remind_from(scene, case)]
    decisions = _capped(_decide(scene, directory, known), scene.settings.reminders.max_reminders)
    planned = tuple(_reminder(scene, decision) for decision in decisions if decision.reason is None)
    reminded = {reminder.issue for reminder in planned}
    made = Plan(
        as_of=scene.as_of,
        planned=planned,
        withheld=tuple(_withheld(decision, decision.reason) for decision in decisions if decision.reason),
        status_notes=status_notes(scene, directory, reminded),
        heal=_duplicates(scene),
        answers=answers(scene),
        folds=folds(scene, reminded),
        proposals=proposals(scene),
        earlier=aftermath(scene),
        addressees=_addressees(scene, directory, decisions),
        unreachable=_unreachable(decisions),
        not_reminded=_not_reminded(scene),
        unread=tuple(sorted({case.issue for case in chosen} - {case.issue for case in known})),
    )
    return replace(made, held=brake.needs_confirmation(made, scene.settings.reminders))


def _one_per_issue(scene: Scene) -> list[Case]:
    """Return one case an issue, oldest due first: the one due first, of those that are reminded of where any is."""
    by_issue: dict[Ref, list[Case]] = {}
    for case in scene.cases:
        if ladder.listed(scene, case):
            by_issue.setdefault(case.issue, []).append(case)
    first = [
        min(some, key=lambda case: (ladder.before_remind_from(scene, case), case.due, case.incident))
        for some in by_issue.values()
    ]
    return sorted(first, key=lambda case: (case.due, case.incident))


def _decide(scene: Scene, directory: Directory, cases: Iterable[Case]) -> list[_Decision]:
    made: list[_Decision] = []
    for case in cases:
        step = ladder.next_step(scene, case)
        asked = directory.asked(case, step)
        reason = ladder.reason_against(scene, case, step)
        if reason is None and not asked.everybody:
            reason = Reason.UNREACHABLE
        made.append(_Decision(case=case, step=step, asked=asked, reason=reason))
    return made


def _capped(decisions: Iterable[_Decision], most: int) -> list[_Decision]:
    """Keep the first ``most`` of those that nothing keeps back; they come oldest due first."""
    kept: list[_Decision] = []
    left = most
    for decision in decisions:
        free = decision.reason is None
        kept.append(replace(decision, reason=Reason.MAX_REMINDERS) if free and left <= 0 else decision)
        left -= free
    return kept


def _reminder(scene: Scene, decision: _Decision) -> Reminder:
    case = decision.case
    return Reminder(
        issue=case.issue,
        incident=case.incident,
        step=decision.step,
        addressees=decision.asked.everybody,
        internal=case.confidential,
        due_on=case.due,
        body=reminder_body(scene, case, decision.step, decision.asked),
        why=ladder.why_now(scene, case, decision.step),
    )


def _withheld(decision: _Decision, reason: Reason) -> Withheld:
    case = decision.case
    return Withheld(
        issue=case.issue,
        incident=case.incident,
        step=decision.step,
        addressees=decision.asked.everybody,
        internal=case.confidential,
        due_on=case.due,
        reason=reason,
    )


def _addressees(scene: Scene, directory: Directory, decisions: Iterable[_Decision]) -> dict[Ref, tuple[str, ...]]:
    """Return whom the reminder about each late or pending incident names, or would name.

    Incidents of one review share its reminder, but what it names for a confidential one is for that one alone.
    """
    reminder_on = {decision.case.issue: decision for decision in decisions}
    named: dict[Ref, tuple[str, ...]] = {}
    for case in scene.cases:
        if case.verdict not in OPEN:
            continue
        decision = reminder_on.get(case.issue)
        shared = decision is not None and (decision.case is case or not decision.case.confidential)
        names = decision.asked.everybody if decision and shared else ()
        named[case.incident] = names or directory.asked(case, 0).first
    return named


def _unreachable(decisions: Iterable[_Decision]) -> tuple[Ref, ...]:
    aged = Reason.BEFORE_REMIND_FROM
    return tuple(sorted(d.case.incident for d in decisions if not d.asked.everybody and d.reason is not aged))


def _not_reminded(scene: Scene) -> tuple[tuple[Verdict, tuple[Ref, ...]], ...]:
    """Return who waits, and who is left alone for good or for now, where one could look for a reminder."""
    found: dict[Verdict, list[Ref]] = {verdict: [] for verdict in _NOT_REMINDED}
    for case in scene.cases:
        if case.verdict in found and not ladder.listed(scene, case):
            found[case.verdict].append(case.incident)
    return tuple((verdict, tuple(sorted(refs))) for verdict, refs in found.items() if refs)


def _duplicates(scene: Scene) -> tuple[Duplicate, ...]:
    return tuple(
        Duplicate(issue=issue, note_id=spare.note.id)
        for issue in sorted(scene.marked)
        for spare in markers.duplicates(scene.marked[issue])
    )

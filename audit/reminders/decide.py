"""Findings, earlier notes and a day -> what the bot posts where (POLICY.md section 11). Decides, never posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from audit import markers
from audit.model import Verdict
from audit.reminders import ladder
from audit.reminders.addressees import Addressees, Directory
from audit.reminders.answers import answers, proposals
from audit.reminders.cases import OPEN, Case, Scene
from audit.reminders.confirmation import needs_confirmation
from audit.reminders.folding import folds
from audit.reminders.follow_up import earlier_reminders
from audit.reminders.plan import Duplicate, Plan, Reason, Reminder, Withheld
from audit.reminders.reminder_text import reminder_body
from audit.reminders.status_notes import status_notes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.model import Ref

_NOT_REMINDED = (Verdict.PENDING, Verdict.WAIVED, Verdict.EXEMPT_UNOWNED, Verdict.INCONCLUSIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """One reminder, and what holds it back; None: nothing."""

    case: Case
    step: int
    addressees: Addressees
    reason: Reason | None


def wanted(scene: Scene) -> tuple[Ref, ...]:
    """Return the issues whose comments the plan needs, sorted.

    Those are the issues that can get a reminder, with their incidents; and, so that their status notes can say that all
    is done, those whose due day or completion lies in the window, and the waived ones. Issues without comments are out.
    """
    first = scene.as_of - timedelta(days=scene.settings.window)
    refs: set[Ref] = set()
    for case in scene.cases:
        if ladder.before_remind_from(scene, case):
            continue
        recent = case.verdict not in OPEN and any(day and day >= first for day in (case.due_on, case.completed_on))
        if ladder.listed(scene, case) or recent or case.verdict is Verdict.WAIVED:
            refs |= {case.issue, case.incident}
    return tuple(sorted(ref for ref in refs if ref in scene.issues and scene.issues[ref].comments))


def plan(scene: Scene) -> Plan:
    """Decide what the bot posts and edits. Raises SettingsError where a custom template cannot make its note."""
    directory = Directory(scene=scene)
    chosen = _one_per_issue(scene)
    known = [case for case in chosen if scene.knows(case) or ladder.before_remind_from(scene, case)]
    decided_on = [one for one in _decide(scene, directory, known) if not _in_doubt(scene, directory, one)]
    decisions = _capped(decided_on, scene.settings.reminders.max_reminders)
    planned = tuple(_reminder(scene, decision) for decision in decisions if decision.reason is None)
    reminded = {reminder.issue for reminder in planned}
    decided = Plan(
        as_of=scene.as_of,
        planned=planned,
        withheld=tuple(_withheld(decision, decision.reason) for decision in decisions if decision.reason),
        status_notes=status_notes(scene, directory, reminded),
        heal=_duplicates(scene),
        answers=answers(scene),
        folds=folds(scene, reminded),
        proposals=proposals(scene),
        earlier=earlier_reminders(scene),
        addressees=_addressees(scene, directory, decisions),
        unreachable=_unreachable(decisions),
        not_reminded=_not_reminded(scene),
        unread=tuple(sorted({case.issue for case in chosen} - {one.case.issue for one in decisions})),
    )
    return replace(decided, held=needs_confirmation(decided, scene.settings.reminders))


def _one_per_issue(scene: Scene) -> list[Case]:
    """Return one case an issue, oldest due first: of those that can be reminded of, the one due first."""
    by_issue: dict[Ref, list[Case]] = {}
    for case in scene.cases:
        if ladder.listed(scene, case):
            by_issue.setdefault(case.issue, []).append(case)
    first = [
        min(shared, key=lambda case: (ladder.before_remind_from(scene, case), case.due, case.incident))
        for shared in by_issue.values()
    ]
    return sorted(first, key=lambda case: (case.due, case.incident))


def _decide(scene: Scene, directory: Directory, cases: Iterable[Case]) -> list[_Decision]:
    decisions: list[_Decision] = []
    for case in cases:
        step = ladder.next_step(scene, case)
        addressees = directory.addressees(case, step)
        reason = ladder.reason_against(scene, case, step)
        if reason is None and not addressees.names:
            reason = Reason.UNREACHABLE
        decisions.append(_Decision(case=case, step=step, addressees=addressees, reason=reason))
    return decisions


def _in_doubt(scene: Scene, directory: Directory, decision: _Decision) -> bool:
    """Tell whether what could not be read may hold back a reminder that nothing else does, or name somebody else."""
    if decision.reason not in {None, Reason.UNREACHABLE}:
        return False
    return ladder.may_be_snoozed(scene, decision.case) or directory.in_doubt(decision.case)


def _capped(decisions: Iterable[_Decision], most: int) -> list[_Decision]:
    """Hold back all but the first ``most`` of the reminders that nothing else holds back."""
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
        addressees=decision.addressees.names,
        internal=case.confidential,
        due_on=case.due,
        body=reminder_body(scene, case, decision.step, decision.addressees),
        why=ladder.why_now(scene, case, decision.step),
    )


def _withheld(decision: _Decision, reason: Reason) -> Withheld:
    case = decision.case
    return Withheld(
        issue=case.issue,
        incident=case.incident,
        step=decision.step,
        addressees=decision.addressees.names,
        internal=case.confidential,
        due_on=case.due,
        reason=reason,
    )


def _addressees(scene: Scene, directory: Directory, decisions: Iterable[_Decision]) -> dict[Ref, tuple[str, ...]]:
    """Return incident -> whom its reminder names, or would name, of each late or pending incident.

    Incidents of one review share its reminder; but whom it names for a confidential one is that one's alone.
    """
    reminder_on = {decision.case.issue: decision for decision in decisions}
    named: dict[Ref, tuple[str, ...]] = {}
    for case in scene.cases:
        if case.verdict not in OPEN:
            continue
        decision = reminder_on.get(case.issue)
        shared = decision is not None and (decision.case is case or not decision.case.confidential)
        names = decision.addressees.names if decision and shared else ()
        named[case.incident] = names or directory.addressees(case, 0).first
    return named


def _unreachable(decisions: Iterable[_Decision]) -> tuple[Ref, ...]:
    recent = (d for d in decisions if d.reason is not Reason.BEFORE_REMIND_FROM)
    return tuple(sorted(d.case.incident for d in recent if not d.addressees.names))


def _not_reminded(scene: Scene) -> tuple[tuple[Verdict, tuple[Ref, ...]], ...]:
    """Return verdict -> the incidents that get no reminder though a reader may look for one, in the verdicts' order."""
    by_verdict: dict[Verdict, list[Ref]] = {verdict: [] for verdict in _NOT_REMINDED}
    for case in scene.cases:
        if case.verdict in by_verdict and not ladder.listed(scene, case):
            by_verdict[case.verdict].append(case.incident)
    return tuple((verdict, tuple(sorted(refs))) for verdict, refs in by_verdict.items() if refs)


def _duplicates(scene: Scene) -> tuple[Duplicate, ...]:
    return tuple(
        Duplicate(issue=issue, note_id=spare.note.id)
        for issue in sorted(scene.marked)
        for spare in markers.duplicates(scene.marked[issue])
    )

"""Findings, earlier notes and a day -> what the bot posts where (POLICY.md section 11). Decides, never posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from audit import markers
from audit.model import Verdict
from audit.reminders import ladder
from audit.reminders.addressees import Directory
from audit.reminders.answers import answers, proposals, reactions
from audit.reminders.cases import OPEN, Case, Scene
from audit.reminders.closed_doors import postable, writable
from audit.reminders.confirmation import needs_confirmation
from audit.reminders.folding import folds
from audit.reminders.follow_up import earlier_reminders
from audit.reminders.plan import Duplicate, NextInLine, Plan, Reason, Reminder, Withheld
from audit.reminders.rationing import Decision, rationed
from audit.reminders.reminder_text import reminder_body, reminder_text
from audit.reminders.snoozes import may_be_snoozed, odd_snoozes
from audit.reminders.status_notes import has_status, status_notes, status_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.model import Ref

_NOT_REMINDED = (Verdict.PENDING, Verdict.WAIVED, Verdict.EXEMPT_UNOWNED, Verdict.INCONCLUSIVE)


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
    decisions, reviews_of = rationed(scene, decided_on)
    writer = _Writer(scene=scene, directory=directory)
    planned = tuple(writer.reminder(decision) for decision in decisions if decision.reason is None)
    reminded = {reminder.issue: reminder.step for reminder in planned}
    named = _addressees(scene, directory, decisions)
    decided = Plan(
        as_of=scene.as_of,
        planned=planned,
        withheld=tuple(_withheld(decision, decision.reason) for decision in decisions if decision.reason),
        status_notes=status_notes(scene, directory, reminded),
        heal=_duplicates(scene),
        answers=answers(scene),
        reactions=reactions(scene),
        next_in_line=writer.next_in_line(decisions, reviews_of),
        odd_snoozes=odd_snoozes(scene),
        folds=folds(scene, reminded),
        proposals=proposals(scene),
        earlier=earlier_reminders(scene),
        addressees=named,
        unreachable=_unreachable(scene, directory, named),
        not_reminded=_not_reminded(scene),
        unread=tuple(sorted({case.issue for case in chosen} - {one.case.issue for one in decisions})),
    )
    return replace(
        decided, newest_edition=_newest_edition(scene), held=needs_confirmation(decided, scene.settings.reminders)
    )


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


def _decide(scene: Scene, directory: Directory, cases: Iterable[Case]) -> list[Decision]:
    decisions: list[Decision] = []
    for case in cases:
        step = ladder.next_step(scene, case)
        addressees = directory.addressees(case, step)
        reason = ladder.reason_against(scene, case, step)
        if reason is None and not addressees.names:
            reason = Reason.UNREACHABLE
        if reason is None and not postable(scene, case.issue, internal=case.confidential):
            reason = Reason.CANNOT_POST
        decisions.append(Decision(case=case, step=step, addressees=addressees, reason=reason))
    return decisions


def _in_doubt(scene: Scene, directory: Directory, decision: Decision) -> bool:
    """Tell whether what could not be read may hold back a reminder that nothing else does, or name somebody else."""
    if decision.reason not in {None, Reason.UNREACHABLE}:
        return False
    return may_be_snoozed(scene, decision.case) or directory.in_doubt(decision.case)


@dataclass(frozen=True, kw_only=True)
class _Writer:
    """Makes the reminders of decisions."""

    scene: Scene
    directory: Directory

    def reminder(self, decision: Decision) -> Reminder:
        """Return the reminder; on an issue without a status note it is that as well."""
        scene, case = self.scene, decision.case
        upcoming = self.directory.addressees(case, decision.step + 1)
        step, status = decision.step, None
        if not has_status(scene, case.issue):
            status = status_text(scene, self.directory, case.issue, step)
        text = reminder_text(scene, case, step, decision.addressees, upcoming, with_status=status is not None)
        return Reminder(
            issue=case.issue,
            incident=case.incident,
            step=step,
            addressees=decision.addressees.names,
            internal=case.confidential,
            due_on=case.due,
            body=reminder_body(case, step, text, status),
            why=ladder.why_now(scene, case, step),
            counted=decision.addressees.counted,
            with_status=status is not None,
            on_closed=bool(case.approver),
        )

    def next_in_line(self, decisions: Iterable[Decision], reviews_of: Mapping[str, int]) -> NextInLine:
        """Return the reminders that nothing but their number holds back."""
        rules, number = self.scene.settings.reminders, (Reason.MAX_PER_PERSON, Reason.MAX_REMINDERS)
        waiting = tuple(islice((one for one in decisions if one.reason in number), rules.max_reminders))
        if not waiting:
            return NextInLine()
        return NextInLine(
            reminders=tuple(map(self.reminder, waiting)),
            reviews_of=reviews_of,
            per_person=rules.per_person,
            max_reminders=rules.max_reminders,
        )


def _withheld(decision: Decision, reason: Reason) -> Withheld:
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


def _addressees(scene: Scene, directory: Directory, decisions: Iterable[Decision]) -> dict[Ref, tuple[str, ...]]:
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


def _unreachable(scene: Scene, directory: Directory, named: Mapping[Ref, tuple[str, ...]]) -> tuple[Ref, ...]:
    """Return the late incidents, and those with an early reminder, about which nobody can be asked, sorted.

    It does not matter what holds their reminder back; but an account that could not be read may be the one to ask.
    """
    nobody = (case for case in scene.cases if ladder.listed(scene, case) and not named.get(case.incident))
    return tuple(sorted(case.incident for case in nobody if not directory.in_doubt(case)))


def _not_reminded(scene: Scene) -> tuple[tuple[Verdict, tuple[Ref, ...]], ...]:
    """Return verdict -> the incidents that get no reminder though a reader may look for one, in the verdicts' order."""
    by_verdict: dict[Verdict, list[Ref]] = {verdict: [] for verdict in _NOT_REMINDED}
    for case in scene.cases:
        if case.verdict in by_verdict and not ladder.listed(scene, case):
            by_verdict[case.verdict].append(case.incident)
    return tuple((verdict, tuple(sorted(refs))) for verdict, refs in by_verdict.items() if refs)


def _newest_edition(scene: Scene) -> int:
    reminders = (one for marked in scene.marked.values() for one in markers.of_kind(marked, markers.REMINDER))
    return max((one.marker.edition for one in reminders), default=0)


def _duplicates(scene: Scene) -> tuple[Duplicate, ...]:
    return tuple(
        Duplicate(issue=issue, note_id=spare.note.id)
        for issue in sorted(scene.marked)
        if writable(scene, issue)
        for spare in markers.duplicates(scene.marked[issue])
    )

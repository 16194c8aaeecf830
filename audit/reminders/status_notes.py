"""The one comment of an issue that is edited in place: how its review stands, what is missing, how to close it.

It is posted where a reminder goes, and kept up to date wherever the bot has posted a note; edits notify nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit import markers
from audit.inert import handle, reference
from audit.markers import Marker, digest
from audit.model import Verdict
from audit.phrases import MOST
from audit.reminders import comment_commands as commands
from audit.reminders import ladder
from audit.reminders.cases import COMPLETED, OPEN, Case, Scene
from audit.reminders.closed_doors import postable, writable
from audit.reminders.folding import silenced
from audit.reminders.plan import StatusNote
from audit.reminders.prefilled_table import key_information
from audit.reminders.reminder_text import kind_of, of_both, shared_values, signed
from audit.reminders.steps import RULE_NAMES, besides, steps_left

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from audit.model import Ref
    from audit.reminders.addressees import Directory

_WHY_NO_REMINDERS = {
    Verdict.OUT_OF_SCOPE: "the incident is out of the policy's scope",
    Verdict.NOT_REQUIRED: "the policy does not ask for one",
    Verdict.WAIVED: "it is waived for now",
    Verdict.EXEMPT_UNOWNED: "nobody owns the service yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """What a note should be."""

    body: str
    internal: bool
    incident: str = ""
    waiting: bool = False
    """Whether somebody has something to do; every other note is only edited, never posted anew."""


def status_notes(scene: Scene, directory: Directory, reminded: Mapping[Ref, int]) -> tuple[StatusNote, ...]:
    """Return the notes that differ from what is on the server. ``reminded``: issue -> the step that is posted now.

    A reminder on an issue that has no status note yet is that as well, so none is made for it here.
    """
    noted = {issue for issue, marked in scene.marked.items() if marked and writable(scene, issue)}
    notes = (_status_note(scene, directory, issue, posting=reminded.get(issue)) for issue in sorted(noted))
    return tuple(note for note in notes if note is not None)


def has_status(scene: Scene, issue: Ref) -> bool:
    """Tell whether an issue has its status note."""
    return bool(markers.of_kind(scene.marked.get(issue, ()), markers.STATUS))


def status_text(scene: Scene, directory: Directory, issue: Ref, step: int) -> str | None:
    """Return the text of the status note of an issue on which somebody has something to do, once ``step`` is posted."""
    text = _text(scene, directory, issue, posting=step, words=True)
    return text.body if text is not None and text.waiting else None


def _status_note(scene: Scene, directory: Directory, issue: Ref, *, posting: int | None) -> StatusNote | None:
    every = markers.of_kind(scene.marked.get(issue, ()), markers.STATUS)
    words = _words(scene, issue) if posting is None else ""
    text = _text(scene, directory, issue, words=bool(words), posting=posting)
    if text is None:
        return None
    there = [one for one in every if one.note.internal is text.internal]
    if there and there[0].marker.status:
        body, fingerprint = of_both(words if text.waiting else "", text.body, there[0].marker)
    else:
        fingerprint = digest(text.body)
        marker = Marker(kind=markers.STATUS, issue=str(issue), incident=text.incident, hash=fingerprint)
        body = signed(text.body, marker)
    if len(there) == len(every) > 0 and there[0].marker.hash == fingerprint:
        return None
    create = not every and text.waiting and posting is None and _may_create(scene, issue)
    if not every and not create:
        return None
    if not there and not postable(scene, issue, internal=text.internal):
        return None
    return StatusNote(issue=issue, body=body, hash=fingerprint, internal=text.internal, create=create, new=not there)


def _words(scene: Scene, issue: Ref) -> str:
    """Return the words of the reminder that is the status note as well; empty once another has come after it.

    An edit pings people whom it names anew, so all are named in code.
    """
    marked = scene.marked.get(issue, [])
    spare = {one.note.id for one in markers.duplicates(marked)}
    newest = [one for one in markers.of_kind(marked, markers.REMINDER) if one.note.id not in spare]
    if not newest or not newest[-1].marker.status:
        return ""
    words, seam, _ = newest[-1].note.body.partition(markers.SEAM)
    return silenced(words) if seam else ""


def _may_create(scene: Scene, issue: Ref) -> bool:
    """Return whether a new note, which notifies, may be posted without a reminder: on a working day after one."""
    reminded = markers.of_kind(scene.marked.get(issue, ()), markers.REMINDER)
    cases = scene.about.get(issue, ())
    return bool(reminded) and any(case.verdict in OPEN and case.calendar.works(scene.as_of) for case in cases)


def _text(scene: Scene, directory: Directory, issue: Ref, *, words: bool, posting: int | None = None) -> _Text | None:
    """Return what an issue's note should be; None: leave it as it is.

    ``words``: those of a reminder stand above it. ``posting``: the step that is posted with it.
    """
    cases = scene.about.get(issue, [])
    here = sorted((case for case in cases if case.issue == issue), key=_due_first)
    waiting = [case for case in here if case.verdict in OPEN and case.due_on is not None]
    if waiting:
        return _open(scene, directory, waiting, posting, words=words)
    if elsewhere := [case for case in cases if case.issue != issue]:
        return _elsewhere(scene, issue, elsewhere[0])
    if any(case.verdict is Verdict.INCONCLUSIVE or case.verdict in OPEN for case in here):
        return None
    if done := [case for case in here if case.verdict in COMPLETED and case.completed_on]:
        return _done(scene, issue, done[0])
    return _no_reminders(scene, issue, here)


def _due_first(case: Case) -> tuple[bool, str, Ref]:
    """Order the cases of an issue by due day, as for reminders; those without one come last."""
    return (case.due_on is None, str(case.due_on), case.incident)


def _open(scene: Scene, directory: Directory, waiting: list[Case], posting: int | None, *, words: bool) -> _Text:
    case, rules = waiting[0], scene.settings.reminders
    others = [c for c in waiting if c is not case and not c.confidential]
    addressees = directory.addressees(case, 1)
    upcoming = ladder.expected_on(scene, case) if posting is None else ladder.next_on(scene, case, posting)
    number = ladder.sent(scene, case.issue) if posting is None else posting
    left, more = steps_left(scene, case), besides(scene, case)
    body = scene.wording.render(
        "status.md.j2",
        state="open",
        **shared_values(scene, case, addressees, upcoming=upcoming if number < rules.steps else None),
        others=[reference(str(other.incident)) for other in others[:MOST]],
        reopened=reopened_on(scene, case),
        proposed=commands.proposed(scene, case) is not None,
        paused=_not_past(scene, commands.paused_through(scene, case)),
        late_days=scene.since(case, case.due),
        days_left=case.calendar.between(scene.as_of, case.due),
        addressees=[handle(name) for name in addressees.first[:MOST]],
        steps=[(step.text, step.code, step.message) for step in left],
        besides=[(step.text, step.code, step.message) for step in more],
        sent=number,
        words=words,
        most=rules.steps,
        next_on=upcoming if number < rules.steps else None,
        step_days=rules.step_days,
        snoozed=ladder.snoozed_through(scene, case),
        rows=() if case.confidential else key_information(scene, case),
        **of_before(scene, directory, case),
    )
    return _Text(body=body, internal=case.confidential, incident=str(case.incident), waiting=True)


def _not_past(scene: Scene, day: date | None) -> date | None:
    return day if day is not None and day >= scene.as_of else None


def of_before(scene: Scene, directory: Directory, case: Case) -> dict[str, Any]:
    """Return values that templates of users written for an earlier version may print."""
    found = [step for step in (*steps_left(scene, case), *besides(scene, case)) if step.code]
    return {
        "missing": [(RULE_NAMES[step.code], step.code, step.message) for step in found],
        "unassigned": directory.unassigned(case.issue),
        "no_action_label": next(iter(scene.settings.labels.no_corrective_action), ""),
    }


def reopened_on(scene: Scene, case: Case) -> date | None:
    """Return the day on which a closed review was opened again; None if it was not."""
    events = scene.issues[case.issue].state_events if case.reviewed and case.issue in scene.issues else ()
    return next((scene.day_of(event.at) for event in reversed(events) if not event.closed), None)


def _elsewhere(scene: Scene, issue: Ref, case: Case) -> _Text:
    body = scene.wording.render("status.md.j2", state="elsewhere", review=reference(str(case.issue)))
    return _Text(body=body, internal=_hidden(scene, issue) or case.confidential, incident=str(case.incident))


def _done(scene: Scene, issue: Ref, case: Case) -> _Text:
    day: date | None = case.completed_on
    body = scene.wording.render("status.md.j2", state="done", kind=kind_of(case), completed=day)
    return _Text(body=body, internal=_hidden(scene, issue) or case.confidential, incident=str(case.incident))


def _no_reminders(scene: Scene, issue: Ref, cases: list[Case]) -> _Text | None:
    """Say why no reminder comes any more; None where something was not read this time."""
    sources = scene.result.evidence.records.sources
    if issue not in scene.issues or (not cases and not all(source.complete for source in sources)):
        return None
    why = _WHY_NO_REMINDERS[cases[0].verdict] if cases else "no incident that is audited has it as its review"
    internal = _hidden(scene, issue) or (bool(cases) and cases[0].confidential)
    body = scene.wording.render("status.md.j2", state="no_reminders", why=why)
    return _Text(body=body, internal=internal)


def _hidden(scene: Scene, issue: Ref) -> bool:
    return issue in scene.issues and scene.issues[issue].confidential

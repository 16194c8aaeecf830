"""The one comment of an issue that is edited in place: how its review stands, what is missing, how to close it.

It is posted where a reminder goes, and kept up to date wherever the bot has posted a note; edits notify nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit import markers
from audit.inert import handle, reference
from audit.markers import Marker, digest
from audit.model import Level, Verdict
from audit.reminders import comment_commands as commands
from audit.reminders import ladder
from audit.reminders.cases import OPEN, Case, Scene
from audit.reminders.plan import StatusNote
from audit.reminders.prefilled_table import key_information
from audit.reminders.reminder_text import kind_of, shared_values, signed
from audit.rules import REVIEW_RULES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from audit.engine.result import Finding
    from audit.model import Ref
    from audit.reminders.addressees import Directory

_COMPLETED = frozenset({Verdict.ON_TIME, Verdict.LATE})
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


def status_notes(scene: Scene, directory: Directory, reminded: Collection[Ref]) -> tuple[StatusNote, ...]:
    """Return the notes that differ from what is on the server. ``reminded``: issues that get a reminder now."""
    about = _about(scene)
    noted = {issue for issue, marked in scene.marked.items() if marked}
    notes = (
        _status_note(scene, directory, issue, about, reminded=issue in reminded)
        for issue in sorted(noted | set(reminded))
    )
    return tuple(note for note in notes if note is not None)


def _about(scene: Scene) -> Mapping[Ref, list[Case]]:
    """Return issue -> the cases that its note is about; an incident's issue also has the case reviewed elsewhere."""
    about: dict[Ref, list[Case]] = {}
    for case in scene.cases:
        for issue in {case.issue, case.incident}:
            about.setdefault(issue, []).append(case)
    return about


def _status_note(
    scene: Scene, directory: Directory, issue: Ref, about: Mapping[Ref, list[Case]], *, reminded: bool
) -> StatusNote | None:
    text = _text(scene, directory, issue, about.get(issue, []))
    if text is None:
        return None
    there = markers.of_kind(scene.marked.get(issue, ()), markers.STATUS)
    fingerprint = digest(text.body)
    if there and (there[0].marker.hash, there[0].note.internal) == (fingerprint, text.internal):
        return None
    create = text.waiting and (reminded or _may_create(scene, issue, about.get(issue, [])))
    if not there and not create:
        return None
    marker = Marker(kind=markers.STATUS, issue=str(issue), incident=text.incident, hash=fingerprint)
    return StatusNote(
        issue=issue,
        body=signed(text.body, marker),
        hash=fingerprint,
        internal=text.internal,
        create=create,
        new=all(one.note.internal is not text.internal for one in there),
    )


def _may_create(scene: Scene, issue: Ref, cases: list[Case]) -> bool:
    """Return whether a new note, which notifies, may be posted without a reminder: on a working day after one."""
    reminded = markers.of_kind(scene.marked.get(issue, ()), markers.REMINDER)
    return bool(reminded) and any(case.verdict in OPEN and case.calendar.works(scene.as_of) for case in cases)


def _text(scene: Scene, directory: Directory, issue: Ref, cases: list[Case]) -> _Text | None:
    """Return what an issue's note should be; None: leave it as it is."""
    here = sorted((case for case in cases if case.issue == issue), key=_due_first)
    waiting = [case for case in here if case.verdict in OPEN and case.due_on is not None]
    if waiting:
        return _open(scene, directory, waiting[0], waiting)
    if elsewhere := [case for case in cases if case.issue != issue]:
        return _elsewhere(scene, issue, elsewhere[0])
    if any(case.verdict is Verdict.INCONCLUSIVE or case.verdict in OPEN for case in here):
        return None
    if done := [case for case in here if case.verdict in _COMPLETED and case.completed_on]:
        return _done(scene, issue, done[0])
    return _no_reminders(scene, issue, here)


def _due_first(case: Case) -> tuple[bool, str, Ref]:
    """Order the cases of an issue by due day, as for reminders; those without one come last."""
    return (case.due_on is None, str(case.due_on), case.incident)


def _open(scene: Scene, directory: Directory, case: Case, waiting: list[Case]) -> _Text:
    others = [c for c in waiting if c is not case and not c.confidential]
    body = scene.wording.render(
        "status.md.j2",
        state="open",
        **shared_values(scene, case),
        others=[reference(str(other.incident)) for other in others],
        reopened=reopened_on(scene, case),
        proposed=commands.proposed(scene, case) is not None,
        late_days=scene.since(case, case.due),
        days_left=case.calendar.between(scene.as_of, case.due),
        addressees=[handle(name) for name in directory.addressees(case, 1).first],
        missing=missing(scene, case),
        unassigned=directory.unassigned(case.issue),
        no_action_label=next(iter(scene.settings.labels.no_corrective_action), ""),
        snoozed=ladder.snoozed_through(scene, case),
        rows=() if case.confidential else key_information(scene, case),
    )
    return _Text(body=body, internal=case.confidential, incident=str(case.incident), waiting=True)


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


def missing(scene: Scene, case: Case) -> list[tuple[str, str, str]]:
    """Return rule name, code and message of what can still be mended; the message is empty where it may not be told."""
    subjects = {str(case.issue), str(case.incident)}
    findings = [f for f in scene.result.findings if f.subject in subjects and _is_missing(f)]
    return [(f.name, f.code, "" if case.confidential else scene.discretion.finding(f).message) for f in findings]


def _is_missing(finding: Finding) -> bool:
    # the state of the note itself tells what REVIEW_RULES find
    return finding.open and not finding.waived and finding.level is not Level.INFO and finding.code not in REVIEW_RULES

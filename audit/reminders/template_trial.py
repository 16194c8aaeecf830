"""Every note that a wording can make, for an invented tracker: the doctor finds its faults before a run does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from audit import markers
from audit.engine.judge import audit
from audit.evidence.build import build
from audit.markers import Marker
from audit.model import Catalog, Issue, LabelEvent, Link, Note, Records, Ref, Service, Source, StateEvent, Team, User
from audit.reminders.cases import Scene
from audit.reminders.decide import plan
from audit.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.reminders.note_templates import Wording
    from audit.settings.reminder_settings import ReminderSettings

_PROJECT: Final = "example-group/production"
_DECLARED: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday; what is declared then is due on Monday the 9th."""
_AS_OF: Final = date(2026, 6, 1)
_BOT, _DRI, _LEAD = User(username="audit-bot", bot=True), User(username="sam"), User(username="kim")
_CATALOG: Final = Catalog(
    services=(Service(name="api", label="API", owner="api"),),
    teams=(Team(name="api", manager="lee"),),
    teams_given=True,
)
_COMMANDS: Final = {5: "snooze 14d", 12: "not needed: the supplier reviews it"}
"""Issue number -> the command that a person gives the bot there; ``what now?`` on the others."""
_ROLES: Final = {_PROJECT: {"sam": 30, "kim": 30}}


def trial_notes(wording: Wording, reminders: ReminderSettings) -> dict[str, str]:
    """Return title -> text of each kind of note. Raises SettingsError where a custom template cannot make it."""
    rules = reminders.model_copy(
        update={"remind_from": date(2026, 1, 1), "before_due": 2, "commands": True, "max_reminders": 100, "adopted": ()}
    )
    notes: dict[str, str] = {}
    for where in ("issue", "inline"):
        settings = Settings.model_validate(
            {"projects": {"incidents": [_PROJECT]}, "policies": [{"from": "2026-01-01"}], "review": {"where": where}}
        ).model_copy(update={"reminders": rules})
        for step in range(rules.steps + 1):
            notes.update(_notes_after(wording, settings, step))
    return notes


def _notes_after(wording: Wording, settings: Settings, step: int) -> Iterator[tuple[str, str]]:
    """Yield title and text of the notes of a day by which ``step`` reminders have been posted."""
    issues = (
        *(_incident(1), _incident(2), _review(12, of=2), _incident(3), _review(13, of=3, closed=True)),
        *(replace(_incident(5), confidential=True), _incident(6, labels=("incident", "severity::4"))),
    )
    first = (_incident(8), _review(18, of=8))
    early = replace(_incident(7), created_at=datetime(2026, 5, 27, 10, tzinfo=UTC))
    records = Records(
        sources=(Source(project=_PROJECT, incidents=True, reviews=True, url=f"https://gitlab.example.com/{_PROJECT}"),),
        issues=(*issues, *first, early),
        catalog=_CATALOG,
        accounts={"lee": User(username="lee")},
    )
    comments = {
        **{issue.ref: () for issue in (early, *first)},
        **{issue.ref: _comments(issue, step) for issue in issues},
    }
    scene = Scene.of(audit(build(records, settings, _AS_OF)), bot=_BOT.username, wording=wording)
    decided = plan(replace(scene, comments=comments, roles=_ROLES))
    where = settings.review.where
    for one in decided.planned:
        yield f"reminder {one.step} on {one.issue.iid}, {where}", one.body
    for note in decided.status_notes:
        yield f"status note on {note.issue.iid} after {step}, {where}", note.body
    for answer in decided.answers:
        yield "answer", answer.body


def _incident(iid: int, labels: tuple[str, ...] = ("incident", "severity::2", "Service::API")) -> Issue:
    return Issue(
        ref=Ref(_PROJECT, iid),
        id=iid,
        url=f"https://gitlab.example.com/{_PROJECT}/-/work_items/{iid}",
        title="Checkout is down",
        issue_type="incident",
        created_at=_DECLARED,
        labels=labels,
        label_events=tuple(LabelEvent(at=_DECLARED, label=label, added=True) for label in labels),
        author=_LEAD,
        assignees=(_DRI,),
        comments=5,
    )


def _review(iid: int, *, of: int, closed: bool = False) -> Issue:
    opened = _DECLARED + timedelta(days=1)
    states = (
        StateEvent(at=opened + timedelta(days=1), closed=True),
        StateEvent(at=opened + timedelta(days=2), closed=False),
    )
    return replace(
        _incident(iid, labels=("IncidentReview",)),
        title="Incident Review: Checkout is down",
        issue_type="issue",
        created_at=opened,
        closed_at=opened + timedelta(days=20) if closed else None,
        assignees=() if closed else (_DRI, _LEAD),
        links=(Link(target=Ref(_PROJECT, of), at=opened),),
        state_events=() if closed else states,
    )


def _comments(issue: Issue, step: int) -> tuple[Note, ...]:
    """Return a command to the bot, a status note, and the earlier reminders."""
    text = _COMMANDS.get(issue.ref.iid, "what now?")
    # the proposal was made so long ago that it pauses the reminders no more
    written_at = datetime(2026, 5, 4 if "needed" in text else 25, 9, tzinfo=UTC)
    command = Note(id=1, at=written_at, author=_LEAD, body=f"@{_BOT.username} {text}")
    status = _note(2, _DECLARED + timedelta(days=8), Marker(kind=markers.STATUS, issue=str(issue.ref), hash="0"))
    earlier = (
        _note(2 + number, _DECLARED + timedelta(days=7 + 7 * number), Marker(kind=markers.REMINDER, step=number))
        for number in range(1, step + 1)
    )
    return (command, status, *earlier)


def _note(number: int, at: datetime, marker: Marker) -> Note:
    return Note(id=number, at=at, author=_BOT, body=f"Hello.\n\n{markers.write(marker)}")

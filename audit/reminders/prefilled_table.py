"""A Key Information table that is filled in as far as the incident's record goes."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from markupsafe import Markup

from audit.inert import code, handle, md, reference
from audit.phrases import MOST, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from audit.reminders.cases import Case, Scene

Row = tuple[str, Markup]
_BLANK = Markup("")
_NOBODY = "ghost"
"""The account that GitLab puts in place of a deleted one."""


def key_information(scene: Scene, case: Case) -> tuple[Row, ...]:
    """Return the rows: name and value, empty where the record has none.

    Rows that the review's template does not ask for come last, and only if their value is known.
    """
    start, end = case.declared_at, case.resolved_at
    return (
        ("Customers Affected", _BLANK),
        ("Requests Affected", _BLANK),
        ("Incident Severity", _severity(scene, case)),
        ("Start Time", _instant(start)),
        ("End Time", _instant(end) if end else _BLANK),
        # those of the record are not those of the impact, and their difference would be taken for its duration
        ("Total Duration", _BLANK),
        ("Link to Incident Issue", reference(str(case.incident))),
        *((name, value) for name, value in _further(scene, case) if value),
    )


def _further(scene: Scene, case: Case) -> Iterator[Row]:
    actions = scene.actions_of(case)
    yield "Services", _cut(map(md, case.services), len(case.services))
    yield "Participants", Markup(", ").join(handle(name) for name in _participants(scene, case))
    yield "Corrective Actions", _cut(map(reference, actions), len(actions))


def _cut(written: Iterable[Markup], total: int) -> Markup:
    return Markup(listed(written, total))  # noqa: S704 - each of them is escaped


def _participants(scene: Scene, case: Case) -> list[str]:
    """Return the people who declared the incident, were assigned to it or commented on it, by name.

    The authors of internal comments are left out: everybody who sees the review would see their names.
    """
    issue = scene.issues[case.incident]
    notes = (note for note in scene.notes(case.incident) if scene.is_human(note) and not note.internal)
    people = [issue.author, *issue.assignees, *(note.author for note in notes)]
    bot = scene.bot.casefold()
    names = {user.username for user in people if not user.bot and user.username.casefold() not in (bot, _NOBODY)}
    return sorted(names, key=str.casefold)[:MOST]


def _severity(scene: Scene, case: Case) -> Markup:
    """Return the incident's severity label in backticks, ready to be copied as a reference."""
    if case.severity is None:
        return _BLANK
    names = scene.settings.labels
    issue = scene.issues.get(case.incident)
    same = (label for label in (issue.labels if issue else ()) if names.severity_of(label) == case.severity)
    label = next(same, f"{names.severity_scope}::{case.severity}")
    return code(f'~"{label}"')


def _instant(at: datetime) -> Markup:
    return Markup(at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"))  # noqa: S704 - digits and signs of our own

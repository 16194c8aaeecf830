"""The history of an issue: label and state events and due date changes, from activity texts or from REST.

GitLab writes each label and state event as a system note (app/models/label_note.rb, state_note.rb), with the ids of
labels, but only the count of labels that were deleted since.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, TypeVar

from audit.model import DueDateChange, LabelEvent, StateEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from audit.gitlab.read.graphql_nodes import SystemNote
    from audit.gitlab.read.rest_rows import EventRow, LabelEventRow, StateEventRow

E = TypeVar("E", bound="EventRow")
T = TypeVar("T", LabelEvent, StateEvent, DueDateChange)

_REF = r"(?:[\w./-]+)?~\d+"
_CLAUSE = re.compile(
    rf"(?:automatically )?(?P<verb>added|removed)(?P<refs>(?: {_REF})*)(?: \+)?(?: (?P<deleted>\d+) deleted)?"
    r"(?: scoped)? labels?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"~(\d+)")
_LABELLING = re.compile(r"(automatically )?(added|removed)\b.*\blabels?", re.IGNORECASE | re.DOTALL)
_CLOSED = re.compile(
    r"(?:status changed to )?closed(?: (?:via|by|in) .+)?|automatically closed this \w+ because the alert resolved\W*"
    r"|resolved the corresponding error and closed the issue\W*",
    re.IGNORECASE | re.DOTALL,
)
_OPENED = re.compile(r"(?:status changed to )?(?:re)?opened(?: (?:via|by|in) .+)?", re.IGNORECASE | re.DOTALL)
_DUE = re.compile(
    r"(?:^|\band )(?:changed due date to (?P<day>[A-Z][a-z]+ +\d{1,2}, \d{4})(?!\d)|(?P<none>removed due date))"
)
_DATING = re.compile(r"(^|\band )(changed|removed) due date", re.IGNORECASE)
_ISSUES = frozenset({"Issue", "WorkItem"})
LABELS: Final = "labels"
STATES: Final = "states"
DATES: Final = "dates"
EVERYTHING: Final = frozenset({LABELS, STATES, DATES})
"""The doubts about an issue without any readable text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The events of an issue, oldest first. ``doubts`` names the kinds its texts leave open: labels, states, dates."""

    labels: tuple[LabelEvent, ...] = ()
    states: tuple[StateEvent, ...] = ()
    dates: tuple[DueDateChange, ...] = ()
    doubts: frozenset[str] = frozenset()


def from_activity(notes: Iterable[SystemNote], titles: Mapping[int, str]) -> History:
    """Read the system notes of an issue. ``titles`` is label id -> title, for the labels of today."""
    labels: list[LabelEvent] = []
    states: list[StateEvent] = []
    dates: list[DueDateChange] = []
    doubts: set[str] = set()
    for note in notes:
        if not note.system:
            continue
        at, body = note.created_at, note.body.strip()
        action = note.system_note_metadata.action if note.system_note_metadata else None
        if action == "label" or (action is None and _LABELLING.match(body)):
            events = label_events(body, at, titles)
            labels.extend(events or ())
            doubts.update(() if events is not None else (LABELS,))
        elif (closed := _state(body, action)) is not None:
            states.append(StateEvent(at=at, closed=closed))
        elif action in ("closed", "opened", "reopened"):
            doubts.add(STATES)
        elif _DATING.search(body) and action in (None, "due_date", "start_date_or_due_date"):
            change = due_change(body, at)
            dates.extend([change] if change else [])
            doubts.update(() if change else (DATES,))
    return History(labels=_in_order(labels), states=_in_order(states), dates=_in_order(dates), doubts=frozenset(doubts))


def label_events(body: str, at: datetime, titles: Mapping[int, str]) -> list[LabelEvent] | None:
    """Return the events of a label note; None if its wording or a label in it is unknown."""
    events: list[LabelEvent] = []
    rest = body
    while rest:
        clause = _CLAUSE.match(rest)
        if clause is None or not (clause["refs"] or clause["deleted"]):
            return None
        numbers = [int(number) for number in _NUMBER.findall(clause["refs"])]
        if not all(number in titles for number in numbers):
            return None
        added = clause["verb"].lower() == "added"
        names = [titles[number] for number in numbers] + [None] * int(clause["deleted"] or 0)
        events += [LabelEvent(at=at, label=name, added=added) for name in names]
        rest = rest[clause.end() :]
        if rest and not rest.startswith(" and "):
            return None
        rest = rest.removeprefix(" and ")
    return events


def _state(body: str, action: str | None) -> bool | None:
    """Return whether a note closed (true) or opened (false) the issue; None if it did neither."""
    if action not in (None, "closed", "opened", "reopened"):
        return None
    if _CLOSED.fullmatch(body):
        return True
    return False if _OPENED.fullmatch(body) else None


def due_change(body: str, at: datetime) -> DueDateChange | None:
    """Return the change of a due date note: ``changed due date to November 9, 2026``, ``removed due date``.

    None if its wording is unknown, or its day does not exist, like November 31.
    """
    note = _DUE.search(body)
    if note is None:
        return None
    day = _long_day(note["day"]) if note["day"] else None
    return None if note["day"] and day is None else DueDateChange(at=at, due_on=day)


_MONTHS = tuple(calendar.month_name)
"""Month name -> number, January is 1. Names are English, since this program never sets a locale."""


def _long_day(text: str) -> date | None:
    month, day, year = text.replace(",", "").split()
    try:
        return date(int(year), _MONTHS.index(month), int(day))
    except ValueError:
        return None


def label_events_of(rows: Iterable[LabelEventRow]) -> tuple[LabelEvent, ...]:
    """Return the events of resource_label_events; those of other resources are left out."""
    return tuple(
        LabelEvent(at=row.created_at, label=row.label.name if row.label else None, added=row.action == "add")
        for row in _of_issues(rows)
    )


def state_events_of(rows: Iterable[StateEventRow]) -> tuple[StateEvent, ...]:
    """Return the events of resource_state_events; those of other resources are left out."""
    return tuple(StateEvent(at=row.created_at, closed=row.state == "closed") for row in _of_issues(rows))


def _of_issues(rows: Iterable[E]) -> list[E]:
    issues = (row for row in rows if row.resource_type in _ISSUES)
    return sorted(issues, key=lambda row: (row.created_at, row.id))


def _in_order(events: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(events, key=lambda event: event.at))

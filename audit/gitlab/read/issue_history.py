"""The history of an issue: label and state events and due date changes, from activity texts or from REST.

GitLab words each label and state event as a system note (app/models/label_note.rb, state_note.rb): labels by their id,
those that were deleted since by their number only.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from audit.gitlab.read.nodes import moment
from audit.model import DueDateChange, LabelEvent, StateEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

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
    r"(?:^|\band )(?:changed due date to (?P<day>[A-Z][a-z]+ +\d{1,2}, \d{4})|(?P<none>removed due date))"
)
_DATING = re.compile(r"(^|\band )(changed|removed) due date", re.IGNORECASE)
_ISSUES = frozenset({"Issue", "WorkItem"})


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What happened to an issue, oldest first. ``doubts`` names what its texts did not tell: labels, states, dates."""

    labels: tuple[LabelEvent, ...] = ()
    states: tuple[StateEvent, ...] = ()
    dates: tuple[DueDateChange, ...] = ()
    doubts: frozenset[str] = frozenset()


def from_activity(notes: Iterable[dict[str, Any]], titles: Mapping[int, str]) -> History:
    """Read the system notes of an issue. ``titles`` are the labels of today by their number."""
    labels: list[LabelEvent] = []
    states: list[StateEvent] = []
    dates: list[DueDateChange] = []
    doubts: set[str] = set()
    for note in notes:
        if not note["system"]:
            continue
        at, body = moment(note["createdAt"]), note["body"].strip()
        action = (note["systemNoteMetadata"] or {}).get("action")
        if action == "label" or (action is None and _LABELLING.match(body)):
            told = label_events(body, at, titles)
            labels.extend(told or ())
            doubts.update(() if told is not None else ("labels",))
        elif (closed := _state(body, action)) is not None:
            states.append(StateEvent(at=at, closed=closed))
        elif action in ("closed", "opened", "reopened"):
            doubts.add("states")
        elif _DATING.search(body) and action in (None, "due_date", "start_date_or_due_date"):
            told_day = due_change(body, at)
            dates.extend([told_day] if told_day else [])
            doubts.update(() if told_day else ("dates",))
    return _in_order(labels, states, dates, doubts)


def label_events(body: str, at: datetime, titles: Mapping[int, str]) -> list[LabelEvent] | None:
    """Return the events that a label note tells; None where it tells something else or names an unknown label."""
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
    """Tell whether a note closed (true) or opened (false) the issue; None where it did neither."""
    if action not in (None, "closed", "opened", "reopened"):
        return None
    if _CLOSED.fullmatch(body):
        return True
    return False if _OPENED.fullmatch(body) else None


def due_change(body: str, at: datetime) -> DueDateChange | None:
    """Return what a due date note tells: ``changed due date to November 9, 2026``, ``removed due date``."""
    told = _DUE.search(body)
    if told is None:
        return None
    return DueDateChange(at=at, due_on=_long_day(told["day"]) if told["day"] else None)


_MONTHS = tuple(calendar.month_name)
"""January is 1. The names are English whatever the locale: nothing in this program sets one."""


def _long_day(text: str) -> date:
    month, day, year = text.replace(",", "").split()
    return datetime(int(year), _MONTHS.index(month), int(day)).date()  # noqa: DTZ001 - only its day is used


def from_rest(rows: Iterable[dict[str, Any]]) -> History:
    """Read the rows of resource_label_events and resource_state_events together; other resources' are ignored."""
    labels: list[LabelEvent] = []
    states: list[StateEvent] = []
    for row in sorted(rows, key=lambda row: (moment(row["created_at"]), row["id"])):
        at = moment(row["created_at"])
        if row["resource_type"] not in _ISSUES:
            continue
        if "state" in row:
            states.append(StateEvent(at=at, closed=row["state"] == "closed"))
        else:
            name = row["label"]["name"] if row["label"] else None
            labels.append(LabelEvent(at=at, label=name, added=row["action"] == "add"))
    return _in_order(labels, states, [], set())


def _in_order(
    labels: list[LabelEvent], states: list[StateEvent], dates: list[DueDateChange], doubts: set[str]
) -> History:
    return History(
        labels=tuple(sorted(labels, key=lambda event: event.at)),
        states=tuple(sorted(states, key=lambda event: event.at)),
        dates=tuple(sorted(dates, key=lambda change: change.at)),
        doubts=frozenset(doubts),
    )

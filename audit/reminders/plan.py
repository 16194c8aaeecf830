"""What is to be said on which issue, as data: decided by audit.reminders, carried out by audit.gitlab.write.notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from audit.model import Ref, Verdict


class Reason(StrEnum):
    """Why a reminder is not sent today: the first that holds, in this order (POLICY.md section 11)."""

    BEFORE_REMIND_FROM = "before_remind_from"
    LADDER_EXHAUSTED = "ladder_exhausted"
    ALREADY_POSTED = "already_posted"
    NOT_YET = "not_yet"
    NON_WORKING_DAY = "non_working_day"
    SNOOZED = "snoozed"
    RECENT_COMMENT = "recent_comment"
    UNREACHABLE = "unreachable"
    MAX_REMINDERS = "max_reminders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A new comment that pings."""

    issue: Ref
    """Where it is posted: the review, or the incident where that is its own review or has none."""
    incident: Ref
    """Of several incidents of one review the one that was due first."""
    step: int
    """0 is the early one, 1 the first of the ladder."""
    addressees: tuple[str, ...]
    """Accounts and groups, without ``@``."""
    internal: bool
    """An internal note, since the issue or the incident is confidential."""
    due_on: date
    body: str
    """With the marker at its end."""
    why: str = ""
    """Why it comes on this day, as words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A reminder that is not sent today, and why."""

    issue: Ref
    incident: Ref
    step: int
    addressees: tuple[str, ...]
    internal: bool
    due_on: date
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNote:
    """What the one comment that is edited in place should say."""

    issue: Ref
    body: str
    """With the marker at its end."""
    hash: str
    """Of the body without its marker; the note on the server is edited only where its marker has another."""
    internal: bool
    create: bool
    """False: edit the one that is there, write none where there is none."""
    new: bool = False
    """It is written, since none is there yet that could be edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A new comment that answers a command which was not understood; it pings nobody."""

    issue: Ref
    to: int
    """The number of the comment that is answered."""
    internal: bool
    body: str
    """With the marker at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """An earlier reminder of the bot's own, and what it says once it is folded."""

    issue: Ref
    note_id: int
    body: str
    """With its marker at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Somebody who may edit the issue proposes to do without a review; a person decides, by a waiver or not."""

    issue: Ref
    incident: Ref
    by: str
    """Username."""
    on: date
    reason: str
    """As written, on one line: foreign text."""
    url: str
    """Of the comment."""
    internal: bool
    """The comment is, so that only its being there is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A note of the bot's own that says what an older one says."""

    issue: Ref
    note_id: int


class Outcome(StrEnum):
    """What followed a reminder within two working days, the strongest first."""

    COMPLETED = "completed"
    """The review was completed, also where it was opened again later."""
    OPENED = "opened"
    """A review was opened for an incident that had none."""
    COMMENTED = "commented"
    """A person commented on the issue."""
    POSTPONED = "postponed"
    """A day was set for it: a snooze label, or a due date."""
    NOTHING = "nothing"
    WAITING = "waiting"
    """The two working days have not passed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A reminder that was posted earlier, and what followed it."""

    issue: Ref
    incident: Ref
    step: int
    posted_on: date
    outcome: Outcome
    confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the bot would do today; carrying it out is the last act, and only with ``--apply``."""

    as_of: date
    planned: tuple[Reminder, ...] = ()
    """Oldest due first."""
    withheld: tuple[Withheld, ...] = ()
    """Oldest due first."""
    status_notes: tuple[StatusNote, ...] = ()
    """Those that differ from what is on the server; sorted by issue."""
    heal: tuple[Duplicate, ...] = ()
    answers: tuple[Answer, ...] = ()
    """By issue, oldest first."""
    folds: tuple[Fold, ...] = ()
    """By issue, oldest first; those of an issue with a planned reminder are folded once that is there."""
    proposals: tuple[Proposal, ...] = ()
    """By incident; told in the report, and no waivers."""
    addressees: Mapping[Ref, tuple[str, ...]] = field(default_factory=dict)
    """Late or pending incident -> the accounts and groups that its reminder names, or would name."""
    unreachable: tuple[Ref, ...] = ()
    """Incidents that are reminded of, or would be, with nobody who could be asked; sorted."""
    earlier: tuple[Followed, ...] = ()
    """Reminders posted before on the issues whose comments were read; by issue and step."""
    not_reminded: tuple[tuple[Verdict, tuple[Ref, ...]], ...] = ()
    """Incidents of a verdict for which nobody is reminded, or not yet; by verdict in their order, each sorted."""
    unread: tuple[Ref, ...] = ()
    """Issues whose comments are not known, so that nothing is said there; sorted."""
    held: bool = False
    """Far above the usual: nothing is posted before a person has confirmed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A reminder that this run posted."""

    issue: Ref
    step: int
    note_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What could not be carried out on an issue, and why; the other issues were."""

    issue: Ref
    what: str
    """reminder, status note, duplicate, answer, fold."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What this run did."""

    posted: tuple[Posted, ...] = ()
    already_there: tuple[Ref, ...] = ()
    """Issues on which another run had posted the planned reminder in the meantime."""
    created: tuple[Ref, ...] = ()
    """Issues that got their status note."""
    edited: tuple[Ref, ...] = ()
    """Issues whose status note was edited."""
    healed: tuple[Duplicate, ...] = ()
    answered: tuple[Answer, ...] = ()
    folded: tuple[Fold, ...] = ()
    settled: tuple[Ref, ...] = ()
    """Reviews that were closed when their reminder was about to be posted."""
    moved: tuple[Ref, ...] = ()
    """Issues that had been moved elsewhere by then; what follows is decided where they are now."""
    failures: tuple[Failure, ...] = ()

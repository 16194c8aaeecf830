"""What the bot posts and edits where, as data: decided by audit.reminders, carried out by audit.gitlab.write.notes."""

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
    CANNOT_POST = "cannot_post"
    MAX_PER_PERSON = "max_per_person"
    MAX_REMINDERS = "max_reminders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A new comment that pings."""

    issue: Ref
    """Where it is posted: the review, or the incident if that is its own review or has none."""
    incident: Ref
    """Of several incidents of one review, the one that was due first."""
    step: int
    """0 is the early one, 1 the first of the ladder."""
    addressees: tuple[str, ...]
    """Accounts and groups, without ``@``."""
    internal: bool
    """Whether it is an internal note, because the issue or the incident is confidential."""
    due_on: date
    body: str
    """With the marker at its end."""
    why: str = ""
    """Why it comes on this day, as a phrase."""
    counted: tuple[str, ...] = ()
    """Those of the addressees for whom it counts towards ``per_person``, in small letters."""
    with_status: bool = False
    """Whether it is the issue's status note as well, so that one mail goes out."""
    on_closed: bool = False
    """Whether the review is closed already, and waits for its approval."""


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
    """The one comment of an issue that is edited in place, as it should be."""

    issue: Ref
    body: str
    """With the marker at its end."""
    hash: str
    """Of the body without its marker; the note on the server is edited only if its marker has another hash."""
    internal: bool
    create: bool
    """Whether to post it if it is not there yet; otherwise it is only edited."""
    new: bool = False
    """Whether it has to be posted, because there is none to edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswer:
    """A new comment in answer to a command that was not understood; it pings nobody."""

    issue: Ref
    to: int
    """Id of the comment that it answers."""
    internal: bool
    body: str
    """With the marker at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """An emoji on a command that is heeded: it says so without a mail."""

    issue: Ref
    to: int
    """Id of the comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OddSnooze:
    """A label of the snooze scope whose value is no day, so that it postpones nothing."""

    issue: Ref
    label: str
    """As spelt: foreign text. Empty where it may not be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextInLine:
    """Reminders that nothing but their number holds back: they are sent where a planned one is refused."""

    reminders: tuple[Reminder, ...] = ()
    """Oldest due first."""
    reviews_of: Mapping[str, int] = field(default_factory=dict)
    """Account or group, in small letters -> about how many reviews it is asked today, the planned ones included."""
    per_person: int = 0
    max_reminders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """An earlier reminder of the bot, and its text once it is folded."""

    issue: Ref
    note_id: int
    body: str
    """With its marker at its end."""
    newest_too: bool = False
    """Whether it is folded though no newer reminder is there: the review is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal, by somebody who may edit the issue, to do without a review; a person decides, by a waiver."""

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
    """Whether the comment is internal; then the report tells only that it exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A note of the bot that repeats an older one."""

    issue: Ref
    note_id: int


class FollowUp(StrEnum):
    """What followed a reminder within two working days, strongest first."""

    COMPLETED = "completed"
    """The review was completed, even if it was opened again later."""
    OPENED = "opened"
    """A review was opened for an incident that had none."""
    COMMENTED = "commented"
    """A person commented on the issue."""
    POSTPONED = "postponed"
    """Somebody set a day: a snooze label or a due date."""
    NOTHING = "nothing"
    WAITING = "waiting"
    """Nothing yet, and the two working days have not passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReminder:
    """A reminder that was posted earlier, and what followed it."""

    issue: Ref
    incident: Ref
    step: int
    posted_on: date
    follow_up: FollowUp
    confidential: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the bot would do today. It is carried out last, and only with ``--apply``."""

    as_of: date
    planned: tuple[Reminder, ...] = ()
    """Oldest due first."""
    withheld: tuple[Withheld, ...] = ()
    """Oldest due first."""
    status_notes: tuple[StatusNote, ...] = ()
    """Those that differ from what is on the server; sorted by issue."""
    heal: tuple[Duplicate, ...] = ()
    answers: tuple[CommandAnswer, ...] = ()
    """By issue, oldest first."""
    reactions: tuple[Reaction, ...] = ()
    """By issue, oldest first."""
    next_in_line: NextInLine = field(default_factory=NextInLine)
    odd_snoozes: tuple[OddSnooze, ...] = ()
    """By issue."""
    folds: tuple[Fold, ...] = ()
    """By issue, oldest first. On an issue with a planned reminder they are folded once that is posted."""
    proposals: tuple[Proposal, ...] = ()
    """By incident, for the report; they waive nothing by themselves."""
    addressees: Mapping[Ref, tuple[str, ...]] = field(default_factory=dict)
    """Late or pending incident -> the accounts and groups that its reminder names, or would name."""
    unreachable: tuple[Ref, ...] = ()
    """Incidents about whose review nobody can be reminded; sorted."""
    earlier: tuple[EarlierReminder, ...] = ()
    """Reminders posted earlier on the issues whose comments were read; by issue and step."""
    not_reminded: tuple[tuple[Verdict, tuple[Ref, ...]], ...] = ()
    """Verdict -> incidents that get no reminder, or not yet; in the verdicts' order, incidents sorted."""
    unread: tuple[Ref, ...] = ()
    """Issues of which comments, labels or those to ask could not be read, so that no reminder is sent there; sorted."""
    held: bool = False
    """It has far more reminders than usual: nothing is posted before a person has confirmed it."""
    upgraded: bool = False
    """It is the first of an edition that changes verdicts: it waits likewise."""
    newest_edition: int = 0
    """The highest edition of a reminder of the bot's own that was read; 0: none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A reminder that this run posted."""

    issue: Ref
    step: int
    note_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What could not be carried out on an issue, and why."""

    issue: Ref
    what: str
    """reminder, status note, duplicate, answer, fold."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What this run did."""

    posted: tuple[Posted, ...] = ()
    already_there: tuple[Ref, ...] = ()
    """Issues on which another run had posted the planned reminder by then."""
    created: tuple[Ref, ...] = ()
    """Issues that got their status note."""
    edited: tuple[Ref, ...] = ()
    """Issues whose status note was edited."""
    healed: tuple[Duplicate, ...] = ()
    answered: tuple[CommandAnswer, ...] = ()
    reacted: tuple[Reaction, ...] = ()
    """Commands that got an emoji."""
    folded: tuple[Fold, ...] = ()
    settled: tuple[Ref, ...] = ()
    """Reviews that had been closed by the time their reminder was to be posted."""
    moved: tuple[Ref, ...] = ()
    """Issues that had been moved by then; the next run decides about them at their new place."""
    failures: tuple[Failure, ...] = ()

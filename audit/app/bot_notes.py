"""The command ``reminders``: list the bot's notes, withdraw them, or adopt the reminders of another bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import yaml
from pydantic import ValidationError

from audit import inert
from audit.app.exit_status import DONE, GAPS, Printout
from audit.app.reading import read
from audit.engine.gaps import PAGES
from audit.errors import ReminderError, UsageError
from audit.gitlab.read.comments import comments
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.withdrawal import withdraw
from audit.phrases import first_lines, plural
from audit.reminders import note_inventory
from audit.settings.reminder_settings import Adopted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import OnProgress, Say
    from audit.model import Gap, Note, Ref
    from audit.reminders.note_inventory import ListedNote
    from audit.settings.settings import Settings

_BEGINS_ANEW: Final = (
    "The next `incident-audit run --apply` begins anew: set reminders.remind_from first, or do not schedule it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comments:
    """The comments of every issue that was read, and what could not be read."""

    bot: str
    """Username of the token's account."""
    by_ref: Mapping[Ref, tuple[Note, ...]]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True)
class BotNotes:
    """Lists, withdraws and adopts notes on all issues that are read, open and closed."""

    client: Client
    settings: Settings
    today: date
    say: Say
    progress: OnProgress

    def list_all(self) -> Printout:
        """List every note of the bot."""
        known = self._read(write=False)
        bot, notes = known.bot, self._of_bot(known)
        head = f"{_counted(notes)} of {bot} on {_issues(notes)}" if notes else _nothing(known)
        return _printout([head, *note_inventory.lines(notes)], known.gaps)

    def withdraw(self, *, apply: bool) -> Printout:
        """Delete every note of the bot, or only list them. Raises ReminderError if some could not be deleted."""
        known = self._read(write=apply)
        bot, notes = known.bot, self._of_bot(known)
        if not notes:
            return _printout([f"{_nothing(known)}: there is nothing to withdraw"], known.gaps)
        if not apply:
            head = f"would delete {_counted(notes)} of {bot} on {_issues(notes)}; with --apply they are deleted"
            return _printout([head, *note_inventory.lines(notes), _BEGINS_ANEW], known.gaps)
        done = withdraw(self.client, dict.fromkeys(note.issue for note in notes), bot=bot)
        if done.failures:
            raise ReminderError(
                f"{plural(done.deleted, 'note')} deleted, but not all",
                "Run again: a note that is gone already is no failure.",
                faults=first_lines([f"{failure.issue}: {failure.why}" for failure in done.failures]),
            )
        return _printout([f"deleted {plural(done.deleted, 'note')} of {bot}", _BEGINS_ANEW], known.gaps)

    def adopt(self, pattern: str, account: str) -> Printout:
        """List the comments of another account that would count as reminders, and the setting that adopts them.

        Raises UsageError if the pattern or the account is invalid.
        """
        rule = _rule(pattern, account)
        known = self._read(write=False)
        notes = note_inventory.adoptable(known.by_ref, rule, bot=known.bot, timezone=self.settings.timezone)
        if not notes:
            return _printout([f"no comment of {account} has a line that matches {pattern}"], known.gaps)
        head = f"{_counted(notes)} of {account} on {_issues(notes)} would count as posted by this setting:"
        setting = yaml.safe_dump({"reminders": {"adopted": [rule.model_dump()]}}, sort_keys=False, width=1000)
        shown = [f"  {line}" for line in setting.splitlines()]
        return _printout([head, *shown, "", *note_inventory.lines(notes)], known.gaps)

    def _read(self, *, write: bool) -> _Comments:
        preflight = run_preflight(self.client, self.settings, today=self.today, write=write)
        for warning in preflight.warnings:
            self.say(warning, warning=True)
        records = read(self.client, self.settings, preflight, self.today, self.progress)
        notes = comments(self.client, [issue.ref for issue in records.issues if issue.comments])
        pages = [gap for gap in records.gaps if gap.what in PAGES]
        return _Comments(bot=preflight.account.username, by_ref=notes.by_ref, gaps=(*pages, *notes.gaps))

    def _of_bot(self, known: _Comments) -> tuple[ListedNote, ...]:
        return note_inventory.bot_notes(known.by_ref, bot=known.bot, timezone=self.settings.timezone)


def _rule(pattern: str, account: str) -> Adopted:
    try:
        return Adopted(author=account, pattern=pattern)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        what = fault["msg"].removeprefix("Value error, ")
        if fault["loc"] == ("author",):
            raise UsageError(f"--of {account!r} {what}", "Write the username of the other bot.") from error
        raise UsageError(f"--adopt {pattern!r} {what}", "Write a simpler regular expression.") from error


def _nothing(known: _Comments) -> str:
    if known.gaps:
        return f"no note of {known.bot} is in what could be read"
    return f"{known.bot} has written no notes yet"


def _counted(notes: Sequence[ListedNote]) -> str:
    return plural(len(notes), "note")


def _issues(notes: Sequence[ListedNote]) -> str:
    return plural(len({note.issue for note in notes}), "issue")


def _printout(lines: Iterable[str], gaps: Sequence[Gap]) -> Printout:
    """Return the text, which ends with what could not be read, since notes may be missing because of it."""
    unread = first_lines([f"  {gap.what} of {gap.ref}: {gap.why}" for gap in gaps])
    end = ["", "What could not be read, and may hold more notes:", *unread] if unread else []
    text = "\n".join(inert.indented(line) for line in (*lines, *end))
    return Printout(text=text, exit_status=GAPS if gaps else DONE)

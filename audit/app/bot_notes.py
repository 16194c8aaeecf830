"""The command ``reminders``: tell what the bot has said, take it back, or adopt another bot's reminders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from audit import inert
from audit.app.reading import read
from audit.errors import ReminderError, UsageError
from audit.gitlab.read.comments import comments
from audit.gitlab.read.preflight import preflight
from audit.gitlab.write.withdrawal import withdraw
from audit.phrases import plural
from audit.reminders import note_inventory
from audit.settings.reminder_settings import Adopted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import OnProgress, Say
    from audit.model import Note, Ref
    from audit.reminders.note_inventory import ListedNote
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Where the command works."""

    client: Client
    settings: Settings
    today: date
    say: Say
    progress: OnProgress

    def listed(self) -> str:
        """Tell every note of the bot's on the issues that are read, open and closed."""
        bot, found = self._read(write=False)
        said = self._said(found, bot)
        head = f"{plural(len(said), 'note')} of {bot} on {_issues(said)}" if said else f"{bot} has said nothing yet"
        return _told([head, *note_inventory.lines(said)])

    def withdrawn(self, *, apply: bool) -> str:
        """Delete every note of the bot's, or tell which. Raises ReminderError where some could not be deleted."""
        bot, found = self._read(write=apply)
        said = self._said(found, bot)
        if not said:
            return f"{bot} has said nothing yet: there is nothing to withdraw"
        if not apply:
            head = (
                f"would delete {plural(len(said), 'note')} of {bot} on {_issues(said)}; with --apply they are deleted"
            )
            return _told([head, *note_inventory.lines(said), *_afterwards()])
        done = withdraw(self.client, dict.fromkeys(one.issue for one in said), bot=bot)
        if done.failures:
            why = "; ".join(f"{one.issue}: {one.why}" for one in done.failures)
            raise ReminderError(
                f"{plural(done.deleted, 'note')} deleted, but not all: {why}", "Run again: what is gone is not missed."
            )
        return _told([f"deleted {plural(done.deleted, 'note')} of {bot}", *_afterwards()])

    def adopted(self, pattern: str, account: str) -> str:
        """Tell which comments of another account would count as reminders, and the setting by which they do."""
        try:
            rule = Adopted(author=account, pattern=pattern)
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            what = fault["msg"].removeprefix("Value error, ")
            if fault["loc"] == ("author",):
                raise UsageError(f"--of {account!r} {what}", "Write the username of the other bot.") from error
            raise UsageError(f"--adopt {pattern!r} {what}", "Write a simpler regular expression.") from error
        bot, found = self._read(write=False)
        said = note_inventory.adoptable(found, rule, bot=bot, timezone=self.settings.timezone)
        if not said:
            return f"no comment of {account} has a line that matches {pattern}"
        head = f"{plural(len(said), 'note')} of {account} on {_issues(said)} would count as posted by this setting:"
        shown = yaml.safe_dump({"reminders": {"adopted": [rule.model_dump()]}}, sort_keys=False, width=1000)
        return _told([head, *(f"  {line}" for line in shown.splitlines()), "", *note_inventory.lines(said)])

    def _read(self, *, write: bool) -> tuple[str, Mapping[Ref, tuple[Note, ...]]]:
        """Return the bot's username, and the comments of every issue that has any."""
        flight = preflight(self.client, self.settings, today=self.today, write=write)
        for warning in flight.warnings:
            self.say(warning, warning=True)
        records = read(self.client, self.settings, flight, self.today, self.progress)
        found = comments(self.client, [issue.ref for issue in records.issues if issue.comments])
        for gap in found.gaps:
            self.say(f"the comments of {gap.ref} could not be read: {gap.why}", warning=True)
        return flight.account.username, found.by_ref

    def _said(self, found: Mapping[Ref, tuple[Note, ...]], bot: str) -> tuple[ListedNote, ...]:
        return note_inventory.bot_notes(found, bot=bot, timezone=self.settings.timezone)


def _afterwards() -> Iterator[str]:
    yield "The next `incident-audit run --apply` begins anew: set reminders.remind_from first, or do not schedule it."


def _issues(said: tuple[ListedNote, ...]) -> str:
    return plural(len({one.issue for one in said}), "issue")


def _told(lines: list[str]) -> str:
    return "\n".join(inert.indented(line) for line in lines)

"""Plain rows that know nothing of issues and projects, and what numbers and dates all of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

# Each kind of id starts elsewhere, so that a mixed-up id is a miss and not another row.
_FIRST_ID: Final = {
    "user": 101,
    "token": 901,
    "group": 5001,
    "project": 10001,
    "label": 20001,
    "milestone": 30001,
    "link": 40001,
    "award": 50001,
    "state_event": 300001,
    "label_event": 500001,
    "issue": 1000001,
    "note": 3000001,
}


@dataclass(eq=False, slots=True, kw_only=True)
class Registrar:
    """Gives each new row its number and its time: the same calls give the same numbers."""

    now: dt.datetime | Callable[[], dt.datetime]
    used: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def instant(self) -> dt.datetime:
        """Return the time that the server stamps on what is written over HTTP."""
        return self.now() if callable(self.now) else self.now

    def next_id(self, kind: str) -> int:
        """Return the next id of that kind."""
        self.used[kind] += 1
        return _FIRST_ID[kind] + self.used[kind] - 1

    def skip(self, kind: str, taken: Iterable[int]) -> None:
        """Use up the ids of a kind that are taken."""
        last = max(taken, default=0)
        while last and self.next_id(kind) < last:
            pass


@dataclass(eq=False, slots=True, kw_only=True)
class Account:
    """A user; a bot is the user behind a project's or a group's token."""

    id: int
    username: str
    name: str
    state: str = "active"
    bot: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Token:
    """An access token of any kind; `projects` narrows what it reaches to these paths."""

    id: int
    value: str
    user: Account
    name: str
    scopes: tuple[str, ...]
    kind: str
    created_at: dt.datetime
    expires_on: dt.date | None = None
    active: bool = True
    revoked: bool = False
    projects: frozenset[str] | None = None


@dataclass(eq=False, slots=True, kw_only=True)
class Milestone:
    """A milestone of a project; the sandbox only shows it."""

    id: int
    iid: int
    title: str
    due_on: dt.date | None = None
    starts_on: dt.date | None = None
    state: str = "active"


@dataclass(eq=False, slots=True, kw_only=True)
class RepoFile:
    """A file at the head of the default branch."""

    path: str
    text: str
    commit_id: str
    binary: bool = False

    @property
    def blob_id(self) -> str:
        """The object id that git itself would give."""
        data = self.text.encode()
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What was written to a repository in one go."""

    id: str
    message: str
    author: str
    at: dt.datetime
    texts: tuple[tuple[str, str | None], ...]
    """(file, its new text) of each file that it wrote; None: it was deleted."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it wrote or deleted."""
        return tuple(path for path, _text in self.texts)


@dataclass(eq=False, slots=True, kw_only=True)
class StoredPage:
    """A page of a wiki, and the texts that it had before."""

    slug: str
    title: str
    content: str
    format: str = "markdown"
    history: list[str] = field(default_factory=list)
    """Every version of the text, the newest last: GitLab keeps them, and shows them to people only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """An emoji that somebody gave to a note."""

    id: int
    name: str
    user: Account
    created_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """The check boxes of a description."""

    count: int
    completed_count: int


def digest(*parts: object) -> str:
    """Make a stable 40-digit id out of what the thing holds."""
    return hashlib.sha1("\0".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()

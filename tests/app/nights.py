"""A tracker on which one night needs every kind of write, and what must be true of it after a disturbed night."""

from __future__ import annotations

import copy
import json
import re
import signal
import tempfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audit import markers
from audit.app.exit_status import VIOLATIONS
from audit.app.judging import judge
from audit.app.reading import read
from audit.gitlab.http.client import Client
from audit.gitlab.read.comments import comments
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.notes import carry_out
from audit.reminders.cases import Scene
from audit.reminders.decide import plan, wanted
from audit.reminders.plan import Ledger
from audit.sandbox.data.item_json import row_of
from audit.settings import Connection
from audit.settings.settings import Settings
from tests.app import killable
from tests.app.eve import BOT, PROJECT, SETTINGS, TOKEN, tracker, week_passes
from tests.sandbox.faults import Fault, Hook
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audit.markers import Marker
    from audit.sandbox.data.work_items import StoredNote
    from audit.sandbox.data.world import World
    from audit.sandbox.wire import Request
    from tests.sandbox.faults import Action

URL = "https://gitlab.example.com"
_EMPTIED = '"kind": "duplicate"'
BEFORE, TONIGHT = date(2026, 11, 16), date(2026, 11, 23)


class Clock:
    """Time that passes only where somebody waits; each day of it begins at six."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.day = TONIGHT

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def read(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.combine(self.day, time(6), UTC) + timedelta(seconds=self.seconds)


@dataclass(kw_only=True)
class Told:
    """What a night left behind for those who read of it."""

    posted: list[tuple[str, int, int]]
    """Issue, step and note, of what it said that it posted."""
    failed: str
    """Why it did not end as it should; empty: it did."""
    ledger: Ledger


def night(
    server: Server,
    *,
    sleep: Callable[[float], None] | None = None,
    as_of: date = TONIGHT,
    timeout: float = 5,
    **reminders: Any,
) -> Told:
    """Do in this process what the nightly job does with ``--apply``, but for the report; waits are not waited."""
    settings = Settings.model_validate({**SETTINGS, "reminders": {"per_person": 20, **reminders}})
    noted: list[Ledger] = []
    with Client(Connection.to(server.url, TOKEN), timeout=timeout, parallel=2, sleep=sleep or _no_time) as client:
        flight = run_preflight(client, settings, today=as_of, write=True)
        result = judge(read(client, settings, flight, as_of, _unseen), settings, as_of=as_of, today=as_of)
        scene = Scene.of(result, bot=flight.account.username)
        reminded = plan(replace(scene, comments=comments(client, wanted(scene)).by_ref))
        ledger = carry_out(client, reminded, bot=flight.account.username, note_down=noted.append)
    posted = [(str(one.issue), one.step, one.note_id) for one in ledger.posted]
    assert not posted or noted[-1].posted == ledger.posted, "whoever had killed it at its end would have known"
    return Told(posted=posted, failed="; ".join(one.why for one in ledger.failures), ledger=ledger)


def claimed(folder: Path) -> list[tuple[str, int, int]]:
    """Return what reminders.json says that was posted; nothing where there is none."""
    place = folder / "reminders.json"
    if not place.exists():
        return []
    told = json.loads(place.read_text(encoding="utf-8"))
    return [(one["issue"], one["step"], one["note_id"]) for one in told["posted"]]


def writes(server: Server) -> int:
    """Count the notes that a server was asked to write, change or delete."""
    return sum(is_write(one.method, one.path) for one in server.requests)


class AtWrite(Fault):
    """Strikes what writes, changes or deletes a note."""

    def _matches(self, request: Request) -> bool:
        return is_write(request.method, request.path)


class EveryOther(AtWrite):
    """Strikes the first try of each write, and lets the second pass."""

    def strikes(self, request: Request) -> bool:
        """Say whether it is an odd one, and count it."""
        self.seen += self._matches(request)
        return self._matches(request) and self.seen % 2 == 1


def is_write(method: str, path: str) -> bool:
    """Tell whether a request writes, changes or deletes a note."""
    return method in {"POST", "PUT", "DELETE"} and re.search(r"/notes(/\d+)?$", path) is not None


@dataclass(kw_only=True)
class Trial:
    """One tracker on the eve of the night, its server, and what the nights on it told."""

    world: World
    folder: Path
    server: Server
    nights: list[Told] = field(default_factory=list)

    def night(self, **how: Any) -> Told:
        """Let a night pass in this process."""
        told = night(self.server, **how)
        self.nights.append(told)
        return told

    def killed(self, *, at_write: int, after: bool) -> bool:
        """Run the command in a process, and kill it as it sends that write; False: it ended before."""

        def strike(_: Request) -> None:
            killable.kill(process)
            if not after:
                raise ConnectionResetError

        fault = self.at(at_write, Hook(call=strike, after=after))
        process = killable.started(self.server, self.folder, TONIGHT.isoformat())
        process.join(killable.PATIENCE)
        self.server.faults.remove(fault)
        self.nights.append(Told(posted=claimed(self.folder), failed="killed", ledger=Ledger()))
        (self.folder / "reminders.json").unlink()
        assert process.exitcode in {-signal.SIGKILL, VIOLATIONS}
        return process.exitcode == -signal.SIGKILL

    def at(self, write: int, action: Action) -> Fault:
        """Plan a misbehaviour at the so-manieth write, from 1."""
        return self.strike(AtWrite(action=action, skip=write - 1))

    def strike(self, fault: Fault) -> Fault:
        self.server.faults.append(fault)
        return fault

    def another(self, _: Request) -> None:
        """Let another night pass wholly, while a request is held."""
        self.night()

    def check(self, *, lost: int = 0, emptied: bool = False) -> None:
        """Let an undisturbed night pass, and another, and hold what there is against what there should be.

        ``lost``: reminders that a killed run may have posted without living long enough to say so. ``emptied``:
        duplicates may be there without their text, since it was refused to delete them.
        """
        self.server.faults.clear()
        assert not self.night().failed
        before = writes(self.server)
        assert not self.night().failed
        assert writes(self.server) == before, "a second undisturbed night has nothing to do"
        assert of_others(self.world) == of_others(_eve()), "what others wrote is as it was"
        there = [note for note in of_bot(self.world) if not (emptied and _EMPTIED in note[2])]
        assert there == outcome().notes
        self._check_ledgers(lost)

    def _check_ledgers(self, lost: int) -> None:
        told = [one for each in self.nights for one in each.posted]
        steps = Counter((issue, step) for issue, step, _ in told)
        assert set(steps.values()) <= {1}, "no reminder is claimed twice"
        there = {(f"{PROJECT}#{n.issue.iid}", m.step, n.id) for n, m in marked(self.world) if m.kind == "reminder"}
        assert set(told) <= there, "whatever is claimed is there"
        earlier = {note.id for note, _ in marked(_eve())}
        unclaimed = [one for one in there - set(told) if one[2] not in earlier]
        assert len(unclaimed) <= lost, "whatever is there is claimed"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an undisturbed night does."""

    notes: list[tuple[int, bool, str]]
    kinds: Counter[tuple[int, str, int]]
    writes: int
    stored: int


@cache
def outcome() -> Outcome:
    """Let the night pass undisturbed, and see."""
    world = eve()
    with Server(world, public_url=URL) as server:
        told = night(server)
        count = writes(server)
    assert not told.failed
    return Outcome(notes=of_bot(world), kinds=kinds(world), writes=count, stored=stored(world))


def stored(world: World) -> int:
    """Count the notes that were ever stored since the eve, and so notified, of those that are gone again as well."""
    return world.registrar.used["note"] - _eve().registrar.used["note"]


def marked(world: World) -> Iterator[tuple[StoredNote, Marker]]:
    """Yield the bot's own notes that have a marker."""
    for issue in world.issues.values():
        for note in issue.comments:
            marker = markers.read(note.body)
            if marker and note.author.username == BOT:
                yield note, marker


def kinds(world: World) -> Counter[tuple[int, str, int]]:
    """Count the bot's notes by issue, kind and step."""
    return Counter((note.issue.iid, marker.kind, marker.step) for note, marker in marked(world))


def of_bot(world: World) -> list[tuple[int, bool, str]]:
    """Return issue, whether it is internal, and body of each note of the bot."""
    notes = (n for issue in world.issues.values() for n in issue.comments if n.author.username == BOT)
    return sorted((note.issue.iid, note.internal, note.body) for note in notes)


def of_others(world: World) -> str:
    """Return everything but the bot's notes, and when an issue was touched, as text."""
    rows = [row_of(issue) for issue in world.issues.values()]
    for row in rows:
        del row["updated_at"]
        row["notes"] = [note for note in row["notes"] if note["author"] != BOT]
    return json.dumps(rows, sort_keys=True)


def eve() -> World:
    """Return a tracker of one's own as it stands before the night."""
    return copy.deepcopy(_eve())


@cache
def _eve() -> World:
    world = tracker()
    with Server(world, public_url=URL) as server:
        told = night(server, as_of=BEFORE)
    assert not told.failed
    assert len(told.posted) == 4
    week_passes(world)
    return world


@contextmanager
def trial() -> Iterator[Trial]:
    """Serve a tracker of one's own on the eve of the night."""
    world = eve()
    with Server(world, public_url=URL) as server, tempfile.TemporaryDirectory() as folder:
        yield Trial(world=world, folder=Path(folder), server=server)


def _no_time(_seconds: float) -> None:
    """Wait not at all."""


def _unseen(stage: str, done: int, total: int | None) -> None:
    """Show no progress."""

"""Benchmark: a month of nights that build on each other, each held against a full pull of the same moment.

``python -m tests.bench.month [nights] [seeds] [incidents]`` prints each difference in records and verdicts, how many
nights were read from their changes only, and why others were read in full.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from audit.app.judging import judge
from audit.app.reading import read_catalog
from audit.evidence.local_days import end_of
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.read.pull import pull
from audit.gitlab.read.pull_doubts import differences
from audit.settings.settings import Settings
from tests.sandbox.server import Server
from tests.worlds.changes import Day
from tests.worlds.generated.generator import TOKEN, generate
from tests.worlds.in_process import InProcess

if TYPE_CHECKING:
    from audit.model import Records
    from audit.pull_model import Pull
    from audit.sandbox.data.world import World
    from audit.sandbox.wire import Reply, Request

FIRST = date(2026, 11, 23)
URL = "https://gitlab.tanuki.example"


@dataclass(kw_only=True)
class Month:
    """What came of it."""

    nights: int = 0
    by_changes: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


class Gate:
    """A server in this process, whose clock is that of its world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._server = Server(world, public_url=URL)

    def __call__(self, request: Request) -> Reply:
        """Answer."""
        reply = self._server.handle(request)
        if self._server.crashes:
            raise self._server.crashes[0]
        return replace(reply, headers={**reply.headers, "Date": format_datetime(self._world.instant(), usegmt=True)})

    def pull(self, settings: Settings, earlier: Pull | None) -> tuple[Pull, int]:
        """Pull; return what was read, and the number of requests."""
        today = self._world.instant().date()
        with InProcess(URL, TOKEN, self, sleep=lambda _: None) as client:
            preflight = run_preflight(client, settings, today=today, write=False)
            catalog = read_catalog(client, settings)
            until = end_of(today, ZoneInfo(settings.timezone))
            pulled = pull(
                client, settings, preflight, until=until, progress=lambda *_: None, catalog=catalog, earlier=earlier
            )
            return pulled, client.requests


def month(seed: int, *, nights: int, incidents: int, changes: int = 12) -> Month:
    """Live through a month."""
    world, given, _ = generate(seed=seed, incidents=incidents, reviews=incidents * 2 // 5, as_of=FIRST)
    settings = Settings.model_validate(given | {"snapshot": {"full_every_days": 365}})
    chance = random.Random(seed)  # noqa: S311 - no secret
    gate, result = Gate(world), Month()
    last, _ = gate.pull(settings, None)
    for night in range(1, nights + 1):
        begun = datetime.combine(FIRST + timedelta(days=night), time(1), UTC)
        made = Day(world=world, chance=chance, at=begun).pass_by(chance.randrange(1, changes))
        world.now = begun.replace(hour=23, minute=30)
        pulled, requests = gate.pull(settings, last)
        full, _ = gate.pull(settings, None)
        result.nights += 1
        result.by_changes += not pulled.full
        result.requests["full" if pulled.full else "changes"] += requests
        result.reasons.update(note.partition(":")[2].partition(":")[0] for note in pulled.notes)
        found = [*differences(pulled.records, full.records, datetime.max.replace(tzinfo=UTC))]
        found += _verdicts(pulled.records, full.records, settings, world.instant().date())
        result.differences += [f"seed {seed}, night {night} ({', '.join(sorted(set(made)))}): {one}" for one in found]
        last = pulled
    return result


def _verdicts(made: Records, read: Records, settings: Settings, day: date) -> list[str]:
    one, other = (judge(records, settings, as_of=day, today=day) for records in (made, read))
    same = one.verdicts.equals(other.verdicts) and one.findings == other.findings and one.gaps == other.gaps
    return [] if same else ["verdicts, findings or gaps"]


def main(nights: int = 30, seeds: int = 20, incidents: int = 60) -> None:
    """Print what came of it."""
    total = Month()
    for seed in range(1, seeds + 1):
        one = month(seed, nights=nights, incidents=incidents)
        total.nights += one.nights
        total.by_changes += one.by_changes
        total.requests += one.requests
        total.reasons += one.reasons
        total.differences += one.differences
        said = f"{one.by_changes} of {one.nights} nights by changes, {len(one.differences)} differences"
        print(f"seed {seed}: {said}", flush=True)  # noqa: T201
        for difference in one.differences[:8]:
            print(f"    {difference}", flush=True)  # noqa: T201
    print(f"{total.by_changes} of {total.nights} nights by changes, {len(total.differences)} differences")  # noqa: T201
    print(f"requests: {dict(total.requests)}; read in full since {dict(total.reasons)}")  # noqa: T201


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

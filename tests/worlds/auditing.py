"""Audits a world as the nightly job does: over HTTP, from the token to the reminders."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.app.judging import judge
from audit.app.reading import read
from audit.gitlab.http.client import Client
from audit.gitlab.read.comments import comments
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.notes import carry_out
from audit.reminders.cases import Scene
from audit.reminders.decide import plan, wanted
from audit.sandbox.demo.tracker import PUBLIC_URL
from audit.settings import Connection
from tests.sandbox.server import Server

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from audit.engine.result import Result
    from audit.reminders.plan import Ledger, Plan
    from audit.sandbox.data.world import World
    from audit.settings.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Audited:
    result: Result
    plan: Plan
    ledger: Ledger | None
    requests: int


@contextmanager
def _connected(world: World, token: str) -> Iterator[tuple[Server, Client]]:
    with (
        Server(world, public_url=PUBLIC_URL) as server,
        Client(Connection.to(server.url, token), timeout=30, parallel=4) as client,
    ):
        yield server, client


def audited(world: World, settings: Settings, *, token: str, as_of: dt.date, apply: bool = False) -> Audited:
    """Pull, judge and plan; with `apply` the reminders are posted to the world."""
    with _connected(world, token) as (server, client):
        flight = run_preflight(client, settings, today=as_of, write=apply)
        result = judge(read(client, settings, flight, as_of, lambda *_: None), settings, as_of=as_of, today=as_of)
        scene = Scene.of(result, bot=flight.account.username)
        reminders = plan(replace(scene, comments=comments(client, wanted(scene)).by_ref))
        ledger = carry_out(client, reminders, bot=flight.account.username) if apply else None
        return Audited(result=result, plan=reminders, ledger=ledger, requests=len(server.requests))

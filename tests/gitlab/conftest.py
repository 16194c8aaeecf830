"""A small tracker on the sandbox GitLab, read over real HTTP; waits are recorded instead of waited for."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.http.client import Client
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.read.pull import pull
from audit.sandbox.data.world import World
from audit.settings import Connection
from audit.settings.settings import Settings
from tests.corpus import reference
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audit.gitlab.read.preflight import Preflight
    from audit.model import Catalog, Records
    from audit.model import Issue as Read
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem

TOKEN = "glpat-api-0123456789"
READER = "glpat-reads-0123456789"
TODAY = date(2026, 11, 23)
UNTIL = datetime(2026, 11, 24, tzinfo=UTC)
HERE = "acme/sre/production"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Tracker:
    """A group `acme/sre` with the project `production`, Anna who writes, and the auditor's bot."""

    world: World
    production: HostedProject
    anna: Account
    bot: Account

    def incident(self, title: str = "Outage", created: str = "2026-11-02 10:00", **fields: Any) -> WorkItem:
        return self.production.issue(title, author=self.anna, created_at=at(created), **fields)

    def review(
        self, title: str = "Incident Review: Outage", created: str = "2026-11-03 10:00", **fields: Any
    ) -> WorkItem:
        given = {"issue_type": "issue", "labels": ("IncidentReview",)} | fields
        return self.production.issue(title, author=self.anna, created_at=at(created), **given)

    def link(self, one: WorkItem, other: WorkItem, when: str = "2026-11-03 11:00") -> None:
        self.world.link(one, other, at=at(when), by=self.anna)


@pytest.fixture
def tracker() -> Tracker:
    world = World(now=at("2026-11-23 06:00"))
    acme = world.group("acme")
    sre = world.group("acme/sre")
    anna, bot = world.user("anna"), world.user("auditor", bot=True)
    world.member(acme, anna, 30)
    world.member(sre, bot, 20)
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    world.token(READER, user=bot, scopes=("read_api",), kind="group")
    for name in ("incident", "IncidentReview", "Severity::1", "Service::API"):
        world.label(acme, name)
    return Tracker(world=world, production=world.project("acme/sre/production"), anna=anna, bot=bot)


def settings(**given: Any) -> Settings:
    return Settings.model_validate({"projects": {"incidents": ["acme/sre/production"]}} | given)


def by_iid(records: Records, project: str = HERE) -> dict[int, Read]:
    return {issue.ref.iid: issue for issue in records.issues if issue.ref.project == project}


@dataclass(kw_only=True)
class Desk:
    """A client at work on a server, and what it waited and told."""

    server: Server
    client: Client
    waits: list[float]
    told: list[tuple[str, int, int | None]] = field(default_factory=list)

    def progress(self, stage: str, done: int, total: int | None) -> None:
        self.told.append((stage, done, total))

    def preflight(self, chosen: Settings | None = None, *, write: bool = False) -> Preflight:
        return run_preflight(self.client, chosen or settings(), today=TODAY, write=write)

    def pull(
        self, chosen: Settings | None = None, *, until: datetime = UNTIL, catalog: Catalog | None = None
    ) -> Records:
        chosen = chosen or settings()
        flight = self.preflight(chosen)
        return pull(self.client, chosen, flight, until=until, progress=self.progress, catalog=catalog).records


class Open:
    """Opens desks that end with the test."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack

    def __call__(
        self,
        world: World,
        *,
        token: str = READER,
        timeout: float = 20,
        parallel: int = 4,
        url: str | None = None,
        sleep: Callable[[float], None] | None = None,
        clock_of_client: Callable[[], float] | None = None,
        patience: float = 600,
        **of_server: Any,
    ) -> Desk:
        server = self._stack.enter_context(Server(world, **of_server))
        waits: list[float] = []
        connection = Connection.to(url or server.url, token)
        client = Client(
            connection,
            timeout=timeout,
            parallel=parallel,
            patience=patience,
            sleep=sleep or waits.append,
            clock=clock_of_client,
        )
        self._stack.enter_context(client)
        return Desk(server=server, client=client, waits=waits)


@pytest.fixture
def open_desk() -> Iterator[Open]:
    with contextlib.ExitStack() as stack:
        yield Open(stack)


@pytest.fixture
def desk(tracker: Tracker, open_desk: Open) -> Desk:
    return open_desk(tracker.world)


@pytest.fixture(scope="session")
def corpus_api() -> Callable[[str], Any]:
    folder = reference("corpus") / "api"
    return lambda name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))

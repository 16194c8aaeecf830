"""A small tracker on the sandbox GitLab, and the command line as a user types it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from audit import cli
from audit.sandbox.data.world import World
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from audit.sandbox.data.hosted_project import HostedProject

DAY = "2026-11-23"
TOKEN = "glpat-writes-0123456789"
READER = "glpat-reads-0123456789"
SETTINGS = """
projects: {incidents: [ops/production]}
since: 2026-10-01
catalog:
  services: {project: ops/runbooks, path: services.yml}
  teams: {project: ops/runbooks, path: teams.yml}
"""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Tracker:
    """Incident 1 is on time, 2 overdue with anna, 3 missing, 4 on a service that nobody owns."""

    world: World
    production: HostedProject
    runbooks: HostedProject

    def incident(self, title: str, *labels: str, created: str = "2026-11-02 10:00", **fields: Any) -> Any:
        return self.production.issue(
            title, author=self.world.users["anna"], created_at=at(created), labels=labels, **fields
        )

    def review(self, title: str, *, of: Any, created: str = "2026-11-03 10:00", **fields: Any) -> Any:
        anna = self.world.users["anna"]
        made = self.production.issue(
            title, author=anna, created_at=at(created), labels=("IncidentReview",), issue_type="issue", **fields
        )
        self.world.link(made, of, at=at(created), by=anna)
        return made


@pytest.fixture
def tracker() -> Tracker:
    world = World(now=at(f"{DAY} 06:00"))
    ops = world.group("ops")
    anna, bot = world.user("anna"), world.user("auditor", bot=True)
    boss = world.user("boss")
    for user, level in ((anna, 30), (boss, 30), (bot, 20)):
        world.member(ops, user, level)
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    world.token(READER, user=bot, scopes=("read_api",), kind="group")
    for name in ("Severity::1", "Severity::2", "Severity::3", "Service::API", "Service::Git", "IncidentReview"):
        world.label(ops, name)
    world.label(ops, "Review-Requested")
    made = Tracker(world=world, production=world.project("ops/production"), runbooks=world.project("ops/runbooks"))
    made.runbooks.file(
        "services.yml",
        "services:\n- {name: api, label: API, owner: backend}\n- {name: git, label: Git, owner: reliability_unowned}\n",
    )
    made.runbooks.file("teams.yml", "teams:\n- {name: backend, manager: boss}\n")
    first = made.incident("API errors", "Severity::2", "Service::API")
    made.review("Incident Review: API errors", of=first, assignees=(anna,)).close(at=at("2026-11-05 10:00"), by=anna)
    second = made.incident("API slow", "Severity::1", "Service::API", created="2026-11-03 10:00")
    made.review("Incident Review: API slow", of=second, assignees=(anna,))
    made.incident("API down", "Severity::1", "Service::API", created="2026-11-04 10:00")
    made.incident("Git slow", "Severity::2", "Service::Git", created="2026-11-05 10:00")
    return made


@dataclass(kw_only=True)
class Ended:
    """What a user saw of a command."""

    status: int
    out: str
    err: str


class CommandLine:
    """Types commands in a folder of its own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._capture = folder, patch, capture
        self.waits: list[float] = []
        self.today = DAY

    def settings(self, text: str) -> None:
        (self.folder / "audit.yml").write_text(text, encoding="utf-8")

    def __call__(self, *words: str) -> Ended:
        self._patch.setattr("sys.argv", ["incident-audit", *words])
        self._capture.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main(sleep=self.waits.append, now=self._now)
        out, err = self._capture.readouterr()
        return Ended(status=int(end.value.code or 0), out=out, err=err)

    def _now(self, zone: ZoneInfo) -> datetime:
        return datetime.fromisoformat(f"{self.today} 06:00").replace(tzinfo=zone)

    def read(self, name: str, day: str = DAY) -> str:
        return (self.folder / "reports" / day / name).read_text(encoding="utf-8")


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    for name in ("GITLAB_URL", "GITLAB_TOKEN", "CI_SERVER_URL", "CI_API_V4_URL", "CI_API_GRAPHQL_URL", "CI_JOB_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("CI_PROJECT_DIR", "CI_PAGES_URL", "INCIDENT_AUDIT_PAGES", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    made = CommandLine(tmp_path, monkeypatch, capsys)
    made.settings(SETTINGS)
    return made


@pytest.fixture
def server(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with contextlib.ExitStack() as stack:
        started = stack.enter_context(Server(tracker.world))
        monkeypatch.setenv("GITLAB_URL", started.url)
        monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
        yield started

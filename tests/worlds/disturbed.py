"""A small tracker on which a run sends every operation that reads, and what must hold of a run that is disturbed."""

from __future__ import annotations

import copy
import json
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from audit.app import previous_audit
from audit.app.exit_status import exit_status
from audit.app.judging import judge
from audit.app.reading import plan_reminders, read
from audit.errors import AuditError
from audit.gitlab.http.client import Client
from audit.gitlab.read.preflight import run_preflight
from audit.gitlab.write.destinations import check_destinations
from audit.model import Role
from audit.reminders.custom_templates import read_wording
from audit.report.figures.view import Run, build_view
from audit.report.formats.audit_json import audit_json
from audit.sandbox.data.world import World
from audit.sandbox.limits import Limits
from audit.settings import Connection
from audit.settings.settings import Settings
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.model import Records
    from audit.sandbox.data.work_items import WorkItem

T = TypeVar("T")

TOKEN = "glpat-disturbed-0123456789"
URL = "https://gitlab.example.com"
DAY = date(2026, 11, 23)
MANY = tuple(f"l{number}" for number in range(11))
"""More than go on one page of labels, assignees, links and comments."""
SETTINGS = Settings.model_validate(
    {
        "projects": {"incidents": ["ops/production"], "incident_groups": ["labs"]},
        "since": "2026-10-01",
        "catalog": {
            "services": {"project": "ops/runbooks", "path": "services.yml"},
            "teams": {"project": "ops/runbooks", "path": "teams.yml"},
        },
        "gitlab": {"page_size": 4},
        "reminders": {"remind_from": "2026-10-01", "commands": True},
        "publish": {
            "issue": {"project": "ops/production"},
            "wiki": {"project": "ops/production"},
            "repository": {"project": "ops/runbooks"},
        },
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(kw_only=True)
class _Tracker:
    world: World

    def issue(self, project: str, title: str, created: str, *labels: str, **fields: Any) -> WorkItem:
        return self.world.projects[project].issue(
            title, author=self.world.users["anna"], created_at=at(created), labels=labels, **fields
        )

    def incident(self, day: int, *labels: str, project: str = "ops/production") -> WorkItem:
        return self.issue(project, f"The API fails ({day})", f"2026-11-{day:02} 10:00", "Service::API", *labels)

    def review(self, of: WorkItem, description: str = "", **fields: Any) -> WorkItem:
        created = of.created_at.isoformat(sep=" ")[:16]
        title = f"Incident Review: {of.title}"
        return self.issue(
            of.project.path, title, created, "IncidentReview", issue_type="issue", description=description, **fields
        )

    def link(self, one: WorkItem, other: WorkItem) -> None:
        self.world.link(one, other, at=other.created_at, by=self.world.users["anna"])


def _fresh() -> World:
    world = World(now=at(f"{DAY} 06:00"))
    ops, labs = world.group("ops"), world.group("labs")
    users = [world.user(name) for name in ("anna", "ben", "boss")]
    bot = world.user("auditor", bot=True)
    for space in (ops, labs):
        world.member(space, users[0], Role.DEVELOPER)
        world.member(space, bot, Role.DEVELOPER)
        for name in ("Severity::1", "Severity::2", "Severity::4", "Service::API", "IncidentReview"):
            world.label(space, name)
        world.label(space, "corrective action")
    for name in ("Review-Requested", *MANY):
        world.label(ops, name)
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    world.project("ops/production").file(".gitlab/issue_templates/incident_review.md", "## Summary\n\n## Outcomes\n")
    runbooks = world.project("ops/runbooks")
    runbooks.file("services.yml", "services:\n- {name: api, label: API, owner: backend}\n")
    runbooks.file("teams.yml", "teams:\n- {name: backend, manager: boss, handle: labs}\n")
    world.project("ops/support", former_paths=["old/support"])
    for path in ("labs/edge", "ops/tools", "ops/infra"):
        world.project(path)
    return world


@cache
def _tracker() -> World:
    """Return a tracker of which each verdict rests on something that has to be read."""
    made = _Tracker(world=_fresh())
    world, anna, ben = made.world, made.world.users["anna"], made.world.users["ben"]
    many = [world.user(name) for name in MANY]
    on_time = made.incident(2, "Severity::1")
    closed = made.review(on_time, "## Outcomes\n\n- old/support#1", assignees=(*many, anna))
    action = made.issue("ops/support", "Mend it", "2026-10-01 10:00", "corrective action", issue_type="issue")
    for other in (on_time, action):
        made.link(closed, other)
    closed.close(at=at("2026-11-04 10:00"), by=anna)
    overdue = made.incident(3, *MANY, "Severity::1")
    begun = made.review(overdue, assignees=(anna,))
    made.link(begun, overdue)
    begun.comment("@auditor snooze 3d", by=anna, at=at("2026-11-21 10:00"))
    for number in range(len(MANY)):
        begun.comment(f"comment {number}", by=ben, at=at("2026-11-05 10:00"))
        made.link(begun, made.issue("ops/support", f"Task {number}", "2026-11-05 10:00", issue_type="issue"))
    made.incident(4, "Severity::2")
    asked = made.incident(5, "Severity::4")
    asked.add_label("Review-Requested", at=at("2026-11-05 11:00"), by=anna)
    asked.remove_label("Review-Requested", at=at("2026-11-06 11:00"), by=anna)
    asked.system_note("put ~1 on it", by=anna, at=at("2026-11-06 12:00"), action="label")
    asked.close(at=at("2026-11-06 13:00"), by=anna)
    asked.reopen(at=at("2026-11-06 14:00"), by=anna)
    asked.system_note("finished", by=anna, at=at("2026-11-06 12:00"), action="closed")
    reported = made.issue("ops/support", "The API fails (6)", "2026-11-06 10:00", "Severity::1", "Service::API")
    moved = world.projects["ops/production"].receive(reported, at=at("2026-11-06 11:00"), by=anna)
    row = f"| Key Information | |\n|---|---|\n| Link to Incident Issue | old/support#{reported.iid} |\n"
    others = "ops/support#1 ops/tools#1 ops/infra#1 no/body#1"
    named = made.review(moved, f"{others}\n\n## Key Information\n\n{row}")
    named.edit(at=named.created_at, by=anna, title="Incident Review: something else")
    named.close(at=at("2026-11-09 10:00"), by=anna)
    made.incident(7, "Severity::2", project="labs/edge")
    return world


def eve() -> World:
    """Return a tracker of its own."""
    return copy.deepcopy(_with_earlier_report())


@cache
def _with_earlier_report() -> World:
    """Return the tracker with the report that was published a week before."""
    world = _tracker()
    with serve(world) as server:
        earlier = night(server, as_of=DAY - timedelta(days=7))
    path = f"reports/{DAY - timedelta(days=7)}/audit.json"
    world.projects["ops/runbooks"].file(path, json.dumps(earlier.audit))
    return world


class Clock:
    """Time that passes where somebody waits, and a hundred times as fast as it does where a request takes its time."""

    def __init__(self, speed: float = 1.0) -> None:
        self.slept = 0.0
        self._speed, self._begun = speed, time.monotonic()

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def read(self) -> float:
        return self.slept + (time.monotonic() - self._begun) * self._speed


@dataclass(frozen=True, kw_only=True)
class Night:
    """What a person has of a dry run."""

    status: int
    seconds: float
    """By its own clock."""
    audit: dict[str, Any] = field(default_factory=dict)
    planned: tuple[Any, ...] = ()
    error: str = ""
    """Why it did not complete."""

    @property
    def verdicts(self) -> dict[str, str]:
        """By incident."""
        return {row["ref"]: row["verdict"] for row in self.audit.get("incidents", ())}

    @property
    def findings(self) -> set[tuple[str, str, str]]:
        """Code, subject and message of each."""
        return {(row["code"], row["subject"], row["message"]) for row in self.audit.get("findings", ())}

    @property
    def gaps(self) -> set[tuple[str, str]]:
        """Subject and kind of each."""
        return {(row["ref"], row["what"]) for row in self.audit.get("gaps", ())}


def night(server: Server, *, timeout: float = 5, clock: Clock | None = None, as_of: date = DAY) -> Night:
    """Audit the tracker over HTTP, see :func:`audited`."""
    clock = clock or Clock()
    connection = Connection.to(server.url, TOKEN)
    with Client(connection, timeout=timeout, parallel=4, sleep=clock.sleep, clock=clock.read) as client:
        return audited(client, clock, as_of)


def audited(client: Client, clock: Clock, as_of: date = DAY) -> Night:
    """Audit the tracker as the nightly job does without ``--apply``. Any error but an AuditError is a bug.

    Of the report only audit.json is made, since a table of faults takes thousands of nights.
    """
    try:
        return _night(client, clock, as_of)
    except AuditError as error:
        return Night(status=error.exit_status, seconds=clock.read(), error=str(error))


def pulled(client: Client) -> Records | AuditError:
    """Read what a run reads, or fail as it fails."""
    try:
        return read(client, SETTINGS, run_preflight(client, SETTINGS, today=DAY, write=False), DAY, _unseen)
    except AuditError as error:
        return error


def _night(client: Client, clock: Clock, as_of: date) -> Night:
    preflight = run_preflight(client, SETTINGS, today=as_of, write=False)
    place = check_destinations(client, SETTINGS, preflight, write=False).publish.repository
    previous = previous_audit.published(client, place, as_of, say=_silent) if place else None
    records = _alike(read(client, SETTINGS, preflight, as_of, _unseen))
    name = f"{as_of} {records} {sorted(records.templates.items())}"
    result = _once(name, lambda: judge(records, SETTINGS, as_of=as_of, today=as_of))
    result, plan = plan_reminders(client, result, bot=preflight.account.username, wording=read_wording(SETTINGS))
    result = replace(result, gaps=tuple(replace(gap, why="failed") for gap in result.gaps))
    name = f"{name} {result.gaps} {plan} {previous}"
    audit = _once(name, lambda: audit_json(build_view(result, plan, previous=previous, run=Run(version="0"))))
    planned = tuple(sorted((str(one.issue), one.step) for one in plan.planned))
    status = exit_status(result, "open")
    return Night(status=status, seconds=clock.read(), audit=json.loads(json.dumps(audit)), planned=planned)


def _alike(records: Records) -> Records:
    """Return the records without what differs from night to night: the server's port, and the words for failures."""
    return replace(
        records,
        hosts=tuple(host for host in records.hosts if not host.startswith("127.")),
        gaps=tuple(dict.fromkeys(replace(gap, why="failed") for gap in records.gaps)),
        unasked=tuple(replace(place, why="failed") for place in records.unasked),
    )


def _once(name: str, make: Callable[[], T]) -> T:
    """Make something once for each name: most nights read what the undisturbed one reads."""
    if name not in _MADE:
        _MADE[name] = make()
    made: T = _MADE[name]
    return made


_MADE: dict[str, Any] = {}


def serve(world: World, version: str = "19.4.0") -> Server:
    """Return a server whose pages are so small that every inner list goes on."""
    return Server(world, version=version, public_url=URL, limits=Limits(page=10))


def wrong(usual: Night, other: Night) -> list[str]:
    """Return what a disturbed run says although it could not know: a verdict or a finding that no gap explains."""
    if other.status not in (0, 3, 10):
        return []
    faults = [
        f"{ref}: {usual.verdicts.get(ref)} became {verdict}"
        for ref, verdict in other.verdicts.items()
        if verdict not in (usual.verdicts.get(ref), "inconclusive")
    ]
    lost = usual.verdicts.keys() - other.verdicts.keys()
    if other.gaps <= usual.gaps:
        faults += [f"{ref} is gone without a word" for ref in lost]
        faults += [f"without a word: {finding}" for finding in usual.findings ^ other.findings]
    faults += [f"is reminded: {one}" for one in other.planned if one not in usual.planned]
    faults += [f"violates: {row}" for row in _violations(other) - _violations(usual)]
    rate = other.audit["compliance"]["rate"]
    if rate is not None and rate != usual.audit["compliance"]["rate"]:
        faults.append(f"the rate is {rate}")
    return faults


def _violations(night: Night) -> set[tuple[str, str]]:
    rows = night.audit.get("findings", ())
    return {(row["code"], row["subject"]) for row in rows if row["level"] == "violation"}


def _silent(message: str, *, warning: bool = False) -> None:
    """Say nothing."""


def _unseen(step: str, done: int, total: int | None) -> None:
    """Show no progress."""

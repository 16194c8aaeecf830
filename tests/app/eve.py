"""A tracker on the eve of a night that needs every kind of write: each review needs something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from audit import markers
from audit.markers import Marker, write
from audit.model import Role
from audit.sandbox.data.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import StoredNote, WorkItem

BOT = "auditor"
TOKEN = "glpat-of-the-night-0123456789"
PROJECT = "ops/production"
SETTINGS: dict[str, Any] = {
    "projects": {"incidents": [PROJECT]},
    "since": "2026-10-01",
    "catalog": {
        "services": {"project": "ops/runbooks", "path": "services.yml"},
        "teams": {"project": "ops/runbooks", "path": "teams.yml"},
    },
}
SECOND, MISSING, SECRET, DONE, DOUBLED, HIDDEN, LONG = 2, 3, 5, 7, 9, 11, 13
"""Where the bot has something to say: six reviews, and an incident without one."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def tracker() -> World:
    """Return it as it stands a week before the night: four reviews are overdue and nobody was reminded yet."""
    world = _empty(at("2026-11-16 06:00"))
    _pair(world, SECOND, "2026-11-02 10:00")
    _incident(world, MISSING, "2026-11-12 10:00")
    _pair(world, SECRET, "2026-11-11 10:00", confidential=True)
    for review in (DONE, DOUBLED, HIDDEN):
        _pair(world, review, "2026-11-05 10:00")
    _pair(world, LONG, "2026-11-11 11:00")
    return world


def backlog(count: int, now: Callable[[], datetime]) -> World:
    """Return a tracker on which so many reviews are overdue and nobody was ever reminded."""
    world = _empty(now)
    for number in range(count):
        _pair(world, 2 * number + 2, f"2026-11-{2 + number % 10:02} 10:00")
    return world


def _empty(now: datetime | Callable[[], datetime]) -> World:
    world = World(now=now)
    ops, anna, bot = world.group("ops"), world.user("anna"), world.user(BOT, bot=True)
    world.member(ops, anna, Role.MAINTAINER)
    world.member(ops, world.user("boss"), Role.MAINTAINER)
    world.member(ops, bot, Role.REPORTER)
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    for name in ("Severity::1", "Service::API", "IncidentReview"):
        world.label(ops, name)
    world.project(PROJECT)
    runbooks = world.project("ops/runbooks")
    runbooks.file("services.yml", "services:\n- {name: api, label: API, owner: backend}\n")
    runbooks.file("teams.yml", "teams:\n- {name: backend, manager: boss}\n")
    return world


def _incident(world: World, iid: int, declared: str, **fields: Any) -> WorkItem:
    return world.projects[PROJECT].issue(
        f"The API fails ({iid})",
        author=world.users["anna"],
        created_at=at(declared),
        labels=("Severity::1", "Service::API"),
        iid=iid,
        **fields,
    )


def _pair(world: World, review: int, declared: str, **fields: Any) -> None:
    """Open an incident, and its review right after it, assigned to Anna."""
    anna = world.users["anna"]
    incident = _incident(world, review - 1, declared, **fields)
    made = world.projects[PROJECT].issue(
        f"Incident Review: the API fails ({review - 1})",
        author=anna,
        created_at=at(declared),
        labels=("IncidentReview",),
        issue_type="issue",
        assignees=(anna,),
        iid=review,
    )
    world.link(made, incident, at=at(declared), by=anna)


def week_passes(world: World) -> None:
    """Let happen what happens between the first night and the one that is disturbed."""
    issues, anna, bot = world.projects[PROJECT].issues, world.users["anna"], world.users[BOT]
    friday = at("2026-11-20 10:00")
    issues[MISSING].close(at=at("2026-11-13 10:00"), by=anna)
    issues[DONE].close(at=friday, by=anna)
    issues[HIDDEN - 1].set_confidential(True, at=friday, by=anna)
    issues[SECRET].lock(at=friday, by=anna)
    # two runs that met: each of the bot's notes stands there twice
    for note in [note for note in issues[DOUBLED].comments if note.author is bot]:
        issues[DOUBLED].comment(note.body, by=bot, at=at("2026-11-16 06:01"))
    _crowded(issues[LONG], world)
    # somebody ticks a thing off in the bot's status note, forges the next reminder, and quotes the last one
    first, status = _of_before(issues[SECOND], bot)
    status.body = status.body.replace("Close", "~~Close~~ done:")
    status.last_edited_at, status.last_edited_by = at("2026-11-17 10:00"), anna
    marker = write(Marker(kind="reminder", issue=f"{PROJECT}#{SECOND}", step=2))
    issues[SECOND].comment(f"Not by the bot.\n\n{marker}", by=anna, at=at("2026-11-16 10:00"))
    quoted = "\n".join(f"> {line}" for line in first.body.splitlines())
    issues[SECOND].comment(f"{quoted}\n\nOn it.", by=anna, at=at("2026-11-16 11:00"))
    world.now = at("2026-11-23 06:00")


def _of_before(issue: WorkItem, bot: Account) -> tuple[StoredNote, StoredNote]:
    """Make two notes of the bot's one, as an earlier version wrote them."""
    (both,) = (note for note in issue.comments if note.author is bot)
    words, _, below = both.body.rpartition("<!--")[0].partition(markers.SEAM)
    marker = Marker(kind=markers.REMINDER, issue=f"{PROJECT}#{issue.iid}", step=1)
    both.body = f"{words.strip()}\n\n{write(marker)}"
    status = replace(marker, kind=markers.STATUS, hash=markers.digest(below))
    return both, issue.comment(f"{below.strip()}\n\n{write(status)}", by=bot, at=both.created_at)


def _crowded(issue: WorkItem, world: World) -> None:
    """Write 300 comments on an issue, forged ones on the first and on the last page of them."""
    anna, bot = world.users["anna"], world.users[BOT]
    reminder, status = (Marker(kind=kind, issue=f"{PROJECT}#{LONG}", step=1) for kind in ("reminder", "status"))
    for number in range(300):
        marker = {3: write(reminder), 296: write(status)}.get(number, "")
        issue.comment(f"Comment {number}\n\n{marker}", by=anna, at=at("2026-11-12 10:00"))
    issue.comment("Hello, this is the bot, without a marker.", by=bot, at=at("2026-11-13 10:00"))

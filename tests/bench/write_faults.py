"""Every operation that a night sends with ``--apply`` besides, struck by every kind of fault: what came of the runs.

``python -m tests.bench.write_faults [once|always] [PART/PARTS]`` takes minutes. After each disturbed night an
undisturbed one passes, and one that must have nothing to do; then each note and each report must exist once, and what
others wrote be as it was. Waits are not waited.
"""

from __future__ import annotations

import sys
import traceback
from typing import TYPE_CHECKING, Any

from audit.errors import AuditError
from audit.gitlab.http.client import Client
from audit.gitlab.write.destinations import publish
from audit.publishing.published import PublishState, Unpublished
from audit.sandbox.data.world import World
from audit.settings import Connection
from tests.app.nights import eve, night, outcome, stored, trial
from tests.bench.faults import Count, chosen_part, print_table
from tests.gitlab.conftest import HERE, TODAY, TOKEN, at
from tests.gitlab.write.test_publish import goals
from tests.sandbox.fault_kinds import KINDS, OPERATIONS, Kind, Operation
from tests.sandbox.faults import Delay, Fault
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.gitlab.write.destination import Target

_NOTES = {"account", "role of an account", "issue", "notes", "new note", "edited note", "removed note"}
_PLACES = {"weekly issues", "wiki page", "new weekly issue", "edited weekly issue", "new wiki page", "edited wiki page"}
_PLACES |= {"file", "tree", "commit"}
_SLOW = {"hang", "drip"}
COLUMNS = ("identical", "healed later", "told twice", "wrong", "traceback")


def of_notes(operation: Operation, kind: Kind, times: int | None) -> str:
    """Disturb a night that writes notes."""
    with trial() as made:
        made.strike(Fault(action=_action(kind), times=times, **operation.where))
        lost = 0
        try:
            failed = made.night(timeout=_timeout(kind)).failed
        except AuditError as error:
            failed, lost = str(error), sys.maxsize  # what it had posted it could not tell
        made.check(lost=lost, emptied=True)
        if stored(made.world) > outcome().stored:
            return "told twice"
        return "healed later" if failed else "identical"


def of_places(operation: Operation, kind: Kind, times: int | None) -> str:
    """Disturb the publication of a report: the first one, or that of a later text."""
    world = _world()
    with Server(world) as server:
        if not operation.name.startswith("new "):
            _published(server, goals())
        fault = server.fault(_action(kind), times=times, **operation.where)
        later = goals(report_md="# Report\n\nTwo.\n")
        failed = _published(server, later, timeout=_timeout(kind))
        server.faults.remove(fault)
        assert not _published(server, later), "an undisturbed night writes all"
        assert not _published(server, later, only_unchanged=True), "and the next has nothing to do"
    project = world.projects[HERE]
    weekly = [one for one in project.issues.values() if one.title.startswith("Incident reviews")]
    assert (len(weekly), len(project.wiki)) == (1, 1), "each exists once"
    texts = (weekly[0].description, *(page.content for page in project.wiki.values()))
    assert all("Two." in text for text in texts), "and holds the report"
    assert set(project.files) == {f"reports/{TODAY}/report.md", f"reports/{TODAY}/audit.json"}
    return "healed later" if failed else "identical"


def _published(server: Server, targets: tuple[Target, ...], *, timeout: float = 5, only_unchanged: bool = False) -> str:
    """Publish, and return what failed."""
    connection = Connection.to(server.url, TOKEN)
    with Client(connection, timeout=timeout, parallel=2, sleep=_no_time) as client:
        try:
            done = publish(client, targets, bot="auditor")
        except AuditError as error:
            return str(error)
    failed = [one.why for one in done if isinstance(one, Unpublished)]
    failed += [
        one.state.value
        for one in done
        if only_unchanged and not isinstance(one, Unpublished) and one.state is not PublishState.UNCHANGED
    ]
    return "; ".join(failed)


def _world() -> World:
    world = World(now=at("2026-11-23 06:00"))
    acme = world.group("acme")
    bot = world.user("auditor", bot=True)
    world.group("acme/sre")
    world.token(TOKEN, user=bot, scopes=("api",), kind="group")
    world.label(acme, "Severity::1")
    world.member(world.project(HERE), bot, 30)
    return world


def _action(kind: Kind) -> Any:
    return kind.action(scale=0.05 if kind.name in _SLOW else 1.0)


def _timeout(kind: Kind) -> float:
    return 0.3 if kind.name in _SLOW else 5


def _is_sent(world: World, *runs: Callable[[Server], object]) -> set[str]:
    """Return the operations that undisturbed runs send."""
    with Server(world, public_url="https://gitlab.example.com") as server:
        planned = {one.name: server.fault(Delay(seconds=0), times=0, **one.where) for one in OPERATIONS}
        for run in runs:
            run(server)
    return {name for name, fault in planned.items() if fault.seen}


def table(times: int | None, part: tuple[int, int]) -> dict[str, Count]:
    """Return the counts by kind of fault."""
    counts: dict[str, Count] = {}
    ways = [(of_notes, _NOTES), (of_places, _PLACES)]
    trials = [
        (way, operation, kind)
        for way, names in ways
        for kind in KINDS
        for operation in OPERATIONS
        if operation.name in names and kind.fits(operation)
    ]
    for way, operation, kind in trials[part[0] :: part[1]]:
        count = counts.setdefault(kind.name, Count())
        name = f"{kind.name} at {operation.name}"
        try:
            count.add(name, way(operation, kind, times), 0)
        except AssertionError:
            count.add(f"{name}: {traceback.format_exc()}", "wrong", 0)
        except Exception:  # noqa: BLE001 - what is counted is exactly that
            count.add(f"{name}: {traceback.format_exc()}", "traceback", 0)
    return counts


def _no_time(_seconds: float) -> None:
    """Wait not at all."""


def main() -> None:
    """Print the table, and each run that went wrong."""
    second = goals(report_md="Two.\n")
    of_report = _is_sent(_world(), lambda one: _published(one, goals()), lambda one: _published(one, second))
    print("not sent:", sorted((_NOTES - _is_sent(eve(), night)) | (_PLACES - of_report)))  # noqa: T201
    for name, times in (("once", 1), ("always", None)):
        if not {"once", "always"} & {*sys.argv} or name in sys.argv:
            print_table(name, table(times, chosen_part()), COLUMNS)


if __name__ == "__main__":
    main()

"""Whatever disturbs a night: after the next undisturbed one each reminder exists once, and nothing else was touched.

``tests/bench/kill_points.py`` tries every write with every fault; here each is tried with a few.
"""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from audit.sandbox.limits import Limits
from tests.app.eve import LONG, MISSING, PROJECT, backlog
from tests.app.nights import Clock, EveryOther, Trial, is_write, kinds, marked, night, outcome, stored, trial, writes
from tests.sandbox.faults import Drop, Hook, Truncate, bad_gateway_after
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.sandbox.faults import Action


@pytest.fixture
def tonight() -> Iterator[Trial]:
    with trial() as made:
        yield made


def test_a_night_needs_every_kind_of_write(tonight: Trial) -> None:
    ledger = tonight.night().ledger
    done = (ledger.posted, ledger.created, ledger.edited, ledger.healed, ledger.folded, ledger.failures)
    assert [len(some) for some in done] == [6, 1, 3, 1, 1, 0]
    written = [one.method for one in tonight.server.requests if is_write(one.method, one.path)]
    assert Counter(written) == {"POST": 7, "PUT": 5, "DELETE": 1}
    tonight.check()


@pytest.mark.parametrize("action", [Drop(), Drop(after=True), bad_gateway_after(), Truncate(keep=5)])
def test_each_write_is_struck_once(tonight: Trial, action: Action) -> None:
    tonight.strike(EveryOther(action=action, times=None))
    assert not tonight.night().failed, "what was struck was looked for and sent again"
    tonight.check()
    assert stored(tonight.world) == outcome().stored, "and nobody was told twice"


@pytest.mark.parametrize("action", [Drop(), bad_gateway_after()])
def test_no_write_is_ever_answered(tonight: Trial, action: Action) -> None:
    tonight.at(1, action).times = None
    assert tonight.night().failed
    tonight.check()


def test_killed_again_and_again(tonight: Trial) -> None:
    kills = 0
    while tonight.killed(at_write=5, after=True):
        kills += 1
    assert kills >= outcome().writes // 5
    tonight.check(lost=kills)
    assert stored(tonight.world) == outcome().stored, "and nobody was told twice"


def test_killed_before_a_write_took_effect(tonight: Trial) -> None:
    assert tonight.killed(at_write=3, after=False)
    tonight.check()


@pytest.mark.parametrize(("write", "after"), [(1, False), (1, True), (3, False), (8, False)])
def test_another_run_passes_wholly_while_this_one_writes(tonight: Trial, write: int, after: bool) -> None:
    tonight.at(write, Hook(call=tonight.another, after=after))
    tonight.night()
    assert [told.failed for told in tonight.nights] == ["", ""]
    tonight.check()
    assert stored(tonight.world) <= outcome().stored + 1, "only what was on its way can come twice"


def test_two_runs_race(tonight: Trial) -> None:
    ready = threading.Barrier(2)

    def start() -> None:
        ready.wait()
        tonight.night()

    runs = [threading.Thread(target=start) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(tonight.nights) == 2
    tonight.check()


def test_what_people_delete_or_rewrite_is_due_again_and_comes_once(tonight: Trial) -> None:
    tonight.night()
    issues, anna = tonight.world.projects[PROJECT].issues, tonight.world.users["anna"]
    (both,) = (note for note, _ in marked(tonight.world) if note.issue is issues[MISSING])
    issues[MISSING].notes.remove(both)
    rewritten = next(note for note, _ in marked(tonight.world) if note.issue is issues[LONG])
    rewritten.body, rewritten.last_edited_by = "Done by Friday.", anna
    before = writes(tonight.server)
    assert not tonight.night().failed
    assert kinds(tonight.world) == outcome().kinds
    assert rewritten.body == "Done by Friday.", "without its marker it is nobody's business"
    assert writes(tonight.server) == before + 2
    assert not tonight.night().failed
    assert writes(tonight.server) == before + 2


def test_an_issue_that_is_deleted_while_the_run_writes_stops_no_other(tonight: Trial) -> None:
    world, gone = tonight.world, tonight.world.projects[PROJECT].issues[LONG]

    def delete(_: object) -> None:
        del world.issues[gone.id], world.projects[PROJECT].issues[LONG]
        gone.unlink(gone.links[0], at=gone.created_at, by=gone.author)

    tonight.at(1, Hook(call=delete))
    assert f"issues/{LONG}:" in tonight.night().failed
    del tonight.server.faults[:]
    rest = {key: count for key, count in outcome().kinds.items() if key[0] != LONG}
    assert not tonight.night().failed
    assert {key: count for key, count in kinds(world).items() if key[0] != LONG - 1} == rest
    assert kinds(world)[LONG - 1, "reminder", 1] == 1, "its incident has no review now"


def test_the_limit_on_new_notes_is_kept_and_waited_out() -> None:
    clock = Clock()
    world = backlog(12, clock.now)
    with Server(world, limits=Limits(notes_per_minute=5), clock=clock.read) as server:
        told = night(server, sleep=clock.sleep)
        before = writes(server)
        again = night(server, sleep=clock.sleep)
        refused = sum(one.status == 429 for one in server.requests)
        assert (told.failed, again.failed, writes(server)) == ("", "", before)
    assert (len(told.posted), len(again.posted)) == (12, 0)
    assert Counter((marker.kind, marker.status) for _, marker in marked(world)) == {("reminder", True): 12}
    minutes = Counter(note.created_at.minute for note, _ in marked(world))
    assert max(minutes.values()) == 5
    assert refused == len(minutes) - 1, "each full minute is noticed once"

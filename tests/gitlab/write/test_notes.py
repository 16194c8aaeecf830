"""Carrying a plan out over HTTP, on a server that misbehaves: each reminder exists once in the end."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit import markers
from audit.gitlab.http.client import Client
from audit.gitlab.read.comments import comments_of
from audit.gitlab.write.notes import carry_out
from audit.markers import Marker, write
from audit.model import Ref, Role
from audit.reminders.plan import Duplicate, Ledger, Plan, Posted
from audit.sandbox.data.world import World
from audit.sandbox.limits import Limits
from audit.settings import Connection
from tests.reminders.building import (
    BOT,
    DECLARED,
    FIRST,
    PROJECT,
    ROBOT,
    comment,
    incident,
    plan_of,
    posted,
    ref,
    review,
)
from tests.sandbox.faults import (
    Drop,
    Hang,
    Hook,
    bad_gateway_after,
    html_status,
    json_status,
    text_status,
    too_many,
)
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.sandbox.data.work_items import WorkItem

TOKEN = "glpat-of-the-sandbox"
NOTES = r"/notes(\?|$)"
ISSUES = (incident(1), review(11), incident(2))
"""Two reminders: on the review 11 of the first, and on the second, which has none."""
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


def small_world() -> World:
    world = World(now=NOON)
    bot, alice = world.user(BOT, bot=True), world.user("alice")
    project = world.project(PROJECT)
    world.member(project, bot, Role.DEVELOPER)
    world.member(project, alice, Role.MAINTAINER)
    world.token(TOKEN, user=bot, scopes=("api",))
    for issue in ISSUES:
        project.issue(issue.title, author=alice, created_at=DECLARED, iid=issue.ref.iid)
    return world


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def server(world: World) -> Iterator[Server]:
    with Server(world) as running:
        yield running


class Pauses(list[float]):
    """Waits that are not waited."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@contextmanager
def connected(server: Server, *, timeout: float = 5, sleep: Pauses | None = None) -> Iterator[Client]:
    waits = Pauses() if sleep is None else sleep
    with Client(Connection.to(server.url, TOKEN), timeout=timeout, parallel=1, sleep=waits) as client:
        yield client


def run(server: Server, plan: Plan | None = None, *, sleep: Pauses | None = None, timeout: float = 5) -> Ledger:
    with connected(server, timeout=timeout, sleep=sleep) as client:
        return carry_out(client, plan or plan_now(client), bot=BOT)


def plan_now(client: Client, as_of: date = FIRST) -> Plan:
    """The plan of a run that starts now: from what is on the server."""
    comments = {issue.ref: comments_of(client, issue.ref) for issue in ISSUES}
    if as_of == FIRST and not any(comments.values()):
        return first_plan()
    return plan_of(*ISSUES, as_of=as_of, comments=comments)


@cache
def first_plan() -> Plan:
    """The plan of the first day on which nobody has said anything."""
    return plan_of(*ISSUES, as_of=FIRST)


def issue(world: World, iid: int) -> WorkItem:
    return world.projects[PROJECT].issues[iid]


def by_bot(world: World) -> Counter[tuple[int, str, int]]:
    """Issue, kind and step of every marked note of the bot, counted; one of both kinds counts as each."""
    found: Counter[tuple[int, str, int]] = Counter()
    for iid, one in world.projects[PROJECT].issues.items():
        for note in one.comments:
            marker = markers.read(note.body)
            if marker and note.author.username == BOT:
                found[iid, marker.kind, marker.step] += 1
                if marker.status:
                    found[iid, markers.STATUS, 0] += 1
    return found


ALL_ONCE = {(11, "reminder", 1): 1, (11, "status", 0): 1, (2, "reminder", 1): 1, (2, "status", 0): 1}


def test_each_issue_gets_its_reminder_and_its_status_note(server: Server, world: World) -> None:
    ledger = run(server)
    assert by_bot(world) == ALL_ONCE
    assert [(one.issue, one.step) for one in ledger.posted] == [(ref(11), 1), (ref(2), 1)]
    ids = {note.id for note in world.notes.values()}
    assert all(one.note_id in ids for one in ledger.posted)
    assert ledger.created == (), "the reminder is the status note as well"
    assert not ledger.failures


def test_the_bodies_arrive_as_they_were_planned(server: Server, world: World) -> None:
    plan = first_plan()
    run(server, plan)
    assert [note.body for note in issue(world, 11).comments] == [plan.planned[0].body]
    assert not any(note.internal for note in issue(world, 11).comments)


def test_run_again_nothing_is_written(server: Server, world: World) -> None:
    run(server)
    before = server.count("POST") + server.count("PUT")
    ledger = run(server)
    assert ledger == Ledger()
    assert server.count("POST") + server.count("PUT") == before
    assert by_bot(world) == ALL_ONCE


def test_an_old_plan_carried_out_again_posts_nothing(server: Server, world: World) -> None:
    plan = first_plan()
    run(server, plan)
    ledger = run(server, plan)
    assert ledger.posted == ()
    assert ledger.already_there == (ref(11), ref(2))
    assert by_bot(world) == ALL_ONCE


def test_a_day_later_the_status_notes_are_edited_in_place(server: Server, world: World) -> None:
    run(server)
    with connected(server) as client:
        ledger = carry_out(client, plan_now(client, FIRST + timedelta(days=1)), bot=BOT)
    assert ledger == Ledger(edited=(ref(2), ref(11)))
    assert "2 working days" in issue(world, 11).comments[0].body
    assert by_bot(world) == ALL_ONCE


@pytest.mark.parametrize("action", [bad_gateway_after(), html_status(502, "Bad Gateway"), Drop(), too_many("3")])
def test_a_deletion_that_fails_is_sent_again(server: Server, world: World, action: Any) -> None:
    two_of(world, posted(FIRST, 1).body)
    server.fault(action, method="DELETE")
    ledger = run(server)
    assert not ledger.failures
    assert len(ledger.healed) == 1
    assert by_bot(world) == ALL_ONCE


@pytest.mark.parametrize("action", [bad_gateway_after(), html_status(502, "Bad Gateway"), Drop(), too_many("3")])
def test_an_edit_that_fails_is_sent_again(server: Server, world: World, action: Any) -> None:
    run(server)
    server.fault(action, method="PUT")
    with connected(server) as client:
        ledger = carry_out(client, plan_now(client, FIRST + timedelta(days=1)), bot=BOT)
    assert ledger == Ledger(edited=(ref(2), ref(11)))
    assert "2 working days" in issue(world, 2).comments[0].body


@pytest.mark.parametrize(
    ("action", "tries"),
    [(json_status(403, {"message": "no"}), 1), (html_status(502, "Bad Gateway"), 3), (too_many("1"), 3)],
)
def test_an_edit_that_goes_on_failing_is_told(server: Server, action: Any, tries: int) -> None:
    run(server)
    server.fault(action, method="PUT", path="/issues/2/", times=None)
    with connected(server) as client:
        ledger = carry_out(client, plan_now(client, FIRST + timedelta(days=1)), bot=BOT)
    assert [(one.issue, one.what) for one in ledger.failures] == [(ref(2), "status note")]
    assert ledger.edited == (ref(11),)
    assert server.count("PUT", "/issues/2/") == tries


def test_confidential_ones_are_internal_notes(server: Server, world: World) -> None:
    plan = plan_of(incident(1, confidential=True), review(11), as_of=FIRST)
    run(server, plan)
    assert [note.internal for note in issue(world, 11).comments] == [True]


def test_a_status_note_that_must_be_internal_now_is_replaced(server: Server, world: World) -> None:
    run(server)
    with connected(server) as client:
        comments = {issue.ref: comments_of(client, issue.ref) for issue in ISSUES}
        plan = plan_of(incident(1, confidential=True), review(11), incident(2), as_of=FIRST, comments=comments)
        carry_out(client, plan, bot=BOT)
    status = [note for note in issue(world, 11).comments if '"status"' in note.body]
    assert [note.internal for note in status] == [True]


SECRET = (incident(1, confidential=True), review(11))


def secret_status() -> Plan:
    """The status note alone of a review that is confidential now, and has one that everybody can read."""
    plan = plan_of(*SECRET, as_of=FIRST, comments={ref(11): (comment(FIRST, STATUS, ROBOT),)})
    return replace(plan, planned=())


def demoted(world: World, level: int) -> None:
    """Give the bot another role in the project."""
    world.member(world.projects[PROJECT], world.users[BOT], level)


@pytest.mark.parametrize(("level", "notes"), [(0, 0), (Role.GUEST, 0), (Role.PLANNER, 1)])
def test_without_the_role_for_internal_notes_none_is_written(
    server: Server, world: World, level: int, notes: int
) -> None:
    world.projects[PROJECT].visibility = "public"
    demoted(world, level)
    ledger = run(server, plan_of(*SECRET, as_of=FIRST))
    assert [note.internal for note in issue(world, 11).comments] == [True] * notes
    assert [one.issue for one in ledger.failures] == [ref(11)] * (not notes)
    assert all("needs the role Planner or Reporter in g/tracker" in one.why for one in ledger.failures)


def test_where_the_role_cannot_be_read_nothing_internal_is_written(server: Server, world: World) -> None:
    server.fault(json_status(403, {"message": "403 Forbidden"}), path="/members/all/")
    assert [one.issue for one in run(server, plan_of(*SECRET, as_of=FIRST)).failures] == [ref(11)]
    assert not issue(world, 11).comments


def test_the_role_is_asked_for_once_a_project_and_only_for_internal_notes(server: Server) -> None:
    run(server, plan_of(incident(1), review(11), as_of=FIRST))
    assert server.count(path="/members/all/") == 0
    two = (incident(1, confidential=True), review(11), incident(2, confidential=True))
    run(server, plan_of(*two, as_of=FIRST + timedelta(days=1)))
    assert server.count(path="/members/all/") == 1


def test_an_internal_note_that_was_stored_for_everybody_is_deleted_at_once(server: Server, world: World) -> None:
    demoted(world, Role.GUEST)
    server.fault(json_status(200, {"access_level": Role.DEVELOPER}), path="/members/all/")
    ledger = run(server, plan_of(*SECRET, as_of=FIRST))
    assert "stored an internal note for everybody to see" in ledger.failures[0].why
    assert ledger.posted == ()
    assert not issue(world, 11).comments


def test_a_status_note_that_must_be_internal_is_taken_away_even_where_no_new_one_can_be_written(
    server: Server, world: World
) -> None:
    issue(world, 11).comment(STATUS, by=world.users[BOT], at=NOON)
    demoted(world, Role.GUEST)
    plan = secret_status()
    assert [one.what for one in run(server, plan).failures] == ["status note"]
    assert not issue(world, 11).comments


def test_killed_between_the_new_status_note_and_the_old_one_the_new_one_stays(server: Server, world: World) -> None:
    plan = secret_status()
    bot = world.users[BOT]
    issue(world, 11).comment(STATUS, by=bot, at=NOON)
    new = issue(world, 11).comment(plan.status_notes[0].body, by=bot, at=NOON, internal=True)
    ledger = run(server, plan)
    assert issue(world, 11).comments == [new]
    assert (ledger.created, ledger.edited, len(ledger.healed)) == ((), (), 1)


@pytest.mark.parametrize("which", range(2))
@pytest.mark.parametrize(
    ("action", "waits"),
    [
        (Drop(), True),
        (Drop(after=True), True),
        (bad_gateway_after(), True),
        (html_status(502, "Bad Gateway"), True),
        (json_status(500, {"message": "500 Internal Server Error"}, after=True), True),
        (text_status(200, "welcome", after=True), True),
        (too_many("7"), True),
        (too_many(None, as_json=True), True),
    ],
)
def test_a_fault_at_any_write_leaves_each_note_once(
    server: Server, world: World, action: Any, which: int, waits: bool
) -> None:
    server.fault(action, method="POST", path=NOTES, skip=which)
    pause = Pauses()
    ledger = run(server, sleep=pause)
    assert by_bot(world) == ALL_ONCE
    assert [one.step for one in ledger.posted] == [1, 1]
    assert not ledger.failures
    assert bool(pause) is waits


def test_a_silent_server_that_stored_the_note_has_stored_it(server: Server, world: World) -> None:
    server.fault(Hang(after=True), method="POST", path=NOTES)
    ledger = run(server, timeout=0.3)
    assert by_bot(world) == ALL_ONCE
    assert not ledger.failures


@pytest.mark.parametrize(("told", "waited"), [("7", 7), ("1m0s", 60), ("100000", 120)])
def test_one_waits_as_long_as_one_is_told_within_reason(server: Server, told: str, waited: float) -> None:
    pause = Pauses()
    server.fault(too_many(told), method="POST", path=NOTES)
    run(server, sleep=pause)
    assert pause == [waited]


def test_the_limit_on_new_notes_is_waited_out(world: World) -> None:
    minute = [0.0]

    class Clock(Pauses):
        def __call__(self, seconds: float) -> None:
            super().__call__(seconds)
            minute[0] += seconds

    with Server(world, limits=Limits(notes_per_minute=1), clock=lambda: minute[0]) as server:
        ledger = run(server, sleep=Clock())
    assert by_bot(world) == ALL_ONCE
    assert not ledger.failures


@pytest.mark.parametrize(
    ("action", "tries"),
    [
        (json_status(403, {"message": "403 Forbidden"}), 1),
        (json_status(400, {"message": "400 Bad request"}), 1),
        (json_status(202, {"commands_changes": {}, "summary": ["Commands applied"]}), 1),
        (json_status(201, {"body": "no number"}), 3),
        (html_status(502, "Bad Gateway"), 3),
        (too_many("1"), 3),
        (Drop(), 3),
    ],
)
def test_a_failure_on_one_issue_does_not_stop_the_others(server: Server, world: World, action: Any, tries: int) -> None:
    server.fault(action, method="POST", path=f"/issues/11{NOTES}", times=None)
    ledger = run(server)
    assert [(one.issue, one.what) for one in ledger.failures] == [(ref(11), "reminder")]
    assert ledger.failures[0].why
    assert [one.issue for one in ledger.posted] == [ref(2)]
    assert server.count("POST", "/issues/11/notes") == tries
    assert set(by_bot(world)) == {(2, "reminder", 1), (2, "status", 0)}


def test_a_failed_status_note_does_not_hide_the_reminder(server: Server) -> None:
    issue(server.world, 11).comment(STATUS, by=server.world.users[BOT], at=NOON)
    server.fault(json_status(403, {"message": "no"}), method="PUT", path="/issues/11/notes", times=None)
    ledger = run(server)
    assert [one.issue for one in ledger.posted] == [ref(11), ref(2)]
    assert [(one.issue, one.what) for one in ledger.failures] == [(ref(11), "status note")]


def test_where_the_comments_cannot_be_read_nothing_is_written(server: Server) -> None:
    plan = first_plan()
    server.fault(json_status(403, {"message": "no"}), method="GET", path="/issues/11/notes", times=None)
    ledger = run(server, plan)
    assert server.count("POST", "/issues/11/notes") == 0
    assert [one.issue for one in ledger.failures] == [ref(11)]
    assert [one.issue for one in ledger.posted] == [ref(2)]


def test_when_the_answer_is_lost_and_the_comments_too_there_is_no_second_try(server: Server, world: World) -> None:
    plan = first_plan()
    server.fault(bad_gateway_after(), method="POST", path=f"/issues/11{NOTES}")
    server.fault(json_status(403, {"message": "no"}), method="GET", path="/issues/11/notes", skip=1, times=None)
    ledger = run(server, plan)
    assert by_bot(world)[11, "reminder", 1] == 1
    assert [one.issue for one in ledger.failures] == [ref(11)]


def test_a_token_that_is_not_accepted_ends_it_and_every_issue_is_told(server: Server) -> None:
    plan = first_plan()
    server.fault(json_status(401, {"message": "401 Unauthorized"}), times=None)
    ledger = run(server, plan)
    assert [one.issue for one in ledger.failures] == [ref(11), ref(2)]
    assert len(server.requests) == 1


def test_a_reminder_on_the_third_page_is_found(server: Server, world: World) -> None:
    alice = world.users["alice"]
    for number in range(230):
        issue(world, 11).comment(f"Comment {number}", by=alice, at=DECLARED + timedelta(minutes=number))
    issue(world, 11).comment(posted(FIRST, 1).body, by=world.users[BOT], at=NOON)
    for number in range(70):
        issue(world, 11).comment(f"More {number}", by=alice, at=NOON + timedelta(minutes=number))
    ledger = run(server, first_plan())
    assert ledger.already_there == (ref(11),)
    assert by_bot(world)[11, "reminder", 1] == 1


def test_a_later_step_on_the_server_goes_before_an_older_plan(server: Server, world: World) -> None:
    issue(world, 11).comment(posted(FIRST, 2).body, by=world.users[BOT], at=NOON)
    ledger = run(server, first_plan())
    assert ledger.already_there == (ref(11),)
    assert (11, "reminder", 1) not in by_bot(world)


def test_notes_of_others_are_neither_believed_nor_touched(server: Server, world: World) -> None:
    plan = first_plan()
    alice = world.users["alice"]
    forged = [
        issue(world, 11).comment(body, by=alice, at=NOON)
        for body in (posted(FIRST, 1).body, posted(FIRST, 1).body, plan.planned[0].body)
    ]
    plain = issue(world, 11).comment("unmarked", by=world.users[BOT], at=NOON)
    before = [note.body for note in forged]
    run(server, plan)
    assert by_bot(world) == ALL_ONCE
    assert [note.body for note in forged] == before
    assert plain in issue(world, 11).comments


def two_of(world: World, body: str) -> None:
    for _ in range(2):
        issue(world, 11).comment(body, by=world.users[BOT], at=NOON)


STATUS = f"Old.\n\n{write(Marker(kind='status', issue='g/tracker#11', hash='old'))}"


@pytest.mark.parametrize("body", [posted(FIRST, 1).body, STATUS])
def test_duplicates_are_healed_and_the_oldest_stays(server: Server, world: World, body: str) -> None:
    two_of(world, body)
    oldest, younger = issue(world, 11).comments
    ledger = run(server)
    assert by_bot(world) == ALL_ONCE
    assert oldest.id in world.notes
    assert [one.note_id for one in ledger.healed] == [younger.id]


def test_where_deleting_is_not_allowed_a_duplicate_is_emptied_once(server: Server, world: World) -> None:
    two_of(world, posted(FIRST, 1).body)
    younger = issue(world, 11).comments[1]
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="DELETE", times=None)
    run(server)
    assert younger.body.startswith("This note repeated an earlier one")
    assert {key: n for key, n in by_bot(world).items() if key[1] != "duplicate"} == ALL_ONCE
    assert run(server) == Ledger()


def test_a_deletion_that_fails_otherwise_is_told_and_nothing_is_posted_there(server: Server) -> None:
    plan = first_plan()
    two_of(server.world, posted(FIRST - timedelta(days=30), 0).body)
    server.fault(html_status(502, "Bad Gateway"), method="DELETE", times=None)
    ledger = run(server, plan)
    assert [one.issue for one in ledger.failures] == [ref(11)]
    assert [one.issue for one in ledger.posted] == [ref(2)]


def test_duplicates_alone_are_healed_too(server: Server, world: World) -> None:
    two_of(world, posted(FIRST, 1).body)
    plan = Plan(as_of=FIRST, heal=(Duplicate(issue=ref(11), note_id=1),))
    ledger = run(server, plan)
    assert by_bot(world) == {(11, "reminder", 1): 1}
    assert len(ledger.healed) == 1
    server.fault(json_status(403, {"message": "no"}), method="GET", times=None)
    assert [one.what for one in run(server, plan).failures] == ["duplicate"]


def test_a_duplicate_that_another_run_has_deleted_is_no_failure(server: Server, world: World) -> None:
    two_of(world, posted(FIRST, 1).body)
    server.fault(json_status(404, {"message": "404 Not found"}, after=True), method="DELETE")
    assert not run(server).failures
    assert by_bot(world) == ALL_ONCE


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("which", range(2))
def test_another_run_in_the_middle_of_this_one(server: Server, world: World, which: int, after: bool) -> None:
    plan = first_plan()
    other: list[Ledger] = []
    server.fault(
        Hook(call=lambda _: other.append(run(server, plan)), after=after), method="POST", path=NOTES, skip=which
    )
    mine = run(server, plan)
    assert by_bot(world) == ALL_ONCE
    assert len(other) == 1
    both = Counter((one.issue, one.step) for ledger in (mine, *other) for one in ledger.posted)
    assert both == {(ref(11), 1): 1, (ref(2), 1): 1}
    assert not mine.failures
    assert not other[0].failures


def test_who_meets_another_run_lets_it_go_ahead(server: Server, world: World) -> None:
    plan = first_plan()
    mine, theirs = Pauses(), Pauses()

    def meanwhile(_: object) -> None:
        run(server, plan, sleep=theirs)

    server.fault(Hook(call=meanwhile), method="POST", path=NOTES)
    run(server, plan, sleep=mine)
    assert (mine, theirs) == ([30.0], []), "whose note is the younger one waits, once"
    assert by_bot(world) == ALL_ONCE


def test_another_run_while_duplicates_are_deleted(server: Server, world: World) -> None:
    plan = first_plan()
    two_of(world, posted(FIRST, 0).body)

    def meanwhile(_: object) -> None:
        run(server, plan)

    server.fault(Hook(call=meanwhile, after=True), method="DELETE")
    ledger = run(server, plan)
    assert ledger.already_there == (ref(11), ref(2))
    assert server.count("POST", "/notes") == 2, "nobody was told twice"


def test_many_runs_at_once_end_with_one_of_each(server: Server, world: World) -> None:
    plan = first_plan()
    ready = threading.Barrier(4)

    def start() -> None:
        ready.wait()
        run(server, plan)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run(server)
    assert by_bot(world) == ALL_ONCE


def test_a_killed_run_leaves_a_reminder_that_the_next_day_goes_on_from(server: Server, world: World) -> None:
    run(server)
    world.now = NOON + timedelta(days=7)
    with connected(server) as client:
        ledger = carry_out(client, plan_now(client, FIRST + timedelta(days=7)), bot=BOT)
    assert [(one.issue, one.step) for one in ledger.posted] == [(ref(11), 2), (ref(2), 2)]
    assert by_bot(world) == {**ALL_ONCE, (11, "reminder", 2): 1, (2, "reminder", 2): 1}


def test_what_was_moved_in_the_meantime_is_left_alone(server: Server, world: World) -> None:
    plan = first_plan()
    alice = world.users["alice"]
    world.project("g/elsewhere").receive(issue(world, 11), at=NOON, by=alice)
    world.projects["g/elsewhere"].receive(issue(world, 2), at=NOON, by=alice)
    assert run(server, plan) == Ledger(moved=(ref(11), ref(2)))
    assert not by_bot(world)


def test_what_was_closed_in_the_meantime_is_left_alone_too(server: Server, world: World) -> None:
    plan = first_plan()
    for iid in (11, 2):
        issue(world, iid).close(at=NOON, by=world.users["alice"])
    ledger = run(server, plan)
    assert ledger.settled == (ref(11),)
    assert [one.issue for one in ledger.posted] == [ref(2)], "a closed incident still needs its review"
    assert not issue(world, 11).comments


def test_a_ledger_is_noted_down_as_soon_as_something_was_posted(server: Server) -> None:
    server.fault(json_status(403, {"message": "no"}), method="POST", path=f"/issues/2{NOTES}")
    noted: list[tuple[Posted, ...]] = []
    with connected(server) as client:
        carry_out(client, plan_now(client), bot=BOT, note_down=lambda ledger: noted.append(ledger.posted))
    assert [[one.issue for one in posted] for posted in noted] == [[ref(11)]]


def test_a_quick_action_in_a_body_is_told_as_a_failure(server: Server, world: World) -> None:
    plan = plan_of(incident(1), review(11), as_of=FIRST)
    broken = replace(plan, planned=(replace(plan.planned[0], body="/close"),), status_notes=())
    ledger = run(server, broken)
    assert [one.what for one in ledger.failures] == ["reminder"]
    assert not issue(world, 11).comments


def test_the_ledger_names_what_was_posted(server: Server, world: World) -> None:
    ledger = run(server, plan_of(incident(1), review(11), as_of=FIRST))
    (first,) = issue(world, 11).comments
    assert ledger.posted == (Posted(issue=Ref(PROJECT, 11), step=1, note_id=first.id),)


def test_after_three_issues_on_which_the_server_failed_nothing_more_is_tried(server: Server, world: World) -> None:
    server.fault(json_status(503, {"message": "Sorry"}), method="POST", path=NOTES, times=None)
    with connected(server) as client:
        (first, *_) = plan_now(client).planned
    refs = [Ref(PROJECT, iid) for iid in (1, 2, 11, 12)]
    plan = Plan(as_of=FIRST, planned=tuple(replace(first, issue=ref, incident=ref) for ref in refs))
    ledger = run(server, plan)
    assert [one.issue for one in ledger.failures] == refs
    assert ledger.failures[-1].why.startswith("not tried any more, since ")
    assert server.count(path="/issues/12/") == 0
    assert not by_bot(world)

"""Projects by the paths that people write: many at once, and one by one where that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.gitlab.read.project_paths import ProjectPaths, look_up
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker
    from tests.sandbox.faults import Action

MANY = [f"acme/sre/tool-{number}" for number in range(60)]
OTHERS = ["acme/old/tools", "ACME/sre/Tool-7", "no/body"]
FOUND = {path: path for path in MANY} | {"acme/old/tools": "acme/sre/tool-0"}


@pytest.fixture(autouse=True)
def projects(tracker: Tracker) -> None:
    for path in MANY:
        tracker.world.project(path, former_paths=["acme/old/tools"] if path == MANY[0] else [])


def found(desk: Desk, paths: list[str]) -> ProjectPaths:
    return look_up(desk.client, ProjectPaths(current={}), paths)


def test_fifty_current_paths_are_one_request_and_the_others_one_each(desk: Desk) -> None:
    assert found(desk, MANY + OTHERS) == ProjectPaths(current=FOUND)
    assert desk.server.count(operation="Projects") == 2
    number = str(desk.server.world.projects[MANY[0]].id)
    assert {one.path.rpartition("/")[2] for one in desk.server.requests if one.method == "GET"} == {
        "acme%2Fold%2Ftools",
        "no%2Fbody",
        number,
    }


def test_few_are_looked_up_one_by_one(desk: Desk) -> None:
    assert found(desk, MANY[:4]).current == dict(zip(MANY[:4], MANY[:4], strict=True))
    assert desk.server.count(operation="Projects") == 0


def without_the_third(answer: Any) -> Any:
    del answer["data"]["p2"]
    return answer


DAMAGE: list[Action] = [
    faults.graphql_timeout(),
    faults.json_status(200, {"errors": [{"message": "Query has complexity of 9, which exceeds max complexity of 8"}]}),
    faults.json_status(200, {"errors": [{"message": "Query too large"}]}),
    faults.json_status(200, {"data": []}),
    faults.Alter(change=without_the_third),
    faults.Alter(change=lambda answer: {"data": {name: {"fullPath": None} for name in answer["data"]}}),
    faults.Alter(change=lambda answer: {"data": dict.fromkeys(answer["data"])}),
]


@pytest.mark.parametrize("action", DAMAGE)
def test_where_the_batch_fails_they_are_looked_up_one_by_one(desk: Desk, action: Action) -> None:
    desk.server.fault(action, operation="Projects", times=None)

    assert found(desk, MANY[:6] + OTHERS) == ProjectPaths(
        current={path: path for path in (*MANY[:6], MANY[7])} | {"acme/old/tools": MANY[0]}
    )


def test_a_path_of_which_no_answer_comes_is_not_unknown(desk: Desk) -> None:
    desk.server.fault(faults.graphql_timeout(), operation="Projects", times=None)
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path="tool-3$", times=None)

    paths = found(desk, MANY[:6])

    assert paths.today(MANY[3]) is None
    assert list(paths.unanswered) == [MANY[3]]


FORMER = {"acme/old/tools": MANY[0]}
KNOWN = ProjectPaths(current={MANY[0]: MANY[0]})


def test_a_former_path_that_led_to_a_known_project_is_not_looked_up_again(desk: Desk) -> None:
    paths = look_up(desk.client, KNOWN, [*MANY[1:6], "acme/old/tools"], FORMER)

    assert paths.today("acme/old/tools") == MANY[0]
    assert desk.server.count("GET") == 0


def test_another_project_may_be_there_by_now(tracker: Tracker, desk: Desk) -> None:
    tracker.world.group("acme/old")
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    tracker.world.project("acme/old/tools")

    paths = look_up(desk.client, KNOWN, [*MANY[1:6], "acme/old/tools"], FORMER)

    assert paths.today("acme/old/tools") == "acme/old/tools"


def test_a_former_path_is_looked_up_where_nothing_says_that_it_is_free(desk: Desk) -> None:
    desk.server.fault(faults.graphql_timeout(), operation="Projects", times=None)

    assert look_up(desk.client, KNOWN, [*MANY[1:6], "acme/old/tools"], FORMER).today("acme/old/tools") == MANY[0]
    assert desk.server.count("GET", path="acme%2Fold%2Ftools") == 1

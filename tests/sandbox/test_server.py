"""The server itself: its log, its faults, its limits on queries, its versions, and its end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.sandbox import faults
from tests.sandbox.caller import PRODUCTION, Caller
from tests.sandbox.faults import Delay, Drop, Hang, Hook, Truncate
from tests.sandbox.server import Server

if TYPE_CHECKING:
    from tests.sandbox.caller import Small
    from tests.sandbox.conftest import Serve

NOTES = "projects/acme%2Fsre%2Fproduction/issues/1/notes"
ME = "query Me { currentUser { username } }"


def test_it_logs_who_asked_what_and_what_came_of_it(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    client("bot-token").get("user", page=2)
    client("reader").graphql(ME)
    client().get("nothing")
    assert [(r.method, r.path, r.status, r.user, r.operation) for r in server.requests] == [
        ("GET", "/api/v4/user", 200, "bot", None),
        ("POST", "/api/graphql", 200, "reporter", "Me"),
        ("GET", "/api/v4/nothing", 404, None, None),
    ]
    assert server.requests[0].query == {"page": "2"}
    assert server.count(operation="Me") == 1


def test_it_stops_at_once_and_leaves_no_thread(small: Small) -> None:
    before = set(threading.enumerate())
    with Server(small.world, faults=[faults.Fault(action=Hang(), path="user")]) as server, Caller(server) as caller:
        caller.get("version")  # leaves a connection open
        with pytest.raises(requests.Timeout):
            caller.send("GET", "user", timeout=0.1)
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 1
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize(
    ("action", "status", "text"),
    [
        (faults.json_status(500, {"message": "500"}), 500, '{"message":"500"}'),
        (faults.html_status(502, "Bad Gateway"), 502, "nginx"),
        (faults.text_status(503), 503, ""),
        (faults.too_many("1m0s"), 429, "Retry later"),
        (faults.too_many(as_json=True), 429, "too many times"),
        (faults.moved("http://127.0.0.1:9/x"), 301, ""),
        (Delay(seconds=0.01), 200, "bot"),
    ],
)
def test_a_fault_strikes_when_it_is_planned_to(
    action: faults.Action, status: int, text: str, small: Small, serve: Serve
) -> None:
    server, client = serve(small.world)
    server.fault(action, method="GET", path="/user$", skip=1, times=2)
    caller = client("bot-token")
    caller.get("version")
    answers = [caller.get("user") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, status, status, 200]
    assert text in answers[1].text


@pytest.mark.parametrize(
    ("action", "stored"), [(Drop(), 0), (Drop(after=True), 1), (faults.bad_gateway_after(), 1), (Truncate(keep=5), 1)]
)
def test_a_write_may_take_effect_though_its_answer_is_lost(
    action: faults.Action, stored: int, small: Small, serve: Serve
) -> None:
    server, client = serve(small.world)
    server.fault(action, method="POST", contains="unique")
    before = len(small.incident.comments)
    try:
        status = client("bot-token").post(NOTES, body="unique").status_code
    except requests.RequestException:
        status = 0
    assert status in (0, 502)
    assert len(small.incident.comments) - before == stored


def test_a_hook_is_called_with_the_request(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    seen: list[Any] = []
    server.fault(Hook(call=lambda request: seen.append(request.operation), after=True), operation="Me")
    client("bot-token").graphql(ME)
    client("bot-token").graphql(ME)
    assert seen == ["Me"]


@pytest.mark.parametrize(
    ("fixture", "action"),
    [("graphql 503 db timeout", faults.graphql_timeout()), ("graphql 200 field timeout", faults.field_timeout())],
)
def test_graphql_gives_up_in_gitlabs_words(
    fixture: str, action: faults.Action, small: Small, serve: Serve, errors: dict[str, Any]
) -> None:
    server, client = serve(small.world)
    server.fault(action, operation="Me")
    answer = client("bot-token").graphql(ME)
    assert [answer.status_code, answer.json()] == errors[fixture]


@pytest.mark.parametrize(("token", "limit"), [("bot-token", 250), (None, 200)])
def test_a_query_too_complex_is_refused(token: str | None, limit: int, small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    one = f"issues {{ nodes {{ {' '.join(f'a{n}: title' for n in range(60))} }} }}"
    answer = client(token).graphql(f'{{ project(fullPath: "{PRODUCTION}") {{ a: {one} b: {one} }} }}').json()
    assert answer == {"errors": [{"message": f"Query has complexity of 253, which exceeds max complexity of {limit}"}]}


def test_a_query_too_deep_is_refused(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    query = "id"
    for _ in range(9):
        query = f"discussion {{ notes {{ nodes {{ {query} }} }} }}"
    answer = client("bot-token").graphql(f'{{ note(id: "gid://gitlab/Note/1") {{ {query} }} }}').json()
    assert answer["errors"][0]["message"] == "Query has depth of 29, which exceeds max depth of 20"


def test_a_query_knows_its_own_weight(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    query = "{ queryComplexity { score limit } }"
    assert client("bot-token").data(query) == {"queryComplexity": {"score": 3, "limit": 250}}


@pytest.mark.parametrize(
    ("version", "query", "message"),
    [
        ("17.7.0", "linkedWorkItems { nodes { linkType } }", "Field 'linkedWorkItems' doesn't exist on type 'Issue'"),
        ("17.8.0", "linkedWorkItems { nodes { linkType } }", None),
    ],
)
def test_an_older_server_lacks_what_came_later(
    version: str, query: str, message: str | None, small: Small, serve: Serve
) -> None:
    _, client = serve(small.world, version=version)
    text = f'{{ project(fullPath: "{PRODUCTION}") {{ issues {{ nodes {{ {query} }} }} }} }}'
    answer = client("bot-token").graphql(text)
    assert answer.status_code == 200
    assert answer.json().get("errors", [{}])[0].get("message") == message


@pytest.mark.parametrize(("version", "accepted"), [("17.8.0", False), ("17.9.0", True)])
def test_work_items_by_update_came_with_17_9(version: str, accepted: bool, small: Small, serve: Serve) -> None:
    _, client = serve(small.world, version=version)
    text = f'{{ project(fullPath: "{PRODUCTION}") {{ workItems(updatedAfter: "2026-01-01") {{ nodes {{ id }} }} }} }}'
    assert ("errors" not in client("bot-token").graphql(text).json()) is accepted


def test_a_mistake_of_the_sandbox_is_not_swallowed(small: Small) -> None:
    small.world.projects = None  # type: ignore[assignment]
    server = Server(small.world)
    with pytest.raises(AttributeError), server, Caller(server, "bot-token") as caller:
        assert caller.post(NOTES, body="x").status_code == 500


@pytest.mark.parametrize(
    ("settings", "version", "enterprise"),
    [({}, "19.4.0-ee", True), ({"enterprise": False, "licensed": False, "version": "17.2.1"}, "17.2.1", False)],
)
def test_it_says_what_it_is(
    settings: dict[str, Any], version: str, enterprise: bool, small: Small, serve: Serve
) -> None:
    _, client = serve(small.world, **settings)
    caller = client("reader")
    assert caller.get("version").json()["version"] == version
    data = caller.data("{ metadata { version enterprise } }")
    assert data["metadata"] == {"version": version, "enterprise": enterprise}


def test_web_addresses_may_be_public_ones(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, public_url="https://gitlab.example.com")
    url = client("reader").get("projects/acme%2Fsre%2Fproduction/issues/1").json()["web_url"]
    assert url == f"https://gitlab.example.com/{PRODUCTION}/-/work_items/1"


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("user", "username", "reporter"),
        ("users?username=REPORTER", "username", "reporter"),
        ("personal_access_tokens/self", "scopes", ["read_api"]),
        ("projects/acme%2Fsre%2Fproduction", "path_with_namespace", PRODUCTION),
        ("groups/acme%2Fsre", "full_path", "acme/sre"),
        ("groups/acme/projects?include_subgroups=true", "path_with_namespace", PRODUCTION),
        ("projects/acme%2Fsre%2Fproduction/labels", "name", "Service::API"),
        ("projects/acme%2Fsre%2Fproduction/members/all/101", "access_level", 10),
    ],
)
def test_the_places_and_people_are_there(path: str, key: str, value: Any, small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    answer = client("reader").get(path)
    body = answer.json()
    assert answer.status_code == 200
    assert (body[0] if isinstance(body, list) else body)[key] == value

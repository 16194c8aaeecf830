"""Each kind of fault, seen by a client over real HTTP."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

import audit.gitlab.http
from audit.sandbox.limits import Limits
from tests.sandbox.fault_kinds import KINDS, OPERATIONS, Kind, Operation, page_above, recorded
from tests.sandbox.faults import Drip, graphql_timeout

if TYPE_CHECKING:
    from tests.sandbox.caller import Caller, Small
    from tests.sandbox.conftest import Serve

ISSUE = "projects/acme%2Fsre%2Fproduction/issues/1"
ISSUES = """query Issues($first: Int) {
  project(fullPath: "acme/sre/production") { issues(first: $first) { nodes { iid title } } } }"""
QUERY = Operation(name="issues", where={"operation": "Issues"})
PATH = Operation(name="issue", where={"path": "/issues/1$"})
SILENT = {"hang", "dropped connection", "truncated"}
"""The client gets an error of the network."""


def sent(caller: Caller, operation: Operation) -> requests.Response:
    return caller.graphql(ISSUES) if operation is QUERY else caller.send("GET", ISSUE, timeout=0.5)


def status_of(kind: Kind) -> int:
    code = re.match(r"\d{3}(?= |$)", kind.name)
    return {"query too large": 422, "429 as a GraphQL error": 200}.get(kind.name, int(code[0]) if code else 200)


@pytest.mark.parametrize(
    ("kind", "operation"),
    [(kind, operation) for kind in KINDS for operation in (QUERY, PATH) if kind.fits(operation)],
    ids=lambda value: value.name,
)
def test_a_kind_strikes_once_and_is_over(kind: Kind, operation: Operation, small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    usual = sent(client("bot-token"), operation)
    server.fault(kind.action(scale=0.002), **operation.where)
    if kind.name in SILENT and not (kind.name == "hang" and operation is QUERY):
        with pytest.raises(requests.RequestException):
            sent(client("bot-token"), operation)
    elif kind.name != "hang":
        struck = sent(client("bot-token"), operation)
        assert struck.status_code == status_of(kind)
        assert (struck.text == usual.text) is (kind.name == "drip")
    assert kind.name == "hang" or sent(client("bot-token"), operation).text == usual.text


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("429 Retry-After", "60"),
        ("429 Go duration", "1m0s"),
        ("429 HTTP date", "GMT"),
        ("429 RateLimit-Reset", "None"),
        ("429 no header", "None"),
        ("429 JSON", "None"),
    ],
)
def test_a_limit_says_in_its_own_way_when_it_ends(name: str, waits: str, small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    kind = next(kind for kind in KINDS if kind.name == name)
    server.fault(kind.action())
    answer = client("bot-token").get("user")
    assert (answer.status_code, waits in str(answer.headers.get("Retry-After"))) == (429, True)
    assert ("RateLimit-Reset" in answer.headers) is (name == "429 RateLimit-Reset")


def test_a_drip_takes_its_time(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    server.fault(Drip(size=100, pause=0.05))
    began = time.monotonic()
    answer = client("bot-token").get("user")
    assert answer.json()["username"] == "bot"
    assert time.monotonic() - began > 0.05 * (len(answer.content) // 100)


def test_a_server_may_fail_on_large_pages_only(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    server.fault(graphql_timeout(), times=None, operation="Issues", where=page_above(25))
    statuses = [client("bot-token").graphql(ISSUES, first=size).status_code for size in (100, 50, 25)]
    assert statuses == [503, 503, 200]


def test_the_last_row_of_a_list_may_be_missing(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    server.fault(next(kind for kind in KINDS if kind.name == "partial data").action())
    answer = client("bot-token").graphql(ISSUES).json()
    assert [node and node["iid"] for node in answer["data"]["project"]["issues"]["nodes"]] == ["3", "2", None]
    assert answer["errors"][0]["path"] == ["project", "issues", "nodes", 2]


def test_an_answer_of_an_earlier_run_is_given_again(small: Small, serve: Serve) -> None:
    server, client = serve(small.world)
    server.fault(recorded(json.dumps({"username": 7})), path="/user$")
    assert client("bot-token").get("user").json() == {"username": 7}


def test_small_pages_have_inner_pages(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, limits=Limits(page=1))
    query = """{ project(fullPath: "acme/sre/production") { issue(iid: "1") {
      labels(first: 100) { pageInfo { hasNextPage } nodes { title } } } } }"""
    labels = client("bot-token").data(query)["project"]["issue"]["labels"]
    assert (len(labels["nodes"]), labels["pageInfo"]["hasNextPage"]) == (1, True)


def test_every_query_of_the_program_is_an_operation() -> None:
    known = {operation.where.get("operation") for operation in OPERATIONS}
    for path in (Path(audit.gitlab.http.__file__).parent / "queries").glob("*.graphql"):
        name: Any = re.search(r"query (\w+)", path.read_text(encoding="utf-8"))
        assert name[1] in known, path

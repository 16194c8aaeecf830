"""Lists: filters, orders and pages, by REST and by GraphQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gitlab
import pytest

from audit.sandbox.data.world import World
from audit.sandbox.limits import Limits
from tests.sandbox.caller import HOUR, NOW, PRODUCTION, START, Caller

if TYPE_CHECKING:
    from tests.sandbox.caller import Small
    from tests.sandbox.conftest import Serve

ISSUES = "projects/acme%2Fsre%2Fproduction/issues"
PAGE = """query($after: String, $n: Int) { project(fullPath: "acme/sre/production") {
  issues(sort: UPDATED_ASC, first: $n, after: $after) {
    count pageInfo { hasNextPage endCursor } nodes { iid } } } }"""


def _many(count: int) -> World:
    world = World(now=NOW)
    author = world.user("author")
    project = world.project(PRODUCTION)
    world.member(project, author, 20)
    world.token("t", user=author, scopes=["api"])
    for number in range(count):
        project.issue(f"Incident {number}", author=author, created_at=START + number * HOUR)
    return world


@pytest.mark.parametrize(
    ("params", "iids"),
    [
        ({}, [3, 2, 1]),
        ({"state": "closed"}, [1]),
        ({"issue_type": "incident", "sort": "asc"}, [1, 2]),
        ({"labels": "Severity::1,Service::API"}, [1]),
        ({"labels": "severity::1"}, []),
        ({"labels": "None"}, [3, 2]),
        ({"not[labels]": "Severity::1"}, [3, 2]),
        ({"labelz": "Severity::1", "or[label_name][]": "x"}, [3, 2, 1]),
        ({"iids[]": [1, 3, 9]}, [3, 1]),
        ({"search": "api", "in": "title"}, [3, 1]),
        ({"search": '"API is down" 2026', "in": "title"}, [1]),
        ({"order_by": "updated_at", "sort": "asc"}, [2, 3, 1]),
        ({"updated_after": "2026-11-02T11:00:00+02:00"}, [3, 2, 1]),
        ({"updated_after": "2026-11-02T13:00:00Z"}, [1]),
        ({"scope": "created_by_me"}, [2]),
    ],
)
def test_rest_filters(params: dict[str, Any], iids: list[int], small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    assert [row["iid"] for row in client("reporter-token").get(ISSUES, **params).json()] == iids


@pytest.mark.parametrize(
    "query",
    ["state=open", "sort=up", "order_by=size", "issue_type=bug", "updated_after=2026-11-02T11:00:00+02:00", "iids[]=x"],
)
def test_a_bad_value_of_a_known_parameter_is_refused(query: str, small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    assert client("reporter-token").get(f"{ISSUES}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("arguments", "iids"),
    [
        ("", ["3", "2", "1"]),
        ("types: [INCIDENT]", ["2", "1"]),
        ("state: closed", ["1"]),
        ('labelName: ["Severity::1", "Service::API"]', ["1"]),
        ('or: {labelNames: ["Service::API", "none such"]}', ["1"]),
        ('not: {labelName: ["Severity::1"]}', ["3", "2"]),
        ('iids: ["2", "7"]', ["2"]),
        ('search: "DOWN api", in: [TITLE]', ["3", "1"]),
        ('search: "\\"review: api\\"", in: [TITLE]', ["3"]),
        ('closedAfter: "2026-11-02T17:00:00Z"', ["1"]),
        ('createdAfter: "2026-11-02T10:00:00Z", createdBefore: "2026-11-02T10:30:00Z"', ["2"]),
        ("sort: TITLE_ASC", ["1", "3", "2"]),
        ("confidential: true", ["2"]),
    ],
)
def test_graphql_filters(arguments: str, iids: list[str], small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    listed = f"issues({arguments})" if arguments else "issues"
    found = client("reporter-token").data(
        f'{{ project(fullPath: "{PRODUCTION}") {{ {listed} {{ nodes {{ iid }} }} }} }}'
    )
    assert [node["iid"] for node in found["project"]["issues"]["nodes"]] == iids


@pytest.mark.parametrize(("place", "seen"), [("includeDescendants: true", 3), ("excludeProjects: false", 0)])
def test_a_groups_work_items_are_its_own_unless_descendants_are_asked_for(
    place: str, seen: int, small: Small, serve: Serve
) -> None:
    _, client = serve(small.world)
    query = f'{{ namespace(fullPath: "acme") {{ workItems({place}) {{ nodes {{ id }} }} }} }}'
    assert len(client("bot-token").data(query)["namespace"]["workItems"]["nodes"]) == seen


def test_following_next_reads_everything_once(serve: Serve) -> None:
    server, client = serve(_many(45))
    rows = client("t").walk(ISSUES, per_page=10, sort="asc")
    assert [row["iid"] for row in rows] == list(range(1, 46))
    assert server.count(path="/issues") == 5


@pytest.mark.parametrize(("asked", "got"), [(None, 20), (7, 7), (200, 100)])
def test_the_size_of_a_page_is_clamped(asked: int | None, got: int, serve: Serve) -> None:
    _, client = serve(_many(120))
    assert len(client("t").get(ISSUES, **({"per_page": asked} if asked else {})).json()) == got


def test_python_gitlab_reads_through_a_former_path(small: Small, serve: Serve) -> None:
    server, _ = serve(small.world)
    with gitlab.Gitlab(server.url, private_token="reader", per_page=2) as client:
        project = client.projects.get("acme/infra/production")
        assert project.id == small.production.id
        assert [issue.iid for issue in project.issues.list(iterator=True)] == [3, 2, 1]


def test_a_long_list_does_not_say_how_long_it_is(serve: Serve) -> None:
    world = _many(25)
    _, client = serve(world)
    assert client("t").get(ISSUES).headers["X-Total"] == "25"
    _, client = serve(world, limits=Limits(counted_rows=24))
    answer = client("t").get(ISSUES)
    assert "X-Total" not in answer.headers
    assert set(answer.links) == {"next", "first"}


def _walk(caller: Caller, size: int, between: Any = lambda: None) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        page = caller.data(PAGE, n=size, after=after)["project"]["issues"]
        seen += [node["iid"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return seen
        after = page["pageInfo"]["endCursor"]
        between()


@pytest.mark.parametrize("size", [1, 7, 100])
def test_cursors_read_everything_once(size: int, serve: Serve) -> None:
    _, client = serve(_many(15))
    assert _walk(client("t"), size) == [str(number) for number in range(1, 16)]


def test_what_changes_during_a_read_by_update_is_read_again_and_nothing_is_skipped(serve: Serve) -> None:
    world = _many(15)
    project = world.projects[PRODUCTION]
    _, client = serve(world)
    touched = iter([1, 12])

    def change() -> None:
        if (iid := next(touched, None)) is not None:
            project.issues[iid].comment("News", by=world.users["author"], at=NOW)

    seen = _walk(client("t"), 5, change)
    assert seen == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "13", "14", "15", "1", "12"]


def test_a_page_of_a_hundred_comes_soon(serve: Serve) -> None:
    world = _many(400)
    rows = list(world.projects[PRODUCTION].issues.values())
    author = world.users["author"]
    for number, row in enumerate(rows):
        row.add_label("Severity::2", at=START, by=author)
        for step in (1, 2, 3):
            world.link(row, rows[(number + step) % len(rows)], at=START, by=author)
    _, client = serve(world)
    query = """{ project(fullPath: "acme/sre/production") { issues(first: 100) { nodes {
      iid title description webUrl labels { nodes { title } } assignees { nodes { username } }
      linkedWorkItems { nodes { linkType workItem { id title state } } } } } } }"""
    caller = client("t")
    assert caller.graphql(query).elapsed.total_seconds() < 2  # loose: the machine may be busy; 0.1 s is usual


def test_an_unchanged_list_has_an_entity_tag(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller = client("reporter-token")
    tag = caller.get(ISSUES).headers["ETag"]
    assert caller.send("GET", ISSUES, headers={"If-None-Match": tag}).status_code == 304


def test_times_are_written_in_the_instances_zone(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, utc_offset=2 * HOUR)
    caller = client("reporter-token")
    assert caller.get(f"{ISSUES}/1").json()["created_at"] == "2026-11-02T11:00:00.000+02:00"
    query = '{ project(fullPath: "acme/sre/production") { issue(iid: "1") { createdAt } } }'
    assert caller.data(query)["project"]["issue"]["createdAt"] == "2026-11-02T11:00:00+02:00"

"""Who sees what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.caller import Small
    from tests.sandbox.conftest import Serve

ISSUES = "projects/acme%2Fsre%2Fproduction/issues"
LINKED = """{ project(fullPath: "acme/sre/production") { issue(iid: "1") {
  linkedWorkItems { nodes { linkType workItemState workItem { title } } } } } }"""


@pytest.mark.parametrize(
    ("token", "seen"),
    [("guest-token", [3, 1]), ("reporter-token", [3, 2, 1]), ("maintainer-token", [3, 2, 1]), ("bot-token", [3, 2, 1])],
)
def test_a_confidential_issue_is_for_its_people_and_for_reporters(
    token: str, seen: list[int], small: Small, serve: Serve
) -> None:
    _, client = serve(small.world)
    assert [row["iid"] for row in client(token).get(ISSUES).json()] == seen


@pytest.mark.parametrize(("token", "iid"), [("author-token", 2), ("stranger-token", 1)])
def test_author_and_assignee_see_their_confidential_issue(token: str, iid: int, small: Small, serve: Serve) -> None:
    small.secret.assignees.append(small.people["author"])
    _, client = serve(small.world)
    assert client(token).get(f"{ISSUES}/{iid}").status_code == (200 if token == "author-token" else 404)


def test_internal_notes_and_unreadable_references_are_left_out(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    comments = {"activity_filter": "only_comments", "sort": "asc"}
    bodies = {
        token: [note["body"] for note in client(token).get(f"{ISSUES}/1/notes", **comments).json()]
        for token in ("guest-token", "reporter-token")
    }
    assert bodies == {"guest-token": ["First look"], "reporter-token": ["First look", "For us only"]}
    everything = client("reporter-token").get(f"{ISSUES}/1/notes").json()
    assert not [note for note in everything if note["body"].startswith("mentioned in")]


def test_a_page_of_notes_may_be_short_though_more_follow(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    answer = client("reporter-token").get(f"{ISSUES}/1/notes", per_page=1)
    assert answer.json() == []  # the newest note mentions what the caller cannot read
    assert "next" in answer.links


def test_the_unreadable_end_of_a_link_is_left_out_by_rest_and_null_by_graphql(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller = client("reporter-token")
    assert [row["iid"] for row in caller.get(f"{ISSUES}/1/links").json()] == [3]
    nodes = caller.data(LINKED)["project"]["issue"]["linkedWorkItems"]["nodes"]
    assert [node["workItem"] for node in nodes] == [{"title": "Incident Review: API is down"}, None]


def test_links_need_a_token_even_in_a_public_project(small: Small, serve: Serve) -> None:
    small.public.issue("Seen by all", author=small.people["author"], created_at=small.incident.created_at)
    _, client = serve(small.world)
    assert client().get("projects/acme%2Fopen/issues").status_code == 200
    assert client().get("projects/acme%2Fopen/issues/1/links").status_code == 401


def test_a_project_token_sees_its_project_only(small: Small, serve: Serve) -> None:
    bot = small.world.user("project_1_bot", bot=True)
    sibling = small.world.project("acme/sre/sibling")
    for place in (small.production, sibling):
        small.world.member(place, bot, 20)
    small.world.token("pt", user=bot, kind="project", projects=[small.production.path])
    _, client = serve(small.world)
    assert client("pt").get("projects/acme%2Fsre%2Fsibling").status_code == 404
    assert client("pt").get(ISSUES).status_code == 200
    assert client("pt").data("{ currentUser { bot } }") == {"currentUser": {"bot": True}}


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        (["read_user"], "user", 200),
        (["read_user"], ISSUES, 403),
        (["read_user"], "personal_access_tokens/self", 200),
        (["read_api"], ISSUES, 200),
    ],
)
def test_scopes_open_paths(scopes: list[str], path: str, status: int, small: Small, serve: Serve) -> None:
    small.world.token("t", user=small.people["reporter"], scopes=scopes)
    _, client = serve(small.world)
    assert client("t").get(path).status_code == status


def test_a_blocked_user_and_an_expired_token_are_told_apart(small: Small, serve: Serve) -> None:
    small.people["guest"].state = "blocked"
    small.world.token("old", user=small.people["reporter"], expires_on=small.world.instant().date())
    _, client = serve(small.world)
    assert client("guest-token").get("user").status_code == 403
    assert "expired" in client("old").get("user").json()["error_description"]


def test_a_disabled_tracker_is_forbidden_and_announced(small: Small, serve: Serve) -> None:
    small.production.issues_enabled = False
    _, client = serve(small.world)
    assert client("reporter-token").get(ISSUES).status_code == 403
    query = '{ project(fullPath: "acme/sre/production") { issuesEnabled issues { nodes { iid } } } }'
    assert client("reporter-token").data(query)["project"] == {"issuesEnabled": False, "issues": {"nodes": []}}


@pytest.mark.parametrize(
    ("level", "seen"),
    [(10, False), (15, True), (20, True), (30, True)],
    ids=["guest", "planner", "reporter", "developer"],
)
def test_planners_and_reporters_see_what_is_confidential(level: int, seen: bool, small: Small, serve: Serve) -> None:
    small.world.member(small.production, small.people["stranger"], level)
    small.secret.comment("For us only", by=small.people["author"], at=small.world.instant(), internal=True)
    _, client = serve(small.world)
    caller = client("stranger-token")
    assert (2 in [row["iid"] for row in caller.get(ISSUES).json()]) is seen
    assert caller.get(f"{ISSUES}/2").status_code == (200 if seen else 404)
    query = '{ project(fullPath: "acme/sre/production") { issues { nodes { iid } } issue(iid: "2") { title } } }'
    answer = caller.data(query)["project"]
    assert ({"iid": "2"} in answer["issues"]["nodes"], answer["issue"] is not None) == (seen, seen)
    internal = [note["body"] for note in caller.get(f"{ISSUES}/1/notes").json() if note["internal"]]
    assert internal == (["For us only"] if seen else [])


MOVED = """{ project(fullPath: "acme/sre/production") { issue(iid: "%s") {
  state moved movedTo { webUrl } closedAsDuplicateOf { webUrl } } } }"""


def test_where_an_issue_went_is_for_those_who_may_read_it(small: Small, serve: Serve) -> None:
    by, at = small.people["author"], small.world.instant()
    new = small.hidden.receive(small.review, at=at, by=by)
    small.incident.mark_duplicate(small.secret, at=at, by=by)
    small.world.member(small.hidden, small.people["maintainer"], 20)
    _, client = serve(small.world)
    moved = {token: client(token).data(MOVED % 3)["project"]["issue"] for token in ("reader", "maintainer-token")}
    assert (moved["reader"]["state"], moved["reader"]["moved"], moved["reader"]["movedTo"]) == ("closed", True, None)
    assert moved["maintainer-token"]["movedTo"]["webUrl"].endswith("/vault/secrets/-/work_items/1") is (new.iid == 1)
    assert client("reader").get(f"{ISSUES}/3").json()["moved_to_id"] == new.id
    copies = {token: client(token).data(MOVED % 1)["project"]["issue"] for token in ("guest-token", "reader")}
    assert copies["guest-token"]["closedAsDuplicateOf"] is None
    assert copies["reader"]["closedAsDuplicateOf"]["webUrl"].endswith("/-/work_items/2")
    links = {token: client(token).get(f"{ISSUES}/1").json()["_links"] for token in ("guest-token", "reader")}
    assert [links[token]["closed_as_duplicate_of"] is None for token in links] == [True, False]

"""What callers change: notes and their quick actions, issues, links, files and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.sandbox.limits import Limits

if TYPE_CHECKING:
    from tests.sandbox.caller import Small
    from tests.sandbox.conftest import Serve

PROJECT = "projects/acme%2Fsre%2Fproduction"
NOTES = f"{PROJECT}/issues/1/notes"


@pytest.mark.parametrize(
    ("body", "status", "stored", "check"),
    [
        ("Please look", 201, "Please look", lambda i: i.state == "closed"),
        ("Done\n/reopen\nbye", 201, "Done\nbye", lambda i: i.state == "opened"),
        ("/reopen", 202, None, lambda i: i.state == "opened"),
        ("/close", 202, None, lambda i: i.state == "closed"),
        ('/label ~"Corrective Action" ~new', 202, None, lambda i: len(i.labels) == 2),
        ("/unlabel ~Severity::1", 202, None, lambda i: [x.name for x in i.labels] == ["Service::API"]),
        ("/assign @guest", 202, None, lambda i: {u.username for u in i.assignees} == {"guest", "reporter"}),
        ("/due 2026-11-09", 202, None, lambda i: str(i.due_on) == "2026-11-09"),
        ("/confidential", 202, None, lambda i: i.confidential),
        ("/duplicate #3", 202, None, lambda i: i.duplicate_of.iid == 3),
        ("/relate #2", 202, None, lambda i: len(i.links) == 3),
        ("/usr/bin/x failed", 201, "/usr/bin/x failed", lambda i: i.state == "closed"),
        ("```\n/reopen\n```", 201, "```\n/reopen\n```", lambda i: i.state == "closed"),
        (" /reopen", 201, " /reopen", lambda i: i.state == "closed"),
        ("<!-- marker {} -->\ntext", 201, "<!-- marker {} -->\ntext", lambda _i: True),
    ],
)
def test_quick_actions_run_from_notes(  # noqa: PLR0917 - a table's columns
    body: str, status: int, stored: str | None, check: Any, small: Small, serve: Serve
) -> None:
    _, client = serve(small.world)
    answer = client("reporter-token").post(NOTES, body=body)
    assert (answer.status_code, answer.json().get("body")) == (status, stored)
    assert ("id" in answer.json()) is (stored is not None)
    assert check(small.incident)


def test_a_refused_command_says_so(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    answer = client("guest-token").post(NOTES, body="/reopen")
    assert (answer.status_code, answer.json()["summary"]) == (202, ["Could not apply reopen command."])


def test_a_note_touches_its_issue_and_is_stamped_by_the_world(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    note = client("reporter-token").post(NOTES, body="x", internal=True).json()
    assert (note["created_at"], note["internal"]) == ("2026-11-20T12:00:00.000Z", True)
    assert small.incident.updated_at == small.world.instant()


def test_an_internal_note_of_somebody_who_may_write_none_is_public_without_a_word(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    note = client("guest-token").post(NOTES, body="x", internal=True)
    assert (note.status_code, note.json()["internal"]) == (201, False)


@pytest.mark.parametrize(("token", "status"), [("reporter-token", 200), ("maintainer-token", 200), ("bot-token", 403)])
def test_the_author_and_maintainers_edit_a_note(token: str, status: int, small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    note = small.incident.comments[0]
    assert client(token).put(f"{NOTES}/{note.id}", body="Better").status_code == status
    assert note.body == ("Better" if status == 200 else "First look")
    assert client(token).send("DELETE", f"{NOTES}/{note.id}").status_code == (204 if status == 200 else 403)


def test_strangers_do_not_comment_on_a_locked_discussion(small: Small, serve: Serve) -> None:
    issue = small.public.issue("Open", author=small.people["author"], created_at=small.incident.created_at)
    _, client = serve(small.world)
    path = "projects/acme%2Fopen/issues/1/notes"
    assert client("stranger-token").post(path, body="x").status_code == 201
    issue.lock(at=small.world.instant(), by=small.people["author"])
    assert client("stranger-token").post(path, body="x").status_code == 403
    assert client("bot-token").post(path, body="x").status_code == 201


def test_the_note_limit_is_json(small: Small, serve: Serve, errors: dict[str, Any]) -> None:
    minute = [0.0]
    server, client = serve(small.world, limits=Limits(notes_per_minute=2), clock=lambda: minute[0])
    caller = client("reporter-token")
    assert [caller.post(NOTES, body="x").status_code for _ in range(2)] == [201, 201]
    answer = caller.post(NOTES, body="x")
    assert [answer.status_code, answer.json()] == errors["429 application limiter (notes_create)"]
    minute[0] = 61.0
    assert caller.post(NOTES, body="x").status_code == 201
    assert server.count("POST", "/notes") == 4


@pytest.mark.parametrize(("go", "after"), [(False, "60"), (True, "1m0s")])
def test_the_general_limit_is_plain_text_with_headers(
    go: bool, after: str, small: Small, serve: Serve, errors: dict[str, Any]
) -> None:
    limits = Limits(requests_per_minute=1, go_durations=go)
    _, client = serve(small.world, limits=limits, clock=lambda: 0.0)
    caller = client("reporter-token")
    assert caller.get("user").headers["RateLimit-Remaining"] == "0"
    answer = caller.get("user")
    assert [answer.status_code, answer.text] == errors["429 rack attack"]
    assert answer.headers["Retry-After"] == after


@pytest.mark.parametrize(
    ("change", "labels"),
    [
        ({"add_labels": "new,x"}, ["new", "Service::API", "Severity::1", "x"]),
        ({"add_labels": "x", "remove_labels": "x,Service::API"}, ["Severity::1"]),
        ({"labels": "only"}, ["only"]),
        ({"add_labels": "Severity::2"}, ["Service::API", "Severity::2"]),
        ({"add_labels": "service::api"}, ["Service::API", "service::api", "Severity::1"]),
    ],
)
def test_label_writes(change: dict[str, str], labels: list[str], small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    answer = client("reporter-token").put(f"{PROJECT}/issues/1", **change)
    assert sorted(answer.json()["labels"]) == sorted(labels)


def test_scoped_labels_stay_side_by_side_without_a_licence(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, licensed=False)
    answer = client("reporter-token").put(f"{PROJECT}/issues/1", add_labels="Severity::2")
    assert {"Severity::1", "Severity::2"} < set(answer.json()["labels"])


def test_an_issue_is_opened_and_edited(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller = client("reporter-token")
    made = caller.post(f"{PROJECT}/issues", title="Report", labels="a,b", due_date="2026-12-01").json()
    assert (made["iid"], made["labels"], made["due_date"], made["issue_type"]) == (4, ["a", "b"], "2026-12-01", "issue")
    edited = caller.put(f"{PROJECT}/issues/4", title="Weekly", state_event="close", due_date="").json()
    assert (edited["title"], edited["state"], edited["due_date"]) == ("Weekly", "closed", None)
    assert client("guest-token").put(f"{PROJECT}/issues/4", title="Mine").status_code == 403
    assert caller.put(f"{PROJECT}/issues/4", unknown="x").status_code == 400
    assert caller.post(f"{PROJECT}/issues").json() == {"error": "title is missing"}


def test_files_are_read_by_ref(small: Small, serve: Serve) -> None:
    small.production.file("catalog/services.yml", "services: []\n")
    _, client = serve(small.world)
    path = f"{PROJECT}/repository/files/catalog%2Fservices.yml"
    caller = client("maintainer-token")
    assert caller.get(f"{path}/raw", ref="HEAD").text == "services: []\n"
    assert caller.get(path, ref="main").json()["content"] == "c2VydmljZXM6IFtdCg=="
    assert caller.get(path, ref="nope").json() == {"message": "404 Commit Not Found"}
    assert caller.get(f"{path}x/raw", ref="HEAD").json() == {"message": "404 File Not Found"}
    assert client("guest-token").get(path, ref="HEAD").status_code == 403


def test_a_tree_lists_folders_and_files(small: Small, serve: Serve) -> None:
    for path in ("README.md", "catalog/services.yml", "catalog/old/teams.yml"):
        small.production.file(path, path)
    _, client = serve(small.world)
    caller, path = client("reader"), f"{PROJECT}/repository/tree"
    row = {
        "id": small.production.files["README.md"].blob_id,
        "name": "README.md",
        "type": "blob",
        "path": "README.md",
        "mode": "100644",
    }
    folder, file = caller.get(path).json()
    assert (folder["name"], folder["type"], folder["mode"]) == ("catalog", "tree", "040000")
    assert file == row
    below = caller.get(path, path="catalog/", ref="main", recursive="true").json()
    assert [one["path"] for one in below] == ["catalog/old", "catalog/old/teams.yml", "catalog/services.yml"]
    assert [one["name"] for one in caller.walk(path, path="catalog", per_page=1)] == ["old", "services.yml"]


def test_a_tree_that_is_not_there(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller, path = client("reader"), f"{PROJECT}/repository/tree"
    assert caller.get(path).json() == {"message": "404 Tree Not Found"}
    small.production.file("README.md", "text")
    assert caller.get(path, ref="nope").json() == {"message": "404 Tree Not Found"}
    for missing in ("catalog", "README.md"):
        answer = caller.get(path, path=missing)
        assert (answer.status_code, answer.json()) == (404, {"message": "404 invalid revision or path Not Found"})
    assert client("guest-token").get(path).status_code == 403
    assert client("stranger-token").get(path).json() == {"message": "404 Project Not Found"}


def test_wiki_pages_are_listed_made_and_changed(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller = client("maintainer-token")
    made = caller.post(f"{PROJECT}/wikis", title="Incident Audit", content="one")
    assert (made.status_code, made.json()["slug"]) == (201, "Incident-Audit")
    caller.put(f"{PROJECT}/wikis/Incident-Audit", content="two")
    assert caller.get(f"{PROJECT}/wikis/Incident-Audit").json()["content"] == "two"
    assert small.production.wiki["Incident-Audit"].history == ["one", "two"]
    assert "content" not in caller.get(f"{PROJECT}/wikis").json()[0]
    assert caller.get(f"{PROJECT}/wikis/None").json() == {"message": "404 Wiki Page Not Found"}
    assert caller.post(f"{PROJECT}/wikis", title="Incident  Audit", content="x").status_code == 422
    assert caller.post(f"{PROJECT}/wikis", title="Blank", content=" ").status_code == 422
    assert caller.post(f"{PROJECT}/wikis", title="No text").json() == {"error": "content is missing"}
    assert client("reporter-token").post(f"{PROJECT}/wikis", title="No", content="x").status_code == 403
    small.production.wiki_access = "disabled"
    assert caller.get(f"{PROJECT}/wikis").json() == {"message": "403 Forbidden"}


def test_a_wiki_page_in_a_directory(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller = client("maintainer-token")
    made = caller.post(f"{PROJECT}/wikis", title="Reports/Incident reviews", content="one").json()
    assert (made["slug"], made["title"]) == ("Reports/Incident-reviews", "Incident reviews")
    page = f"{PROJECT}/wikis/Reports%2FIncident-reviews"
    assert caller.get(f"{PROJECT}/wikis/Reports/Incident-reviews").status_code == 404
    # a title without a slash stays in the directory, and one with a slash leaves it
    assert caller.put(page, title="Reviews").json()["slug"] == "Reports/Reviews"
    assert caller.put(f"{PROJECT}/wikis/Reports%2FReviews", title="/Reviews").json()["slug"] == "Reviews"
    assert small.production.wiki["Reviews"].history == ["one", "one", "one"]
    caller.post(f"{PROJECT}/wikis", title="Other", content="x")
    assert caller.put(f"{PROJECT}/wikis/Other", title="Reviews").status_code == 422
    assert "are missing" in caller.put(f"{PROJECT}/wikis/Other").json()["error"]


def test_the_wiki_of_a_group_needs_a_licence(small: Small, serve: Serve) -> None:
    small.world.member(small.world.groups["acme/sre"], small.people["bot"], 30)
    _, client = serve(small.world)
    caller = client("bot-token")
    assert caller.post("groups/acme%2Fsre/wikis", title="Reviews", content="one").status_code == 201
    caller.put("groups/acme%2Fsre/wikis/Reviews", content="two")
    assert caller.get("groups/acme%2Fsre/wikis/Reviews").json()["content"] == "two"
    assert [page["slug"] for page in caller.get("groups/acme%2Fsre/wikis").json()] == ["Reviews"]
    _, free = serve(small.world, licensed=False)
    assert free("bot-token").get("groups/acme%2Fsre/wikis").json() == {"error": "404 Not Found"}


def test_a_commit_holds_several_files_or_nothing(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller, path = client("maintainer-token"), f"{PROJECT}/repository/commits"
    small.production.file("old.md", "old")

    def commit(*actions: dict[str, str], **fields: str) -> Any:
        return caller.post(path, **({"branch": "main", "commit_message": "Report", "actions": list(actions)} | fields))

    one = {"action": "create", "file_path": "reports/a.md", "content": "b25l", "encoding": "base64"}
    made = commit(one, {"action": "update", "file_path": "old.md", "content": "new"})
    assert (made.status_code, made.json()["title"]) == (201, "Report")
    files = small.production.files
    assert {name: file.text for name, file in files.items()} == {"reports/a.md": "one", "old.md": "new"}
    assert {file.commit_id for file in files.values()} == {made.json()["id"]}
    two = {"action": "create", "file_path": "b.md", "content": "x"}
    assert commit(two, one).json() == {"message": "A file with this name already exists"}
    assert commit({"action": "update", "file_path": "nope"}).json() == {
        "message": "A file with this name doesn't exist"
    }
    assert commit({"action": "update", "file_path": "old.md", "last_commit_id": "other"}).status_code == 400
    assert commit({"action": "paint", "file_path": "x"}).json()["error"].endswith("does not have a valid value")
    assert commit({"action": "create"}).json() == {"error": "actions[0][file_path] is missing"}
    elsewhere = commit(two, branch="other").json()
    assert elsewhere == {"message": "You can only create or edit files when you are on a branch"}
    assert caller.post(path, branch="main", actions=[]).json() == {"error": "commit_message is missing"}
    assert "b.md" not in files
    assert commit({"action": "delete", "file_path": "old.md"}).status_code == 201
    assert list(files) == ["reports/a.md"]
    assert [row["id"] for row in caller.get(path, path="reports").json()] == [made.json()["id"]]
    assert [row["title"] for row in caller.get(path).json()] == ["Report", "Report", "Add old.md"]
    first = caller.get(path, path="old.md").json()[-1]["id"]
    old = f"{PROJECT}/repository/files/old.md/raw"
    assert [caller.get(old, ref=ref).text for ref in (first, made.json()["id"])] == ["old", "new"]
    assert caller.get(old, ref="HEAD").status_code == 404


def test_who_may_push_to_a_branch(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    small.world.member(small.production, small.people["bot"], 30)
    path, actions = f"{PROJECT}/repository", [{"action": "create", "file_path": "a", "content": "a"}]
    assert client("bot-token").get(f"{path}/branches/main").json() == {"message": "404 Branch Not Found"}
    small.production.file("README.md", "text")
    assert client("bot-token").get(f"{path}/branches/main").json()["can_push"] is True
    small.production.protected = True
    assert client("bot-token").get(f"{path}/branches/main").json()["can_push"] is False
    refused = client("bot-token").post(f"{path}/commits", branch="main", commit_message="x", actions=actions)
    assert (refused.status_code, refused.json()) == (
        403,
        {"message": "403 Forbidden - You are not allowed to push into this branch"},
    )
    assert client("maintainer-token").get(f"{path}/branches/main").json()["can_push"] is True
    assert client("maintainer-token").get(f"{path}/branches/other").status_code == 404


def test_a_description_has_a_limit(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller, longest = client("reporter-token"), "x" * 1_048_576
    assert caller.post(f"{PROJECT}/issues", title="Long", description=longest).status_code == 201
    answer = caller.post(f"{PROJECT}/issues", title="Longer", description=f"{longest}x")
    assert "is too long" in answer.json()["message"]["description"][0]


def test_an_archived_project_is_read_and_not_written(small: Small, serve: Serve) -> None:
    note = small.incident.comment("Mine", by=small.people["maintainer"], at=small.incident.created_at)
    small.production.archived = True
    _, client = serve(small.world)
    caller = client("maintainer-token")
    assert caller.get(f"{PROJECT}/issues/1").status_code == 200
    actions = [{"action": "create", "file_path": "a", "content": "a"}]
    refused = [
        caller.post(NOTES, body="x"),
        caller.put(f"{NOTES}/{note.id}", body="x"),
        caller.send("DELETE", f"{NOTES}/{note.id}"),
        caller.post(f"{PROJECT}/issues", title="x"),
        client("author-token").put(f"{PROJECT}/issues/1", title="x"),
        caller.post(f"{PROJECT}/wikis", title="x", content="x"),
        caller.post(f"{PROJECT}/repository/commits", branch="main", commit_message="m", actions=actions),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert caller.post(f"{NOTES}/{note.id}/award_emoji", name="thumbsup").status_code == 404
    assert (small.incident.title, note.body, note.awards) == ("2026-11-02: API is down", "Mine", [])


def test_an_issue_holds_so_many_comments_and_more_of_what_happened(small: Small, serve: Serve) -> None:
    _, client = serve(small.world, limits=Limits(comments_per_issue=3))
    caller = client("reporter-token")
    assert [caller.post(NOTES, body="x").status_code for _ in range(2)] == [201, 400]
    assert "Maximum number of comments exceeded" in caller.post(NOTES, body="x").json()["message"]
    assert caller.put(f"{PROJECT}/issues/1", due_date="2026-12-01").status_code == 200
    assert len(small.incident.comments) == 3


def test_an_emoji_is_given_once(small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    caller, path = client("reporter-token"), f"{NOTES}/{small.incident.comments[0].id}/award_emoji"
    assert caller.post(path, name="thumbsup").status_code == 201
    again = caller.post(path, name="thumbsup")
    assert (again.status_code, again.json()["message"][:15]) == (404, "404 Award Emoji")
    assert client("bot-token").post(path, name="thumbsup").status_code == 201
    assert caller.post(path, name="eyes").status_code == 201
    names = [(award["user"]["username"], award["name"]) for award in caller.get(path).json()]
    assert names == [("reporter", "thumbsup"), ("bot", "thumbsup"), ("reporter", "eyes")]
    assert caller.post(path).json() == {"error": "name is missing"}
    assert client("reader").post(path, name="heart").status_code == 403
    hidden = f"{NOTES}/{small.incident.comments[1].id}/award_emoji"
    assert client("guest-token").post(hidden, name="eyes").status_code == 404

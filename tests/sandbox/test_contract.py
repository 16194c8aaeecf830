"""The sandbox held against the contract: schema, query weights, shapes and error bodies."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    execute_sync,
    parse,
    validate,
)

import audit.gitlab.http
from audit.gitlab.http.query_texts import text_of
from audit.sandbox.complexity import weigh
from audit.sandbox.graph.building import schema_of
from audit.sandbox.rest import files
from audit.sandbox.rest.routes import ROUTES
from tests.sandbox.caller import NOW, PRODUCTION
from tests.sandbox.contract_schema import schema_of_gitlab

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.caller import Small
    from tests.sandbox.conftest import Serve

OURS = schema_of(frozenset())
ID = "acme%2Fsre%2Fproduction"
TYPES = sorted(
    name
    for name, known in OURS.type_map.items()
    if isinstance(known, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType | GraphQLEnumType)
    and not name.startswith("__")
)
QUERIES = (
    "incidents",
    "reviews",
    "work_items",
    "work_items_comments",
    "work_items_activity",
    "catalog",
    "by_reference",
)


@pytest.fixture(scope="session")
def theirs(contract: Path) -> GraphQLSchema:
    return schema_of_gitlab(contract)


@pytest.mark.parametrize("name", TYPES)
def test_a_type_of_ours_agrees_with_gitlabs(name: str, theirs: GraphQLSchema) -> None:
    mine: Any = OURS.type_map[name]
    other: Any = theirs.type_map[name]
    if isinstance(mine, GraphQLEnumType):
        assert set(mine.values) <= set(other.values)
        return
    for field_name, field in mine.fields.items():
        assert str(field.type) == str(other.fields[field_name].type), field_name
        for argument_name, argument in getattr(field, "args", {}).items():
            known = other.fields[field_name].args[argument_name]
            assert (str(argument.type), argument.default_value) == (str(known.type), known.default_value)


@pytest.mark.parametrize("size", [20, 25, 50, 100])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_weighs_what_the_contract_says(name: str, size: int, contract: Path, theirs: GraphQLSchema) -> None:
    spec = importlib.util.spec_from_file_location("contract_complexity", contract / "complexity.py")
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    text = json.loads((contract / "queries.json").read_text())[name]
    wanted = reference.analyse(theirs, text, {"n": size})
    document = parse(text)
    assert validate(OURS, document) == []
    found = weigh(OURS, document, {"n": size}, 100)
    assert (found.score, found.depth) == (wanted["complexity"], wanted["depth"])


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_of_the_contract_runs(name: str, contract: Path, small: Small, serve: Serve) -> None:
    _, client = serve(small.world)
    text = json.loads((contract / "queries.json").read_text())[name]
    labels = ["Severity::1"]
    given = {"path": PRODUCTION, "labels": labels, "n": 50, "refs": [f"{PRODUCTION}#1"]}
    used = {key: value for key, value in given.items() if f"${key}" in text}
    assert client("bot-token").data(text, **used)


DOCUMENTS = sorted((Path(audit.gitlab.http.__file__).parent / "queries").glob("*.graphql"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_an_answer_to_the_program_is_one_that_gitlabs_schema_can_give(
    document: Path, theirs: GraphQLSchema, small: Small, serve: Serve
) -> None:
    """GitLab's schema serves the sandbox's answer once more: a wrong type, a null or an unknown value would fail."""
    small.production.receive(
        small.public.issue("Moved", author=small.people["bot"], created_at=NOW), at=NOW, by=small.people["bot"]
    )
    small.review.mark_duplicate(small.incident, at=NOW, by=small.people["bot"])
    _, client = serve(small.world)
    text = text_of(document.stem)
    given = {"path": PRODUCTION, "iid": "1", "iids": ["1", "3", "4"], "ids": ["gid://gitlab/WorkItem/1"]}
    given |= {f"p{place}": PRODUCTION for place in range(50)} | {
        "paths": [PRODUCTION],
        "names": ["bot"],
        "folder": ".gitlab",
    }
    used = {key: value for key, value in given.items() if f"${key}:" in text}
    data = client("bot-token").data(text, **used)
    served = execute_sync(
        theirs,
        parse(text),
        root_value=data,
        field_resolver=lambda answer, info, **_: answer[info.path.key],  # by its alias, where it has one
        variable_values=used,
        type_resolver=lambda *_: "WorkItemWidgetNotes",
    )
    assert (served.errors, served.data) == (None, data)


SHAPED = (
    ("issue", f"projects/{ID}/issues"),
    ("issue", f"projects/{ID}/issues?with_labels_details=true"),
    ("issue", f"projects/{ID}/issues/1"),
    ("note", f"projects/{ID}/issues/1/notes"),
    ("related_issue", f"projects/{ID}/issues/1/links"),
    ("resource_label_event", f"projects/{ID}/issues/1/resource_label_events"),
    ("resource_state_event", f"projects/{ID}/issues/1/resource_state_events"),
)


@pytest.mark.parametrize(("schema", "path"), SHAPED)
def test_an_entity_has_gitlabs_shape(
    schema: str, path: str, small: Small, serve: Serve, conforms: Callable[[str, Any], None]
) -> None:
    _, client = serve(small.world)
    small.world.delete_label(small.production, "Service::API")
    body = client("bot-token").get(path).json()
    assert body
    for row in body if isinstance(body, list) else [body]:
        conforms(schema, row)


def test_an_answer_without_a_note_has_gitlabs_shape(
    small: Small, serve: Serve, conforms: Callable[[str, Any], None]
) -> None:
    _, client = serve(small.world)
    answer = client("bot-token").post(f"projects/{ID}/issues/1/notes", body="/reopen")
    assert answer.status_code == 202
    conforms("note_commands_only_202", answer.json())


@pytest.mark.parametrize(
    ("fixture", "token", "method", "path", "body"),
    [
        ("401 bad token", "nonsense", "GET", f"projects/{ID}", None),
        ("401 revoked", "revoked", "GET", f"projects/{ID}", None),
        ("403 scope", "reader", "POST", f"projects/{ID}/issues/1/notes", {"body": "x"}),
        ("404 project missing or no access", "reader", "GET", "projects/acme%2Fnone", None),
        ("404 project missing or no access", "reader", "GET", "projects/vault%2Fsecrets", None),
        ("404 project missing or no access", None, "GET", f"projects/{ID}/issues", None),
        ("404 issue", "reader", "GET", f"projects/{ID}/issues/99", None),
        ("404 issue", "guest-token", "GET", f"projects/{ID}/issues/2", None),
        ("404 unmatched route", "reader", "GET", "projects/acme/sre/production/issues", None),
        ("400 enum", "reader", "GET", f"projects/{ID}/issues?state=open", None),
        ("400 note missing", "bot-token", "POST", f"projects/{ID}/issues/1/notes", {}),
        ("400 note blank", "bot-token", "POST", f"projects/{ID}/issues/1/notes", {"body": " "}),
    ],
)
def test_an_error_reads_as_gitlabs(  # noqa: PLR0917 - a table's columns
    fixture: str,
    token: str | None,
    method: str,
    path: str,
    body: Any,
    small: Small,
    serve: Serve,
    errors: dict[str, Any],
) -> None:
    small.world.token("revoked", user=small.people["reporter"], revoked=True)
    _, client = serve(small.world, licensed=False)
    answer = client(token).send(method, path, json=body)
    assert [answer.status_code, answer.json()] == errors[fixture]


@pytest.mark.parametrize(
    ("fixture", "token", "query"),
    [
        ("graphql 401", "nonsense", "{ currentUser { username } }"),
        ("graphql 422 too large", "reader", "{ currentUser { username } } #" + "x" * 10_000),
    ],
)
def test_a_graphql_error_reads_as_gitlabs(  # noqa: PLR0917 - a table's columns
    fixture: str, token: str, query: str, small: Small, serve: Serve, errors: dict[str, Any]
) -> None:
    _, client = serve(small.world)
    answer = client(token).graphql(query)
    assert [answer.status_code, answer.json()] == errors[fixture]


# What GitLab's own schemas (spec/fixtures/api/schemas/public_api/v4) and documentation have of each entity that the
# contract leaves out: the keys of the first row.
COMMIT = """id short_id title created_at parent_ids message author_name author_email authored_date committer_name
    committer_email committed_date web_url"""
USER = "id username name state avatar_url web_url"
NOTE = "id body author created_at updated_at system noteable_id noteable_type project_id internal noteable_iid"
PROJECT = """id name path path_with_namespace default_branch visibility archived issues_enabled issues_access_level
    wiki_access_level repository_access_level empty_repo web_url namespace permissions"""
PAGE = "format slug title content encoding"
KEYS = {
    "version": "version revision",
    "user": f"{USER} bot",
    "users?username=bot": USER,
    "personal_access_tokens/self": "id name revoked active scopes user_id created_at expires_at granular",
    f"projects/{ID}": PROJECT,
    "groups/acme": "id name path full_name full_path parent_id visibility web_url",
    "groups/acme/projects?include_subgroups=true": PROJECT,
    "groups/acme/members": f"{USER} access_level expires_at",
    f"projects/{ID}/members/all": f"{USER} access_level expires_at",
    f"projects/{ID}/members/all/102": f"{USER} access_level expires_at",
    f"projects/{ID}/labels": "id name color text_color description is_project_label priority",
    f"projects/{ID}/issues/1/notes/NOTE": NOTE,
    f"projects/{ID}/issues/1/notes/NOTE/award_emoji": "id name user created_at updated_at awardable_id awardable_type",
    f"projects/{ID}/repository/branches/main": """name commit merged protected default developers_can_push
        developers_can_merge can_push web_url""",
    f"projects/{ID}/repository/commits": COMMIT,
    f"projects/{ID}/repository/tree": "id name type path mode",
    f"projects/{ID}/repository/files/report.md": """file_name file_path size encoding content content_sha256 ref blob_id
        commit_id last_commit_id""",
    f"projects/{ID}/wikis": "format slug title",
    f"projects/{ID}/wikis/Home": PAGE,
    "groups/acme/wikis": "format slug title",
    "groups/acme/wikis/Home": PAGE,
}


@pytest.mark.parametrize("path", KEYS)
def test_an_entity_has_the_keys_that_gitlab_gives_it(path: str, small: Small, serve: Serve) -> None:
    small.production.commit({"report.md": "x"}, message="m", by=small.people["bot"], at=small.incident.created_at)
    for space in (small.production, small.world.groups["acme"]):
        space.page("Home", "x")
    note = small.incident.comments[0]
    note.award("thumbsup", by=small.people["bot"], at=note.created_at)
    _, client = serve(small.world)
    body = client("bot-token").get(path.replace("NOTE", str(note.id))).json()
    row = body[0] if isinstance(body, list) else body
    assert set(KEYS[path].split()) - row.keys() == set()
    if "branches" in path:
        assert set(COMMIT.split()) - row["commit"].keys() == set()


def test_each_route_that_is_read_stands_in_a_table() -> None:
    paths = [path.partition("?")[0] for path in (*KEYS, *(path for _, path in SHAPED))]
    routes = [route.pattern for route in ROUTES if route.method == "GET" and route.handler is not files.raw_file]
    assert [pattern.pattern for pattern in routes if not any(map(pattern.fullmatch, paths))] == []

"""Owners that stand in another entity than the service: Cortex's parents, Datadog's `inheritFrom`, older lists."""

from __future__ import annotations

import pytest

from audit.catalog.catalog_file import CatalogText, parse
from tests.catalog.catalog_files import component, cortex, group, only, read


def datadog(name: str, kind: str = "service", more: str = "") -> str:
    return f"apiVersion: v3\nkind: {kind}\nmetadata: {{name: {name}{more}}}\n"


@pytest.mark.parametrize(
    ("parent", "reference", "owner"),
    [
        (", owner: team-s", "system:shop", "team-s"),
        (", owner: team-s", "system:default/shop", "team-s"),
        (", owner: team-s", "System:DEFAULT/Shop", "team-s"),
        (", owner: team-s, namespace: acme", "system:acme/shop", "team-s"),
        (", owner: team-s, namespace: acme", "system:shop", ""),
        (", additionalOwners: [{name: team-t}]", "system:shop", "team-t"),
        (", owner: team-s", "service:shop", ""),
        (", owner: team-s", "shop", ""),
        (", owner: team-s", "", ""),
        ("", "system:shop", ""),
        (", inheritFrom: 'service:till'", "system:shop", ""),
        (", inheritFrom: 'system:shop'", "system:shop", ""),
        (", inheritFrom: 'api:base'", "system:shop", "team-b"),
    ],
)
def test_datadog_inherits_from_what_it_names(parent: str, reference: str, owner: str) -> None:
    entities = [datadog("shop", "system", parent), datadog("till", more=f", inheritFrom: '{reference}'")]
    entities.append(datadog("base", "api", ", owner: team-b"))
    found = {one.name: one.owner for one in read("---\n".join(entities)).services}

    assert found["till"] == owner


def test_an_owner_of_its_own_goes_before_an_inherited_one() -> None:
    entities = [
        datadog("shop", "system", ", owner: team-s"),
        datadog("till", more=", owner: a, inheritFrom: system:shop"),
    ]
    assert [one.owner for one in read("---\n".join(entities)).services] == ["team-s", "a"]


def parent(inheritance: str, tag: str = "pay", more: str = "") -> str:
    owners = f"[{{type: group, name: team-{tag}{inheritance}}}]"
    return f"info: {{title: P, x-cortex-tag: {tag}, x-cortex-type: domain, x-cortex-owners: {owners}{more}}}\n"


@pytest.mark.parametrize(
    ("entity", "inheritance", "owner"),
    [
        ("  x-cortex-domain-parents: [{tag: pay}]\n", ", inheritance: FALLBACK", "team-pay"),
        ("  x-cortex-parents: [{tag: pay}]\n", ", inheritance: FALLBACK", "team-pay"),
        ("  x-cortex-parents: [{tag: Pay}]\n", ", inheritance: fallback", "team-pay"),
        ("  x-cortex-parents: [{tag: pay}]\n", ", inheritance: APPEND", "team-pay"),
        ("  x-cortex-parents: [{tag: pay}]\n", ", inheritance: NONE", ""),
        ("  x-cortex-parents: [{tag: pay}]\n", "", ""),
        ("  x-cortex-parents: [{tag: other}]\n", ", inheritance: APPEND", ""),
        ("  x-cortex-parents: pay\n", ", inheritance: APPEND", ""),
        (
            "  x-cortex-parents: [{tag: pay}]\n  x-cortex-owners: [{type: group, name: a}]\n",
            ", inheritance: FALLBACK",
            "a",
        ),
        (
            "  x-cortex-parents: [{tag: pay}]\n  x-cortex-owners: [{type: group, name: a}]\n",
            ", inheritance: APPEND",
            "a",
        ),
        (
            "  x-cortex-parents: [{tag: pay}]\n  x-cortex-owners: [{type: slack, channel: a}]\n",
            ", inheritance: FALLBACK",
            "team-pay",
        ),
        (
            "  x-cortex-parents: [{tag: pay}]\n  x-cortex-owners: [{type: email, email: a@b.c}]\n",
            ", inheritance: APPEND",
            "team-pay",
        ),
    ],
)
def test_cortex_inherits_from_parents(entity: str, inheritance: str, owner: str) -> None:
    assert only(parent(inheritance) + "---\n" + cortex(entity)).owner == owner


def test_a_parent_of_cortex_may_name_its_children() -> None:
    text = parent(", inheritance: FALLBACK", more=", x-cortex-children: [{tag: till}]") + "---\n" + cortex("")
    assert only(text).owner == "team-pay"


def test_the_nearest_generation_counts_and_a_circle_ends() -> None:
    near = parent("", tag="near", more=", x-cortex-parents: [{tag: pay}, {tag: near}]")
    far = parent(", inheritance: FALLBACK", more=", x-cortex-parents: [{tag: near}]")
    entity = cortex("  x-cortex-parents: [{tag: near}]\n")

    assert only(f"{near}---\n{far}---\n{entity}").owner == "team-pay"
    nearer = near.replace("team-near", "team-near, inheritance: FALLBACK")
    assert only(f"{nearer}---\n{far}---\n{entity}").owner == "team-near"


@pytest.mark.parametrize(
    ("fields", "owner"),
    [
        ("teams: [ingest]", "ingest"),
        ("teams: [ingest, other]", "ingest"),
        ("teams: ingest", "ingest"),
        ("teams: [{name: ingest}]", "ingest"),
        ("team: ingest", "ingest"),
        ("owner: a, teams: [ingest]", "a"),
        ("owner: , teams: [ingest]", "ingest"),
        ("teams: []", ""),
        ("infra_owner: a", ""),
    ],
)
def test_older_files_of_gitlab_list_the_teams_of_a_service(fields: str, owner: str) -> None:
    assert only(f"services: [{{name: api, {fields}}}]").owner == owner


def test_a_parent_may_stand_in_another_file() -> None:
    files = [
        CatalogText(text=datadog("till", more=", inheritFrom: 'system:shop'"), origin="a.yml"),
        CatalogText(text=datadog("shop", "system", ", owner: team-s"), origin="b.yml"),
    ]
    assert [one.owner for one in parse(files).services] == ["team-s", "team-s"]
    assert [one.owner for one in parse(files[:1], [CatalogText(text=group("x"), origin="t.yml")]).services] == [""]


@pytest.mark.parametrize(
    ("owner", "named"),
    [("Team-API", "team-api"), ("GROUP:Default/TEAM-API", "team-api"), ("acme/team-api", "acme/team-api")],
)
def test_an_owner_of_backstage_is_the_team_that_it_means_in_any_case(owner: str, named: str) -> None:
    catalog = read(component("api", f"owner: '{owner}'") + "---\n" + group("team-api"))
    assert catalog.services[0].owner == named


def test_two_spellings_of_an_owner_are_one_also_without_teams() -> None:
    catalog = read("---\n".join([component("a", "owner: Team-A"), component("b", "owner: group:default/team-a")]))
    assert {one.owner for one in catalog.services} == {"Team-A"}


@pytest.mark.parametrize(
    ("entities", "members"),
    [
        ([group("a", spec="members: [ann, 'user:default/bob']")], ("ann", "bob")),
        ([group("a"), group("ann", "User", spec="memberOf: [a]")], ("ann",)),
        (
            [group("a"), group("ann", "User", ", annotations: {gitlab.com/user-login: ann1}", "memberOf: [A]")],
            ("ann1",),
        ),
        ([group("a", spec="members: [ann]"), group("ann", "User", ", annotations: {github.com/user-login: x}")], None),
        ([group("a", spec="members: []")], None),
        ([group("a")], None),
    ],
)
def test_the_members_of_a_group_of_backstage(entities: list[str], members: tuple[str, ...] | None) -> None:
    catalog = read("---\n".join([component(), *entities]))
    assert next(team.members for team in catalog.teams if team.name == "a") == members


@pytest.mark.parametrize(
    "text",
    [
        component().replace("{owner", "{type: Library, owner"),
        "version: 1\ncomponent: {name: till, type: library}\n",
        "name: till\ntypeId: LIBRARY\n",
    ],
)
def test_a_library_is_no_service(text: str) -> None:
    assert only(text + "---\n" + component("beside")).name == "beside"


@pytest.mark.parametrize("kind", ["service", "website", "job", "library-server", ""])
def test_other_components_are(kind: str) -> None:
    assert only(component(owner=f"type: '{kind}', owner: team-a")).name == "till"


def test_a_component_of_compass() -> None:
    service = only(
        "configVersion: 1\nname: till\nid: 'ari:cloud:compass:x:component/y'\ntypeId: SERVICE\n"
        "ownerId: 'ari:cloud:identity::team/z'\nfields: {tier: 4}\n"
        "links: [{type: DOCUMENT, url: x}, {type: REPOSITORY, url: 'https://gitlab.com/g/p'}]\n"
    )
    found = (service.name, service.owner, service.tier, service.project)
    assert found == ("till", "ari:cloud:identity::team/z", "4", "https://gitlab.com/g/p")
    assert only("name: till\ntypeId: SERVICE\nownerId: null\n").owner == ""

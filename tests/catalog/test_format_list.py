"""Catalogue files of other tools, told by what stands in them (POLICY.md section 7)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from audit.catalog.ownership import ownership
from audit.errors import CatalogError
from audit.model import Catalog, Service, Team
from tests.catalog.catalog_files import ENTITY, component, cortex, group, only, read
from tests.records import settings


@pytest.mark.parametrize(
    ("text", "service"),
    [
        pytest.param(component(), Service(name="till", label="till", owner="team-a"), id="Backstage"),
        pytest.param(
            component(owner="owner: team-a, tier: 1"),
            Service(name="till", label="till", owner="team-a", tier="1"),
            id="Backstage with a tier in its spec",
        ),
        pytest.param(
            component(more=", labels: {tier: gold}"),
            Service(name="till", label="till", owner="team-a", tier="gold"),
            id="Backstage with a tier among its labels",
        ),
        pytest.param(
            "---\nversion: 1\nservice:\n  name: Till of the shop\n  product:\n  owner: team_a\n  tier: tier_2\n",
            Service(name="Till of the shop", label="Till of the shop", owner="team_a", tier="tier_2"),
            id="OpsLevel",
        ),
        pytest.param(
            "version: 1\ncomponent: {name: Till, type: service, owner: team_a, aliases: [till-api, till]}\n",
            Service(name="Till", label="till-api", owner="team_a"),
            id="OpsLevel in its newer words, with aliases",
        ),
        pytest.param(
            "version: 1\nbase: &base {owner: team_a}\nservice:\n  <<: *base\n  name: Till\n  aliases:\n",
            Service(name="Till", label="Till", owner="team_a"),
            id="OpsLevel with a merge, without aliases and with a null",
        ),
        pytest.param("service: {name: Till}\n", Service(name="Till", label="Till"), id="OpsLevel without its version"),
        pytest.param(
            cortex("  x-cortex-owners: [{type: group, name: acme/team-a}]\n  x-cortex-service-groups: [eu, tier-4]\n"),
            Service(name="till", label="till", owner="acme/team-a", tier="tier-4"),
            id="Cortex",
        ),
        pytest.param(
            cortex("  x-cortex-type: service\n  x-cortex-groups: [{odd: 1}, Tier-1]\n"),
            Service(name="till", label="till", tier="Tier-1"),
            id="Cortex in its newer words",
        ),
        pytest.param(
            cortex("  x-cortex-custom-metadata: {tier: '1'}\n"),
            Service(name="till", label="till", tier="1"),
            id="Cortex with a tier in its metadata",
        ),
        pytest.param(
            "info: {title: Till, x-cortex-type: service}\n",
            Service(name="Till", label="Till"),
            id="Cortex without a tag",
        ),
        pytest.param(
            "x-cortex-tag: till\ninfo:\n", Service(name="till", label="till"), id="Cortex beside an empty info"
        ),
        pytest.param(
            "schema-version: v2\ndd-service: till\nteam: team-a\ndd-team: a\ncontacts: [{type: slack, contact: x}]\n",
            Service(name="till", label="till", owner="team-a"),
            id="Datadog v2",
        ),
        pytest.param(
            "schema-version: v2\ndd-service: till\ndd-team: team-a\n",
            Service(name="till", label="till", owner="team-a"),
            id="Datadog v2 with the team of Datadog",
        ),
        pytest.param(
            "schema-version: v2.1\ndd-service: till\nteam: team-a\ntier: 1\nlifecycle: production\n",
            Service(name="till", label="till", owner="team-a", tier="1"),
            id="Datadog v2.1",
        ),
        pytest.param(
            "schema-version: v2.2\ndd-service: till\nteam: ~\ntier: High\ntype: web\n",
            Service(name="till", label="till", tier="High"),
            id="Datadog v2.2 without a team",
        ),
        pytest.param("dd-service: till\n", Service(name="till", label="till"), id="Datadog without its version"),
        pytest.param(
            """\
            apiVersion: v3
            kind: service
            metadata: {name: till, displayName: Till, owner: team-a, additionalOwners: [{name: team-b, type: Operator}]}
            spec: {tier: high, lifecycle: production}
            """,
            Service(name="till", label="till", owner="team-a", tier="high"),
            id="Datadog v3",
        ),
        pytest.param(
            "apiVersion: v3\nkind: queue\nmetadata: {name: till, additionalOwners: [{name: team-b}]}\n",
            Service(name="till", label="till", owner="team-b"),
            id="Datadog v3 with a further owner only",
        ),
    ],
)
def test_a_service_in_each_form(text: str, service: Service) -> None:
    catalog = read(text)

    assert replace(only(text), aliases=(), project="") == service
    assert catalog == Catalog(services=catalog.services, origin="shop.yml")


@pytest.mark.parametrize("form", ["Component", "component", "System", "Resource"])
def test_what_runs_in_backstage_is_a_service(form: str) -> None:
    assert only(component(kind=form)).name == "till"


@pytest.mark.parametrize("kind", ["service", "system", "datastore", "queue", "frontend"])
def test_what_runs_in_datadog_is_a_service(kind: str) -> None:
    assert only(f"apiVersion: v3\nkind: {kind}\nmetadata: {{name: till}}\n").name == "till"


@pytest.mark.parametrize(
    "text",
    [
        component(kind="API"),
        component(kind="Domain"),
        component(kind="Location"),
        component(kind="Template").replace("backstage.io", "scaffolder.backstage.io"),
        group("team-a"),
        "version: 1\nrepository: {owner: team_a, tier: }\n",
        "apiVersion: v3\nkind: api\nmetadata: {name: till}\n",
        "apiVersion: v3\nkind: library\nmetadata: {name: till}\n",
        cortex("  x-cortex-type: team\n"),
        cortex("  x-cortex-type: domain\n"),
        cortex("  x-cortex-type: employee\n"),
    ],
)
def test_other_entities_are_no_services(text: str) -> None:
    with pytest.raises(CatalogError, match=r"shop\.yml is no service catalogue"):
        read(text)
    assert only(text + "\n---\n" + component("beside")).name == "beside"


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        ("team-a", "team-a"),
        ("group:team-a", "team-a"),
        ("Group:default/team-a", "team-a"),
        ("default/team-a", "team-a"),
        ("DEFAULT/team-a", "team-a"),
        ("acme/team-a", "acme/team-a"),
        ("group:acme/team-a", "acme/team-a"),
        ("user:ann", "user:ann"),
        ("User:default/ann", "user:ann"),
        ("user:acme/ann", "user:acme/ann"),
        ("a/b/c", "a/b/c"),
        ("{name: team-a}", "team-a"),
        ("{kind: Group, namespace: default, name: team-a}", "team-a"),
        ("{kind: User, namespace: acme, name: ann}", "user:acme/ann"),
        ("{kind: Group}", ""),
        ("[team-a, team-b]", "team-a"),
        ("[]", ""),
        ("", ""),
        ("null", ""),
        ("~", ""),
        ("'  '", ""),
        ("'group:'", ""),
        ("'group:default/'", ""),
    ],
)
def test_an_owner_of_backstage_is_a_reference(owner: str, name: str) -> None:
    assert only(component(owner=f"owner: {owner}")).owner == name


@pytest.mark.parametrize(
    ("owner", "name"), [("team-a", "acme/team-a"), ("default/team-a", "team-a"), ("user:ann", "user:acme/ann")]
)
def test_a_reference_without_a_namespace_means_the_entitys_own(owner: str, name: str) -> None:
    service = only(component(owner=f"owner: {owner}", more=", namespace: acme"))

    assert (service.name, service.owner) == ("till", name)


@pytest.mark.parametrize("spec", ["", "spec:\n", "spec: text\n", "spec: [owner]\n", "spec: {lifecycle: production}\n"])
def test_a_backstage_entity_without_an_owner_is_unowned(spec: str) -> None:
    catalog = read(f"{ENTITY}kind: Component\nmetadata: {{name: till}}\n{spec}")

    assert ownership(catalog, settings()).unowned == {"till"}


@pytest.mark.parametrize(
    ("owners", "owner"),
    [
        ("[{type: group, name: acme/team-a, provider: GITHUB}]", "acme/team-a"),
        ("[{type: GROUP, name: team-a}]", "team-a"),
        ("[{name: team-a}]", "team-a"),
        ("[{type: group, name: '@acme/team-a'}]", "@acme/team-a"),
        ("[{type: email, email: ann@shop.example}, {type: group, name: team-a}]", "team-a"),
        ("[{type: group, name: team-a}, {type: group, name: team-b}]", "team-a"),
        ("[{type: group, name: }, {type: group, name: team-b}]", "team-b"),
        ("[{type: EMAIL, email: ann@shop.example}]", "ann@shop.example"),
        ("[{type: slack, channel: team-a}]", ""),
        ("[{type: slack, name: team-a}]", ""),
        ("[team-a]", ""),
        ("[]", ""),
        ("{type: group, name: team-a}", ""),
        ("", ""),
    ],
)
def test_an_owner_of_cortex_is_a_group_or_else_a_person(owners: str, owner: str) -> None:
    assert only(cortex(f"  x-cortex-owners: {owners}\n")).owner == owner


@pytest.mark.parametrize(
    ("text", "team"),
    [
        (group("team-a"), Team(name="team-a")),
        (group("team-a", metadata=", namespace: default"), Team(name="team-a")),
        (group("team-a", metadata=", namespace: acme"), Team(name="acme/team-a")),
        (group("team-a", spec="profile: {email: a@shop.example}"), Team(name="team-a", contact="a@shop.example")),
        (group("team-a", metadata=", annotations: "), Team(name="team-a")),
        (
            group("team-a", metadata=", annotations: {a/b: c, gitlab.shop.example/team-path: acme/team-a}"),
            Team(name="team-a", contact="acme/team-a"),
        ),
        (
            group("team-a", metadata=", annotations: {gitlab.com/team-path: 'https://gitlab.com/groups/acme/team-a/'}"),
            Team(name="team-a", contact="acme/team-a"),
        ),
        (
            group("ann", "User", ", annotations: {gitlab.com/user-login: 'https://gitlab.com/ann1'}"),
            Team(name="user:ann", handle="ann1", members=("ann1",)),
        ),
        (
            group("ann", "User", ", annotations: {gitlab.com/user-login: '@ann1'}"),
            Team(name="user:ann", handle="ann1", members=("ann1",)),
        ),
        (group("ann", "User", ", annotations: {github.com/user-login: ann1}"), Team(name="user:ann")),
        (cortex("  x-cortex-type: team\n"), Team(name="till")),
        (cortex("  x-cortex-type: TEAM\n  x-cortex-team: {members: [], groups: }\n"), Team(name="till")),
        (
            cortex("  x-cortex-type: team\n  x-cortex-team: {members: [{name: Ann}, {email: ann@shop.example}]}\n"),
            Team(name="till", contact="ann@shop.example"),
        ),
        (cortex("  x-cortex-type: team\n  x-cortex-slack: {channels: [{name: till}]}\n"), Team(name="till")),
    ],
)
def test_a_team_in_each_form(text: str, team: Team) -> None:
    beside = read(component() + "---\n" + text)
    own_file = read("services: [{name: till}]", text)

    assert beside.teams == own_file.teams == (team,)
    assert own_file.origin == "shop.yml, people.yml"
    assert beside.teams_given is own_file.teams_given is not team.name.startswith("user:")


def test_a_team_of_cortex_goes_by_its_groups_too() -> None:
    catalog = read(
        cortex("  x-cortex-owners: [{type: group, name: acme/team-a, provider: GITLAB}]\n"),
        """\
        openapi: 3.0.1
        info:
          title: Team A
          x-cortex-tag: team-a
          x-cortex-type: team
          x-cortex-team:
            groups: [{name: a-okta, provider: OKTA}, {name: acme/team-a, provider: gitlab}, {provider: OKTA}]
            members: [{name: Ann, email: ann@shop.example}]
        """,
    )

    assert [team.name for team in catalog.teams] == ["team-a", "a-okta", "acme/team-a"]
    assert {team.contact for team in catalog.teams} == {"acme/team-a"}
    assert ownership(catalog, settings()).unowned == set()


def test_owners_that_the_given_teams_lack_own_nothing() -> None:
    text = "---\n".join(
        [
            component("till", "owner: 'group:default/team-a'"),
            component("cellar", "owner: acme/team-a"),
            component("roof", "owner: user:ann"),
            component("stairs", "owner: ann"),
            group("team-a"),
            group("ann", "User"),
        ]
    )
    owned = ownership(read(text), settings())

    assert owned.unowned == {"cellar", "stairs"}
    services = owned.services("till") + owned.services("roof")
    assert [owned.teams[service.owner].name for service in services] == ["team-a", "user:ann"]


def test_persons_alone_leave_the_teams_untold() -> None:
    catalog = read(component(owner="owner: team-a") + "---\n" + group("ann", "User"))

    assert catalog.teams == (Team(name="user:ann"),)
    assert ownership(catalog, settings()).unowned == set()


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("till", ["till"]),
        ("TILL", ["till"]),
        ("till-api", ["Till of the shop"]),
        ("Till of the shop", ["Till of the shop"]),
        ("api", []),
    ],
)
def test_labels_lead_to_the_services(label: str, found: list[str]) -> None:
    catalog = read(
        component()
        + "---\nversion: 1\nservice: {name: Till of the shop, aliases: [till-api]}\n---\n"
        + component("api", kind="API")
    )

    assert [service.name for service in ownership(catalog, settings()).services(label)] == found


def test_one_file_may_hold_several_forms_and_documents() -> None:
    catalog = read(
        "---\n".join(
            [
                "services: [{name: own, owner: team-o}]\nteams: [{name: team-o}]\n",
                component("backstage"),
                "\n",
                "# nothing but a comment\n",
                "version: 1\nservice: {name: opslevel}\n",
                cortex(""),
                "schema-version: v2.2\ndd-service: datadog\n",
                "apiVersion: v3\nkind: service\nmetadata: {name: datadog-3}\n",
            ]
        )
    )

    assert " ".join(service.name for service in catalog.services) == "own backstage opslevel till datadog datadog-3"
    assert catalog.teams == (Team(name="team-o"),)


def test_a_list_of_entities_as_an_api_hands_it_out() -> None:
    some = [
        {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": {"owner": owner}}
        for kind, name, owner in [("Component", "till", "team-a"), ("Component", "roof", None), ("Group", "team-a", "")]
    ]
    catalog = read(json.dumps([*some, "text", None]))

    assert [(service.name, service.owner) for service in catalog.services] == [("till", "team-a"), ("roof", "")]
    assert catalog.teams == (Team(name="team-a"),)

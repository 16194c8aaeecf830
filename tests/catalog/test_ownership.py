"""Section 7: the service catalogue's files, and who owns the service behind a label."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.catalog.catalog_file import CatalogText, parse
from audit.catalog.ownership import Ownership, ownership
from audit.errors import CatalogError
from audit.model import Catalog, Service, Team
from tests.catalog.catalog_files import component
from tests.examples import examples
from tests.records import settings

quick = examples(100)


def read(text: str, teams: str | None = None) -> Catalog:
    texts = [CatalogText(text=dedent(text), origin="services.yml")]
    return parse(texts, [] if teams is None else [CatalogText(text=dedent(teams), origin="teams.yml")])


def owned(*services: Service, teams: tuple[Team, ...] | None = None, **catalog: Any) -> Ownership:
    given = Catalog(services=services, teams=teams or (), teams_given=teams is not None)
    return ownership(given, settings(catalog=catalog))


def test_services_and_teams_of_one_file() -> None:
    catalog = read("""
        services:
          - name: api
            label: API
            owner: backend
            tier: sv
            business: {SLA: {overall_sla_weighting: 5}}
          - name: web
            owner:
            label: Service::Web
        teams:
          - name: backend
            label: team::Backend
            manager: '@boss'
            handle: '@backend'
            contact: '@groups/backend'
            slack_channel: backend
        """)
    assert catalog == Catalog(
        services=(
            Service(name="api", label="API", owner="backend", tier="sv", weight=5),
            Service(name="web", label="Service::Web"),
        ),
        teams=(
            Team(name="backend", label="team::Backend", manager="boss", handle="backend", contact="groups/backend"),
        ),
        teams_given=True,
        origin="services.yml",
    )


def test_teams_of_another_file() -> None:
    catalog = read("services: [{name: api}]\nteams: [{name: a}]", "teams: [{name: b, gitlab_handle: h, group: g}]")
    assert catalog.teams == (Team(name="a"), Team(name="b", handle="h", contact="g"))
    assert catalog.origin == "services.yml, teams.yml"


@pytest.mark.parametrize(
    ("written", "members"),
    [
        pytest.param("[ann, '@bob', ann]", ("ann", "bob"), id="names"),
        pytest.param("[{name: Ann, handle: '@ann'}, {username: bob}]", ("ann", "bob"), id="mappings"),
        pytest.param("[]", None, id="nobody"),
        pytest.param("", None, id="not listed"),
        pytest.param("ann", None, id="no list"),
        pytest.param("[ann, {name: Bob}]", None, id="one without a handle"),
    ],
)
def test_the_members_of_a_team(written: str, members: tuple[str, ...] | None) -> None:
    assert read(f"services: []\nteams: [{{name: a, members: {written}}}]").teams[0].members == members


def test_one_file_for_both_is_read_once() -> None:
    file = CatalogText(text="services: [{name: api}]\nteams: [{name: a}]", origin="catalog.yml")
    catalog = parse([file], [file])
    assert (len(catalog.services), len(catalog.teams), catalog.origin) == (1, 1, "catalog.yml")


@pytest.mark.parametrize(
    ("text", "teams", "given"),
    [
        pytest.param("services: []", None, False, id="none"),
        pytest.param("services: []\nteams:", None, False, id="a key without a list"),
        pytest.param("services: []\nteams: []", None, True, id="an empty list"),
        pytest.param("services: []", "teams: []", True, id="a file with an empty list"),
    ],
)
def test_whether_teams_are_given(text: str, teams: str | None, given: bool) -> None:
    assert read(text, teams).teams_given is given


def test_entries_may_be_given_by_name() -> None:
    catalog = read("services: {api: {owner: a}, web: , mail: null, x: {name: y}}")
    assert [(one.name, one.owner) for one in catalog.services] == [("api", "a"), ("web", ""), ("mail", ""), ("y", "")]


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        pytest.param("backend", "backend", id="text"),
        pytest.param("' backend '", "backend", id="blanks around"),
        pytest.param("data:durability", "data:durability", id="colon"),
        pytest.param("no", "no", id="a word that YAML takes for false"),
        pytest.param("010", "010", id="a number"),
        pytest.param("[backend, frontend]", "backend", id="list"),
        pytest.param("[]", "", id="empty list"),
        pytest.param("", "", id="nothing"),
        pytest.param("~", "", id="tilde"),
        pytest.param("NULL", "", id="null"),
        pytest.param("{a: b}", "", id="mapping"),
    ],
)
def test_the_owner_as_written(value: str, owner: str) -> None:
    assert read(f"services: [{{name: api, owner: {value}}}]").services[0].owner == owner


@pytest.mark.parametrize(
    ("value", "weight"),
    [("5", 5), ("0.5", 0.5), ("", 0), ("much", 0), ("nan", 0), ("inf", 0), ("[1]", 0), ("{a: 1}", 0)],
)
def test_the_weight_as_written(value: str, weight: float) -> None:
    text = f"services: [{{name: a, business: {{SLA: {{overall_sla_weighting: {value}}}}}}}]"
    assert read(text).services[0].weight == weight
    assert read("services: [{name: a, business: {SLA: much}}]").services[0].weight == 0


def test_what_is_merged_in_counts() -> None:
    catalog = read("""
        ours: &ours {owner: backend, tier: sv}
        theirs: &theirs {owner: frontend, label: Web}
        services:
          - {name: api, <<: *ours, tier: db}
          - {name: web, <<: [*theirs, *ours]}
          - {name: odd, <<: nothing}
        """)
    assert [(one.owner, one.tier, one.label) for one in catalog.services] == [
        ("backend", "db", ""),
        ("frontend", "sv", "Web"),
        ("", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "teams", "words"),
    [
        pytest.param("services: [", None, "services.yml is no YAML: ", id="no YAML"),
        pytest.param("services: []", "teams: [", "teams.yml is no YAML: ", id="no YAML for teams"),
        pytest.param('services: "\\UFFFFFFFF"', None, "services.yml is no YAML: ", id="no character"),
        pytest.param("services: &a [*a]", None, "services.yml is no YAML: ", id="a list that holds itself"),
        pytest.param("- " * 1000, None, "services.yml is no YAML: ", id="too deep"),
        pytest.param("", None, "services.yml is no service catalogue", id="empty"),
        pytest.param("- api", None, "services.yml is no service catalogue", id="a list"),
        pytest.param("services: api", None, "services.yml is no service catalogue", id="services are a text"),
        pytest.param("teams: []", None, "services.yml is no service catalogue", id="teams only"),
        pytest.param("services: []", "services: []", "teams.yml is no list of teams", id="no teams"),
        pytest.param("services: [{name: a}, {owner: b}]", None, "entry 2 of `services` has no name", id="no name"),
        pytest.param("services: [{name: ''}]", None, "entry 1 of `services` has no name", id="empty name"),
        pytest.param("services: [api]", None, "entry 1 of `services` has no name", id="a service is a text"),
        pytest.param("services: {api: backend}", None, "entry 1 of `services` has no name", id="by name, a text"),
        pytest.param("services: {api: [a]}", None, "entry 1 of `services` has no name", id="by name, a list"),
        pytest.param("services: []", "teams: [{label: x}]", "teams.yml:1: entry 1 of `teams` has no", id="team's name"),
    ],
)
def test_what_is_no_catalogue_is_refused(text: str, teams: str | None, words: str) -> None:
    with pytest.raises(CatalogError) as refused:
        read(text, teams)
    assert words in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.advice


@pytest.mark.parametrize(
    ("service", "teams", "unowned"),
    [
        pytest.param(Service(name="a", owner="t"), (Team(name="t"),), False, id="a team's"),
        pytest.param(Service(name="a"), (Team(name="t"),), True, id="no owner"),
        pytest.param(Service(name="a"), None, True, id="no owner, no teams"),
        pytest.param(Service(name="a", owner="reliability_unowned"), None, True, id="pseudo-owner"),
        pytest.param(
            Service(name="a", owner="reliability_unowned"), (Team(name="reliability_unowned"),), True, id="as a team"
        ),
        pytest.param(Service(name="a", owner="Reliability_Unowned"), None, False, id="pseudo-owner in another case"),
        pytest.param(Service(name="a", owner="t"), (Team(name="t", label="team::Unowned"),), True, id="unowned team"),
        pytest.param(Service(name="a", owner="t"), (Team(name="t", label="Team:unowned"),), True, id="label otherwise"),
        pytest.param(Service(name="a", owner="t"), (Team(name="t", label="team::Other"),), False, id="other label"),
        pytest.param(Service(name="a", owner="t"), (), True, id="teams given, none"),
        pytest.param(Service(name="a", owner="T"), (Team(name="t"),), True, id="team in another case"),
        pytest.param(Service(name="a", owner="t"), None, False, id="no teams given"),
    ],
)
def test_who_owns_a_service(service: Service, teams: tuple[Team, ...] | None, unowned: bool) -> None:
    found = owned(service, teams=teams)
    assert found.unowned == ({"a"} if unowned else set())


def test_unowned_is_a_setting() -> None:
    services = (
        Service(name="a", owner="reliability_unowned"),
        Service(name="b", owner="x"),
        Service(name="c", owner="y"),
    )
    teams = (Team(name="reliability_unowned"), Team(name="x"), Team(name="y", label="nobody"))
    assert owned(*services, teams=teams, unowned_owners="x", unowned_team_labels="Nobody").unowned == {"b", "c"}


OPSLEVEL = "version: 1\nservice: {name: Order Flow, owner: platform_team}\n"


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        pytest.param(component("a", "owner: unknown"), "group:default/unknown", True, id="Backstage, in full"),
        pytest.param(component("a", "owner: group:default/unknown"), "Unknown", True, id="Backstage, in short"),
        pytest.param(component("a", "owner: user:default/nobody"), "user:default/Nobody", True, id="a person"),
        pytest.param(component("a", "owner: user:default/nobody"), "nobody", False, id="a person is no group"),
        pytest.param(component("a", "owner: acme/unknown"), "unknown", False, id="another namespace"),
        pytest.param(OPSLEVEL, "platform_team", True, id="OpsLevel, an alias"),
        pytest.param(OPSLEVEL, "Platform Team", True, id="OpsLevel, a name"),
        pytest.param(OPSLEVEL, "platform", False, id="OpsLevel, a part"),
        pytest.param("dd-service: a\nteam: Shop\n", "Shop", True, id="Datadog"),
        pytest.param("dd-service: a\nteam: Shop\n", "shop", False, id="Datadog, case"),
        pytest.param("services: [{name: a, owner: 'Te\u0301am'}]", "T\u00e9am", True, id="another Unicode form"),
        pytest.param("services: [{name: a, owner: Team}]", "team", False, id="GitLab's own, case"),
        pytest.param(
            "services: [{name: a, owner: 'group:default/x'}]", "x", False, id="GitLab's own has no references"
        ),
    ],
)
def test_names_in_the_settings_are_read_as_the_catalogue_s(text: str, name: str, meant: bool) -> None:
    catalog = read(text)
    found = ownership(catalog, settings(catalog={"unowned_owners": name}, calendars={"teams": {name: {}}}))

    assert bool(found.unowned) is meant
    assert found.in_calendars == ({catalog.services[0].owner: name} if meant else {})


def test_of_two_entries_of_a_name_one_may_have_an_owner() -> None:
    one, other = Service(name="a", owner="t"), Service(name="a", owner="ghosts")
    found = owned(one, other, teams=(Team(name="t"),))
    assert found.unowned == set()
    assert (found.is_owned(one), found.is_owned(other)) == (True, False)


def test_a_label_goes_before_an_alias() -> None:
    catalog = read(
        "---\n".join([component("a", more=", title: Web"), component("web"), component("b", more=", title: B B")])
    )
    found = ownership(catalog, settings())
    assert [one.name for one in found.services("web")] == ["web"]
    assert [one.name for one in found.services("b b")] == ["b"]


@pytest.mark.parametrize("label", ["Cafe\u0301", "Caf\u00e9", "CAF\u00c9", "cafe\u0301"])
def test_two_spellings_that_look_the_same_are_one_label(label: str) -> None:
    for written in ("Cafe\u0301", "Caf\u00e9"):
        found = owned(Service(name="x", label=f"Service::{written}"))
        assert [one.name for one in found.services(label)] == ["x"]
    assert found.services("cafe") == ()


@pytest.mark.parametrize(
    ("written", "name", "asked"),
    [
        pytest.param("API", "api", "API", id="without scope"),
        pytest.param("Service::API", "api", "API", id="with scope"),
        pytest.param("service:API", "api", "API", id="one colon"),
        pytest.param("api", "x", "API", id="case"),
        pytest.param("Mail Room", "x", "mail room", id="space"),
        pytest.param("docs.example.com", "x", "Docs.Example.com", id="dots"),
        pytest.param("", "api", "Api", id="no label: the name"),
        pytest.param("team::API", "x", "team::api", id="another scope belongs to the label"),
    ],
)
def test_the_service_behind_a_label(written: str, name: str, asked: str) -> None:
    service = Service(name=name, label=written)
    assert owned(service).services(asked) == (service,)


@pytest.mark.parametrize("asked", ["ap", "apis", "Mail-Room", ""])
def test_an_unknown_label_leads_to_no_service(asked: str) -> None:
    assert owned(Service(name="api"), Service(name="m", label="Mail Room")).services(asked) == ()


def test_the_name_is_no_label_where_there_is_one() -> None:
    assert owned(Service(name="monitoring", label="Prometheus")).services("monitoring") == ()


def test_one_label_may_lead_to_several_services() -> None:
    one, other = Service(name="a", label="API", owner="x"), Service(name="b", label="service:api")
    found = owned(one, other)
    assert found.services("api") == (one, other)
    assert found.unowned == {"b"}


def test_the_scope_is_a_setting() -> None:
    found = ownership(
        Catalog(services=(Service(name="a", label="Component::API"),)), settings(labels={"service_scope": "component"})
    )
    assert [one.name for one in found.services("api")] == ["a"]


NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)


@quick
@given(st.lists(st.tuples(NAMES, st.sampled_from(["", "t", "u"])), max_size=6, unique_by=lambda pair: pair[0]))
def test_every_service_is_found_by_its_name_and_owned_or_not(services: list[tuple[str, str]]) -> None:
    catalog = tuple(Service(name=name, owner=owner) for name, owner in services)
    found = owned(*catalog, teams=(Team(name="t"),))
    assert all(one in found.services(one.name) for one in catalog)
    assert found.unowned == {one.name for one in catalog if one.owner != "t"}

"""Catalogue files of other tools that are broken, hostile, or say a thing twice (POLICY.md section 7)."""

from __future__ import annotations

import pytest

from audit.catalog.catalog_file import CatalogText, parse
from audit.errors import CatalogError
from audit.model import Service, Team
from tests.catalog.catalog_files import ENTITY, component, group, only, read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---\n...\n",
        "till",
        "[1, [2]]",
        "{}",
        "service: {type: ClusterIP, port: 80}",  # a Helm chart's values
        "apiVersion: v1\nkind: Service\nmetadata: {name: till}\n",  # Kubernetes
        "apiVersion: example.com/v1\nkind: Component\nmetadata: {name: till}\n",
        "apiVersion: notbackstage.io/v1\nkind: Component\nmetadata: {name: till}\n",
        "apiVersion: [backstage]\nkind: Component\n",
        "openapi: 3.0.1\ninfo: {title: Till}\npaths: {}\n",
        "info: [x-cortex-tag]\n",
        "schema-version: v1\ninfo: {dd-service: till}\n",
    ],
)
def test_an_unknown_form_is_told_with_all_that_are_known(text: str) -> None:
    with pytest.raises(
        CatalogError, match=r"shop\.yml .* `services`, .* Backstage, OpsLevel, Cortex, Datadog or Compass"
    ) as error:
        read(text)
    assert "catalog.services" in error.value.advice


@pytest.mark.parametrize(
    ("owners", "kept"),
    [
        (["team-a", "team-a"], ["team-a"]),
        (["", "team-a"], ["team-a"]),
        (["team-a", ""], ["team-a"]),
        (["", ""], [""]),
        (["team-b", "team-a", "team-b"], ["team-b", "team-a"]),
    ],
)
def test_a_name_that_stands_there_twice(owners: list[str], kept: list[str]) -> None:
    catalog = read("---\n".join(f"dd-service: till\nteam: '{owner}'\n" for owner in owners))

    assert [(service.name, service.owner) for service in catalog.services] == [("till", owner) for owner in kept]


def test_the_first_team_of_a_name_counts() -> None:
    first = group("team-a", spec="profile: {email: first@shop.example}")
    catalog = read("---\n".join([component(), first, group("team-b"), group("team-a")]))

    assert catalog.teams == (Team(name="team-a", contact="first@shop.example"), Team(name="team-b"))


@pytest.mark.parametrize(
    ("text", "form", "place"),
    [
        (component("''"), "Backstage", "metadata.name"),
        (component("~"), "Backstage", "metadata.name"),
        (component("{odd: 1}"), "Backstage", "metadata.name"),
        (f"{ENTITY}kind: Component\nmetadata: text\n", "Backstage", "metadata.name"),
        (f"{ENTITY}kind: Component\n", "Backstage", "metadata.name"),
        (group("''"), "Backstage", "metadata.name"),
        (group("", "User"), "Backstage", "metadata.name"),
        ("version: 1\nservice:\n", "OpsLevel", "service.name"),
        ("version: 1\nservice: {owner: team_a}\n", "OpsLevel", "service.name"),
        ("version: 1\ncomponent: [till]\n", "OpsLevel", "service.name"),
        ("info: {x-cortex-owners: []}\n", "Cortex", "info.x-cortex-tag"),
        ("info: {x-cortex-type: team}\n", "Cortex", "info.x-cortex-tag"),
        ("dd-service:\nteam: team-a\n", "Datadog", "dd-service"),
        ("schema-version: v2.1\n", "Datadog", "dd-service"),
        ("apiVersion: v3\nkind: service\n", "Datadog", "metadata.name"),
    ],
)
def test_an_entity_without_a_name_is_told_with_its_place(text: str, form: str, place: str) -> None:
    with pytest.raises(CatalogError, match=rf"shop\.yml:\d+: what begins here .*{form}.* no name") as error:
        read(component("other") + "---\n" + text)
    assert place in error.value.advice


@pytest.mark.parametrize(
    ("name", "read_as"),
    [("no", "no"), ("010", "010"), ("1e3", "1e3"), ("2024-01-01", "2024-01-01"), ("'@a/b'", "@a/b")],
)
def test_every_scalar_stays_the_text_that_it_is(name: str, read_as: str) -> None:
    for text in (component(name, f"owner: {name}"), f"dd-service: {name}\nteam: {name}\n"):
        service = only(text)
        assert (service.name, service.owner) == (read_as, read_as)


@pytest.mark.parametrize(
    "text", [ENTITY + "kind: [Component\n", ENTITY + "metadata: &a {name: *a}\n", "dd-service: *none\n", "a: b: c"]
)
def test_what_is_no_yaml_is_told(text: str) -> None:
    with pytest.raises(CatalogError, match=r"shop\.yml is no YAML"):
        read(text)


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
def test_what_is_nested_too_deeply_is_told(opening: str) -> None:
    with pytest.raises(CatalogError, match=r"shop\.yml is no YAML: (this is nested too deeply|maximum recursion)"):
        read(opening * 20_000)


def test_aliases_that_multiply_cost_nothing() -> None:
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))

    assert only(bomb + "dd-service: till\nteam: *a59\ntier: *a59\n") == Service(name="till", label="till")


@pytest.mark.parametrize(
    "teams", [component(), "dd-service: till\nteam: team-a\n", "version: 1\nservice: {name: a}\n", ""]
)
def test_a_file_of_teams_without_teams_is_told(teams: str) -> None:
    with pytest.raises(
        CatalogError,
        match=r"people\.yml is no list of teams: .* `teams`, .* Backstage, OpsLevel, Cortex, Datadog or Compass",
    ):
        read(component(), teams)


def test_services_of_the_teams_file_are_none_of_the_catalogue() -> None:
    assert [service.name for service in read(component(), component("other") + "---\n" + group("a")).services] == [
        "till"
    ]


def test_one_file_may_be_named_for_both() -> None:
    text = component() + "---\n" + group("team-a")

    file = CatalogText(text=text, origin="shop.yml")
    assert parse([file], [file]) == parse([file])


def test_half_of_a_surrogate_pair_is_a_question_mark() -> None:
    """No file can hold one, so whatever encodes the name later would fail."""
    assert read('services: [{name: "a\\ud800b", owner: "\\udfff"}]').services == (Service(name="a?b", owner="?"),)

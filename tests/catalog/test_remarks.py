"""What is odd about a catalogue or its calendars, told once each with file and line."""

from __future__ import annotations

from typing import Any

import pytest

from audit.catalog.ownership import named_in_catalog, ownership
from audit.catalog.remarks import remarks, without_owner
from tests.catalog.catalog_files import component, group, read
from tests.records import settings

OWN = "services:\n- {name: api, owner: backend}\n- {name: web, owner: ghosts}\n- {name: mail, owner: ghosts}\n"
TEAMS = "teams: [{name: backend}]\n"


def said(text: str, *tracker: str, **fields: Any) -> list[str]:
    catalog, under = read(text), settings(**fields)
    return list(remarks(catalog, ownership(catalog, under), under, tracker))


def test_an_owner_that_no_team_is_stands_with_its_line() -> None:
    (line,) = said(OWN + TEAMS)
    assert (
        line == "1 owner of services is no team of the catalogue, so that those are unowned: ghosts (web, shop.yml:3)"
    )
    assert said(OWN) == []
    assert said(OWN + TEAMS, catalog={"unowned_owners": "ghosts"}) == []


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ((), ""),
        (("incident", "team::api"), ""),
        (("Service::API",), "mail, shop.yml:4, web, shop.yml:3"),
        (("Service::API", "service:web", "Service::mail"), ""),
    ],
)
def test_services_that_no_label_names(labels: tuple[str, ...], names: str) -> None:
    lines = said(OWN, *labels)
    assert lines == ([f"no label of the tracker names 2 services of the catalogue: {names}"] if names else [])


def test_an_alias_names_a_service_too() -> None:
    assert said("service: {name: Order Flow, owner: a}\n", "Service::order_flow") == []


def test_entries_of_one_name_with_different_owners() -> None:
    twice = OWN + "- {name: API, owner: ghosts}\n- {name: web, owner: ghosts, label: Web2}\n"
    assert said(twice) == [
        "entries of one name have different owners, who all count: api (backend, shop.yml:2, ghosts, shop.yml:5)"
    ]


def test_a_catalogue_without_a_service() -> None:
    assert said("services: []\n") == ["the catalogue holds no service, so that it knows none that an incident names"]


def test_calendars_of_strangers() -> None:
    calendars: dict[str, Any] = {
        "teams": {"backend": {}, "nobody": {}, "ghosts": {}},
        "services": {"API": {}, "ftp": {}},
    }
    lines = said(OWN, calendars=calendars)
    assert [line.partition(" ")[0] for line in lines] == ["calendars.teams.nobody", "calendars.services.ftp"]
    under = settings(calendars=calendars)
    assert len(remarks(None, None, under, ())) == 5


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("team-a", "Team-A"),
        ("group:default/TEAM-A", "Team-A"),
        ("user:ann", "user:ann"),
        ("ann", ""),
        ("acme/team-a", ""),
        ("team-b", "team-b"),
        ("", ""),
    ],
)
def test_a_team_is_named_as_its_format_names_it(name: str, meant: str) -> None:
    catalog = read(
        "---\n".join(
            [component("a", "owner: team-a"), component("b", "owner: user:ann"), group("Team-A"), group("team-b")]
        )
    )
    assert named_in_catalog(name, catalog) == meant
    assert named_in_catalog(name, None) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("services: [{name: api}, {name: web, infra_owner: x}]", "none of them names one", id="none named"),
        pytest.param(
            "services: [{name: api, owner: a}]\nteams: []", "nobody knows those that they name", id="none known"
        ),
        pytest.param(
            "services: [{name: api, owner: reliability_unowned}]", "stand for nobody", id="pseudo-owners only"
        ),
        pytest.param(component(owner=""), "none of them names one", id="of another tool"),
        pytest.param("services: [{name: api}, {name: web, owner: a}]", "", id="one has"),
        pytest.param("services: []", "", id="no service"),
    ],
)
def test_a_catalogue_without_a_single_owner(text: str, words: str) -> None:
    catalog = read(text)
    line = without_owner(catalog, ownership(catalog, settings()))
    assert words in line
    assert bool(line) is bool(words)


LOCATION = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: "


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        ("{targets: [./a/info.yaml, b.yaml]}", "2 files that `catalog.services` does not name: ./a/info.yaml, b.yaml"),
        ("{target: ./shop.yml}", ""),
        ("{targets: [shop.yml, ./x/../shop.yml, '*.yml']}", ""),
        ("{targets: ['./a/*.yaml']}", "1 file that"),
        ("{type: url, target: 'https://gitlab.com/g/p/-/blob/main/a.yaml'}", "1 file that"),
        ("{targets: [[odd], {odd: 1}]}", "1 file that `catalog.services` does not name: odd"),
        ("{}", ""),
    ],
)
def test_files_that_a_location_lists(spec: str, missing: str) -> None:
    lines = said(f"{LOCATION}{spec}\n---\n{component()}")
    assert lines == (
        [line for line in lines if missing in line and line.startswith("shop.yml:1 lists")] if missing else []
    )
    assert bool(lines) is bool(missing)

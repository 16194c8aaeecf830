"""Owners from CODEOWNERS, for services of which the catalogue names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.catalog.ownership import ownership
from audit.gitlab.read.project_owners import with_project_owners
from audit.model import Catalog, CatalogPlace, Service, Team
from tests.gitlab.conftest import settings
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker

TILL = "acme/sre/till"
BESIDE = f"{TILL}:catalog-info.yaml@1"


def owners(desk: Desk, *services: Service, teams: tuple[Team, ...] = (), given: bool = False) -> Catalog:
    catalog = Catalog(services=services, teams=teams, teams_given=given)
    return with_project_owners(desk.client, catalog, settings(), [BESIDE])


@pytest.fixture(autouse=True)
def till(tracker: Tracker) -> None:
    tracker.world.project(TILL).file(".gitlab/CODEOWNERS", "* @acme/sre\n")


@pytest.mark.parametrize(
    ("project", "found"),
    [
        (TILL, True),
        (f"{{host}}/{TILL}", True),
        (f"{{host}}/{TILL}.git", True),
        (f"url:{{host}}/{TILL}/-/tree/main/", True),
        (f"https://github.com/{TILL}", False),
        ("https://[broken", False),
        ("acme/sre/none", False),
        ("till", False),
        ("", False),
    ],
)
def test_the_project_that_an_entry_names(desk: Desk, project: str, found: bool) -> None:
    named = project.replace("{host}", desk.client.web_url)
    catalog = owners(desk, Service(name="till", project=named))

    assert catalog.services[0].owner == ("acme/sre" if found else "")
    assert catalog.teams == ((Team(name="acme/sre", handle="acme/sre"),) if found else ())
    assert catalog.unread == ()


def test_the_project_in_which_a_pattern_found_its_file(desk: Desk) -> None:
    here, there = (CatalogPlace(origin=origin, line=1) for origin in (BESIDE, "acme/sre/runbooks:services.yml@1"))
    catalog = owners(desk, Service(name="till", place=here), Service(name="till", place=there))

    assert [one.owner for one in catalog.services] == ["acme/sre", ""]


def test_an_owner_of_the_catalogue_goes_before(desk: Desk) -> None:
    catalog = owners(desk, Service(name="till", owner="t", project=TILL))

    assert catalog.services[0].owner == "t"
    assert desk.client.requests == 0


@pytest.mark.parametrize(
    "team", [Team(name="acme/sre"), Team(name="us", handle="ACME/sre"), Team(name="us", contact="acme/sre")]
)
def test_a_team_that_is_called_so_is_meant(desk: Desk, team: Team) -> None:
    catalog = owners(desk, Service(name="till", project=TILL), teams=(team,), given=True)

    assert catalog.services[0].owner == team.name
    assert catalog.teams == (team,)
    assert ownership(catalog, settings()).unowned == set()


def test_what_cannot_be_read_is_a_gap(desk: Desk) -> None:
    desk.server.fault(faults.html_status(502, "Bad Gateway"), path="till/repository", times=None)
    catalog = owners(desk, Service(name="till", project=TILL))

    assert [(gap.ref, gap.what) for gap in catalog.unread] == [(TILL, "catalogue")]
    assert catalog.services[0].owner == ""

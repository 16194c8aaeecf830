from __future__ import annotations

import pytest

from audit.model import Catalog, Level, Service, Team, User
from tests.records import PROJECT, asked, found, incident, settings
from tests.rules.one_rule import audited_by

audited = audited_by("SO003")

BOSS = {"boss": User(username="boss")}
BLOCKED = {"boss": User(username="boss", active=False)}
ON_API = incident(1, labels=("Severity::2", "Service::API"))


def catalog(team: Team) -> Catalog:
    return Catalog(services=(Service(name="api", label="API", owner="backend"),), teams=(team,), teams_given=True)


@pytest.mark.parametrize(
    ("team", "accounts", "outcome"),
    [
        (Team(name="backend", manager="boss"), BOSS, "conforms"),
        (Team(name="backend", handle="be"), {}, "conforms"),
        (Team(name="backend", contact="group"), {}, "conforms"),
        (Team(name="backend"), {}, "violates"),
        (Team(name="backend", manager="boss"), BLOCKED, "violates"),
        (Team(name="backend", manager="boss"), {}, "violates"),
        (Team(name="backend", manager="boss", handle="be"), BLOCKED, "violates"),
        (Team(name="others", handle="x"), {}, "not applicable"),  # then nobody owns it: SO001
    ],
)
def test_when_it_is_violated(team: Team, accounts: dict[str, User], outcome: str) -> None:
    assert asked(audited(ON_API, catalog=catalog(team), accounts=accounts), "SO003") == {outcome: 1}


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        (incident(1, labels=("Severity::3", "Service::API")), "not applicable"),
        (incident(1, labels=("Severity::2", "Service::API"), confidential=True), "not applicable"),
        (incident(1, labels=("Severity::2", "Service::API", "Gameday")), "not applicable"),
        (ON_API, "violates"),
    ],
)
def test_who_is_asked(one: object, outcome: str) -> None:
    assert asked(audited(one, catalog=catalog(Team(name="backend"))), "SO003") == {outcome: 1}


@pytest.mark.parametrize(
    ("unowned", "outcomes"),
    [
        ("require", {"violates": 1, "not applicable": 3}),  # SO001 says nothing then
        ("flag", {"not applicable": 4}),
        ("exempt", {"not applicable": 4}),
    ],
)
def test_an_unowned_service_is_asked_where_the_policy_requires_its_reviews_too(
    unowned: str, outcomes: dict[str, int]
) -> None:
    policy = settings(policies=[{"unowned": unowned}])
    of_nobody = incident(1, labels=("Severity::2", "Service::Git"))
    result = audited(of_nobody, settings=policy)
    assert asked(result, "SO003") == outcomes
    told = [one.message for one in result.findings if one.code == "SO003"]
    assert told == ["Nobody can be asked for this service: nobody owns it."] * outcomes.get("violates", 0)


def test_without_teams_nothing_can_be_told() -> None:
    ownerless = Catalog(services=(Service(name="api", label="API", owner="backend"),))
    assert asked(audited(ON_API, catalog=ownerless), "SO003") == {"unknown": 1}


@pytest.mark.parametrize(
    ("team", "fault"),
    [
        (Team(name="backend"), "team backend has no manager, handle or contact"),
        (Team(name="backend", manager="boss"), "the manager of team backend is no active account"),
    ],
)
def test_what_it_says(team: Team, fault: str) -> None:
    one = found(audited(ON_API, catalog=catalog(team), accounts={}), "SO003")["api"]
    assert one.message == f"Nobody can be asked for this service: {fault}."
    assert (one.level, one.open) == (Level.ADVISORY, True)
    assert one.evidence == {"owner": "backend", "reach_fault": fault, "requiring_refs": [f"{PROJECT}#1"]}

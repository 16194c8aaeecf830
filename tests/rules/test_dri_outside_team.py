from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.model import Catalog, Gap, Level, Service, Team, User
from tests.records import ANNA, PROJECT, asked, found, incident, review, settings
from tests.rules.one_rule import audited_by

pytestmark = pytest.mark.together

audited = audited_by("IR017")

BOB, GONE, BOT = User(username="Bob"), User(username="gone", active=False), User(username="bot", bot=True)
ON_API = incident(1, labels=("Severity::2", "Service::API"))


def catalog(members: tuple[str, ...] | None, **fields: Any) -> Catalog:
    """The service api of a team with these members."""
    api = Service(name="api", label="API", owner="backend")
    return Catalog(services=(api,), teams=(Team(name="backend", members=members, **fields),), teams_given=True)


@pytest.mark.parametrize(
    ("assignees", "members", "outcome"),
    [
        ((ANNA,), ("anna", "carl"), "conforms"),
        ((ANNA,), ("Anna",), "conforms"),  # accounts have no case
        ((ANNA,), ("carl",), "violates"),
        ((ANNA,), (), "not applicable"),  # a list that nobody has filled in
        ((ANNA, BOB), ("bob",), "conforms"),  # one of them is enough
        ((ANNA, BOB), ("carl",), "violates"),
        ((BOB, GONE), ("gone",), "violates"),  # nobody who can act is a member
        ((GONE, BOT), ("carl",), "not applicable"),  # no active DRI: another rule's matter
        ((), ("carl",), "not applicable"),
        ((ANNA,), None, "not applicable"),  # whose members nobody knows
    ],
)
def test_when_it_is_violated(assignees: tuple[User, ...], members: tuple[str, ...] | None, outcome: str) -> None:
    one = review(2, of=1, assignees=assignees)
    assert asked(audited(ON_API, one, catalog=catalog(members)), "IR017") == {outcome: 1}


@pytest.mark.parametrize(
    ("handle", "fields", "outcome"),
    [
        ("@SRE/Backend", {"group_members": {"sre/backend": ("anna",)}}, "conforms"),
        ("sre/backend", {"group_members": {"sre/backend": ("bob",)}}, "violates"),
        ("sre/backend", {"group_members": {"sre": ("bob",)}}, "not applicable"),  # no group of that name
        ("sre/backend", {"group_members": {"sre/backend": ()}}, "not applicable"),  # its people come from a group above
        ("sre/backend", {"gaps": (Gap(ref="@sre/backend", what="members", why="502"),)}, "unknown"),
        ("backend", {"gaps": (Gap(ref="@backend", what="users", why="502"),)}, "unknown"),  # a group, or an account
        ("backend", {"gaps": (Gap(ref="@others", what="members", why="502"),)}, "not applicable"),
    ],
)
def test_a_handle_that_is_a_group_tells_the_members(handle: str, fields: dict[str, Any], outcome: str) -> None:
    one = review(2, of=1, assignees=(ANNA,))
    assert asked(audited(ON_API, one, catalog=catalog(None, handle=handle), **fields), "IR017") == {outcome: 1}


def test_what_the_catalogue_lists_goes_before_the_group() -> None:
    one = review(2, of=1, assignees=(ANNA,))
    listed = catalog(("anna",), handle="sre")
    assert asked(audited(ON_API, one, catalog=listed, group_members={"sre": ("bob",)}), "IR017") == {"conforms": 1}


@pytest.mark.parametrize(
    ("assignees_read", "assignees", "outcome"),
    [
        (False, (), "unknown"),
        (False, (BOB,), "unknown"),
        (False, (ANNA,), "conforms"),
    ],
)
def test_assignees_that_could_not_be_read_may_be_members(
    assignees_read: bool, assignees: tuple[User, ...], outcome: str
) -> None:
    one = review(2, of=1, assignees=assignees, assignees_read=assignees_read)
    assert asked(audited(ON_API, one, catalog=catalog(("anna",))), "IR017") == {outcome: 1}


TWO = Catalog(
    services=(Service(name="api", label="API", owner="backend"), Service(name="web", label="Web", owner="frontend")),
    teams=(Team(name="backend", members=("carl",)), Team(name="frontend", members=("dora",))),
    teams_given=True,
)


@pytest.mark.parametrize(
    ("web", "frontend", "outcome"),
    [
        ({}, ("dora",), "violates"),
        ({}, ("anna",), "conforms"),
        ({}, None, "not applicable"),  # of one owning team nobody knows who is in it
        ({"confidential": True}, ("anna",), "violates"),  # what is confidential counts for nothing here
        ({"labels": ("Severity::3", "Service::Web")}, ("anna",), "violates"),  # it requires no review
    ],
)
def test_of_several_incidents_the_public_ones_that_require_the_review_count(
    web: dict[str, Any], frontend: tuple[str, ...] | None, outcome: str
) -> None:
    on_web = incident(3, **{"labels": ("Severity::2", "Service::Web"), **web})
    one = review(2, of=1, assignees=(ANNA,), links=review(9, of=3).links)
    teams = (TWO.teams[0], replace(TWO.teams[1], members=frontend))
    result = audited(ON_API, on_web, one, catalog=replace(TWO, teams=teams))
    assert asked(result, "IR017") == {outcome: 1}


def test_who_may_read_confidential_records_counts_their_teams_too() -> None:
    on_web = incident(3, labels=("Severity::2", "Service::Web"), confidential=True)
    one = review(2, of=1, assignees=(User(username="dora"),), links=review(9, of=3).links)
    shown = settings(report={"confidential_destination": True})
    assert asked(audited(ON_API, on_web, one, catalog=TWO, settings=shown), "IR017") == {"conforms": 1}


@pytest.mark.parametrize(
    "issues",
    [
        (incident(1, labels=("Severity::3", "Service::API")), review(2, of=1, assignees=(ANNA,))),
        (ON_API, review(2, assignees=(ANNA,))),
        (incident(1), review(2, of=1, assignees=(ANNA,))),  # no service, so no team
        (incident(1, labels=("Severity::2", "Service::Git")), review(2, of=1, assignees=(ANNA,))),
    ],
    ids=["voluntary", "not linked", "no service", "not in the catalogue"],
)
def test_who_is_asked(issues: tuple[Any, ...]) -> None:
    assert asked(audited(*issues, catalog=catalog(("carl",))), "IR017") == {"not applicable": 1}


@pytest.mark.parametrize(
    ("assignees", "on", "words"),
    [
        ((ANNA,), ("Service::API",), "anna is no member of the team that owns a service of its incidents: backend."),
        (
            (ANNA, BOB),
            ("Service::API", "Service::Web"),
            "anna and Bob are no members of the teams that own a service of its incidents: backend and frontend.",
        ),
    ],
)
def test_what_it_says(assignees: tuple[User, ...], on: tuple[str, ...], words: str) -> None:
    one = review(2, of=1, assignees=assignees)
    finding = found(audited(incident(1, labels=("Severity::2", *on)), one, catalog=TWO), "IR017")["#2"]
    assert finding.message == words
    assert (finding.level, finding.open) == (Level.ADVISORY, True)
    assert finding.evidence["in_scope_incidents"] == [f"{PROJECT}#1"]

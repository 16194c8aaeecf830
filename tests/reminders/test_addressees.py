"""Whom a reminder asks, down the chain to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from audit.model import Catalog, Issue, Service, Source, Team, User
from audit.reminders.plan import Plan, Reason
from tests.reminders.building import (
    ACCOUNTS,
    ALICE,
    BOB,
    BOT,
    CATALOG,
    FIRST,
    PROJECT,
    bare_plan_of,
    incident,
    listed,
    posted,
    ref,
    review,
    settings,
)
from tests.reminders.rendering import mentioned

GONE = User(username="gone", active=False)
ROBOT = User(username="robot", bot=True)
OWN = User(username=BOT.upper())


def team_catalog(**fields: Any) -> Catalog:
    return Catalog(
        services=(Service(name="api", label="API", owner="team-api"),),
        teams=(Team(name="team-api", **fields),),
        teams_given=True,
    )


def asked(*issues: Issue, **fields: Any) -> tuple[str, ...]:
    fields = {"settings": settings(reminders={"ping_groups": True}), **fields}
    plan = bare_plan_of(*issues, as_of=FIRST, **fields)
    (one,) = listed(plan)
    for reminder in plan.planned:
        assert mentioned(reminder.body) == set(reminder.addressees)
    return one.addressees


@pytest.mark.parametrize("team", [{"handle": "g/api-team"}, {"handle": "#x", "contact": "g/api"}])
def test_a_group_is_pinged_only_where_a_setting_allows_it(team: dict[str, str]) -> None:
    """A ping of a group is one of everybody in it; without it the group is named, and still no last resort is asked."""
    quiet = settings(reminders={"contact": "sre-oncall"})
    plan = bare_plan_of(incident(), as_of=FIRST, catalog=team_catalog(**team), accounts={}, settings=quiet)
    (reminder,) = plan.planned
    name = [*team.values()][-1]
    assert reminder.addressees == (name,)
    assert f"Hello `@{name}`, " in reminder.body
    assert not mentioned(reminder.body)


def test_the_group_that_the_settings_name_is_pinged() -> None:
    """Whoever wrote it there has allowed it."""
    last = settings(reminders={"contact": "@g/sre"})
    (reminder,) = bare_plan_of(incident(), as_of=FIRST, catalog=team_catalog(), accounts={}, settings=last).planned
    assert mentioned(reminder.body) == {"g/sre"}


def test_the_reviews_assignees_go_first() -> None:
    assert asked(incident(assignees=(BOB,)), review(assignees=(ALICE, BOB))) == ("alice", "bob")


@pytest.mark.parametrize("assignees", [(), (GONE,), (ROBOT,), (OWN,), (GONE, ROBOT)])
def test_then_the_incidents(assignees: tuple[User, ...]) -> None:
    assert asked(incident(assignees=(BOB, GONE)), review(assignees=assignees)) == ("bob",)


def test_a_mixed_list_is_thinned() -> None:
    assert asked(incident(), review(assignees=(GONE, ALICE, ROBOT, OWN))) == ("alice",)


def test_without_a_review_the_incidents_own() -> None:
    assert asked(incident(assignees=(BOB,))) == ("bob",)


def test_then_the_owning_teams_manager() -> None:
    assert asked(incident()) == ("maria",)
    assert asked(incident(), review(assignees=())) == ("maria",)


@pytest.mark.parametrize(
    ("team", "accounts", "expected"),
    [
        ({"manager": "maria", "handle": "g/api-team"}, ACCOUNTS, ("maria",)),
        ({"manager": "@Maria", "handle": "g/api-team"}, ACCOUNTS, ("Maria",)),
        ({"manager": "maria", "handle": "g/api-team"}, {"maria": replace(GONE, username="maria")}, ("g/api-team",)),
        ({"manager": "maria", "handle": "g/api-team"}, {}, ("g/api-team",)),
        ({"manager": "Maria Smith", "handle": "@api-team"}, ACCOUNTS, ("api-team",)),
        ({"handle": "gone", "contact": "g/api"}, {"gone": GONE}, ("g/api",)),
        ({"handle": "no name", "contact": "bob"}, {"bob": BOB}, ("bob",)),
        ({"contact": "g"}, {}, ("g",)),  # the group above the audited project
        ({"contact": "@g/teams/api"}, {}, ("g/teams/api",)),
        ({"contact": "gone"}, {"gone": GONE}, ()),
        ({"contact": "#api-alerts"}, {}, ()),
        ({"contact": "api-alerts"}, {}, ()),  # neither an account nor a group that is known
        ({"contact": "api@example.com"}, {}, ()),
        ({"contact": "https://chat.example.com/api"}, {}, ()),
        ({"handle": "all", "contact": "@all"}, {}, ()),
        ({}, {}, ()),
    ],
)
def test_manager_handle_contact(team: dict[str, str], accounts: dict[str, User], expected: tuple[str, ...]) -> None:
    assert asked(incident(), catalog=team_catalog(**team), accounts=accounts) == expected


@pytest.mark.parametrize(
    ("contact", "accounts", "expected"),
    [
        ("sre-oncall", {}, ("sre-oncall",)),
        ("@g/sre", {}, ("g/sre",)),
        ("gone", {"gone": GONE}, ()),
        ("", {}, ()),
    ],
)
def test_the_contact_of_the_settings_is_the_last(
    contact: str, accounts: dict[str, User], expected: tuple[str, ...]
) -> None:
    plan = bare_plan_of(
        incident(),
        as_of=FIRST,
        catalog=team_catalog(),
        accounts=accounts,
        settings=settings(reminders={"contact": contact}),
    )
    (one,) = listed(plan)
    assert one.addressees == expected
    assert bool(plan.planned) is bool(expected)


def test_the_contact_of_the_settings_is_not_asked_besides_an_owner() -> None:
    assert asked(incident(), settings=settings(reminders={"contact": "sre-oncall"})) == ("maria",)


def test_several_services_have_one_voice_each() -> None:
    labels = ("incident", "severity::2", "Service::API", "Service::Web", "Service::Lost", "Service::Unheard")
    assert asked(incident(labels=labels)) == ("maria", "walter")


def test_two_services_of_one_team_have_one_voice() -> None:
    catalog = replace(CATALOG, services=(*CATALOG.services, Service(name="api2", label="API2", owner="team-api")))
    assert asked(incident(labels=("incident", "severity::2", "Service::API", "Service::API2")), catalog=catalog) == (
        "maria",
    )


def test_an_unowned_service_asks_nobody() -> None:
    required = settings(policies=[{"from": "2026-01-01", "unowned": "require"}])
    plan = bare_plan_of(incident(labels=("incident", "severity::2", "Service::Lost")), as_of=FIRST, settings=required)
    assert [one.reason for one in plan.withheld] == [Reason.UNREACHABLE]
    assert plan.unreachable == (ref(1),)


def test_who_cannot_be_reached_is_listed_whatever_else_holds_the_reminder_back() -> None:
    nobody: dict[str, Any] = {"catalog": None, "accounts": {}}
    assert bare_plan_of(incident(), as_of=date(2026, 11, 14), **nobody).unreachable == (ref(1),)
    assert bare_plan_of(incident(), review(), as_of=FIRST, **nobody).unreachable == ()


def second(*issues: Issue, where: int, **fields: Any) -> Plan:
    plan = bare_plan_of(
        *issues, as_of=date(2026, 11, 17), comments={ref(where): (posted(FIRST, 1, on=where),)}, **fields
    )
    assert [one.step for one in plan.planned] == [2]
    return plan


def test_from_the_second_on_the_owning_teams_manager_is_named_too() -> None:
    assert second(incident(), review(), where=11).planned[0].addressees == ("alice", "maria")


def test_nobody_is_named_twice() -> None:
    maria = review(assignees=(User(username="Maria"),))
    plan = second(incident(), maria, where=11)
    assert plan.planned[0].addressees == ("Maria",)
    assert "named too" not in plan.planned[0].body


def test_a_manager_who_left_is_not_named() -> None:
    accounts = {"maria": User(username="maria", active=False)}
    assert second(incident(), review(), where=11, accounts=accounts).planned[0].addressees == ("alice",)


def test_sources_of_nested_groups_name_all_groups_above_them() -> None:
    deep = Source(project="g/sub/deep", incidents=False, reviews=False)
    own = Source(project=PROJECT, incidents=True, reviews=True)
    assert asked(incident(), catalog=team_catalog(contact="G"), accounts={}, sources=(own, deep)) == ("G",)


def test_no_bot_is_asked_and_least_of_all_this_one() -> None:
    """A bot in the place of a manager, and the audit's own account as whatever a catalogue or a setting may name it."""
    bots = {"maria": User(username="maria", bot=True), "lee": User(username="lee")}
    teams = team_catalog(manager="maria", handle=f"@{BOT}", contact=BOT.upper())
    last = settings(reminders={"contact": "lee", "ping_groups": True})
    assert asked(incident(), catalog=teams, accounts=bots, settings=last) == ("lee",)
    itself = settings(reminders={"contact": BOT})
    (held,) = bare_plan_of(incident(), as_of=FIRST, catalog=teams, accounts=bots, settings=itself).withheld
    assert (held.reason.value, held.addressees) == ("unreachable", ())
    (second,) = bare_plan_of(
        *(incident(), review()),
        as_of=date(2026, 11, 17),
        comments={ref(11): (posted(FIRST, 1),)},
        accounts=bots,
    ).planned
    assert second.addressees == ("alice",)

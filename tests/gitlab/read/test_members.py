"""The members of the groups that owning teams go by (IR017)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audit.gitlab.read.accounts import groups_named
from audit.gitlab.read.members import read_groups
from audit.model import Catalog, Gap, Service, Team
from tests.gitlab.conftest import settings
from tests.records import incident
from tests.sandbox.faults import html_status, json_status

if TYPE_CHECKING:
    from tests.gitlab.conftest import Open, Tracker
    from tests.sandbox.faults import Action


def test_the_direct_members_of_a_group_who_are_active(tracker: Tracker, open_desk: Open) -> None:
    group, gone = tracker.world.groups["acme/sre"], tracker.world.user("gone", state="blocked")
    above = tracker.world.user("above")
    tracker.world.groups["acme"].members[above.id] = 30
    group.members |= {tracker.anna.id: 30, gone.id: 30}
    desk = open_desk(tracker.world)
    found, gaps = read_groups(desk.client, ["ACME/SRE", "acme/sre", "nobody/knows"])
    assert set(found) == {"acme/sre"}
    assert "anna" in found["acme/sre"]
    assert {"gone", "above"}.isdisjoint(found["acme/sre"])
    assert gaps == []
    assert desk.server.count(path="/members") == 2


@pytest.mark.parametrize("action", [json_status(403, {"message": "403 Forbidden"}), html_status(502, "Bad Gateway")])
def test_a_failed_read_is_a_gap_and_no_empty_group(tracker: Tracker, open_desk: Open, action: Action) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(action, path="/members", times=None)
    found, (gap,) = read_groups(desk.client, ["acme/sre"])
    assert found == {}
    assert (gap.ref, gap.what) == ("@acme/sre", "members")
    assert isinstance(gap, Gap)


@pytest.mark.parametrize(
    ("team", "accounts", "groups"),
    [
        (Team(name="backend", handle="@acme/sre/backend"), set(), {"acme/sre/backend"}),
        (Team(name="backend", handle="backend"), set(), {"backend"}),
        (Team(name="backend", handle="Backend"), {"backend"}, set()),  # an account, or one that could not be looked up
        (Team(name="backend", handle="backend", members=("anna",)), set(), set()),  # the catalogue tells
        (Team(name="backend", handle="ask in #backend"), set(), set()),
        (Team(name="backend", handle="be@acme.example"), set(), set()),
        (Team(name="backend"), set(), set()),
        (Team(name="others", handle="others"), set(), set()),  # it owns none of the services
    ],
)
def test_which_handles_may_be_groups(team: Team, accounts: set[str], groups: set[str]) -> None:
    catalog = Catalog(services=(Service(name="api", owner="backend"),), teams=(team,), teams_given=True)
    issues = [incident(1, labels=("Service::API",))]
    assert groups_named(catalog, settings(), issues, accounts) == groups

"""Services and their owners, and what public incidents say of them (POLICY.md section 7)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Catalog, Gap, Service, Team, User
from tests.records import CATALOG, PROJECT, action, audited, evidence, found, incident, row, settings

if TYPE_CHECKING:
    from audit.engine.result import Result

pytestmark = pytest.mark.together

SEV2 = "Severity::2"


def on(*services: str, iid: int = 1, severity: int = 2, **fields: Any) -> Any:
    return incident(iid, labels=(f"Severity::{severity}", *services), **fields)


@pytest.mark.parametrize(
    ("labels", "services", "owners", "unknown", "unowned"),
    [
        (("Service::API",), ("api",), ("backend",), (), False),
        (("service:api",), ("api",), ("backend",), (), False),
        (("SERVICE::WEB",), ("web",), ("frontend",), (), False),
        (("Service::Mail Room",), ("mail",), (), (), True),  # its owner is no team of the catalogue
        (("Service::Git",), ("git",), (), (), True),
        (("Service::Git", "Service::Mail Room"), ("git", "mail"), (), (), True),
        (("Service::Git", "Service::API"), ("api", "git"), ("backend",), (), False),
        (("Service::Web", "Service::API"), ("api", "web"), ("backend", "frontend"), (), False),
        (("Service::Nope",), ("Nope",), (), ("Nope",), False),
        (("Service::Nope", "Service::Git"), ("Nope", "git"), (), ("Nope",), False),
        (("Service::nope", "service:Nope"), ("Nope",), (), ("Nope",), False),  # two spellings of one
        ((), (), (), (), False),
        (("Service::",), (), (), (), False),
        (("Category:API",), (), (), (), False),
    ],
)
def test_services_of_an_incident(
    labels: tuple[str, ...],
    services: tuple[str, ...],
    owners: tuple[str, ...],
    unknown: tuple[str, ...],
    unowned: bool,
) -> None:
    said = row(incident(1, labels=labels))
    assert said["services"] == services
    assert said["owners"] == owners
    assert said["unknown_keys"] == unknown
    assert said["unknown_service"] == (bool(unknown) or not services)
    assert said["all_unowned"] == unowned


def test_one_label_may_lead_to_several_services() -> None:
    catalog = Catalog(
        services=(
            Service(name="web-eu", label="Web", owner="frontend"),
            Service(name="web-us", label="Web", owner=""),
            Service(name="pages", label="Pages"),
            Service(name="pages-cdn", label="Pages", owner="reliability_unowned"),
        )
    )
    said = row(incident(1, labels=("Service::Web",)), catalog=catalog)
    assert (said["services"], said["owners"], said["all_unowned"]) == (("web-eu", "web-us"), ("frontend",), False)
    assert row(incident(1, labels=("Service::Pages",)), catalog=catalog)["all_unowned"]


def test_without_a_catalogue_a_service_goes_by_its_label() -> None:
    held = evidence(on("Service::API"), catalog=None)
    said = held.incidents.iloc[0]
    assert (said["services"], said["service_keys"], said["owners"]) == (("API",), ("API",), ())
    assert held.incidents["unknown_service"].isna().all()
    assert held.services.empty


def test_another_scope_of_services() -> None:
    said = row(
        incident(1, labels=("Service::API", "component::web")), settings=settings(labels={"service_scope": "Component"})
    )
    assert said["services"] == ("web",)


def test_every_service_of_the_catalogue_has_a_row() -> None:
    held = evidence(
        on("Service::API"),
        on("Service::API", "Service::Web", iid=2, severity=3),
        on("Service::API", iid=3, confidential=True),
        incident(4, labels=("Service::API", SEV2, "Gameday")),
        on("Service::Git", iid=5),
        incident(6, labels=("Service::API",)),  # whether it requires one cannot be told
    ).services
    assert held["ref"].tolist() == ["api", "git", "mail", "web"]
    assert held["owned"].tolist() == [True, False, False, True]
    assert held["weight"].tolist() == [5, 1, 0, 0]
    assert held["incidents"].tolist() == [3, 1, 0, 1]
    assert held["requiring"].tolist() == [1, 1, 0, 0]
    assert held["requiring_refs"].tolist() == [(f"{PROJECT}#1",), (f"{PROJECT}#5",), (), ()]


def test_confidential_incidents_are_told_where_the_destination_is_confidential_too() -> None:
    issues = (on("Service::Git"), on("Service::API", iid=2, confidential=True))
    assert list(found(audited(*issues), "SO001")) == ["git"]
    public = evidence(*issues).services.set_index("ref")
    api = public.loc["api"]
    assert (api["incidents"], api["requiring"], api["requiring_refs"]) == (0, 0, ())
    everything = evidence(*issues, settings=settings(report={"confidential_destination": True})).services
    assert everything.set_index("ref").loc["api", "requiring_refs"] == (f"{PROJECT}#2",)


@pytest.mark.parametrize(
    ("team", "accounts", "gaps", "reach", "fault"),
    [
        (Team(name="backend"), {}, (), False, "team backend has no manager, handle or contact"),
        (Team(name="backend", handle="be"), {}, (), True, ""),
        (Team(name="backend", contact="grp"), {}, (), True, ""),
        (Team(name="backend", manager="Boss"), {"boss": User(username="boss")}, (), True, ""),
        (Team(name="backend", manager="boss"), {}, (), False, "the manager of team backend is no active account"),
        (
            Team(name="backend", manager="boss", handle="be"),
            {"boss": User(username="boss", active=False)},
            (),
            False,
            "the manager of team backend is no active account",
        ),
        # where accounts could not be read, nothing is said against a manager
        (Team(name="backend", manager="boss"), {}, (Gap(ref="@boss", what="users", why="403"),), None, ""),
        (
            Team(name="backend"),
            {},
            (Gap(ref="@x", what="users", why="403"),),
            False,
            "team backend has no manager, handle or contact",
        ),
        (None, {}, (), None, ""),
    ],
)
def test_who_can_be_reached(
    team: Team | None, accounts: dict[str, User], gaps: tuple[Gap, ...], reach: bool | None, fault: str
) -> None:
    catalog = Catalog(services=CATALOG.services, teams=() if team is None else (team,), teams_given=team is not None)
    held = evidence(on("Service::API"), catalog=catalog, accounts=accounts, gaps=gaps).services.set_index("ref")
    told = held.loc["api", "reach"]
    assert told == reach if reach is not None else held["reach"].isna()["api"]
    assert held.loc["api", "reach_fault"] == fault


def test_nobody_can_be_reached_for_an_unowned_service() -> None:
    held = evidence(on("Service::Git")).services.set_index("ref")
    assert (held.loc["git", "reach"], held.loc["git", "reach_fault"]) == (False, "nobody owns it")


@pytest.mark.parametrize(
    ("policies", "requiring", "flagged"),
    [
        ([{"unowned": "exempt"}], 2, 2),
        ([{"unowned": "flag"}], 2, 2),
        ([{"unowned": "require"}], 2, 0),
        ([{"from": "2020-01-01", "unowned": "require"}, {"from": "2026-11-02"}], 2, 1),
    ],
)
def test_which_incidents_flag_an_unowned_service(policies: list[dict[str, Any]], requiring: int, flagged: int) -> None:
    issues = (on("Service::Git"), on("Service::Git", iid=2, created="2026-11-01"))
    git = evidence(*issues, settings=settings(policies=policies)).services.set_index("ref").loc["git"]
    assert (git["requiring"], git["flagged"]) == (requiring, flagged)
    assert git["flagged_refs"] == tuple(f"{PROJECT}#{iid}" for iid in range(1, flagged + 1))


def crowded(services: int, incidents: int) -> Result:
    """Audit incidents of one label that leads to many services; two of them have a late corrective action."""
    of_label = tuple(Service(name=f"s{n:05}", label="Service::All", owner=f"team-{n}") for n in range(services))
    catalog = Catalog(services=of_label, teams=(), teams_given=False, origin="g/p:services.yml")
    days = [f"2026-10-{5 + n // 24:02} {n % 24:02}:00" for n in range(incidents)]
    outages = [on("Service::All", iid=n, created=day) for n, day in enumerate(days, 1)]
    late = [action(1000 + n, of=n, labels=("corrective action", "Severity::1"), created=days[0]) for n in (1, 2)]
    return audited(*outages, *late, catalog=catalog)


def test_all_services_of_a_label_decide_and_lists_name_twenty() -> None:
    result = crowded(30, 5)
    assert result.evidence.incidents["services"].map(len).eq(30).all()
    assert list(result.evidence.services["incidents"]) == [5] * 30
    evidence = next(iter(found(result, "IR001").values())).evidence
    assert evidence["services"] == [*(f"s{n:05}" for n in range(20)), "and 10 more"]
    assert evidence["owners"][-1] == "and 10 more"
    (gap,) = (gap for gap in result.gaps if gap.what == "catalogue")
    assert gap.why == "the label all leads to 30 services: lists name 20 of them"
    assert (gap.ref, gap.could_change_a_verdict, result.withheld) == ("g/p:services.yml", False, None)


def test_a_label_of_twenty_services_is_no_fault() -> None:
    result = crowded(20, 2)
    assert not [gap for gap in result.gaps if gap.what == "catalogue"]
    assert len(next(iter(found(result, "IR001").values())).evidence["services"]) == 20


def test_many_services_and_many_incidents_take_their_sum_and_not_their_product() -> None:
    begun = time.process_time()
    result = crowded(5_000, 200)
    assert time.process_time() - begun < 6
    assert list(result.evidence.services["incidents"]) == [200] * 5_000
    assert len({id(names) for names in result.evidence.incidents["services"]}) == 1

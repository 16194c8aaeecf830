"""First things first: the steps that move the most incidents, none of them twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Catalog, Service, User
from tests import records as make
from tests.report import world

if TYPE_CHECKING:
    from audit.report.figures.priorities import Priority

API, WEB, GIT = (("Severity::2", f"Service::{name}") for name in ("API", "Web", "Git"))


def _priorities(*tracker: Any, **fields: Any) -> tuple[Priority, ...]:
    return world.view(world.result(tracker, config=world.settings(waivers=[]), gaps=(), **fields)).priorities


def _short(found: tuple[Priority, ...]) -> list[tuple[str, str, list[int]]]:
    return [(one.kind, one.subject, [int(row.ref.rpartition("#")[2]) for row in one.incidents]) for one in found]


def test_the_team_with_the_most_late_reviews_comes_first() -> None:
    found = _priorities(
        make.incident(1, labels=WEB, created="2026-09-07"),
        make.incident(2, labels=API, created="2026-10-05"),
        make.incident(3, labels=API, created="2026-10-06"),
        make.incident(4, created="2026-10-07"),
    )
    assert _short(found) == [("late", "backend", [2, 3]), ("late", "frontend", [1]), ("late", "", [4])]
    assert (found[0].before, found[0].after, found[0].days) == (4, 2, 30)
    assert [one.decider for one in found] == ["boss", "", ""]


def test_an_incident_of_two_teams_is_moved_once_and_no_more_than_three_are_named() -> None:
    both = ("Severity::2", "Service::API", "Service::Web")
    found = _priorities(
        make.incident(1, labels=both, created="2026-10-05"),
        make.incident(2, labels=API, created="2026-10-06"),
        make.incident(3, labels=WEB, created="2026-10-07"),
        make.incident(4, labels=GIT, created="2026-10-07"),
        make.incident(5, created="2026-10-08"),
        make.incident(6, labels=GIT, created="2026-10-08"),
    )
    assert _short(found) == [("late", "backend", [1, 2]), ("owner", "git", [4, 6]), ("late", "frontend", [3])]
    assert (found[1].before, found[1].after, found[1].days) == (2, 0, 47)


def test_an_incident_of_two_services_without_an_owner_waits_for_one() -> None:
    services = (Service(name="git", label="Git"), Service(name="pages", label="Pages"))
    found = _priorities(
        make.incident(1, labels=(*GIT, "Service::Pages"), created="2026-10-05"),
        make.incident(2, labels=GIT, created="2026-10-06"),
        catalog=Catalog(services=services),
    )
    assert _short(found) == [("owner", "git", [1, 2])]


def test_of_equals_the_one_that_has_waited_longest_comes_first() -> None:
    found = _priorities(
        make.incident(1, labels=API, created="2026-10-05"),
        make.incident(2, labels=WEB, created="2026-09-07"),
        make.incident(3, labels=GIT, created="2026-08-03"),
    )
    assert [one.subject for one in found] == ["frontend", "backend", "git"]


@pytest.mark.parametrize(
    ("second", "team", "decider"), [(API, "backend", "boss"), (WEB, "", ""), (("Severity::2",), "backend", "boss")]
)
def test_where_little_is_late_what_is_due_this_week_follows(second: Any, team: str, decider: str) -> None:
    found = _priorities(
        make.incident(1, labels=API, created="2026-11-16"), make.incident(2, labels=second, created="2026-11-18")
    )
    (only,) = found
    assert _short(found) == [("due", team, [1, 2])]
    assert (only.before, only.after, only.days, only.decider) == (2, 0, 0, decider)


@pytest.mark.parametrize("boss", [User(username="boss", active=False), User(username="boss", bot=True), None])
def test_who_cannot_act_decides_nothing(boss: User | None) -> None:
    accounts = {"boss": boss} if boss else {}
    found = _priorities(make.incident(1, labels=API, created="2026-10-05"), accounts=accounts)
    assert [one.decider for one in found] == [""]


def test_nothing_is_first_where_nothing_is_to_be_done() -> None:
    assert _priorities(make.incident(1), make.review(101, of=1, closed="2026-11-06"), catalog=None) == ()


def test_a_confidential_incident_belongs_to_no_team() -> None:
    found = _priorities(make.incident(1, labels=API, created="2026-10-05", confidential=True))
    assert [(one.subject, one.decider, [row.url for row in one.incidents]) for one in found] == [("", "", [""])]

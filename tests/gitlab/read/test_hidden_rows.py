"""GitLab counts issues that it does not show: it cuts a page first, and takes off what the account may not read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.gitlab.conftest import HERE, at, by_iid, settings
from tests.gitlab.read.test_changes import NEXT, NIGHT, delete, pulled
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker

GROUP = settings(projects={"incident_groups": ["acme"]})


def without(value: Any, *names: str) -> Any:
    """Take the issues of these references off all lists of an answer; counts stay."""
    if isinstance(value, dict):
        return {key: without(one, *names) for key, one in value.items()}
    if isinstance(value, list):
        return [without(one, *names) for one in value if not (isinstance(one, dict) and one.get("reference") in names)]
    return value


def hide(desk: Desk, *iids: int) -> None:
    names = [f"{HERE}#{iid}" for iid in iids]
    desk.server.fault(faults.Alter(change=lambda answer: without(answer, *names)), times=None)


def counted(desk: Desk, chosen: Any = None) -> list[tuple[str, str, str]]:
    records = desk.pull(chosen)
    assert records.sources[0].complete is not bool(records.gaps)
    return [(gap.ref, gap.what, gap.why) for gap in records.gaps]


@pytest.mark.parametrize("reviews", [0, 3])
def test_an_issue_that_is_counted_and_not_shown_is_a_gap(tracker: Tracker, desk: Desk, reviews: int) -> None:
    for number in range(3):
        tracker.incident(str(number))
    for number in range(reviews):
        tracker.review(labels=("IncidentReview",) if number else ())
    assert counted(desk) == []
    hide(desk, 2)
    assert counted(desk) == [(HERE, "incidents", "GitLab counts 3 issues there and shows 2")]
    assert sorted(by_iid(desk.pull())) == [1, *range(3, 4 + reviews)]


@pytest.mark.parametrize("hidden", [range(2, 3), range(1, 211)])
def test_in_a_long_list_as_well(tracker: Tracker, desk: Desk, hidden: range) -> None:
    for number in range(210):
        tracker.incident(str(number), f"2026-{1 + number % 11:02}-02 10:00")
    hide(desk, *hidden)
    why = f"GitLab counts 210 issues there and shows {210 - len(hidden)}"
    assert counted(desk) == [(HERE, "incidents", why)]


def test_and_in_that_of_a_group(tracker: Tracker, open_desk: Open) -> None:
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    tracker.incident()
    tracker.review("Another matter", labels=(), description="As the RCA says.")
    tracker.review()
    desk = open_desk(tracker.world)
    assert counted(desk, GROUP) == [], "what is passed over was shown"
    hide(desk, 1)
    assert counted(desk, GROUP) == [(HERE, "incidents", "GitLab counts 1 issue there and shows 0")]


def test_what_is_deleted_while_it_is_read_is_no_gap(tracker: Tracker, desk: Desk) -> None:
    for number in range(3):
        tracker.incident(str(number))
    gone = tracker.production.issues[2]
    desk.server.fault(faults.Hook(call=lambda _: delete(tracker, gone), after=True), operation="Counts")
    assert counted(desk) == []
    assert sorted(by_iid(desk.pull())) == [1, 3]


@pytest.mark.parametrize("count", [3, 130])
def test_a_night_by_changes_does_not_pass_over_it(tracker: Tracker, desk: Desk, count: int) -> None:
    for number in range(count):
        tracker.incident(str(number), f"2026-{1 + number % 11:02}-02 10:00")
    desk.server.world.now = NIGHT
    first = pulled(desk)
    desk.server.world.now = NEXT
    tracker.production.issues[2].close(at=at("2026-11-24 10:00"), by=tracker.anna)
    hide(desk, 2)
    second = pulled(desk, first, until=at("2026-11-25 00:00"))
    assert [gap.why for gap in second.records.gaps] == [f"GitLab counts {count} issues there and shows {count - 1}"]
    desk.server.faults.clear()
    desk.server.world.now = NEXT + timedelta(days=1)
    third = pulled(desk, second, until=at("2026-11-26 00:00"))
    assert (third.records.gaps, sorted(by_iid(third.records))) == ((), list(range(1, count + 1)))

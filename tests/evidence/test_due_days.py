"""From the anchor's local day to the due day (POLICY.md section 6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evidence.columns import DAY
from audit.evidence.due_days import CalendarBook, calendar_book, due_days, span
from audit.model import Catalog, Service
from audit.settings.calendar_settings import Calendar, Calendars
from audit.settings.policy import Policy
from tests.examples import examples
from tests.records import (
    PROJECT,
    added,
    audited,
    closed,
    evidence,
    incident,
    removed,
    reopened,
    review,
    row,
    settings,
    verdict,
)

pytestmark = pytest.mark.together

RESOLVED = "Incident::Resolved"


def iso(value: Any) -> str | None:
    return None if value is pd.NaT else f"{value:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("declared", "due"),
    [
        ("2026-11-02 10:00", "2026-11-09"),  # Monday
        ("2026-11-06 10:00", "2026-11-13"),  # Friday
        ("2026-11-07 10:00", "2026-11-13"),  # Saturday: the following Friday
        ("2026-11-08 10:00", "2026-11-13"),  # Sunday
        ("2026-11-02 00:00", "2026-11-09"),
        ("2026-11-02 23:59", "2026-11-09"),
        ("2026-12-30 10:00", "2027-01-06"),  # no country, no holidays
    ],
)
def test_five_working_days_strictly_after_the_declaration(declared: str, due: str) -> None:
    said = row(incident(1, created=declared), as_of="2027-02-01")
    assert iso(said["due_on"]) == due
    assert iso(said["anchor_on"]) == declared[:10]


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({"due_days": 1}, "2026-11-03"),
        ({"due_days": 14, "due_kind": "calendar"}, "2026-11-16"),
        ({"due_days": 5, "due_kind": "calendar"}, "2026-11-07"),  # a Saturday
        ({"due_days": 366}, "2028-03-28"),
    ],
)
def test_how_many_days_of_which_kind(fields: dict[str, Any], due: str) -> None:
    assert iso(row(incident(1), settings=settings(policies=[fields]))["due_on"]) == due


def test_the_longest_deadline_in_the_shortest_week() -> None:
    mondays = {"default": {"weekend": ["Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]}}
    said = row(incident(1), settings=settings(policies=[{"due_days": 366}], calendars=mondays))
    assert iso(said["due_on"]) == iso(pd.Timestamp("2026-11-02") + pd.Timedelta(weeks=366))


@pytest.mark.parametrize(
    ("calendar", "declared", "due"),
    [
        ({"country": "DE", "subdivision": "BY"}, "2026-12-21", "2026-12-29"),  # Christmas on a Friday
        ({"country": "DE", "subdivision": "BY"}, "2026-12-30", "2027-01-08"),  # New Year and Epiphany
        ({"country": "DE"}, "2026-12-30", "2027-01-07"),  # no Epiphany
        ({"country": "US"}, "2026-06-29", "2026-07-07"),  # 4 July is a Saturday: its Friday is observed
        ({"closures": ["2026-11-03", "2026-11-04"]}, "2026-11-02", "2026-11-11"),
        ({"closures": ["2026-11-07"]}, "2026-11-02", "2026-11-09"),  # a Saturday anyhow
        ({"weekend": ["Fri", "Sat"]}, "2026-11-02", "2026-11-09"),
        ({"weekend": ["Fri", "Sat"]}, "2026-11-05", "2026-11-12"),
        ({"weekend": []}, "2026-11-02", "2026-11-07"),
        ({"country": "IL"}, "2026-11-08", "2026-11-15"),  # from Sunday to Sunday: Friday and Saturday are the weekend
        ({"country": "IL", "weekend": ["Sat", "Sun"]}, "2026-11-08", "2026-11-13"),
    ],
)
def test_calendars(calendar: dict[str, Any], declared: str, due: str) -> None:
    said = row(incident(1, created=declared), as_of="2027-02-01", settings=settings(calendars={"default": calendar}))
    assert iso(said["due_on"]) == due


CALENDARS = {
    "default": {},
    "teams": {"backend": {"closures": ["2026-11-03"]}, "frontend": {"closures": ["2026-11-03", "2026-11-04"]}},
    "services": {"web": {"weekend": []}, "new": {"closures": ["2026-11-03", "2026-11-04", "2026-11-05"]}},
}


@pytest.mark.parametrize(
    ("services", "due", "by"),
    [
        ((), "2026-11-09", "default"),
        (("API",), "2026-11-10", "backend"),  # its team's
        (("Web",), "2026-11-07", "web"),  # its own before its team's
        (("API", "Web"), "2026-11-10", "backend"),  # the latest of several
        (("Web", "Git"), "2026-11-09", "default"),  # nobody's team counts for an unowned service
        (("Nope",), "2026-11-09", "default"),
        (("new",), "2026-11-12", "new"),  # not in the catalogue, but in the settings
        (("API", "new"), "2026-11-12", "new"),
    ],
)
def test_service_before_team_before_default_and_the_latest_of_several(
    services: tuple[str, ...], due: str, by: str
) -> None:
    labels = ("Severity::2", *(f"Service::{name}" for name in services))
    held = evidence(incident(1, labels=labels), settings=settings(calendars=CALENDARS))
    said = held.incidents.iloc[0]
    wanted = {"default": held.settings.calendars.default}
    wanted |= held.settings.calendars.teams | held.settings.calendars.services
    assert iso(said["due_on"]) == due
    assert held.calendars[said["calendar"]].settings == wanted[by]


def test_without_an_anchor_the_first_calendar_is_named() -> None:
    labels = ("Severity::2", "Service::API", "Service::Web")
    config = settings(calendars=CALENDARS, policies=[{"anchor": "closed"}])
    held = evidence(incident(1, labels=labels), settings=config)
    assert held.incidents["due_on"].tolist() == [pd.NaT]
    assert held.calendars[held.incidents["calendar"][0]].settings == held.settings.calendars.teams["backend"]


@pytest.mark.parametrize(
    ("fields", "anchor_on"),
    [
        ({}, None),
        ({"closed": "2026-11-05 10:00"}, "2026-11-05"),
        ({"labels": (RESOLVED,), "label_events": (added(RESOLVED, "2026-11-04"),)}, "2026-11-04"),
        (
            # two bots fight over the label: the last add counts
            {
                "labels": ("incident:resolved",),
                "label_events": (
                    *(added(RESOLVED, "2026-11-03"), removed(RESOLVED, "2026-11-04")),
                    added("incident:resolved", "2026-11-06"),
                ),
                "closed": "2026-11-03",
            },
            "2026-11-06",
        ),
        (
            # taken off again: it is resolved when it is closed, if it is
            {"label_events": (added(RESOLVED, "2026-11-03"), removed(RESOLVED, "2026-11-04"))},
            None,
        ),
        (
            {
                "label_events": (added(RESOLVED, "2026-11-03"), removed(RESOLVED, "2026-11-04")),
                "closed": "2026-11-10",
            },
            "2026-11-10",
        ),
        ({"labels": (RESOLVED,), "closed": "2026-11-10"}, "2026-11-10"),  # no event tells when
        ({"state_events": (closed("2026-11-03"), reopened("2026-11-04"))}, None),
    ],
)
def test_the_anchor_resolved(fields: dict[str, Any], anchor_on: str | None) -> None:
    said = row(incident(1, **fields), settings=settings(policies=[{"anchor": "resolved"}]))
    assert said["anchor"] == "resolved"
    assert iso(said["anchor_on"]) == anchor_on
    assert (said["due_on"] is pd.NaT) == (anchor_on is None)


def test_of_several_resolved_labels_the_one_that_is_on_counts() -> None:
    config = settings(policies=[{"anchor": "resolved"}], labels={"resolved": [RESOLVED, "Mitigated"]})
    events = (added(RESOLVED, "2026-11-03"), added("Mitigated", "2026-11-05"), removed("Mitigated", "2026-11-06"))
    assert iso(row(incident(1, labels=(RESOLVED,), label_events=events), settings=config)["anchor_on"]) == "2026-11-03"


def test_the_anchor_closed() -> None:
    config = settings(policies=[{"anchor": "closed"}])
    done = incident(1, labels=(RESOLVED,), label_events=(added(RESOLVED, "2026-11-03"),), closed="2026-11-10")
    assert iso(row(done, settings=config)["due_on"]) == "2026-11-17"
    assert row(incident(1), settings=config)["due_on"] is pd.NaT


@pytest.mark.parametrize(
    ("zone", "declared", "day"),
    [
        ("UTC", "2026-11-02 23:30", "2026-11-02"),
        ("Europe/Berlin", "2026-11-02 22:59", "2026-11-02"),
        ("Europe/Berlin", "2026-11-02 23:00", "2026-11-03"),
        ("Europe/Berlin", "2026-07-01 22:00", "2026-07-02"),  # summer time
        ("America/Santiago", "2026-11-03 02:59", "2026-11-02"),
        ("America/Santiago", "2026-11-03 03:00", "2026-11-03"),
        # on Sunday 2026-09-06 there is no midnight: Saturday ends at 04:00 UTC, and it is one o'clock
        ("America/Santiago", "2026-09-06 03:59", "2026-09-05"),
        ("America/Santiago", "2026-09-06 04:00", "2026-09-06"),
        # on Saturday 2026-04-04 the hour before midnight comes twice
        ("America/Santiago", "2026-04-05 03:30", "2026-04-04"),
        ("America/Santiago", "2026-04-05 04:00", "2026-04-05"),
        ("Asia/Kolkata", "2026-11-02 18:30", "2026-11-03"),
    ],
)
def test_days_are_local(zone: str, declared: str, day: str) -> None:
    said = row(incident(1, created=declared), settings=settings(timezone=zone))
    assert iso(said["declared_on"]) == day
    assert iso(said["anchor_on"]) == day


@pytest.mark.parametrize(
    ("zone", "completed", "expected"),
    [
        ("UTC", "2026-11-09 23:59", "on_time"),
        ("UTC", "2026-11-10 00:00", "late"),
        ("Europe/Berlin", "2026-11-09 22:59", "on_time"),
        ("Europe/Berlin", "2026-11-09 23:00", "late"),
        ("America/Santiago", "2026-11-10 02:59", "on_time"),
        ("America/Santiago", "2026-11-10 03:00", "late"),
    ],
)
def test_the_due_day_counts_to_midnight_in_the_zone(zone: str, completed: str, expected: str) -> None:
    issues = (incident(1), review(2, of=1, closed=completed))
    assert verdict(*issues, settings=settings(timezone=zone)) == expected


@pytest.mark.parametrize(
    ("zone", "as_of", "closed_at", "expected"),
    [
        # 2026-10-25 has 25 hours in Berlin; the day ends at 23:00 UTC
        ("Europe/Berlin", "2026-10-25", "2026-10-25 22:59", "on_time"),
        ("Europe/Berlin", "2026-10-25", "2026-10-25 23:00", "pending"),
        ("Europe/Berlin", "2026-10-24", "2026-10-24 22:00", "pending"),
        ("Europe/Berlin", "2026-10-24", "2026-10-24 21:59", "on_time"),
    ],
)
def test_the_audited_day_ends_at_midnight_in_the_zone(zone: str, as_of: str, closed_at: str, expected: str) -> None:
    issues = (incident(1, created="2026-10-22"), review(2, of=1, created="2026-10-22 12:00", closed=closed_at))
    assert verdict(*issues, as_of=as_of, settings=settings(timezone=zone)) == expected


@pytest.mark.parametrize(
    ("as_of", "closed_at", "assigned", "completed"),
    [
        ("2026-09-05", "2026-09-06 03:59", "2026-09-08", True),
        ("2026-09-05", "2026-09-06 04:00", "2026-09-08", False),
        ("2026-04-04", "2026-04-05 03:59", "2026-04-06", True),
        ("2026-04-04", "2026-04-05 04:00", "2026-04-06", False),
    ],
)
def test_a_day_ends_once_where_midnight_is_left_out_or_comes_twice(
    as_of: str, closed_at: str, assigned: str, completed: bool
) -> None:
    first = f"{as_of} 12:00"
    issues = (incident(1, created=first), review(2, of=1, created=first, closed=closed_at))
    config = settings(timezone="America/Santiago", calendars={"default": {"closures": ["2026-09-07"]}})
    held = evidence(*issues, as_of=as_of, settings=config)
    assert held.reviews["completed_at"].notna().tolist() == [completed]
    assert [iso(day) for day in held.reviews["assign_by"]] == [assigned]


def test_a_review_of_long_ago_is_within_the_calendars() -> None:
    """Reviews of any age are read, and an old one can be linked with an incident of today."""
    held = evidence(incident(1), review(2, of=1, created="2019-07-18"))
    assert [iso(day) for day in held.reviews["assign_by"]] == ["2019-07-19"]


@pytest.mark.parametrize(
    ("policies", "incidents", "due", "calendar"),
    [
        ([{}], ({"iid": 1}, {"iid": 2, "created": "2026-10-26"}), "2026-11-02", 0),
        # those that require it go before a voluntary one, whatever is earlier
        ([{}], ({"iid": 1}, {"iid": 2, "created": "2026-10-26", "labels": ("Severity::3",)}), "2026-11-09", 0),
        (
            [{}],
            (
                {"iid": 1, "labels": ("Severity::4",)},
                {"iid": 2, "labels": ("Severity::3",), "created": "2026-10-26"},
            ),
            "2026-11-02",
            0,
        ),
        (
            [{}],
            ({"iid": 1}, {"iid": 2, "created": "2026-10-26", "labels": ("Severity::1", "Gameday")}),
            "2026-11-09",
            0,
        ),
        ([{}], ({"iid": 1}, {"iid": 2, "labels": ("Severity::2", "Service::API")}), "2026-11-09", 0),
        ([{"anchor": "closed"}], ({"iid": 1}, {"iid": 2, "closed": "2026-11-04"}), "2026-11-11", 0),
        ([{"anchor": "closed"}], ({"iid": 1, "labels": ("Severity::2", "Service::API")}, {"iid": 2}), None, 1),
    ],
)
def test_the_due_day_of_a_review_of_several_incidents(
    policies: list[dict[str, Any]], incidents: tuple[dict[str, Any], ...], due: str | None, calendar: int
) -> None:
    config = settings(policies=policies, calendars={"teams": {"backend": {"closures": ["2026-11-03"]}}})
    covering = review(9, of=1)
    covering = review(9, of=2, links=covering.links)
    held = evidence(*(incident(**fields) for fields in incidents), covering, settings=config)
    assert iso(held.reviews["due_on"][0]) == due
    assert held.reviews["calendar"].tolist() == [calendar]


def test_a_review_without_an_incident_in_scope_has_no_due_day() -> None:
    held = evidence(incident(1, labels=("Gameday",)), review(2, of=1)).reviews.iloc[0]
    assert (held["due_on"], held["assign_by"], held["calendar"]) == (pd.NaT, pd.NaT, -1)
    assert held["incidents"] == (f"{PROJECT}#1",)
    assert held["in_scope_incidents"] == ()
    assert not held["linked"]


def test_equal_calendars_share_a_table() -> None:
    same = {"country": "DE"}
    book = calendar_book(
        Calendars.model_validate({"default": same, "teams": {"a": same, "b": {}}, "services": {"c": {}}}),
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert len(book.calendars) == 2
    assert book.choices(["c", "x"], {"x": "a"}) == {0, 1}
    assert book.choices(["x"], {"x": "b"}) == {1}
    assert book.choices([], {}) == {0}


def test_the_span_reaches_from_the_first_day_beyond_the_last_due_day() -> None:
    policies = (Policy(due_days=2), Policy(due_days=10))
    assert span([date(2026, 3, 1)], date(2026, 2, 1), policies) == (date(2026, 2, 1), date(2026, 5, 10))
    assert span([], date(2026, 2, 1), policies) == (date(2026, 2, 1), date(2026, 4, 12))


def test_no_incidents_at_all() -> None:
    result = audited()
    assert len(result.verdicts) == 0
    assert result.findings == ()


YEAR = st.dates(date(2026, 1, 1), date(2026, 12, 31))
quick = examples(60)


def due_of(days: list[date], calendar: Calendar, rule: Policy) -> list[date]:
    book = calendar_book(Calendars(default=calendar), *span(days, days[0], [rule]))
    return due(days, rule, [frozenset({0})] * len(days), book)["due_on"]


def due(days: list[date], rule: Policy, choices: list[frozenset[int]], book: CalendarBook) -> dict[str, list[Any]]:
    counted = {"due_in": [rule.due_in(None)] * len(days), "due_kind": [rule.due_kind] * len(days)}
    columns = due_days(np.array(days, dtype=DAY), counted, choices, book)
    return {"due_on": columns["due_on"].astype("datetime64[D]").tolist(), "calendar": columns["calendar"].tolist()}


@quick
@given(st.lists(YEAR, min_size=1, max_size=8), st.lists(YEAR, max_size=10), YEAR, st.integers(1, 40))
def test_adding_a_closure_never_makes_a_due_day_earlier(
    days: list[date], closures: list[date], more: date, count: int
) -> None:
    rule = Policy(due_days=count)
    before = due_of(days, Calendar(closures=tuple(closures)), rule)
    after = due_of(days, Calendar(closures=(*closures, more)), rule)
    assert all(later >= earlier for earlier, later in zip(before, after, strict=True))


@quick
@given(st.lists(YEAR, min_size=2, max_size=8).map(sorted), st.lists(YEAR, max_size=10), st.integers(1, 40))
def test_a_due_day_is_a_working_day_and_follows_its_anchors_order(
    days: list[date], closures: list[date], count: int
) -> None:
    lasts = due_of(days, Calendar(closures=tuple(closures)), Policy(due_days=count))
    assert lasts == sorted(lasts)
    for anchor, last in zip(days, lasts, strict=True):
        between = [anchor + timedelta(days=n) for n in range(1, (last - anchor).days + 1)]
        assert sum(day.weekday() < 5 and day not in closures for day in between) == count
        assert last.weekday() < 5
        assert last not in closures


@quick
@given(st.lists(YEAR, min_size=1, max_size=5), st.lists(YEAR, max_size=10))
def test_of_several_calendars_the_latest_due_day_counts(days: list[date], closures: list[date]) -> None:
    book: CalendarBook = calendar_book(
        Calendars(default=Calendar(closures=tuple(closures)), teams={"a": Calendar(weekend=("Fri", "Sat"))}),
        *span(days, days[0], [Policy()]),
    )
    alone = [due(days, Policy(), [frozenset({one})] * len(days), book)["due_on"] for one in range(2)]
    both = due(days, Policy(), [frozenset({0, 1})] * len(days), book)
    assert both["due_on"] == list(map(max, *alone))
    assert both["calendar"] == [int(two > one) for one, two in zip(*alone, strict=True)]


def test_of_calendars_with_one_due_day_the_first_by_name_counts() -> None:
    far = {name: {"closures": [day]} for name, day in (("web", "2026-11-20"), ("api", "2026-11-21"))}
    owners = {"frontend": far["web"], "backend": far["api"]}
    both = incident(1, labels=("Severity::2", "Service::API", "Service::Web"))
    for calendars in ({"services": far}, {"teams": owners}):
        held = evidence(both, settings=settings(calendars=calendars))
        assert held.calendars[held.incidents["calendar"].item()].settings.closures == (date(2026, 11, 21),)


@pytest.mark.parametrize(("name", "label"), [("API", "Service::api"), ("x", "Service:X")])
def test_a_calendar_names_its_service_without_regard_to_case(name: str, label: str) -> None:
    calendars = {"services": {name: {"closures": ["2026-11-04"]}}}
    catalog = Catalog(services=(Service(name="api", label="API", owner="backend"),))
    said = row(incident(1, labels=("Severity::2", label)), settings=settings(calendars=calendars), catalog=catalog)
    assert iso(said["due_on"]) == "2026-11-10"

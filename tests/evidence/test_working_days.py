"""Section 6: working days are neither weekend nor holiday nor closure in the calendar that applies."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import holidays
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.evidence.working_days import WorkCalendar, holidays_version, missing_subdivision, weekend_on
from audit.settings.calendar_settings import Calendar
from tests.examples import examples

NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 11, day) for day in range(2, 9))
quick = examples(60)


@lru_cache(maxsize=64)
def calendar(**fields: Any) -> WorkCalendar:
    return WorkCalendar(Calendar.model_validate(fields), FIRST, LAST)


PLAIN = calendar()


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        pytest.param(MON, date(2026, 11, 9), id="Monday"),
        pytest.param(TUE, date(2026, 11, 10), id="Tuesday"),
        pytest.param(WED, date(2026, 11, 11), id="Wednesday"),
        pytest.param(THU, date(2026, 11, 12), id="Thursday"),
        pytest.param(FRI, date(2026, 11, 13), id="Friday"),
        pytest.param(SAT, date(2026, 11, 13), id="Saturday: the following Friday"),
        pytest.param(SUN, date(2026, 11, 13), id="Sunday"),
        pytest.param(date(2026, 12, 30), date(2027, 1, 6), id="over the year's end"),
    ],
)
def test_five_working_days_strictly_after(anchor: date, due: date) -> None:
    assert PLAIN.day_after(anchor, 5) == due


@pytest.mark.parametrize(
    ("day", "n", "before"),
    [
        pytest.param(MON, 1, date(2026, 10, 30), id="Monday"),
        pytest.param(TUE, 1, MON, id="Tuesday"),
        pytest.param(SAT, 1, FRI, id="Saturday"),
        pytest.param(SUN, 2, THU, id="Sunday, two"),
        pytest.param(FRI, 5, date(2026, 10, 30), id="Friday, five"),
    ],
)
def test_working_days_strictly_before(day: date, n: int, before: date) -> None:
    assert PLAIN.day_before(day, n) == before


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param(MON, MON, 0, id="none"),
        pytest.param(MON, TUE, 1, id="one"),
        pytest.param(FRI, SUN, 0, id="over a weekend"),
        pytest.param(SAT, date(2026, 11, 9), 1, id="from a Saturday"),
        pytest.param(MON, date(2026, 11, 9), 5, id="a week"),
        pytest.param(TUE, MON, 0, id="backwards"),
    ],
)
def test_working_days_between(start: date, end: date, days: int) -> None:
    assert PLAIN.between(start, end) == days


@pytest.mark.parametrize(
    ("fields", "day", "works"),
    [
        pytest.param({}, FRI, True, id="weekday"),
        pytest.param({}, SAT, False, id="weekend"),
        pytest.param({"weekend": ("Fri", "Sat")}, FRI, False, id="other weekend"),
        pytest.param({"weekend": ("Fri", "Sat")}, SUN, True, id="not of the other weekend"),
        pytest.param({"weekend": ()}, SUN, True, id="no weekend"),
        pytest.param({"closures": (FRI,)}, FRI, False, id="closure"),
        pytest.param({"closures": (FRI,)}, THU, True, id="no closure"),
        pytest.param({"closures": (date(1999, 1, 1), date(2050, 1, 1))}, FRI, True, id="closures of other years"),
        pytest.param({"country": "DE"}, date(2026, 12, 25), False, id="holiday"),
        pytest.param({"country": "DE"}, date(2026, 1, 6), True, id="holiday of a state only"),
        pytest.param({"country": "DE", "subdivision": "BY"}, date(2026, 1, 6), False, id="holiday of the state"),
        pytest.param({"country": "US"}, date(2026, 7, 3), False, id="observed holiday"),
        pytest.param({"country": "US"}, date(2027, 12, 31), False, id="observed holiday of the next year"),
        pytest.param({"country": "HU"}, date(2026, 1, 10), True, id="working Saturday"),
        pytest.param({"country": "HU"}, date(2026, 1, 17), False, id="other Saturday"),
        pytest.param(
            {"country": "HU", "closures": (date(2026, 1, 10),)}, date(2026, 1, 10), False, id="closed Saturday"
        ),
    ],
)
def test_whether_a_day_is_worked(fields: dict[str, Any], day: date, works: bool) -> None:
    assert calendar(**fields).works(day) is works


@pytest.mark.parametrize(
    ("country", "subdivision"),
    [
        *(("BR", "SP"), ("DE", "BY"), ("GB", "SCT"), ("US", "CA")),
        *((country, "") for country in ("AE", "CN", "HU", "IL", "IN", "JP", "KR", "NL", "PL", "RU", "TW", "UA", "VN")),
    ],
)
def test_the_holidays_package_says_the_same(country: str, subdivision: str) -> None:
    years = range(FIRST.year, LAST.year + 2)
    table = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    ours = calendar(
        country=country, subdivision=subdivision, weekend=tuple(NAMES[day] for day in sorted(table.weekend))
    )
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert [day for day in days if ours.works(day)] == [day for day in days if table.is_working_day(day)]


def test_of_a_column_what_is_missing_stays_so() -> None:
    days = np.array(["2026-11-02", "NaT", "2026-11-07"], dtype="datetime64[s]")
    after = PLAIN.after(days, 1)
    assert after.dtype == "datetime64[s]"
    assert after.astype("datetime64[D]").tolist() == [date(2026, 11, 3), None, date(2026, 11, 9)]


@pytest.mark.parametrize("days", [[], [None, None]])
def test_a_column_may_hold_no_day(days: list[None]) -> None:
    after = PLAIN.after(np.array(days, dtype="datetime64[s]"), 5)
    assert after.dtype == "datetime64[s]"
    assert after.tolist() == days


def test_days_outside_the_calendar_are_refused() -> None:
    edge = WorkCalendar(Calendar(), date(2026, 6, 1), date(2026, 6, 1))
    assert edge.day_after(date(2026, 6, 1), 300) > date(2027, 1, 1)
    for refused in (
        lambda: edge.works(date(2024, 12, 31)),
        lambda: edge.works(date(2028, 1, 1)),
        lambda: edge.between(date(2024, 12, 31), date(2026, 6, 1)),
        lambda: edge.day_after(date(2027, 12, 31), 1),
        lambda: edge.day_after(date(2026, 6, 1), 1000),
        lambda: edge.day_before(date(2025, 1, 1), 1),
        lambda: edge.day_before(date(2026, 6, 1), 1000),
    ):
        with pytest.raises(ValueError, match="outside the calendar's years 2025-01-01 to 2027-12-31"):
            refused()


def test_the_first_and_the_last_day_of_the_calendar_can_be_asked_for_and_counted_to() -> None:
    edge = WorkCalendar(Calendar(), date(2026, 6, 1), date(2026, 6, 1))
    first, last = date(2025, 1, 1), date(2027, 12, 31)
    assert edge.works(first)
    assert edge.works(last)
    assert edge.day_before(date(2025, 1, 2), 1) == first
    assert edge.day_after(date(2027, 12, 30), 1) == last
    assert edge.between(first, last) == 782


def test_closures_on_the_first_and_last_day_of_the_calendar_and_outside_of_it() -> None:
    days = (date(2024, 12, 31), date(2025, 1, 1), date(2027, 12, 31), date(2028, 1, 1))
    edge = WorkCalendar(Calendar(closures=days), date(2026, 6, 1), date(2026, 6, 1))
    assert not edge.works(date(2025, 1, 1))
    assert edge.works(date(2025, 1, 2))
    assert edge.works(date(2027, 12, 30))
    assert not edge.works(date(2027, 12, 31))


def test_what_lies_outside_the_calendar_is_told() -> None:
    edge = WorkCalendar(Calendar(), date(2026, 6, 1), date(2026, 6, 1))
    with pytest.raises(ValueError, match=r"^a day lies outside"):
        edge.works(date(2028, 1, 1))
    with pytest.raises(ValueError, match=r"^the working day counted to lies outside"):
        edge.day_after(date(2027, 12, 30), 2)
    with pytest.raises(ValueError, match=r"^the working day counted to lies outside"):
        edge.day_before(date(2025, 1, 2), 2)


def test_an_unknown_country_is_refused() -> None:
    settings = Calendar.model_construct(country="XX", subdivision="", weekend=(), closures=())
    with pytest.raises(ValueError, match="does not know"):
        WorkCalendar(settings, FIRST, LAST)


def test_the_version_of_the_holidays_package_is_told() -> None:
    assert holidays_version() == holidays.__version__  # type: ignore[attr-defined]


DAYS = st.dates(min_value=FIRST, max_value=LAST)
MANY = st.integers(min_value=1, max_value=30)
PLACES = st.sampled_from(["", "CN", "DE", "HU", "IL", "US"])
WEEKENDS = st.sets(st.sampled_from(NAMES), max_size=3).map(lambda names: tuple(sorted(names)))


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    return calendar(country=draw(PLACES), weekend=draw(WEEKENDS))


@quick
@given(calendars(), DAYS, MANY)
def test_the_due_day_is_the_nth_worked_day(ours: WorkCalendar, day: date, n: int) -> None:
    due = ours.day_after(day, n)
    passed = [day + timedelta(days=k) for k in range(1, (due - day).days + 1)]
    assert ours.works(due)
    assert sum(map(ours.works, passed)) == ours.between(day, due) == n


@quick
@given(calendars(), DAYS, MANY)
def test_back_and_forth_is_where_it_began(ours: WorkCalendar, day: date, n: int) -> None:
    worked = ours.day_after(day, 1)
    assert ours.day_before(ours.day_after(worked, n), n) == worked
    assert ours.day_after(ours.day_before(worked, n), n) == worked


@quick
@given(calendars(), DAYS, DAYS, MANY)
def test_a_later_start_never_gives_an_earlier_day(ours: WorkCalendar, one: date, other: date, n: int) -> None:
    first, second = sorted((one, other))
    assert ours.day_after(first, n) <= ours.day_after(second, n)
    assert ours.day_before(first, n) <= ours.day_before(second, n)


@quick
@given(PLACES, WEEKENDS, st.lists(DAYS, max_size=5), DAYS, MANY)
def test_a_closure_never_makes_a_due_day_earlier(
    country: str, weekend: tuple[str, ...], closures: list[date], day: date, n: int
) -> None:
    open_, shut = (calendar(country=country, weekend=weekend, closures=some) for some in ((), tuple(closures)))
    assert open_.day_after(day, n) <= shut.day_after(day, n)
    assert not any(map(shut.works, closures))


@quick
@given(WEEKENDS, st.sampled_from(["DE", "US", "GB"]), DAYS, MANY)
def test_holidays_never_make_a_due_day_earlier(weekend: tuple[str, ...], country: str, day: date, n: int) -> None:
    assert calendar(weekend=weekend).day_after(day, n) <= calendar(weekend=weekend, country=country).day_after(day, n)


@quick
@given(calendars(), DAYS, DAYS, DAYS)
def test_spans_add_up(ours: WorkCalendar, one: date, other: date, third: date) -> None:
    first, second, last = sorted((one, other, third))
    assert ours.between(first, second) + ours.between(second, last) == ours.between(first, last)


@quick
@given(calendars(), st.lists(st.none() | DAYS, min_size=1, max_size=6), MANY)
def test_a_column_is_each_of_its_days(ours: WorkCalendar, days: list[date | None], n: int) -> None:
    counted = ours.after(np.array(days, dtype="datetime64[s]"), n)
    assert counted.astype("datetime64[D]").tolist() == [day and ours.day_after(day, n) for day in days]


@pytest.mark.parametrize(
    ("fields", "weekend"),
    [
        ({}, "Sat Sun"),
        ({"country": "DE"}, "Sat Sun"),
        ({"country": "IL"}, "Fri Sat"),
        ({"country": "BN"}, "Fri Sun"),
        ({"country": "IR"}, "Fri"),
        ({"country": "IL", "weekend": ["Sat", "Sun"]}, "Sat Sun"),
        ({"country": "IL", "weekend": []}, ""),
    ],
)
def test_a_country_brings_its_weekend(fields: dict[str, Any], weekend: str) -> None:
    assert " ".join(weekend_on(Calendar.model_validate(fields), MON)) == weekend
    assert " ".join(weekend_on(Calendar.model_validate(fields), SAT)) == weekend


def test_the_weekend_is_that_of_the_day() -> None:
    settings = Calendar(country="AE")  # it changed with the year 2022
    emirates = WorkCalendar(settings, date(2021, 1, 1), date(2023, 1, 1))

    assert weekend_on(settings, date(2021, 6, 1)) == ("Fri", "Sat")
    assert weekend_on(settings, date(2022, 6, 1)) == ("Sat", "Sun")
    assert emirates.works(date(2021, 6, 6))
    assert not emirates.works(date(2022, 6, 5))


@pytest.mark.parametrize("country", ["AE", "BN", "CN", "DE", "IL", "MY", "NP", "SA", "US"])
def test_the_days_are_those_of_the_package(country: str) -> None:
    package = holidays.country_holidays(country, years=range(2025, 2028))
    ours = calendar(country=country)
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(3 * 365)]

    assert [day for day in days if ours.works(day) != package.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({"country": "GB"}, ("ENG", "NIR", "SCT", "WLS")),
        ({"country": "GB", "subdivision": "SCT"}, ()),
        ({"country": "FR"}, ()),
        ({"country": "IL"}, ()),
        ({}, ()),
    ],
)
def test_a_country_that_has_the_holidays_of_no_place_in_it(fields: dict[str, Any], parts: tuple[str, ...]) -> None:
    assert missing_subdivision(Calendar.model_validate(fields), 2026) == parts

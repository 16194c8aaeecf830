from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.values import any_disagree, duration, durations_disagree, interval, severity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((spelt, 2) for spelt in ("severity2", "severity::2", '~"severity::2"', "~Severity::2", "Severity 2 (High)")),
        *((spelt, 2) for spelt in ("S2", "s2", "SEV2", "Sev-2", "Severity: 2", "2", "2 (High)", "**2**")),
        *((spelt, 2) for spelt in ("`severity::2`", "severity_2")),
        *((spelt, 2) for spelt in ("S2 (raised from S2)", "[severity 2](https://example.com/1)")),
        *((spelt, None) for spelt in ("", "High", "~Severity::*", "S5", "S0", "S3 -> S2", "2 or 3", "S2.5")),
        *((spelt, None) for spelt in ("Class2", "12")),
    ],
)  # fmt: skip
def test_severity(text: str, expected: int | None) -> None:
    assert severity(text) == expected


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1hr 22mins", 82),
        ("2 hours, 8 minutes", 128),
        ("90 min", 90),
        ("90 mins", 90),
        ("1h30m", 90),
        ("1h30", 90),
        ("1 h 05", 65),
        ("~2h", 120),
        ("about 2 hours", 120),
        ("90 minutes (approx.)", 90),
        ("1 day 3 hours", 27 * 60),
        ("1 week", 7 * 24 * 60),
        ("133 minutes", 133),
        ("2:13", 133),
        ("2:13:00", 133),
        ("26:46 hours", 26 * 60 + 46),
        ("PT2H13M", 133),
        ("P1DT3H", 27 * 60),
        ("4hrs and 20min", 260),
        ("1hr 9m", 69),
        ("2 hr. 8 min.", 128),
        ("2-hour", 120),
        ("1.5h", 90),
        ("1,5 h", 90),
        ("1,440 minutes", 1440),
        ("an hour", 60),
        ("half an hour", 30),
        ("one hour and ten minutes", 70),
        ("( 120 minutes )", 120),
        ("**2h**", 120),
        ("{+ 2h +}", 120),
        ("[2h](https://example.com/1)", 120),
        ("2h 13m (133 minutes)", 133),
        ("2h = 120 min", 120),
        ("90 minutes of degraded service", 90),
        ("90 seconds", 1.5),
    ],
)
def test_duration(text: str, minutes: float) -> None:
    assert duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        *("", "46", "133", "TBD", "ongoing", "PT", "P", "2 hours 8", "2:13 minutes", "2:75", "3 months"),
        *("90-120 minutes", "1 to 2 hours", "over 2 hours", "< 5 minutes", "2h+", "2 hours?", "5 minutes per host"),
        *("8 minutes, 2 hours", "30 min 30 min", "2 hours (API), 3 hours (web)", "2h (100 minutes)", "2h (+14 web)"),
        *("2 hours and a half", "123456789 minutes", "-5 minutes", "1.2.3 hours", "3 hosts", "a dash"),
    ],
)
def test_no_duration(text: str) -> None:
    assert duration(text) is None


SPELLINGS = [
    *("{hours} hours, {rest} minutes", "{hours}h {rest}m", "{hours}h{rest:02}", "{hours}hr {rest}mins"),
    *("{hours}:{rest:02}", "{hours} hrs and {rest} min", "{minutes} minutes", "~{minutes}min", "PT{hours}H{rest}M"),
    *("( {minutes} mins )", "{hours}h {rest}m ({minutes} min)", "**{hours} hours {rest} minutes**"),
]


@given(st.integers(0, 9999), st.sampled_from(SPELLINGS))
def test_a_duration_parses_back_in_every_spelling(minutes: int, spelling: str) -> None:
    told = spelling.format(hours=minutes // 60, rest=minutes % 60, minutes=minutes)
    assert duration(told) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("09:05 UTC", "10:27 UTC", 82),
        ("9:05", "10:27", 82),
        ("14:15 utc", "17:57 utc", 222),
        ("09:22 (UTC)", "11:35 (UTC)", 133),
        ("09:05 UTC", "10:27", 82),
        ("0905 UTC", "1027 UTC", 82),
        ("2005 UTC", "2027 UTC", 22),
        ("16h05", "17h10", 65),
        ("3:08 PM UTC", "4:17 PM UTC", 69),
        ("3 p.m.", "4:30 p.m.", 90),
        ("12:30 am", "12:30 pm", 720),
        ("11:30 AM", "13:00", 90),
        ("00:30", "1:00 AM", 30),
        ("23:30", "00:15", 45),
        ("23:00", "24:00", 60),
        ("23:30 UTC", "00:15 UTC + 1", 45),
        ("23:30", "00:15 (+1 day)", 45),
        ("23:30", "01:30 next day", 120),
        ("09:00 UTC +1", "10:00 UTC +1", 60),
        ("2026-01-23 16:00", "2026-01-23 17:30", 90),
        ("2026-01-23 16:00", "17:30", 90),
        ("23:30", "2026-01-23 00:15", 45),
        ("2026-01-23T16:00:00Z", "2026-01-23T18:00:30.5+01:00", 60.5),
        ("2026/01/23 16:00", "2026.01.23 17:00", 60),
        ("23.01.2026 16:00", "24.01.2026 16:00", 1440),
        ("13/04/2026 09:00", "14/04/2026 10:00", 1500),
        ("04/13/2026 09:00", "04/14/2026 10:00", 1500),
        ("03/04/2026 09:00", "03/04/2026 10:00", 60),
        ("Fri, 23 Jan 2026 09:22:00 UTC", "Fri, 23 Jan 2026 11:35:00 UTC", 133),
        ("Friday 23rd of January 2026 at 15:00", "January 23, 2026 15:30", 30),
        ("Mar 18, 1:30 UTC", "Mar 18, 2:30 UTC", 60),
        ("Mar 18 23:00", "Mar 19 2026 01:00", 120),
        ("Feb 28 23:30", "Mar 1 2027 00:30", 60),
        ("Dec 31 23:00", "Jan 1 01:00", 120),
        ("Dec 31, 2026 23:00", "Jan 1 01:00", 120),
        ("16:00 CET", "16:00 UTC", 60),
        ("16:00 UTC+2", "17:00 UTC", 180),
        ("16:00 UTC-5", "16:00 -0430", -30 + 1440),
        ("16:00 IST", "17:00 IST", 60),
        ("16:00 PT", "17:00 PT", 60),
        ("16:00 Europe/Berlin", "17:00 Europe/Berlin", 60),
        ("2026-10-25 01:30 Europe/Berlin", "2026-10-25 04:30 Europe/Berlin", 240),
        ("2026-07-01 12:00 Europe/Berlin", "2026-07-01 12:00 UTC", 120),
        ("2026-07-01 12:00 Etc/UTC", "2026-07-01 12:30 GMT", 30),
        ("**09:05**", "[10:05](https://example.com/1)", 60),
        ("2026-01-23 - 16:00", "2026-01-23, 16:30 hrs", 30),
    ],
)
def test_interval(start: str, end: str, minutes: float) -> None:
    assert interval(start, end) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        *(("09:05", end) for end in ("", "ongoing", "TBD", "2026-01-23", "2026", "~10:00", "about 10")),
        *(("09:05", end) for end in ("25:00", "10:75", "13:00 pm", "0 am", "10:00 (5)")),
        *(("09:05", end) for end in ("10:00 / 11:00", "10:00<br>11:00", "10:00 (see graph)")),
        *(("16:00 IST", end) for end in ("17:00 UTC", "17:00 CST")),
        ("16:00 UTC", "17:00 Europe/Berlin"),
        ("2026-01-23 16:00 UTC", "2026-01-23 16:00 Nowhere/Atall"),
        ("2026-10-25 02:30 Europe/Berlin", "2026-10-25 04:30 Europe/Berlin"),
        ("3:08", "4:17 PM"),
        ("4:17 PM", "5:08"),
        ("03/04/2026 09:00", "03/05/2026 10:00"),
        ("09:00 UTC", "10:00 UTC +1"),
        ("2026-02-30 10:00", "2026-02-30 11:00"),
        ("Mar 18 10:00", "Mar 17 11:00"),
        ("13 UTC", "14 UTC"),
    ],
)  # fmt: skip
def test_no_interval(start: str, end: str) -> None:
    assert interval(start, end) is None


def test_an_end_that_is_plainly_before_its_start() -> None:
    assert interval("2026-01-27 20:57 UTC", "2024-01-27 22:37 UTC") == timedelta(days=-731, hours=1, minutes=40)


FORMATS = ["%Y-%m-%d %H:%M", "%a, %d %b %Y %H:%M:%S UTC", "%d.%m.%Y %H:%M", "%B %d, %Y %I:%M %p", "%Y-%m-%dT%H:%MZ"]
INSTANTS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))  # noqa: DTZ001


@given(INSTANTS, st.integers(0, 5000), st.sampled_from(FORMATS))
def test_an_interval_is_read_back_in_every_format(start: datetime, minutes: int, form: str) -> None:
    end = start + timedelta(minutes=minutes)
    assert interval(start.strftime(form), end.strftime(form)) == timedelta(minutes=minutes)
    assert durations_disagree(start.strftime(form), end.strftime(form), f"{minutes} min") is False
    assert durations_disagree(start.strftime(form), end.strftime(form), f"{minutes + 2} min") is True


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        *((total, False) for total in ("1hr 22mins", "82 min", "83 minutes", "81 min", "1:22", "~1h", "about 1.5 h")),
        *((total, False) for total in ("25 hours, 22 minutes",)),  # neither end has a date: a day may be missing
        *((total, True) for total in ("84 min", "80 min", "1h 20m", "2h", "~2h")),
        *((total, None) for total in ("", "82", "N/A", "80-90 min")),
    ],
)
def test_a_total_against_times_of_a_day(total: str, expected: bool | None) -> None:
    assert durations_disagree("09:05 UTC", "10:27 UTC", total) is expected


@pytest.mark.parametrize(
    ("start", "end", "total", "expected"),
    [
        ("2026-01-23 09:05", "2026-01-23 10:27", "25h 22m", True),
        ("2026-01-23 09:05", "10:27", "25h 22m", False),
        ("09:05", "10:27 + 1", "1h 22m", True),
        ("12:31", "02:45", "885 minutes", True),
        ("12:31", "02:45", "854 minutes", False),
        ("2026-01-27 20:57", "2024-01-27 22:37", "100 minutes", True),
        ("N/A", "10:27", "1h", None),
    ],
)
def test_a_total_against_start_and_end(start: str, end: str, total: str, expected: bool | None) -> None:
    assert durations_disagree(start, end, total) is expected


def test_value_columns_are_compared_one_by_one() -> None:
    assert any_disagree(("09:00", "09:00"), ("10:00", "11:00"), ("1h", "2h")) is False
    assert any_disagree(("09:00", "09:00"), ("10:00", "11:00"), ("1h", "1h")) is True
    assert any_disagree(("09:00", "", "09:00"), ("10:00", "11:00", "x"), ("1h", "1h", "1h")) is False
    assert any_disagree(("",), ("",), ("1h",)) is None
    assert any_disagree((), (), ()) is None

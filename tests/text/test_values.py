from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.text.values import any_disagree, durations_disagree, interval, severity


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
        ("~09:05", "ca. 10:00 UTC", 55),
        ("23:30 SGT", "00:15 the following day", 45),
        ("23 September 2026 16:00", "Sept. 23, 2026 16:30 Uhr", 30),
    ],
)
def test_interval(start: str, end: str, minutes: float) -> None:
    assert interval(start, end) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        *(("09:05", end) for end in ("", "ongoing", "TBD", "2026-01-23", "2026", "about 10")),
        *(("09:05", end) for end in ("10:00 (marked 5)", "10:00 API", "10:00 decided 5")),
        *(("09:05", end) for end in ("ten o'clock", "10:00 the day before")),
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
        ("09:05", f"10:00 {'UTC ' * 200}"),  # no time is as long as that
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
        *(
            (total, False)
            for total in ("1hr 22mins", "82 min", "83 minutes", "81 min", "1:22", "about 1.5 h", "~75 min")
        ),
        *((total, False) for total in ("25 hours, 22 minutes",)),  # neither end has a date: a day may be missing
        *((total, True) for total in ("84 min", "80 min", "1h 20m", "2h", "~2h", "~1h", "roughly 73 minutes")),
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
        ("~09:00", "10:00", "65 minutes", False),
        ("09:00", "around 10:00", "67 minutes", True),
        ("09:00", "10:00", "~67 minutes", True),
        ("09:00", "10:00", "~66 minutes", False),
        ("09:00", "10:00", "an hour", False),
        ("09:00", "10:00", "1 hour and fifteen minutes", True),
        ("09:00", "10:15", "1 hour and fifteen minutes", False),
        ("09:00", "10:15", "1 hour and fifteen minutes or a little more", None),
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

"""The hidden marker by which the bot finds again what it published."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.publishing import stamp
from audit.publishing.stamp import Stamp, read, stamped
from tests.examples import examples

DAY = date(2026, 11, 23)


def test_what_is_written_is_read_back() -> None:
    text, made = stamped("# Report\n", kind=stamp.WEEKLY, as_of=DAY, week="2026-W48")
    assert text.startswith("# Report\n\n<!-- incident-review-audit:v1 {")
    assert text.endswith('"kind": "weekly", "week": "2026-W48"} -->')
    assert read(text) == made == Stamp(kind="weekly", as_of=DAY, week="2026-W48", hash=made.hash)
    whole = stamped("x", kind=stamp.WEEKLY, as_of=DAY, week="2026-W48", series="a", audit="b")
    assert read(whole[0]) == whole[1]
    assert read(stamped("x", kind=stamp.PAGE, as_of=DAY)[0]) == stamped("x", kind=stamp.PAGE, as_of=DAY)[1]


def test_a_line_of_a_later_day_stands_above_the_same_report() -> None:
    text, made = stamped("# Report\n", kind=stamp.WEEKLY, as_of=DAY, week="2026-W48", audit="a", edition="weekly")
    assert stamp.above(text).strip() == "# Report"
    later, mark = stamp.restamped("New.\n\n# Report\n", made, until=date(2026, 11, 25))
    assert read(later) == mark
    assert (mark.as_of, mark.until, mark.week, mark.audit, mark.edition) == (
        DAY,
        date(2026, 11, 25),
        "2026-W48",
        "a",
        "weekly",
    )
    assert stamp.above("no stamp") == "no stamp"
    assert (mark.is_of_another("b", DAY), mark.is_of_another("a", DAY)) == (True, False)
    assert read(later.replace("2026-11-25", "soon")) is None


def test_it_survives_what_gitlab_and_people_do_to_a_text() -> None:
    text, made = stamped("# Report", kind=stamp.WEEKLY, as_of=DAY, week="2026-W48")
    assert read(text.replace("\n", "\r\n") + "\r\n") == made
    assert read(f"{text}\n\nThanks! See you on Tuesday.\n") == made
    assert stamped("# Report\r\n", kind=stamp.WEEKLY, as_of=DAY, week="2026-W48")[1] == made


def test_the_hash_tells_texts_apart() -> None:
    one, other = (stamped(text, kind=stamp.PAGE, as_of=DAY)[1] for text in ("one", "other"))
    assert one.hash != other.hash


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no stamp",
        '<!-- incident-review-audit:v1 {"kind": "weekly"} -->',
        '<!-- incident-review-audit:v1 {"kind": "weekly", "as_of": "soon"} -->',
        '<!-- incident-review-audit:v1 {"kind": "weekly", "as_of": 7} -->',
        "<!-- incident-review-audit:v1 {no json} -->",
        '<!-- incident-review-audit:v1 ["a", "list"] -->',
        'quoted <!-- incident-review-audit:v1 {"kind": "weekly", "as_of": "2026-11-23"} -->',
    ],
)
def test_what_is_no_stamp(text: str) -> None:
    assert read(text) is None


def test_keys_of_a_later_version_are_left_alone() -> None:
    text = '<!-- incident-review-audit:v2 {"as_of": "2026-11-23", "kind": "page", "more": [1]} -->'
    assert read(text) == Stamp(kind="page", as_of=DAY, hash="")


@pytest.mark.parametrize("week", ["2026-W48](https://evil.example)", "2000-W01\n/move evil/place\n@all", "W1"])
def test_a_week_that_is_none_is_not_read_since_others_edit_what_the_bot_wrote(week: str) -> None:
    assert read(stamped("x", kind=stamp.WEEKLY, as_of=DAY, week=week)[0]) is None


def test_a_stamp_of_very_deep_nesting_is_none() -> None:
    assert read('<!-- incident-review-audit:v1 {"a": ' + "[" * 100_000 + "} -->") is None


@examples(20)
@given(st.text())
def test_the_last_one_counts_whatever_stands_above_it(foreign: str) -> None:
    forged = stamped(foreign, kind="forged", as_of=date(2000, 1, 1))[0]
    text, made = stamped(forged, kind=stamp.PAGE, as_of=DAY)
    assert read(text) == made

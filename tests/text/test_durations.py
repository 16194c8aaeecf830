"""Durations in digits and in words: read to the last word, or not at all."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from audit.text.durations import length
from audit.text.values import duration


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        *(("1hr 22mins", 82), ("2 hours, 8 minutes", 128), ("90 min", 90), ("90 mins", 90), ("1h30m", 90)),
        *(("1h30", 90), ("1 h 05", 65), ("~2h", 120), ("about 2 hours", 120), ("90 minutes (approx.)", 90)),
        *(("1 day 3 hours", 27 * 60), ("1 week", 7 * 24 * 60), ("133 minutes", 133), ("2:13", 133), ("2:13:00", 133)),
        *(("26:46 hours", 26 * 60 + 46), ("PT2H13M", 133), ("P1DT3H", 27 * 60), ("4hrs and 20min", 260)),
        *(("1hr 9m", 69), ("2 hr. 8 min.", 128), ("2-hour", 120), ("1.5h", 90), ("1,5 h", 90), ("1,440 minutes", 1440)),
        *(("an hour", 60), ("half an hour", 30), ("one hour and ten minutes", 70), ("( 120 minutes )", 120)),
        *(("**2h**", 120), ("{+ 2h +}", 120), ("[2h](https://example.com/1)", 120), ("2h 13m (133 minutes)", 133)),
        *(("2h = 120 min", 120), ("90 minutes of degraded service", 90), ("90 seconds", 1.5)),
        *(("1 hour and fifteen minutes", 75), ("two hours, thirty minutes", 150), ("2 days and twelve hours", 3600)),
        *(("an hour and a quarter", 75), ("3 hours minus five minutes", 175), ("an hour and a half", 90)),
        *(("one and a half hours", 90), ("2 and a half hours", 150), ("two hours and a half", 150)),
        *(("three quarters of an hour", 45), ("a quarter of an hour", 15), ("1½ hours", 90), ("½ hour", 30)),
        *(("1 1/2 hours", 90), ("3/4 of an hour", 45), ("half a day", 720), ("a day and a half", 2160)),
        *(("twenty-five minutes", 25), ("forty five minutes", 45), ("one hundred and twenty minutes", 120)),
        *(("a hundred minutes", 100), ("an hour and a half minute", 60.5), ("Total downtime: 2 hours", 120)),
        *(("2 hours in total", 120), ("Exactly forty-two minutes.", 42), ("an hour or so", 60), ("zero minutes", 0)),
        *(("estimated 20 minutes", 20), ("Two Hours & Ten Minutes", 130), ("two hours plus ten minutes", 130)),
    ],
)  # fmt: skip
def test_duration(text: str, minutes: float) -> None:
    assert duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        *("", "46", "133", "TBD", "ongoing", "PT", "P", "2 hours 8", "2:13 minutes", "2:75", "3 months"),
        *("90-120 minutes", "1 to 2 hours", "over 2 hours", "< 5 minutes", "2h+", "2 hours?", "5 minutes per host"),
        *("8 minutes, 2 hours", "30 min 30 min", "2 hours (API), 3 hours (web)", "2h (100 minutes)", "2h (+14 web)"),
        *("123456789 minutes", "-5 minutes", "1.2.3 hours", "3 hosts", "a dash", "a few minutes", "a couple of hours"),
        *("one or two hours", "one two hours", "twenty thirty minutes", "2/3 hours", "two hours thirty", "half past"),
        *("an hour less five minutes", "nearly two hours", "two hours on Monday", "2 hours of work", "an hour and"),
        *("5 minutes minus an hour", "hundred minutes", "1 hour and several minutes", "a half and hour"),
        *("eine Stunde und 15 Minuten", "2 heures 15", "1 Std. 10 Min.", "9" * 600),
    ],
)
def test_no_duration(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "about"), [("~2h", True), ("2h (approx.)", True), ("circa two hours", True), ("2h", False)]
)
def test_what_is_approximate(text: str, about: bool) -> None:
    known = length(text)
    assert known is not None
    assert known.about is about


SPELLINGS = [
    *("{hours} hours, {rest} minutes", "{hours}h {rest}m", "{hours}h{rest:02}", "{hours}hr {rest}mins"),
    *("{hours}:{rest:02}", "{hours} hrs and {rest} min", "{minutes} minutes", "~{minutes}min", "PT{hours}H{rest}M"),
    *("( {minutes} mins )", "{hours}h {rest}m ({minutes} min)", "**{hours} hours {rest} minutes**"),
]


@given(st.integers(0, 9999), st.sampled_from(SPELLINGS))
def test_a_duration_in_digits_is_read_in_every_spelling(minutes: int, spelling: str) -> None:
    written = spelling.format(hours=minutes // 60, rest=minutes % 60, minutes=minutes)
    assert duration(written) == timedelta(minutes=minutes)


ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
SMALL = [*ONES.split(), "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
UNITS = {"week": 10_080, "day": 1_440, "hour": 60, "minute": 1}
PARTS = {"a half": Fraction(1, 2), "a quarter": Fraction(1, 4), "three quarters": Fraction(3, 4)}


def cardinal(number: int, dash: str) -> str:
    """Return a number below 1000 in words."""
    if number >= 100:
        rest = f" and {cardinal(number % 100, dash)}" if number % 100 else ""
        return f"{SMALL[number // 100]} hundred{rest}"
    if number < 20:
        return SMALL[number]
    ones = f"{dash}{SMALL[number % 10]}" if number % 10 else ""
    return TENS[number // 10 - 2] + ones


@st.composite
def parts(draw: st.DrawFn, unit: str) -> tuple[str, Fraction]:
    """Draw a number of units in words, and its minutes."""
    number = draw(st.integers(1, 120))
    name = unit if number == 1 else f"{unit}s"
    count = draw(st.sampled_from([str(number), cardinal(number, "-"), cardinal(number, " ")]))
    if number == 1 and draw(st.booleans()):
        count = "an" if unit == "hour" else "a"
    size = UNITS[unit]
    fraction = draw(st.sampled_from(["", *PARTS])) if size % 4 == 0 else ""
    share = PARTS.get(fraction, Fraction(0))
    forms = [f"{count} {name}"]
    if fraction:
        forms = [f"{count} {name} and {fraction}"]
        if count not in {"a", "an"}:
            singular = fraction.removesuffix("s") if fraction == "three quarters" else fraction
            forms.append(f"{count} and {singular} {unit}s")
    return draw(st.sampled_from(forms)), (number + share) * size


@st.composite
def lengths(draw: st.DrawFn) -> tuple[list[str], Fraction]:
    """Draw a duration in words, as a list of its words, and its minutes."""
    units = draw(st.lists(st.sampled_from(list(UNITS)), min_size=1, max_size=3, unique=True))
    units.sort(key=lambda unit: -UNITS[unit])
    drawn = [draw(parts(unit)) for unit in units]
    text, minutes = drawn[0]
    for number, (part, size) in enumerate(drawn[1:], start=1):
        minus = number == len(drawn) - 1 and size < minutes and draw(st.booleans())
        # "a week and a half a day" would be a week and half a day
        bare = [] if text.endswith(("half", "quarter", "quarters")) else [" "]
        text += " minus " if minus else draw(st.sampled_from([", ", " and ", ", and ", *bare]))
        text += part
        minutes += -size if minus else size
    before = draw(st.sampled_from(["", "about ", "~", "a total of "]))
    return f"{before}{text}".split(" "), minutes


@examples(max_examples=100, deadline=None)
@given(lengths())
def test_a_duration_in_words_is_read(drawn: tuple[list[str], Fraction]) -> None:
    words, minutes = drawn
    assert duration(" ".join(words)) == timedelta(seconds=round(minutes * 60))


STRANGERS = [
    "several",
    "nearly",
    "eins",
    "or",
    "until",
    "per",
    "host",
    "?",
    "x",
    "7.5.1",
    "2026",
    "half-ish",
    "-",
    "une",
]


@examples(max_examples=100, deadline=None)
@given(lengths(), st.sampled_from(STRANGERS), st.data())
def test_one_word_that_is_not_understood_and_nothing_is_read(
    drawn: tuple[list[str], Fraction], stranger: str, data: st.DataObject
) -> None:
    words = drawn[0]
    place = data.draw(st.integers(0, len(words)))
    assert duration(" ".join([*words[:place], stranger, *words[place:]])) is None

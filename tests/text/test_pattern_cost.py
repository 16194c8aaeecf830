"""Patterns of the settings on texts that somebody wrote to keep them busy."""

from __future__ import annotations

import random
import re
import time

import pytest

from audit.text.pattern_cost import LONGEST_ID, LONGEST_LINE, MOST_WORK, MOST_WORK_IN_LINE, as_group, fault, work
from audit.text.references import external_ids

PARTS = [
    *("a", "b", ".", "\\w", "[ab]", "[^b]", "a|b", "(a)", "(?:ab)", "(?:a|b)", "(?:a|a)", "(?:a|ab)", "-", "\\d"),
    *(
        "a+",
        "a*",
        ".*",
        ".+",
        "\\w+",
        "[ab]*?",
        "(?:ab)+",
        "(?:a|b)*",
        "(a+)+",
        "a?",
        "(?:a?b)?",
        "a{2,}",
        "b{0,3}",
        "a++",
    ),
]


def random_pattern(seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311
    return "".join(chance.choice(PARTS) for _ in range(chance.randint(1, 7)))


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_what_is_not_refused_is_quick_on_texts_that_nearly_match(first: int) -> None:
    texts = ("a" * 20_000, "ab" * 10_000, "a " * 10_000, "aab-" * 5_000, "-" * 20_000)
    for seed in range(first, first + 50):
        pattern = random_pattern(seed)
        if fault(pattern, longest=LONGEST_ID, most=MOST_WORK):
            continue
        started = time.process_time()
        for text in texts:
            external_ids(text, f"{pattern}c")
        assert time.process_time() - started < 0.5, pattern


@pytest.mark.parametrize("text", ["a" * 60, "a" * 1_000_000, "INC-" + "1" * 1_000_000 + "a", "INC-1 " * 170_000])
@pytest.mark.parametrize("pattern", ["INC-\\d+", "[A-Z]+-\\d+", "\\w+-x", ".+x", "(?i)inc[- ]?\\d+"])
def test_a_megabyte_takes_seconds_at_most(text: str, pattern: str) -> None:
    started = time.process_time()
    external_ids(text, pattern)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    ("pattern", "group"),
    [
        ("INC-\\d+", "(?:INC-\\d{1,9})"),
        ("(?i)(?s)a*?.{2,}", "(?is:a{0,9}?.{2,9})"),
        ("a?b{3}c{,5}d{12,}[+*]\\+", "(?:a?b{3,3}c{0,5}d{12,12}[+*]\\+)"),
        ("a{x}{}b", "(?:a{x}{}b)"),
        ("(?P<n>a++)(?P=n)", "(?:(?P<n>a{1,9}+)(?P=n))"),
    ],
)
def test_repeats_without_an_end_get_one(pattern: str, group: str) -> None:
    assert as_group(pattern, 9) == group
    re.compile(group)


@pytest.mark.parametrize(
    ("pattern", "steps"),
    [
        ("abc", 2),
        ("a+b", 1 + 9 + 1),
        ("a+a", 1 + 9 + 9),
        ("(?:a|b)c", 1 + 4 + 2),
        ("(a+)+b", 3.97e10),
        ("(?:(?:a|b)*)*", float("inf")),
        ("(?:aa?)+b", 22528.0),
        ("^a*+$", 1 + 1 + 9 + 1),
        (")", 2),
    ],
)
def test_the_work_of_a_pattern(pattern: str, steps: float) -> None:
    assert work(pattern, 9) == pytest.approx(steps, rel=0.5)


def test_two_gaps_in_a_line_are_fine_and_three_are_not() -> None:
    two, three = ("^Hi .*, review .* is late", "Hi .*, review .* is late since .* days")
    assert not fault(two, longest=LONGEST_LINE, most=MOST_WORK_IN_LINE)
    assert "busy" in fault(three, longest=LONGEST_LINE, most=MOST_WORK_IN_LINE)

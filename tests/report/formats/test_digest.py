"""The digest: five lines, of numbers alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from audit.report.formats.digest import LINES, Digest, digest
from tests.report import world

if TYPE_CHECKING:
    from audit.report.figures.trend import Trend
    from audit.report.figures.view import View

URL = "https://gitlab.example/g/reports/-/work_items/7"


def lines(of: View, url: str = "") -> list[str]:
    told = digest(of, url)
    text, markdown = told.text.split("\n"), told.markdown.split("\n")
    assert len(text) == len(markdown) == LINES
    assert all(line.startswith("- ") for line in markdown)
    return text


def test_what_is_sent() -> None:
    assert digest(world.view(previous=world.previous()), URL) == Digest(
        title="Incident reviews: week 48 of 2026",
        text=f"""\
Too few reviews were due to say whether it gets better: 2 of 8 reviews due were on time (25 %); \
6 are open, 5 more than twelve weeks ago.
Open late: 5 (4 with an open review, 1 without any), +3 since Mon 2026-11-16
Time to review: not yet known; fewer than half are completed so far
2 need a decision; 1 incident waits for a service to find an owner
As of Mon 2026-11-23: {URL}""",
        markdown=f"""\
- **Too few reviews were due to say whether it gets better: 2 of 8 reviews due were on time (25 %); \
6 are open, 5 more than twelve weeks ago.**
- Open late: 5 (4 with an open review, 1 without any), +3 since Mon 2026-11-16
- Time to review: not yet known; fewer than half are completed so far
- 2 need a decision; 1 incident waits for a service to find an owner
- As of Mon 2026-11-23: [the report]({URL})""",
    )


def test_without_an_address_it_names_none() -> None:
    for url in ("", "javascript:alert(1)"):
        assert lines(world.usual(), url)[-1] == "As of Mon 2026-11-23"
        assert "](" not in digest(world.usual(), url).markdown


def worse() -> Trend:
    """Eight whole weeks with two reviews due in each: on time in the first four of them, late in the last four."""
    weeks = world.usual().trend.weeks
    told = [
        replace(week, due=2, on_time=2 if place < 7 else 0, withheld=False, closed=True)
        for place, week in enumerate(weeks[:-1])
    ]
    return replace(world.usual().trend, weeks=(*told, weeks[-1]))


OPEN = "6 are open, 5 more than twelve weeks ago."


def bare(**fields: Any) -> View:
    return replace(world.usual(), changes=None, **fields)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"rate": None, "due": 0, "on_time": 0},
            f"No review was due in the last 84 days (none due); {OPEN}",
        ),
        (
            {"rate": None, "withheld": "Zebra", "on_time": 3, "due": 4},
            "The rate is withheld, as something could not be read; of the rest 3 of 4 reviews due were on time.",
        ),
        (
            {"rate": 0.75, "on_time": 3, "due": 4},
            f"Worse than four weeks ago: 3 of 4 reviews due were on time (75 %); {OPEN}",
        ),
    ],
)
def test_the_figure(fields: dict[str, Any], line: str) -> None:
    figure = replace(world.usual().compliance, **{"withheld": None, **fields})
    assert lines(bare(compliance=figure, trend=worse()))[0] == line


@pytest.mark.parametrize(
    ("median", "p90", "words"),
    [
        (None, None, "not yet known; fewer than half are completed so far"),
        (
            1,
            None,
            "1 working day; half of the reviews were completed within that, and how long 9 in 10 take is not known yet",
        ),
        (3, 9, "3 working days; half of the reviews were completed within that, 9 in 10 within 9 working days"),
    ],
)
def test_the_time(median: int | None, p90: int | None, words: str) -> None:
    times = replace(world.usual().time_to_review, median=median, p90=p90)
    assert lines(bare(time_to_review=times))[2] == f"Time to review: {words}"


def test_a_quiet_week() -> None:
    queue = replace(world.usual().no_owner, blocked=0)
    decided = world.usual().decisions
    none = replace(decided, rows=())
    figure = replace(world.usual().compliance, open_late=0)
    told = lines(bare(compliance=figure, decisions=none, no_owner=queue))
    assert (told[1], told[3]) == ("Open late: 0", "Nothing needs a decision")
    assert lines(bare(decisions=replace(none, rows=decided.rows[:1]), no_owner=queue))[3] == "1 needs a decision"


def test_it_tells_nothing_of_a_confidential_record_and_quotes_nobody() -> None:
    told = digest(world.usual(), URL)
    for text in (told.text, told.markdown):
        assert world.SECRET not in text
        assert "@" not in text
        assert "<" not in text

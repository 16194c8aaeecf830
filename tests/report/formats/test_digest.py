"""The digest: five lines, of numbers alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from audit.report.formats.digest import LINES, Digest, digest
from tests.report import world

if TYPE_CHECKING:
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
2 of 8 reviews due were on time (25 %, -25 points).
Open late: 5 (4 overdue, 1 without a review), +3 since Mon 2026-11-16
Time to review: not known yet
2 need a decision; 1 incident waits for a service to find an owner
As of Mon 2026-11-23: {URL}""",
        markdown=f"""\
- **2 of 8 reviews due were on time (25 %, -25 points).**
- Open late: 5 (4 overdue, 1 without a review), +3 since Mon 2026-11-16
- Time to review: not known yet
- 2 need a decision; 1 incident waits for a service to find an owner
- As of Mon 2026-11-23: [the report]({URL})""",
    )


def test_without_an_address_it_names_none() -> None:
    for url in ("", "javascript:alert(1)"):
        assert lines(world.usual(), url)[-1] == "As of Mon 2026-11-23"
        assert "](" not in digest(world.usual(), url).markdown


def bare(**fields: Any) -> View:
    return replace(world.usual(), changes=None, **fields)


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ({"rate": None, "due": 0, "on_time": 0}, "No review was due in the last 84 days."),
        (
            {"rate": None, "withheld": "Zebra", "on_time": 3, "due": 4},
            "The rate is withheld, as something could not be read; of the rest 3 of 4 reviews due were on time.",
        ),
        ({"rate": 0.75, "on_time": 3, "due": 4}, "3 of 4 reviews due were on time (75 %)."),
    ],
)
def test_the_figure(fields: dict[str, Any], line: str) -> None:
    figure = replace(world.usual().compliance, **{"withheld": None, **fields})
    assert lines(bare(compliance=figure))[0] == line


@pytest.mark.parametrize(
    ("median", "p90", "line"),
    [
        (None, None, "Time to review: not known yet"),
        (1, None, "Time to review: half of them within 1 working day"),
        (3, 9, "Time to review: half of them within 3 working days, 9 of 10 within 9 working days"),
    ],
)
def test_the_time(median: int | None, p90: int | None, line: str) -> None:
    assert lines(bare(time_to_review=replace(world.usual().time_to_review, median=median, p90=p90)))[2] == line


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

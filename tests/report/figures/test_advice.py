"""What reviews lack is told as advice: counted, by review, and never as a violation."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import pytest

from audit.program_text import ProgramText
from audit.report.figures.advice import Advice, AdviceCount
from audit.report.formats.details import details_md
from audit.text.names import LINK, REQUESTS
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P
from tests.rules.written import EMPTY, text

if TYPE_CHECKING:
    from audit.model import Issue
    from audit.report.figures.view import View


def _tracker() -> tuple[Issue, ...]:
    """Reviews 101 and 102 were completed, 103 is open; 104 is of a confidential incident."""
    api = ("Severity::2", "Service::API")
    done = ("IncidentReview", "Severity::2")
    halves = {iid: text({REQUESTS: "", LINK: f"#{iid}"}, summary=None) for iid in (2, 3, 4)}
    return (
        make.incident(1, "Disk full", labels=api, created="2026-10-05"),
        make.review(
            101,
            "Incident Review: disk",
            of=1,
            labels=done,
            created="2026-10-06",
            closed="2026-10-07",
            description=EMPTY,
        ),
        make.incident(2, "Disk slow", labels=api, created="2026-10-12"),
        make.review(
            102, "Incident Review: slow disk", of=2, created="2026-10-13", closed="2026-10-14", description=halves[2]
        ),
        make.incident(3, "Disk gone", labels=(*api, "Severity::1"), created="2026-11-02"),
        make.review(103, "Incident Review: gone disk", of=3, created="2026-11-03", description=halves[3]),
        make.incident(4, f"{SECRET} leaked", labels=api, confidential=True, created="2026-11-04"),
        make.review(104, f"Incident Review: {SECRET}", of=4, created="2026-11-05", description=halves[4]),
        make.incident(5, "Something else", labels=("Severity::3", "Service::Attic"), created="2026-11-05"),
    )


@cache
def _view(*, waived: bool = False) -> View:
    waivers = [make.waiver(f"{P}#103", "IR008")] if waived else []
    return world.view(world.result(_tracker(), config=world.settings(waivers=waivers), gaps=()), plan=None)


def _codes(advice: Advice) -> dict[str, list[str]]:
    return {one.ref.removeprefix(P): [piece.code for piece in one.pieces] for one in advice.reviews}


def test_each_review_is_one_row_open_ones_first_then_the_latest_completed() -> None:
    advice = _view().advice
    assert list(_codes(advice)) == ["#104", "#103", "#102", "#101"]
    assert [(one.begun_on, one.completed_on) for one in advice.reviews[1:3]] == [
        (date(2026, 11, 3), None),
        (date(2026, 10, 13), date(2026, 10, 14)),
    ]


def test_a_row_says_everything_that_its_review_lacks() -> None:
    codes = _codes(_view().advice)
    # nothing is written in it: that is one thing, not three
    assert codes["#101"] == ["IR010", "IR011", "IR016"]
    assert codes["#102"] == ["IR005", "IR007", "IR008", "IR011"]
    assert codes["#103"] == ["IR005", "IR007", "IR008", "IR011"]


def test_each_piece_of_advice_is_counted_over_those_that_were_asked() -> None:
    counts = {one.code: one for one in _view().advice.counts}
    assert counts["IR008"] == AdviceCount(
        code="IR008", name="summary", lacks=ProgramText("no summary"), level="advisory", violated=3, examined=3
    )
    assert (counts["IR016"].violated, counts["IR016"].examined) == (1, 4)
    assert list(counts) == ["IR005", "IR007", "IR008", "IR010", "IR011", "IR015", "IR016", "SO002"]


def test_what_incidents_leave_open_is_told_by_incident() -> None:
    told = {one.ref.removeprefix(P): [piece.code for piece in one.pieces] for one in _view().advice.incidents}
    assert told == {"#5": ["SO002"], "#3": ["IR015"]}


def test_a_waived_finding_stands_aside_and_is_counted() -> None:
    advice = _view(waived=True).advice
    assert "IR008" not in _codes(advice)["#103"]
    assert advice.waived == 1
    (count,) = (one for one in advice.counts if one.code == "IR008")
    assert (count.violated, count.examined) == (2, 3)
    assert "1 finding besides is waived." in details_md(_view(waived=True))


def test_a_review_of_something_confidential_is_counted_and_not_told() -> None:
    (hidden,) = (one for one in _view().advice.reviews if one.ref == f"{P}#104")
    assert (hidden.title, {piece.detail for piece in hidden.pieces}) == ("(confidential)", {""})
    assert SECRET not in details_md(_view())


@pytest.mark.parametrize(
    "words",
    [
        "None of it is a violation",
        "| no summary | 3 | 3 | IR008 summary |",
        "<summary>By review: 4</summary>",
        "The Key Information of this review says nothing yet about Requests Affected",
        "blanks in Key Information, or none at all; no summary;",
    ],
)
def test_the_report_tells_it_in_words(words: str) -> None:
    section = details_md(_view()).partition("## Advice")[2].partition("\n## ")[0]
    assert words in section


def test_where_there_is_nothing_to_say_the_report_says_so() -> None:
    quiet = world.view(world.result((), gaps=()), plan=None)
    assert quiet.advice == Advice(counts=(), reviews=(), incidents=(), waived=0)
    assert "Nothing could be better that this audit can see." in details_md(quiet)

"""How a review was read: `explain --text`, and the doctor's short form of it with settings to try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from audit.app.review_readings import read_in_short
from audit.gitlab.read.review_texts import ReviewTexts, is_review
from audit.gitlab.read.template_files import Templates
from tests.app.conftest import SETTINGS, at
from tests.records import PROJECT, issue, settings, template
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server

FILE = ".gitlab/issue_templates/incident_review.md"
TEMPLATE = """\
## Key Information

| Metric | Value |
|---|---|
| Customers Affected | |
| Total Duration | |

## Summary

<!-- In short. -->

## Details

1. ...
"""
HALF = TEMPLATE.replace("Affected | |", "Affected | 4,000 |").replace("1. ...", "The disk was full.")


@pytest.fixture
def online(typed: CommandLine, server: Server) -> CommandLine:
    """Return a command line whose GitLab answers."""
    assert server.url
    return typed


@pytest.fixture
def half_written(tracker: Tracker) -> int:
    """Return the number of a half written review, opened before its template had a table."""
    for month, text in (("10", "## Summary\n\n"), ("11", TEMPLATE)):
        when = at(f"2026-{month}-01 12:00")
        tracker.production.commit({FILE: text}, message="Edit", by=tracker.world.users["anna"], at=when)
    review = next(one for one in tracker.production.issues.values() if one.title == "Incident Review: API slow")
    review.description = HALF
    return review.iid


def test_the_text_of_a_review_with_the_lines_that_decided(
    typed: CommandLine, server: Server, half_written: int
) -> None:
    shown = typed("explain", "--text", f"ops/production#{half_written}")
    assert shown.status == 0
    for words in (
        f"ops/production#{half_written} as a review\n  Incident Review: API slow\n",
        f"\nTemplate: ops/production:{FILE}\n  as it stands since 2026-11-01; the review was opened on 2026-11-03\n",
        "\n  summary: not written; line 8: ## Summary\n",
        "\n  narrative: written; line 14: The disk was full.\n",
        "\n  all of its sections: Key Information (written); Summary (not written); Details (written)\n",
        "\nKey Information: asked for, there\n  Customers Affected: written; line 5: 4,000\n",
        "\n  Total Duration: not written; line 6: | Total Duration | |\n",
        "\nIt lacks summary, Total Duration\n",
    ):
        assert words in shown.out
    # nothing but this issue and its templates is read
    assert server.count(path="/graphql") <= 2
    asked = [one.path.rpartition("repository/")[2] for one in server.requests if "repository" in one.path]
    assert asked == ["tree", "commits", "files/.gitlab%2Fissue_templates%2Fincident_review.md"]


def test_foreign_text_is_made_harmless(online: CommandLine, tracker: Tracker, half_written: int) -> None:
    tracker.production.issues[half_written].description = "## Summary\n\nIt \x1b[31mbroke\u202e.\n"
    shown = online("explain", "--text", f"#{half_written}")
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "broke" in shown.out


def test_an_issue_that_is_no_review_is_shown_with_a_word(online: CommandLine) -> None:
    assert "It is no review: none of `labels.review` is on it" in online("explain", "--text", "1").out


def test_an_inline_review_begins_at_its_heading(online: CommandLine, tracker: Tracker) -> None:
    online.settings(SETTINGS + "review: {where: inline}\n")
    tracker.production.issues[1].description = "## Summary\n\nThe incident.\n\n# Incident Review\n\n## Summary\n\nTBD\n"
    assert "  summary: not written; line 9: TBD\n" in online("explain", "--text", "1").out


def test_a_confidential_review_says_so(online: CommandLine, tracker: Tracker, half_written: int) -> None:
    tracker.production.issues[half_written].confidential = True
    assert "\nCONFIDENTIAL. Keep this text" in online("explain", "--text", str(half_written)).out


def test_there_is_no_such_issue(online: CommandLine) -> None:
    missed = online("explain", "--text", "4711")
    assert (missed.status, missed.out) == (2, "")
    assert "no issue ops/production#4711 was found" in missed.err


def test_a_template_that_cannot_be_read_ends_with_three(typed: CommandLine, server: Server, half_written: int) -> None:
    server.fault(faults.html_status(502, "Bad Gateway"), path="/repository/tree", times=None)
    shown = typed("explain", "--text", str(half_written))
    assert shown.status == 3
    assert "templates of ops/production: the server failed" in shown.out


def test_the_doctor_shows_the_newest_reviews(online: CommandLine, half_written: int) -> None:
    shown = online("doctor").out
    assert "\nHow the newest reviews are read: 2\n" in shown
    assert f"  ops/production#{half_written} by ops/production:{FILE}: lacks summary, Total Duration\n" in shown


def texts(*descriptions: str, editions: tuple[str, ...] = ()) -> ReviewTexts:
    issues = tuple(issue(n, description=text) for n, text in enumerate(descriptions, start=1))
    found = {PROJECT: tuple(map(template, editions))} if editions else {}
    return ReviewTexts(issues=issues, templates=Templates(editions=found))


OURS = "# RCA\n\n## Overview\n\nIt broke.\n\n## Chronology\n\nAt ten.\n\n## Cause: disk\n\nFull.\n"


def proposed(*descriptions: str) -> object:
    lines = [line.removeprefix("  ") for line in read_in_short(texts(*descriptions), settings())]
    start = next((at for at, line in enumerate(lines) if line == "review:"), None)
    return None if start is None else yaml.safe_load("\n".join(lines[start:-1]))


def test_settings_are_proposed_for_what_most_reviews_lack() -> None:
    assert proposed(OURS, OURS, "Something else.") == {
        "review": {"sections": {"summary": ["Overview"], "narrative": ["Chronology", "Cause: disk"]}, "rows": []}
    }


def test_the_proposed_settings_are_enough() -> None:
    chosen = proposed(OURS, OURS)
    assert isinstance(chosen, dict)
    shown = list(read_in_short(texts(OURS, OURS), settings(**chosen)))
    assert [line.rpartition(": ")[2] for line in shown[1:3]] == ["lacks nothing", "lacks nothing"]


def test_headings_of_confidential_reviews_are_not_repeated() -> None:
    secret = ReviewTexts(issues=(issue(1, description=OURS, confidential=True),), templates=Templates())
    assert "Overview" not in "\n".join(read_in_short(secret, settings()))


def test_nothing_is_proposed_where_one_review_is_odd() -> None:
    assert proposed(HALF, HALF, OURS) is None


@pytest.mark.parametrize(
    ("where", "fields", "expected"),
    [
        ("issue", {"labels": ("IncidentReview",)}, True),
        ("issue", {"title": "RCA: API down"}, True),
        ("issue", {"title": "API down"}, False),
        ("issue", {"issue_type": "incident", "labels": ("IncidentReview",)}, False),
        ("both", {"issue_type": "incident"}, True),
        ("inline", {"labels": ("incident",)}, True),
        ("inline", {"labels": ("IncidentReview",)}, False),
    ],
)
def test_what_is_read_as_a_review(where: str, fields: dict[str, Any], expected: bool) -> None:
    assert is_review(issue(1, **fields), settings(review={"where": where})) is expected

"""Page one and its details, wherever they are published: each leads to the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from audit.publishing import report_places
from audit.publishing.published import FinishedReport

DAY = date(2026, 11, 23)
PAGE = "# Reviews\n\nMore: [Late](details.md#late), [How to read this](details.md#how-to-read-this).\n"
DETAILS = "# Details of the reviews: week 48\n\nPage one: [the report](report.md). Worse.\n\n## Late\n\nNothing.\n"


def _report(**fields: Any) -> FinishedReport:
    return FinishedReport.of({"report.md": PAGE, "details.md": DETAILS}, as_of=DAY, today=DAY, **fields)


def test_where_there_is_no_other_place_the_details_are_folded_below_page_one() -> None:
    text = report_places.page_one(_report())
    assert text == (
        "# Reviews\n\nMore: [Late](#late), [How to read this](#how-to-read-this).\n\n"
        "<details>\n<summary>Details of the reviews</summary>\n\n"
        "Page one: above. Worse.\n\n## Late\n\nNothing.\n\n</details>\n"
    )


@pytest.mark.parametrize(
    ("address", "links"),
    [
        (
            "https://x/wikis/R/Details",
            "[Late](https://x/wikis/R/Details#late), [How to read this](https://x/wikis/R/Details#how-to-read-this)",
        ),
        (
            "https://p/2026-11-23/report.html",
            "[Late](https://p/2026-11-23/report.html), [How to read this](https://p/2026-11-23/report.html)",
        ),
    ],
)
def test_elsewhere_the_links_lead_to_the_details(address: str, links: str) -> None:
    assert report_places.page_one(_report(details_url=address)) == f"# Reviews\n\nMore: {links}.\n"


def test_the_details_lead_back() -> None:
    assert "[the report](https://x/wikis/R). Worse." in report_places.details(_report(), "https://x/wikis/R")


def test_what_is_new_leads_to_the_details_of_the_night() -> None:
    since = {DAY: "**Since Monday:** 2 done."}
    assert report_places.news(_report(since=since)) == since
    linked = report_places.news(_report(since=since, details_url="https://x/Details"))
    assert linked == {DAY: "**Since Monday:** 2 done. [Details](https://x/Details)."}


def test_a_report_without_details_is_published_as_it_is() -> None:
    assert report_places.page_one(FinishedReport.of({"report.md": PAGE}, as_of=DAY, today=DAY)) == PAGE

"""What is published where, as data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from audit.publishing import stamp
from audit.publishing.targets import Earlier, Outcome, publication
from audit.settings.publish_settings import PublishSettings

DAY = date(2027, 1, 1)
"""A Friday of the last ISO week of 2026."""
FILES = {"report.md": "# Report\n", "audit.json": "{}", "metrics.txt": "", "report.html": "<p>"}
ALL: dict[str, Any] = {
    "issue": {"project": "g/reports", "labels": ["report"], "title": "Week {week} of {year}"},
    "wiki": {"project": "g/reports", "page": "Reports / Incident  reviews"},
    "repository": {"project": "g/reports", "folder": "audits/"},
    "notify": {},
}


def settings(**parts: Any) -> PublishSettings:
    return PublishSettings.model_validate(parts)


def test_nothing_is_published_unless_it_is_named() -> None:
    told = publication(settings(), FILES, as_of=DAY, edition="weekly")
    assert (told.targets, told.digest, list(told.planned())) == ((), False, [])


def test_each_destination_of_the_settings() -> None:
    told = publication(settings(**ALL), FILES, as_of=DAY, edition="weekly")
    assert told.issue is not None
    assert told.wiki is not None
    assert told.files is not None
    assert (told.issue.week, told.issue.title) == ("2026-W53", "Week 53 of 2026")
    assert (told.issue.labels, told.issue.confidential, told.issue.where) == (("report",), False, "g/reports")
    assert (told.wiki.slug, told.wiki.where) == ("Reports/Incident-reviews", "g/reports, Reports / Incident  reviews")
    assert told.files.folder == "audits/2027-01-01"
    assert list(told.files.texts) == ["report.md", "report.html", "audit.json"]
    assert told.files.where == "g/reports, audits/2027-01-01"
    assert [(one.what, one.outcome) for one in told.planned()] == [
        ("the week's issue", Outcome.PLANNED),
        ("wiki page", Outcome.PLANNED),
        ("files", Outcome.PLANNED),
        ("digest", Outcome.PLANNED_TO_SEND),
    ]


def test_what_a_place_is_called() -> None:
    parts = {
        "issue": {"project": "g/reports", "confidential": True},
        "wiki": {"group": "g", "page": "Reviews"},
        "repository": {"project": "g/reports", "branch": "main"},
    }
    told = publication(settings(**parts), FILES, as_of=DAY, edition="weekly")
    where = ["g/reports, confidential", "g, Reviews", "g/reports, reports/2027-01-01 on main"]
    assert [one.where for one in told.targets] == where


@pytest.mark.parametrize(
    ("when", "edition", "sent"),
    [("weekly", "weekly", True), ("weekly", "nightly", False), ("always", "nightly", True), ("always", "weekly", True)],
)
def test_the_digest_goes_out_with_the_weekly_edition(when: str, edition: str, sent: bool) -> None:
    told = publication(settings(notify={"when": when}), FILES, as_of=DAY, edition=edition)
    assert told.digest is sent


def test_a_team_edition_goes_nowhere() -> None:
    told = publication(settings(**ALL), FILES, as_of=DAY, edition="weekly", team="edge")
    assert (told.targets, told.digest) == ((), False)


def test_the_weeks_before_are_linked_the_newest_first_and_not_all_of_them() -> None:
    issue = publication(settings(**ALL), FILES, as_of=DAY, edition="weekly").issue
    assert issue is not None
    others = [Earlier(week=f"2026-W{week:02}", url=f"https://x/{week}") for week in (*range(40, 54),)]
    later = Earlier(week="2027-W01", url="https://x/later")
    text, mark = issue.description([later, *others])
    (links,) = (line for line in text.splitlines() if line.startswith("Earlier weeks: "))
    assert links.startswith("Earlier weeks: [2026-W52](https://x/52), [2026-W51](https://x/51), ")
    assert links.endswith("[2026-W45](https://x/45)")
    assert issue.description([])[0].startswith("# Report\n\n<!--")
    assert issue.description([])[1].hash != mark.hash


def test_the_title_tells_two_audits_in_one_project_apart() -> None:
    """Not its week: the issues of one audit link each other."""

    def series(title: str, day: date) -> str:
        asked = settings(issue={"project": "g/p", "title": title})
        issue = publication(asked, FILES, as_of=day, edition="weekly").issue
        assert issue is not None
        assert stamp.read(issue.description([])[0]) == issue.description([])[1]
        return issue.description([])[1].series

    assert series("Web, week {week}", DAY) == series("Web, week {week}", date(2026, 11, 23))
    assert series("Web, week {week}", DAY) != series("Data, week {week}", DAY)


def test_a_second_issue_of_a_week_says_where_the_first_is() -> None:
    issue = publication(settings(**ALL), FILES, as_of=DAY, edition="weekly").issue
    assert issue is not None
    text = issue.repeated("https://x/1")
    assert "[the issue of this week](https://x/1)" in text
    found = stamp.read(text)
    assert found is not None
    assert found.kind == stamp.DUPLICATE

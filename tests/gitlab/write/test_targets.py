"""What is published where, as data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from audit.app.delivery import digest_due, planned
from audit.gitlab.write.destinations import targets
from audit.gitlab.write.repository_files import RepositoryFiles
from audit.gitlab.write.weekly_issue import WeeklyIssue
from audit.gitlab.write.wiki_page import ReportPage
from audit.publishing import stamp
from audit.publishing.published import FinishedReport, PublishState
from audit.settings.publish_settings import PublishSettings

if TYPE_CHECKING:
    from audit.gitlab.write.destination import Target

DAY = date(2027, 1, 1)
"""A Friday of the last ISO week of 2026."""
FILES = {"report.md": "# Report\n", "audit.json": "{}", "metrics.txt": "", "report.html": "<p>"}
ALL: dict[str, Any] = {
    "issue": {"project": "g/reports", "labels": ["report"], "title": "Week {week} of {year}"},
    "wiki": {"project": "g/reports", "page": "Reports / Incident  reviews"},
    "repository": {"project": "g/reports", "folder": "audits/"},
}


def goals(*, day: date = DAY, **parts: Any) -> tuple[Target, ...]:
    return targets(PublishSettings.model_validate(parts), FinishedReport.of(FILES, as_of=day, today=day))


def weekly(*, day: date = DAY, title: str = "Week {week} of {year}") -> WeeklyIssue:
    (issue,) = goals(day=day, issue={"project": "g/reports", "title": title})
    assert isinstance(issue, WeeklyIssue)
    return issue


def test_nothing_is_published_unless_it_is_named() -> None:
    assert goals() == ()
    assert list(planned((), digest=False)) == []


def test_each_destination_of_the_settings() -> None:
    issue, wiki, files = goals(**ALL)
    assert isinstance(issue, WeeklyIssue)
    assert isinstance(wiki, ReportPage)
    assert isinstance(files, RepositoryFiles)
    assert (issue.week, issue.title) == ("2026-W53", "Week 53 of 2026")
    assert (issue.labels, issue.confidential, issue.where) == (("report",), False, "g/reports")
    assert (wiki.slug, wiki.where) == ("Reports/Incident-reviews", "g/reports, Reports / Incident  reviews")
    assert files.folder == "audits/2027-01-01"
    assert list(files.texts) == ["report.md", "report.html", "audit.json"]
    assert files.where == "g/reports, audits/2027-01-01"
    assert [(one.what, one.state) for one in planned((issue, wiki, files), digest=True)] == [
        ("the week's issue", PublishState.PLANNED),
        ("wiki page", PublishState.PLANNED),
        ("files", PublishState.PLANNED),
        ("digest", PublishState.PLANNED_TO_SEND),
    ]


def test_what_a_destination_is_called() -> None:
    parts: dict[str, Any] = {
        "issue": {"project": "g/reports", "confidential": True},
        "wiki": {"group": "g", "page": "Reviews"},
        "repository": {"project": "g/reports", "branch": "main"},
    }
    where = ["g/reports, confidential", "g, Reviews", "g/reports, reports/2027-01-01 on main"]
    assert [goal.where for goal in goals(**parts)] == where


@pytest.mark.parametrize(
    ("when", "edition", "team", "due"),
    [
        ("weekly", "weekly", "", True),
        ("weekly", "nightly", "", False),
        ("always", "nightly", "", True),
        ("always", "weekly", "", True),
        ("always", "weekly", "edge", False),
    ],
)
def test_the_digest_goes_out_with_the_weekly_edition(when: str, edition: str, team: str, due: bool) -> None:
    settings = PublishSettings.model_validate({"notify": {"when": when}})
    assert digest_due(settings, edition=edition, team=team) is due
    assert not digest_due(PublishSettings(), edition=edition, team=team)


def test_the_weeks_before_are_linked_the_newest_first_and_not_all_of_them() -> None:
    issue = weekly()
    others = {f"2026-W{week:02}": f"https://x/{week}" for week in range(40, 54)}
    text, mark = issue.description({"2027-W01": "https://x/later", **others})
    (links,) = (line for line in text.splitlines() if line.startswith("Earlier weeks: "))
    assert links.startswith("Earlier weeks: [2026-W52](https://x/52), [2026-W51](https://x/51), ")
    assert links.endswith("[2026-W45](https://x/45)")
    assert issue.description({})[0].startswith("# Report\n\n<!--")
    assert issue.description({})[1].hash != mark.hash


def test_the_title_tells_two_audits_in_one_project_apart() -> None:
    """Not its week: the issues of one audit link each other."""

    def series(title: str, day: date) -> str:
        text, mark = weekly(title=title, day=day).description({})
        assert stamp.read(text) == mark
        return mark.series

    assert series("Web, week {week}", DAY) == series("Web, week {week}", date(2026, 11, 23))
    assert series("Web, week {week}", DAY) != series("Data, week {week}", DAY)


def test_a_second_issue_of_a_week_says_where_the_first_is() -> None:
    text = weekly().repeated("https://x/1")
    assert "[the issue of this week](https://x/1)" in text
    mark = stamp.read(text)
    assert mark is not None
    assert mark.kind == stamp.DUPLICATE

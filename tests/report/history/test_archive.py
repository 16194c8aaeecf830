"""The list of past reports: every week with its figures, and none that could break the page."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from audit.cli import cli
from audit.report.formats.audit_json import audit_json
from audit.report.formats.json_text import json_text
from audit.report.history.archive import Archive, PastReport, archive, archive_html, is_day
from tests.report import world
from tests.report.formats.pages import Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def told(
    day: str = "2026-11-23", *, figures: dict[str, Any] | None = None, edition: str = "weekly", **compliance: Any
) -> str:
    data = audit_json(world.usual())
    data |= {"as_of": day, "edition": edition, "compliance": data["compliance"] | compliance}
    if figures is not None:
        data["figures"] = figures
    return json_text(data)


def reports(of: Archive) -> list[PastReport]:
    return [one for edition in of.editions for one in edition.reports]


def values(of: Archive, name: str) -> list[tuple[str, float]]:
    (line,) = (line for line in of.lines if line.name == name)
    return [(dot.label, dot.value) for dot in line.drawing.dots]


def test_weeks_stand_newest_first_with_their_figures() -> None:
    made = archive({"2026-11-16": told("2026-11-16", rate=0.5, open_late=2), "2026-11-23": told()})
    assert [(one.folder, one.as_of, one.number) for one in reports(made)] == [
        ("2026-11-23", date(2026, 11, 23), "2026-W48"),
        ("2026-11-16", date(2026, 11, 16), "2026-W47"),
    ]
    newest = made.newest
    assert newest is not None
    assert (newest.rate, newest.on_time, newest.due, newest.open_late, newest.blocked) == (0.25, 2, 8, 5, 1)
    assert (newest.withheld, newest.median, newest.edition) == (False, None, "weekly")
    assert made.unreadable == ()


def test_each_edition_has_a_list_of_its_own() -> None:
    made = archive(
        {
            "2026-11-16": told("2026-11-16"),
            "2026-11-17": told("2026-11-17", edition="nightly", open_late=9),
            "2026-11-16/nightly": told("2026-11-16", edition="nightly"),
        }
    )
    assert [(edition.name, [one.folder for one in edition.reports]) for edition in made.editions] == [
        ("weekly", ["2026-11-16"]),
        ("nightly", ["2026-11-17", "2026-11-16/nightly"]),
    ]
    assert made.newest is not None
    assert made.newest.folder == "2026-11-16"
    assert made.lines == (), "one week is no line"
    page = Page(archive_html({"2026-11-16": told("2026-11-16"), "2026-11-17": told("2026-11-17", edition="nightly")}))
    assert "in the weekly report of 2026-11-16." in page.words
    assert "The newest nightly one is the report of 2026-11-17." in page.words


def test_each_week_is_one_point_of_the_weekly_report_or_else_of_the_last_nightly_one() -> None:
    made = archive(
        {
            "2026-11-10": told("2026-11-10", edition="nightly", open_late=1),
            "2026-11-12": told("2026-11-12", edition="nightly", open_late=2),
            "2026-11-16": told("2026-11-16", open_late=3),
            "2026-11-19": told("2026-11-19", edition="nightly", open_late=4),
            "2026-11-24": told("2026-11-24", edition="nightly", open_late=5),
        }
    )
    assert values(made, "open-late") == [("W46", 2), ("W47", 3), ("W48", 5)]
    assert [line.name for line in made.lines] == ["on-time", "open-late", "blocked"], "the median is not known in any"


def test_lines_go_from_the_oldest_to_the_newest_and_break_where_a_rate_is_not_told() -> None:
    rates = {"2026-11-02": 0.5, "2026-11-09": None, "2026-11-16": 0.75, "2026-11-23": 1}
    made = archive({day: told(day, rate=rate) for day, rate in rates.items()})
    assert values(made, "on-time") == [("W45", 50), ("W47", 75), ("W48", 100)]
    assert len(made.lines[0].drawing.strokes) == 1
    assert [value for _, value in values(made, "open-late")] == [5, 5, 5, 5]


def test_the_lines_hold_a_year_and_the_table_all() -> None:
    days = [date.fromordinal(date(2025, 1, 6).toordinal() + 7 * week).isoformat() for week in range(60)]
    made = archive({day: told(day) for day in days})
    assert (len(reports(made)), len(values(made, "open-late"))) == (60, 52)
    assert values(made, "open-late")[-1][0] == "W09"


def test_a_report_that_was_written_before_its_day_is_left_out() -> None:
    early = json.loads(told("2999-01-07")) | {"ahead": True}
    made = archive({"2999-01-07": json.dumps(early), "2026-11-23": told()})
    assert [one.folder for one in reports(made)] == ["2026-11-23"]
    assert made.left_out == 1
    page = Page(archive_html({"2999-01-07": json.dumps(early), "2026-11-23": told()}))
    assert "1 report written before its day is left out." in page.words
    assert "2999" not in page.words


def test_calendars_and_badge_that_lie_beside_the_page_are_named() -> None:
    files = ("badge.svg", "due-ci-runners.ics", "due.ics", "index.html")
    made = archive({"2026-11-23": told()}, files)
    assert made.calendars == (("due.ics", ""), ("due-ci-runners.ics", "ci-runners"))
    page = Page(archive_html({"2026-11-23": told()}, files))
    assert {"due.ics", "due-ci-runners.ics", "badge.svg"} <= set(page.values("href"))
    assert archive({}, ("due-x.ics",)).calendars == (("due-x.ics", "x"),)
    assert "To subscribe to" not in Page(archive_html({"2026-11-23": told()})).words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        '{"schema_version": 1}',
        '{"schema_version": 1, "compliance": [], "as_of": "2026-11-23"}',
        "[" * 100_000,
        lambda: told().replace('"schema_version": 1', '"schema_version": 2'),
        lambda: told(rate=1.5),
        lambda: told(rate="70 %"),
        lambda: told(rate=True),
        lambda: told(open_late=-1),
        lambda: told(open_late=True),
        lambda: told(due="10"),
        lambda: told(due=None),
        lambda: told("yesterday"),
        lambda: told().replace('"rate": 0.25', '"rate": NaN'),
        lambda: told(figures={"blocked_by_no_owner": "many"}),
        lambda: told(figures={"time_to_review": [5]}),
    ],
)
def test_what_tells_nothing_is_listed_as_unreadable_and_stops_nothing(text: str | Callable[[], str]) -> None:
    texts = {"2026-11-16": text if isinstance(text, str) else text(), "2026-11-23": told()}
    made = archive(texts)
    assert [one.folder for one in reports(made)] == ["2026-11-23"]
    assert [one.folder for one in made.unreadable] == ["2026-11-16"]
    assert "2026-11-16: unreadable, its audit.json is not what this program writes." in Page(archive_html(texts)).words


def test_figures_that_an_earlier_version_did_not_write_are_dashes() -> None:
    (week,) = reports(archive({"2026-11-23": told(figures={})}))
    assert (week.blocked, week.median) == (None, None)
    page = Page(archive_html({"2026-11-23": told(figures={})}))
    assert page.words.count("–") == 2


@pytest.mark.parametrize(
    ("compliance", "sentence"),
    [
        ({}, "2 of 8 reviews due were on time (25\xa0%) in the weekly report of 2026-11-23."),
        ({"rate": None, "withheld": "too much"}, "The latest rate is withheld in the weekly report of 2026-11-23."),
        ({"rate": None, "due": 0}, "No review was due in the weekly report of 2026-11-23."),
    ],
)
def test_the_page_begins_with_the_newest_report(compliance: dict[str, Any], sentence: str) -> None:
    assert sentence in Page(archive_html({"2026-11-23": told(**compliance)})).words


def test_hostile_data_reach_the_page_as_numbers_or_not_at_all() -> None:
    evil = json.loads(told())
    evil["compliance"]["withheld"] = "<script>alert(1)</script>"
    evil["tool"] = evil["timezone"] = "<img src=x>"
    text = archive_html({"2026-11-23": json.dumps(evil)})
    assert "alert(1)" not in text
    assert "<img" not in text


def test_nothing_runs_and_nothing_is_loaded_but_what_stands_in_the_page() -> None:
    page = Page(archive_html({"2026-11-16": told("2026-11-16"), "2026-11-23": told()}))
    assert page.stack == []
    assert page.allowed("default-src") == ["'none'"]
    assert page.allowed("script-src") == page.hashes("script")
    assert page.allowed("style-src") == page.hashes("style")
    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    assert all(re.fullmatch(r"#main|[0-9-]{10}/report\.html", link) for link in links)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-11-23", True),
        ("2026-13-45", False),
        ("example", False),
        ("20261123", False),
        ("2026-11-23 ", False),
        ("2026-W48-1", False),
    ],
)
def test_reports_lie_in_folders_that_are_named_by_a_day(name: str, day: bool) -> None:
    assert is_day(name) is day


def report(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    (folder / "report.html").touch()
    (folder / "audit.json").write_text(text, encoding="utf-8")


def test_the_command_writes_one_page_of_whatever_reports_there_are(tmp_path: Path) -> None:
    report(tmp_path / "2026-11-23", told())
    report(tmp_path / "2026-11-16", "{")
    report(tmp_path / "example", told())
    report(tmp_path / "2026-11-09", told())
    (tmp_path / "2026-11-09/report.html").unlink()
    (tmp_path / "2026-11-02/audit.json").mkdir(parents=True)
    (tmp_path / "2026-11-02/report.html").touch()
    ended = CliRunner().invoke(cli, ["archive", str(tmp_path)], catch_exceptions=False)
    page = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert ended.exit_code == 0
    assert ended.output == f"Wrote {tmp_path / 'index.html'}, which lists 3 reports.\n"
    assert page.values("href").count("2026-11-23/report.html") == 2
    assert "2026-11-16/report.html" in page.values("href")
    assert not [link for link in page.values("href") if "example" in link or "11-09" in link]
    # what cannot even be opened is as unreadable as what makes no sense
    assert page.words.count("unreadable") == 2


def test_a_folder_without_reports_has_a_page_that_says_so(tmp_path: Path) -> None:
    ended = CliRunner().invoke(cli, ["archive", str(tmp_path)], catch_exceptions=False)
    assert "No report is there yet." in Page((tmp_path / "index.html").read_text(encoding="utf-8")).words
    assert ended.output.endswith("which lists 0 reports.\n")

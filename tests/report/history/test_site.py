"""A folder of reports as a site: both editions of a day side by side, and what is always the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from icalendar import Calendar

from audit.cli import cli
from audit.errors import OutputError, UsageError
from audit.report.formats.badge import badge_svg
from audit.report.formats.due_calendar import due_ics, team_calendars
from audit.report.history.site import newest_files, reports_in, take_in
from tests.report import world
from tests.report.formats.pages import Page
from tests.report.history.test_archive import told

if TYPE_CHECKING:
    from pathlib import Path


def report(folder: Path, day: str, edition: str = "weekly", **files: str) -> Path:
    """Write a report as a run does, and return its folder."""
    place = folder / day
    place.mkdir(parents=True)
    (place / "report.html").write_text(f"{edition} of {day}")
    (place / "audit.json").write_text(told(day, edition=edition))
    for name, text in files.items():
        (place / name.replace("_", "-").replace("-ics", ".ics").replace("-svg", ".svg")).write_bytes(text.encode())
    return place


def page(site: Path, folder: str) -> str:
    return (site / folder / "report.html").read_text()


@pytest.mark.parametrize("order", [("weekly", "nightly"), ("nightly", "weekly")])
def test_a_day_has_its_weekly_report_and_its_nightly_one_beside_it(tmp_path: Path, order: tuple[str, ...]) -> None:
    site = tmp_path / "site"
    site.mkdir()
    for number, edition in enumerate((*order, *order)):
        report(tmp_path / str(number), "2026-11-23", edition)
        take_in(site, tmp_path / str(number))
    assert page(site, "2026-11-23") == "weekly of 2026-11-23"
    assert page(site, "2026-11-23/nightly") == "nightly of 2026-11-23"
    assert set(reports_in(site)) == {"2026-11-23", "2026-11-23/nightly"}
    assert [place.name for place in site.iterdir()] == ["2026-11-23"]


def test_a_nightly_report_of_a_day_of_its_own_lies_in_the_folder_of_the_day(tmp_path: Path) -> None:
    report(tmp_path / "reports", "2026-11-24", "nightly")
    report(tmp_path / "reports", "2026-11-23")
    (tmp_path / "site").mkdir()
    take_in(tmp_path / "site", tmp_path / "reports")
    assert set(reports_in(tmp_path / "site")) == {"2026-11-23", "2026-11-24"}


def test_a_folder_without_reports_is_told_and_so_is_a_site_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "reports/example").mkdir(parents=True)
    with pytest.raises(UsageError, match="holds no report"):
        take_in(tmp_path, tmp_path / "reports")
    report(tmp_path / "reports", "2026-11-24")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/2026-11-24").write_text("")
    with pytest.raises(OutputError, match="could not be copied to"):
        take_in(tmp_path / "site", tmp_path / "reports")


def test_calendars_and_badge_are_those_of_the_newest_report_under_addresses_that_stay(tmp_path: Path) -> None:
    view = world.usual()
    team = team_calendars(view)["due-backend.ics"]
    report(tmp_path, "2026-11-16", due_ics="old", badge_svg="old", due_gone_ics=team)
    report(tmp_path, "2026-11-23", due_ics=due_ics(view), badge_svg=badge_svg(view), due_backend_ics=team)
    (tmp_path / "due-gone.ics").write_bytes(team.encode())
    (tmp_path / "due-idle.ics").write_bytes(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    files = newest_files(tmp_path)
    assert files["due.ics"] == due_ics(view)
    assert files["badge.svg"] == badge_svg(view)
    assert files["due-backend.ics"] == team
    gone = Calendar.from_ical(files["due-gone.ics"])
    assert (gone["NAME"], gone.walk("VEVENT"), len(gone.subcomponents)) == ("Incident reviews: backend", [], 1)
    assert files["due-idle.ics"] == "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    assert newest_files(tmp_path / "2026-11-23") == {}


def test_a_report_of_a_day_to_come_gives_the_site_nothing(tmp_path: Path) -> None:
    report(tmp_path, "2026-11-23", badge_svg="now")
    early = report(tmp_path, "2999-01-07", badge_svg="then")
    text = (early / "audit.json").read_text()
    (early / "audit.json").write_text(text.replace('"ahead": false', '"ahead": true', 1))
    (report(tmp_path, "2026-11-30", badge_svg="broken") / "audit.json").write_text("{")
    assert newest_files(tmp_path) == {"badge.svg": "now"}


def test_the_command_takes_reports_in_and_lists_both_editions(tmp_path: Path) -> None:
    report(tmp_path / "reports", "2026-11-23", "nightly", due_ics="BEGIN:VCALENDAR\r\n")
    report(tmp_path / "public", "2026-11-23")
    arguments = ["archive", str(tmp_path / "public"), "--add", str(tmp_path / "reports")]
    ended = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert ended.output == f"Wrote {tmp_path / 'public/index.html'}, which lists 2 reports.\n"
    links = Page((tmp_path / "public/index.html").read_text(encoding="utf-8")).values("href")
    assert {"2026-11-23/report.html", "2026-11-23/nightly/report.html", "due.ics"} <= set(links)
    assert (tmp_path / "public/due.ics").read_bytes() == b"BEGIN:VCALENDAR\r\n"

"""index.html of a folder of reports: each week's figures as lines, and each report with its figures, by edition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from audit.contract.audit_file import read_audit
from audit.errors import UsageError
from audit.report.formats import badge, charts, due_calendar, markdown, pages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

_DRAWN: Final = 52
"""Number of weeks in the charts; the table has all."""
EDITIONS: Final = ("weekly", "nightly")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReport:
    """One report, read from its audit.json."""

    folder: str
    """Path of the report's folder: a day, or a day and ``/nightly``."""
    as_of: date
    edition: str
    """weekly or nightly."""
    rate: float | None
    """None if nothing was due, or the rate was withheld."""
    on_time: int
    due: int
    open_late: int
    withheld: bool
    ahead: bool
    """It was written before its day, and is no headline."""
    blocked: int | None
    """Incidents without an owner; None: written by an earlier version without this number."""
    median: int | None
    """Median working days to the review; None: too many are open, or the number is missing."""

    @property
    def number(self) -> str:
        """The ISO week, like ``2026-W48``."""
        year, week, _ = self.as_of.isocalendar()
        return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A report whose audit.json cannot be read."""

    folder: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionReports:
    """The reports of one edition."""

    name: str
    """weekly or nightly."""
    reports: tuple[PastReport, ...]
    """The newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One figure over the weeks."""

    name: str
    """Of the place in the page."""
    title: str
    says: str
    unit: str
    drawing: charts.LineChart
    """The oldest week first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The numbers of the page."""

    editions: tuple[EditionReports, ...]
    """Weekly, then nightly; only those that have reports."""
    lines: tuple[FigureLine, ...]
    """Of each week the weekly report, or else the last nightly one."""
    left_out: int
    """Reports that were written before their day, which are no headline."""
    unreadable: tuple[Unreadable, ...]
    calendars: tuple[tuple[str, str], ...]
    """File and team of each calendar beside the page; the one of all teams has none, and is the first."""
    badge: str
    """File of the badge; empty: there is none."""

    @property
    def newest(self) -> PastReport | None:
        """The newest weekly report, or else the newest one."""
        return self.editions[0].reports[0] if self.editions else None

    @property
    def total(self) -> int:
        """Reports that are listed."""
        return sum(len(edition.reports) for edition in self.editions)


def is_day(name: str) -> bool:
    """Return whether a folder's name is a day, like those of reports."""
    try:
        return bool(_DAY.fullmatch(name) and date.fromisoformat(name))
    except ValueError:
        return False


def archive_html(texts: Mapping[str, str], files: Collection[str] = ()) -> str:
    """Return the page.

    ``texts``: path of each report's folder -> text of its audit.json. ``files``: names of what lies beside the page.
    """
    return pages.page("archive.html.j2", archive=archive(texts, files))


def archive(texts: Mapping[str, str], files: Collection[str] = ()) -> Archive:
    """Read and sort the reports."""
    read = [_read(folder, texts[folder]) for folder in sorted(texts, reverse=True)]
    every = [one for one in read if isinstance(one, PastReport)]
    past = [one for one in every if not one.ahead]
    teams = [(name, match[1]) for name in sorted(files) if (match := due_calendar.TEAM_FILE.fullmatch(name))]
    return Archive(
        editions=tuple(
            EditionReports(name=name, reports=reports)
            for name in EDITIONS
            if (reports := tuple(one for one in past if one.edition == name))
        ),
        lines=tuple(_lines(_by_week(past))),
        left_out=len(every) - len(past),
        unreadable=tuple(one for one in read if isinstance(one, Unreadable)),
        calendars=((due_calendar.NAME, ""), *teams) if due_calendar.NAME in files else tuple(teams),
        badge=badge.NAME if badge.NAME in files else "",
    )


def _by_week(past: Sequence[PastReport]) -> list[PastReport]:
    """Return the report that stands for each week, the oldest first; ``past``: the newest first."""
    weeks: dict[str, PastReport] = {}
    for one in past:
        known = weeks.setdefault(one.number, one)
        if known.edition != EDITIONS[0] and one.edition == EDITIONS[0]:
            weeks[one.number] = one
    return sorted(weeks.values(), key=lambda one: one.as_of)[-_DRAWN:]


def _lines(weeks: Sequence[PastReport]) -> Iterator[FigureLine]:
    """Yield the four figures over the weeks, those that are known in one, if there are at least two weeks."""
    if len(weeks) < 2:
        return
    share = "Reviews on time of those due, in percent; the line breaks where nothing was due, or the rate was withheld."
    median = (
        "Working days by which half of the reviews were completed; the line breaks where too many were open to tell."
    )
    rates = [None if one.rate is None else float(markdown.whole(one.rate)) for one in weeks]
    figures: tuple[tuple[str, str, str, str, list[float | None], int | None], ...] = (
        ("on-time", "On time", share, " %", rates, 100),
        (
            "open-late",
            "Open late",
            "Reviews that were overdue or missing.",
            " open late",
            [one.open_late for one in weeks],
            None,
        ),
        (
            "blocked",
            "Blocked by no owner",
            "Incidents whose service nobody owned.",
            " blocked",
            [one.blocked for one in weeks],
            None,
        ),
        ("time", "Time to review", median, " working days", [one.median for one in weeks], None),
    )
    for name, title, says, unit, values, whole in figures:
        points = [(one.number[5:], value) for one, value in zip(weeks, values, strict=True)]
        if any(value is not None for value in values):
            drawing = charts.line(points, whole=whole, frame=charts.NARROW)
            yield FigureLine(name=name, title=title, says=says, unit=unit, drawing=drawing)


def _read(folder: str, text: str) -> PastReport | Unreadable:
    try:
        audit = read_audit(text, folder)
    except UsageError:
        return Unreadable(folder=folder, why="its audit.json is not what this program writes")
    compliance = audit.compliance
    return PastReport(
        folder=folder,
        as_of=audit.as_of,
        edition=audit.edition,
        rate=compliance.rate,
        on_time=compliance.on_time,
        due=compliance.due,
        open_late=compliance.open_late,
        withheld=compliance.withheld is not None,
        ahead=audit.ahead,
        blocked=audit.figures.blocked_by_no_owner,
        median=audit.figures.time_to_review.median,
    )

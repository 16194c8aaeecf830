"""index.html of a folder of reports: each past week with its figures, read from its audit.json."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from audit.contract.audit_file import read_audit
from audit.errors import UsageError
from audit.report.formats import charts, markdown, pages

if TYPE_CHECKING:
    from collections.abc import Mapping

_DRAWN: Final = 52
"""Number of weeks in the charts; the table has all."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastReport:
    """One report, read from its audit.json."""

    folder: str
    """Name of the report's folder, which is a day."""
    as_of: date
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
class Archive:
    """The numbers of the page."""

    weeks: tuple[PastReport, ...]
    """The newest first, but for those that were written ahead of their day: they come last."""
    unreadable: tuple[Unreadable, ...]
    compliance: tuple[charts.LineChart, ...]
    """The rates in percent, the oldest first."""
    open_late: tuple[charts.LineChart, ...]


def is_day(name: str) -> bool:
    """Return whether a folder's name is a day, like those of reports."""
    try:
        return bool(_DAY.fullmatch(name) and date.fromisoformat(name))
    except ValueError:
        return False


def archive_html(texts: Mapping[str, str]) -> str:
    """Return the page. ``texts``: name of each report's folder -> text of its audit.json."""
    return pages.page("archive.html.j2", archive=archive(texts))


def archive(texts: Mapping[str, str]) -> Archive:
    """Read and sort the reports."""
    read = [_read(folder, texts[folder]) for folder in sorted(texts, reverse=True)]
    every = (one for one in read if isinstance(one, PastReport))
    weeks = tuple(sorted(every, key=lambda one: one.ahead))
    drawn = [one for one in weeks if not one.ahead][:_DRAWN][::-1]
    return Archive(
        weeks=weeks,
        unreadable=tuple(one for one in read if isinstance(one, Unreadable)),
        compliance=tuple(
            charts.line(
                [(one.folder[5:], None if one.rate is None else markdown.whole(one.rate)) for one in drawn],
                whole=100,
                frame=frame,
            )
            for frame in charts.FRAMES
        ),
        open_late=tuple(
            charts.line([(one.folder[5:], one.open_late) for one in drawn], frame=frame) for frame in charts.FRAMES
        ),
    )


def _read(folder: str, text: str) -> PastReport | Unreadable:
    try:
        audit = read_audit(text, folder)
    except UsageError:
        return Unreadable(folder=folder, why="its audit.json is not what this program writes")
    compliance = audit.compliance
    return PastReport(
        folder=folder,
        as_of=audit.as_of,
        rate=compliance.rate,
        on_time=compliance.on_time,
        due=compliance.due,
        open_late=compliance.open_late,
        withheld=compliance.withheld is not None,
        ahead=audit.ahead,
        blocked=audit.figures.blocked_by_no_owner,
        median=audit.figures.time_to_review.median,
    )

"""Reports of the past from one snapshot, so that the first day already shows a trend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from audit.app import nightly
from audit.app.exit_status import DONE, GAPS
from audit.errors import UsageError
from audit.phrases import plural
from audit.report.history import site
from audit.report.history.archive import archive_html
from audit.report.history.output_folder import audit_at, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from audit.app.order import Order
    from audit.gitlab.read.progress import Say


@dataclass(frozen=True, kw_only=True)
class Backfilled:
    """The outcome of a backfill."""

    written: int
    kept: int
    """Days that had a report already, which stays as it is."""
    listed: int
    """Reports in the archive."""
    exit_status: int
    """GAPS if gaps could change a verdict on a day that was judged, else DONE."""


def backfill(order: Order, first: date, *, weekly: bool, say: Say) -> Backfilled:
    """Judge the order's evidence as of each Monday, or each day, from the first one on, and list all reports.

    The order's folder is that of the whole archive. Each report is compared with the one before it. A day that has a
    report keeps it, unless its rate is withheld.
    """
    wanted = list(_days(first, order.as_of, weekly=weekly))
    if not wanted:
        what = "no Monday" if weekly else "no day"
        raise UsageError(
            f"there is {what} from {first} to {order.as_of}, the day of the snapshot",
            "Name an earlier day after --from.",
        )
    judged = [day for day in wanted if not _stays(order.folder / day.isoformat() / "audit.json")]
    doubtful = 0
    for day in judged:
        say(f"judging {day}")
        one = replace(order, as_of=day, folder=order.folder / day.isoformat())
        done = nightly.run(None, one, say=_warnings_of(say, last=day == judged[-1]), progress=_unseen)
        doubtful += done.exit_status == GAPS
    if doubtful:
        say(
            "something could not be read that could change a verdict, in "
            f"{doubtful} of {plural(len(judged), 'report')}: the next backfill replaces each whose rate is withheld",
            warning=True,
        )
    reports, files = site.reports_in(order.folder), site.newest_files(order.folder)
    write_all(order.folder, {**files, "index.html": archive_html(reports, files)})
    return Backfilled(
        written=len(judged),
        kept=len(wanted) - len(judged),
        listed=len(reports),
        exit_status=GAPS if doubtful else DONE,
    )


def _stays(place: Path) -> bool:
    """Return whether a report is there that is not replaced: its rate is told, or it cannot be read."""
    if not place.exists():
        return False
    try:
        return audit_at(place).compliance.withheld is None
    except UsageError:
        return True


def _days(first: date, last: date, *, weekly: bool) -> Iterator[date]:
    day = first + timedelta(days=-first.weekday() % 7) if weekly else first
    while day <= last:
        yield day
        day += timedelta(days=7 if weekly else 1)


def _warnings_of(say: Say, *, last: bool) -> Say:
    """Return what passes on the warnings of the last day alone: they are about the snapshot, and the same on each."""

    def passed(message: str, *, warning: bool = False) -> None:
        if warning and last:
            say(message, warning=True)

    return passed


def _unseen(*_progress: object) -> None:
    """Show nothing: no list is read."""

"""Reports of the past from one snapshot, so that the first day already shows a trend."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from audit.app import nightly
from audit.errors import UsageError
from audit.report.history import site
from audit.report.history.archive import archive_html
from audit.report.history.output_folder import write_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

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


def backfill(order: Order, first: date, *, weekly: bool, say: Say) -> Backfilled:
    """Judge the order's evidence as of each Monday, or each day, from the first one on, and list all reports.

    The order's folder is that of the whole archive. Each report is compared with the one before it.
    """
    wanted = list(_days(first, order.as_of, weekly=weekly))
    if not wanted:
        what = "no Monday" if weekly else "no day"
        raise UsageError(
            f"there is {what} from {first} to {order.as_of}, the day of the snapshot",
            "Name an earlier day after --from.",
        )
    missing = [day for day in wanted if not (order.folder / day.isoformat() / "audit.json").exists()]
    for day in missing:
        say(f"judging {day}")
        one = replace(order, as_of=day, folder=order.folder / day.isoformat())
        nightly.run(None, one, say=_warnings_of(say, last=day == missing[-1]), progress=_unseen)
    reports, files = site.reports_in(order.folder), site.newest_files(order.folder)
    write_all(order.folder, {**files, "index.html": archive_html(reports, files)})
    return Backfilled(written=len(missing), kept=len(wanted) - len(missing), listed=len(reports))


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

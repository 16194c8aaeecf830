"""A folder of reports as a site: each day's report once for each edition, and what is always the newest beside them.

A weekly report lies in the folder of its day, a nightly one as well, or in ``nightly`` within it where that day has a
weekly one: neither takes the other's place.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from audit.contract.audit_file import read_audit
from audit.errors import OutputError, UsageError
from audit.report.formats import badge, due_calendar
from audit.report.history.archive import is_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from audit.contract.audit_file import AuditFile

NIGHTLY: Final = "nightly"
_NEEDED: Final = ("audit.json", "report.html")


def reports_in(site: Path) -> dict[str, str]:
    """Return name of each report's folder -> text of its audit.json; empty if it cannot be read.

    A name is a day, or a day and ``/nightly``.
    """
    return {place.relative_to(site).as_posix(): _text(place / "audit.json") for place in _reports(site)}


def take_in(site: Path, reports: Path) -> None:
    """Copy the reports of a folder into the site. Raises UsageError if there is none, and OutputError."""
    found = [place for place in _reports(reports) if place.parent == reports]
    if not found:
        raise UsageError(
            f"{reports} holds no report", "Name the folder in which the folders of days lie, like reports."
        )
    try:
        for place in found:
            shutil.copytree(place, _room(site / place.name, _edition(place)), dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise OutputError(
            f"the reports could not be copied to {site}: {why}",
            "Check that the folder can be written to and that the disk has room, then run again.",
        ) from error


def newest_files(site: Path) -> dict[str, str]:
    """Return file name -> text of what the newest report gives to the site: the calendars and the badge.

    A calendar of a team that has none any more loses its events, for those who subscribed to it.
    """
    dated = [(audit.as_of, place) for place in _reports(site) if (audit := _audit(place)) and not audit.ahead]
    newest = max(dated, default=None)
    if newest is None:
        return {}
    made = {place.name: _text(place) for place in newest[1].iterdir() if _is_served(place.name)}
    left = {place.name: due_calendar.emptied(_text(place)) for place in site.iterdir() if _is_served(place.name)}
    return {**{name: text for name, text in left.items() if name != badge.NAME}, **made}


def _is_served(name: str) -> bool:
    return name in (due_calendar.NAME, badge.NAME) or due_calendar.TEAM_FILE.fullmatch(name) is not None


def _reports(folder: Path) -> Iterator[Path]:
    for day in sorted(place for place in folder.iterdir() if is_day(place.name)):
        for place in (day, day / NIGHTLY):
            # a folder in the place of a file is one that cannot be read
            if (place / "report.html").is_file() and (place / "audit.json").exists():
                yield place


def _room(day: Path, edition: str) -> Path:
    """Return the folder for a report of a day, and make room for a weekly one."""
    there = _edition(day) if (day / "audit.json").exists() else edition
    if edition == NIGHTLY and there != NIGHTLY:
        return day / NIGHTLY
    if edition != NIGHTLY and there == NIGHTLY:
        aside = day.with_name(f".{day.name}.{uuid4().hex}")
        day.rename(aside)
        day.mkdir()
        aside.rename(day / NIGHTLY)
    return day


def _edition(report: Path) -> str:
    audit = _audit(report)
    return audit.edition if audit else ""


def _audit(report: Path) -> AuditFile | None:
    try:
        return read_audit(_text(report / "audit.json"), str(report))
    except UsageError:
        return None


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""

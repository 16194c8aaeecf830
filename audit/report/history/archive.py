"""index.html of a folder of reports: each past week with its figures, read from its audit.json."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NoReturn

from audit.report.formats import charts, markdown, pages

if TYPE_CHECKING:
    from collections.abc import Mapping

_DRAWN: Final = 52
"""Weeks of the charts; the table has all."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One report, as its audit.json tells it."""

    folder: str
    """Name of the folder, a day; the report lies in it."""
    as_of: date
    rate: float | None
    """None: nothing was due, or the rate was withheld."""
    on_time: int
    due: int
    open_late: int
    withheld: bool
    blocked: int | None
    """By no owner; None: an early version did not say."""
    median: int | None
    """Working days to the review; None: not reached, or not said."""

    @property
    def number(self) -> str:
        """The ISO week, like ``2026-W48``."""
        year, week, _ = self.as_of.isocalendar()
        return f"{year}-W{week:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A report whose audit.json tells nothing."""

    folder: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The page's numbers."""

    weeks: tuple[Week, ...]
    """The newest first."""
    unreadable: tuple[Unreadable, ...]
    compliance: charts.Line
    """In percent, the oldest first."""
    open_late: charts.Line


def is_day(name: str) -> bool:
    """Tell whether a folder is named by a day, as those of reports are."""
    try:
        return bool(_DAY.fullmatch(name) and date.fromisoformat(name))
    except ValueError:
        return False


def archive_html(texts: Mapping[str, str]) -> str:
    """Return the page. ``texts``: the name of each report's folder, and the text of its audit.json."""
    return pages.page("archive.html.j2", archive=archive(texts))


def archive(texts: Mapping[str, str]) -> Archive:
    """Read and sort the weeks."""
    read = [_read(folder, texts[folder]) for folder in sorted(texts, reverse=True)]
    weeks = tuple(one for one in read if isinstance(one, Week))
    drawn = weeks[:_DRAWN][::-1]
    return Archive(
        weeks=weeks,
        unreadable=tuple(one for one in read if isinstance(one, Unreadable)),
        compliance=charts.line(
            [(one.folder[5:], None if one.rate is None else markdown.whole(one.rate)) for one in drawn], whole=100
        ),
        open_late=charts.line([(one.folder[5:], one.open_late) for one in drawn]),
    )


def _read(folder: str, text: str) -> Week | Unreadable:
    try:
        return _week(folder, json.loads(text, parse_constant=_refuse))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Unreadable(folder=folder, why="its audit.json is not what this program writes")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _week(folder: str, told: dict[str, Any]) -> Week:
    if told["schema_version"] != 1:
        raise ValueError("another version")
    figure, added = told["compliance"], told.get("figures", {})
    return Week(
        folder=folder,
        as_of=date.fromisoformat(told["as_of"]),
        rate=_share(figure["rate"]),
        on_time=_count(figure["on_time"]),
        due=_count(figure["due"]),
        open_late=_count(figure["open_late"]),
        withheld=figure.get("withheld") is not None,
        blocked=_known(added.get("blocked_by_no_owner")),
        median=_known(added.get("time_to_review", {}).get("median")),
    )


def _share(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError(f"{value!r} is no share")
    return float(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _known(value: Any) -> int | None:
    return None if value is None else _count(value)

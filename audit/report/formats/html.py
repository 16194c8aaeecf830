"""report.html: the page that people open and share, rendered from templates/report.html.j2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.phrases import MOST
from audit.report.formats import charts, pages
from audit.report.formats.format import Format
from audit.report.formats.markdown import whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.privacy.rows import IncidentRow
    from audit.report.figures.twelve_weeks import TwelveWeeks
    from audit.report.figures.view import View

ROWS: Final = 10_000
"""Most incidents on the page: more would be megabytes that nobody scrolls through. audit.json holds every one."""
_FIRST: Final = {
    "overdue": 0,
    "missing": 0,
    "pending": 1,
    "inconclusive": 2,
    "exempt_unowned": 2,
    "waived": 2,
    "late": 3,
    "on_time": 3,
    "not_required": 4,
    "out_of_scope": 4,
}
_LAST: Final = 9
"""After any severity."""
_BY_DUE: Final = 2
"""Verdicts that need action: their incidents are sorted by due day; all others by their own day, latest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLine:
    """An incident of the large table, with the values that its filters use."""

    incident: IncidentRow
    teams: str
    """Indices into the list of teams, separated by blanks."""
    services: str
    """Indices into the list of services, separated by blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """The large table."""

    lines: tuple[TableLine, ...]
    """Incidents that need action first."""
    teams: tuple[str, ...]
    services: tuple[str, ...]
    verdicts: tuple[str, ...]
    """Verdicts that occur, in the policy's order."""
    severities: tuple[int, ...]
    """Severities that occur, the worst first; 0: none."""
    left_out: int
    total: int


def report_html(view: View) -> str:
    """Return the whole page."""
    weeks = view.trend.weeks
    return pages.page(
        "report.html.j2",
        view=view,
        everything=everything(view, ROWS),
        sparks=_sparks(view.twelve_weeks),
        cohorts=[charts.stack([charts.cohort(week) for week in weeks], frame) for frame in charts.FRAMES],
        backlog=[
            charts.line([(charts.short(week), week.open_at_end) for week in weeks], frame=frame)
            for frame in charts.FRAMES
        ],
    )


def _sparks(weeks: TwelveWeeks) -> dict[str, charts.Spark]:
    return {
        "on_time": charts.spark(weeks.on_time, lambda rate: f"{whole(rate)}\u00a0%", whole=1),
        "open_late": charts.spark(weeks.open_late),
        "blocked": charts.spark(weeks.blocked),
        "time": charts.spark(weeks.median),
    }


def everything(view: View, most: int) -> Everything:
    """Return the incidents of the large table: the late and open ones first, then the latest of the others."""
    rows = sorted(view.incidents, key=_urgency)[:most]
    teams = _positions(name for row in rows for name in row.owners[:MOST])
    services = _positions(name for row in rows for name in row.services[:MOST])
    present = {row.verdict for row in rows}
    return Everything(
        lines=tuple(
            TableLine(incident=row, teams=_at(teams, row.owners), services=_at(services, row.services)) for row in rows
        ),
        teams=tuple(teams),
        services=tuple(services),
        verdicts=tuple(verdict for verdict in view.verdicts if verdict in present),
        severities=tuple(sorted({row.severity or 0 for row in rows}, key=lambda one: one or _LAST)),
        left_out=view.total - len(rows),
        total=view.total,
    )


def _urgency(row: IncidentRow) -> tuple[int, int]:
    rank = _FIRST[row.verdict]
    if rank < _BY_DUE and row.due_on:
        return rank, row.due_on.toordinal()
    return rank, -row.declared_on.toordinal()


def _positions(names: Iterable[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(sorted(set(names)))}


def _at(positions: dict[str, int], names: Sequence[str]) -> str:
    return " ".join(str(positions[name]) for name in names[:MOST])


FORMAT = Format(name="report.html", text=report_html, by_team=True)

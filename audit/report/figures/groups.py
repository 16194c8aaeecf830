"""Due, late and blocked reviews by team and by service, counted over public incidents."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from audit.engine.gaps import in_window
from audit.model import Verdict
from audit.report.figures.compliance import DUE, OPEN_LATE
from audit.report.figures.no_owner import blocked
from audit.report.figures.time_to_review import quantile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from audit.engine.result import Result
    from audit.privacy.redaction import Discretion
    from audit.privacy.rows import IncidentRow
    from audit.report.figures.searches import Search

_OPEN = (*OPEN_LATE, Verdict.PENDING)
_COUNTS = ("due", "on_time", "open", "open_late", "blocked")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """The incidents of one team or service."""

    name: str
    """Name of the team or service; empty: incidents without one, unowned or unknown."""
    due: int
    """Incidents whose due day lies in the window, as in the compliance figure."""
    not_on_time: int
    """Those of ``due`` that are late, overdue or missing."""
    on_time: int
    open: int
    """Pending, overdue and missing, whatever their age."""
    open_late: int
    """Those of ``open`` that are overdue or missing."""
    blocked: int
    """Incidents without a review because nobody owns any of their services, whatever their age."""
    median: int | None
    """Median working days to the review, estimated as for the whole; None: not reached, or no data."""
    timed: int
    """Incidents that the median is estimated from, including those still open."""
    searches: tuple[Search, ...]
    """Searches in GitLab for all issues with the label of the team or service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """A table by team or by service. Its rows need not add up to the whole."""

    rows: tuple[GroupRow, ...]
    """Only those that have something due, open or blocked."""
    repeated: int
    """Incidents that are in several rows."""
    untold: int
    """Confidential incidents, which are in no row."""
    searched: bool
    """At least one row has a search."""


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """Counts the incidents of an audit by team or by service."""

    rows: Sequence[IncidentRow]
    counted: pd.DataFrame
    """Columns of _COUNTS (bool), ``told`` (bool), ``days`` and ``completed`` (NA: not timed), as the rows are."""

    @classmethod
    def of(cls, result: Result, rows: Sequence[IncidentRow], times: pd.DataFrame, discretion: Discretion) -> Grouping:
        """Return the grouping of an audit's incidents; ``times`` is what ``review_times`` returns."""
        window, verdicts = in_window(result.evidence), result.verdicts
        counted = pd.DataFrame(
            {
                "due": window & verdicts.isin(DUE),
                "on_time": window & verdicts.eq(Verdict.ON_TIME),
                "open": verdicts.isin(_OPEN),
                "open_late": verdicts.isin(OPEN_LATE),
                "blocked": blocked(result),
                "public": pd.Series([not discretion.hides(row.ref) for row in rows], index=verdicts.index, dtype=bool),
            }
        )
        counted = counted.join(times.astype({"days": "Int64", "completed": "boolean"}))
        return cls(rows=rows, counted=counted[counted["due"] | counted["open"] | counted["blocked"]])

    def by_team(self, searches: Mapping[str, tuple[Search, ...]], only: Collection[str] | None = None) -> Groups:
        """Count by owning team, sorted by name, so that nobody is ranked; incidents without a team come last.

        ``only`` names the teams of a team edition.
        """
        groups = self._groups([_kept(row.owners, only) for row in self._rows_shown], searches)
        return replace(groups, rows=tuple(sorted(groups.rows, key=lambda row: (not row.name, row.name))))

    def by_service(self, searches: Mapping[str, tuple[Search, ...]], only: Collection[str] | None = None) -> Groups:
        """Count by service, those with the most open late reviews first, so that a long list folds the others.

        ``only`` names the services of a team edition.
        """
        groups = self._groups([_kept(row.services, only) for row in self._rows_shown], searches)
        ordered = sorted(groups.rows, key=lambda row: (not row.name, -row.open_late, -row.open, row.name))
        return replace(groups, rows=tuple(ordered))

    @property
    def _rows_shown(self) -> list[IncidentRow]:
        return [self.rows[position] for position in self.counted.index[self.counted["public"]]]

    def _groups(self, names: Sequence[tuple[str, ...]], searches: Mapping[str, tuple[Search, ...]]) -> Groups:
        public = self.counted[self.counted["public"]]
        places: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(names):
            for name in row or ("",):
                places[name].append(place)
        # the services of one label stand on the same incidents, and there may be thousands
        columns = _arrays(public)
        counted = {key: _row(columns, np.array(key)) for key in dict.fromkeys(map(tuple, places.values()))}
        rows = tuple(
            replace(counted[tuple(places[name])], name=name, searches=searches.get(name, ())) for name in sorted(places)
        )
        return Groups(
            rows=rows,
            searched=any(row.searches for row in rows),
            repeated=sum(len(row) > 1 for row in names),
            untold=len(self.counted) - len(public),
        )


def _kept(names: tuple[str, ...], only: Collection[str] | None) -> tuple[str, ...]:
    return names if only is None else tuple(name for name in names if name in only)


def _arrays(counted: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the columns as arrays, of which a group takes its places a hundred times as fast as of a frame."""
    arrays = {name: counted[name].to_numpy(dtype=bool) for name in _COUNTS}
    arrays["timed"] = counted["days"].notna().to_numpy()
    arrays["days"] = counted["days"].to_numpy(dtype="int64", na_value=0)
    arrays["completed"] = counted["completed"].to_numpy(dtype=bool, na_value=False)
    return arrays


def _row(columns: Mapping[str, np.ndarray], places: np.ndarray) -> GroupRow:
    """Count the incidents at some places; whose they are is not said yet."""
    counts = {name: int(columns[name][places].sum()) for name in _COUNTS}
    timed = places[columns["timed"][places]]
    return GroupRow(
        name="",
        due=counts["due"],
        not_on_time=counts["due"] - counts["on_time"],
        on_time=counts["on_time"],
        open=counts["open"],
        open_late=counts["open_late"],
        blocked=counts["blocked"],
        median=quantile(columns["days"][timed], columns["completed"][timed], 0.5),
        timed=len(timed),
        searches=(),
    )

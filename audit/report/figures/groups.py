"""What is due, late and blocked by team and by service, as far as public incidents tell of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

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
    """Empty: of those that have none, be it unowned or unknown."""
    due: int
    """Whose due day lies in the window, as the compliance figure counts them."""
    not_on_time: int
    """Of these, the late, overdue and missing ones."""
    on_time: int
    open: int
    """Pending, overdue and missing, whatever their age."""
    open_late: int
    """Of these, the overdue and missing ones."""
    blocked: int
    """Without a review because nobody owns any of their services, whatever their age."""
    median: int | None
    """Working days to the review, estimated as for the whole; None: not reached, or nothing to estimate from."""
    timed: int
    """Incidents on which the median rests, those still open too."""
    searches: tuple[Search, ...]
    """The nearest searches in GitLab: issues with the label of the team or service, whatever became of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """A table by team or by service. Its rows need not add up to the whole."""

    rows: tuple[GroupRow, ...]
    """Only those that have something due, open or blocked."""
    repeated: int
    """Incidents that stand in several rows."""
    untold: int
    """Confidential incidents, which stand in none."""

    @property
    def searched(self) -> bool:
        """One of the rows leads to a search at least."""
        return any(row.searches for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class Grouping:
    """Counts the incidents of an audit by whatever names they have."""

    rows: Sequence[IncidentRow]
    counted: pd.DataFrame
    """Columns of _COUNTS (bool), ``told`` (bool), ``days`` and ``completed`` (NA: not timed), as the rows are."""

    @classmethod
    def of(cls, result: Result, rows: Sequence[IncidentRow], times: pd.DataFrame, discretion: Discretion) -> Grouping:
        """Take what counts at all: ``times`` is what ``review_times`` returns."""
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
        """Count by owning team, by name: nobody is ranked. Those of no team come last.

        ``only`` names the teams that a team edition tells of.
        """
        groups = self._groups([_kept(row.owners, only) for row in self._rows_shown], searches)
        return replace(groups, rows=tuple(sorted(groups.rows, key=lambda row: (not row.name, row.name))))

    def by_service(self, searches: Mapping[str, tuple[Search, ...]], only: Collection[str] | None = None) -> Groups:
        """Count by service, those with the most open late ones first, so that a long list folds what is in order.

        ``only`` names the services that a team edition tells of.
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
        counted = {key: _row(public.iloc[list(key)]) for key in dict.fromkeys(map(tuple, places.values()))}
        return Groups(
            rows=tuple(
                replace(counted[tuple(places[name])], name=name, searches=searches.get(name, ()))
                for name in sorted(places)
            ),
            repeated=sum(len(row) > 1 for row in names),
            untold=len(self.counted) - len(public),
        )


def _kept(names: tuple[str, ...], only: Collection[str] | None) -> tuple[str, ...]:
    return names if only is None else tuple(name for name in names if name in only)


def _row(group: pd.DataFrame) -> GroupRow:
    """Count incidents; whose they are is not said yet."""
    counts = group[list(_COUNTS)].sum()
    timed = group[group["days"].notna()]
    days, completed = timed["days"].to_numpy(dtype="int64"), timed["completed"].to_numpy(dtype=bool)
    return GroupRow(
        name="",
        due=int(counts["due"]),
        not_on_time=int(counts["due"] - counts["on_time"]),
        on_time=int(counts["on_time"]),
        open=int(counts["open"]),
        open_late=int(counts["open_late"]),
        blocked=int(counts["blocked"]),
        median=quantile(days, completed, 0.5),
        timed=len(timed),
        searches=(),
    )

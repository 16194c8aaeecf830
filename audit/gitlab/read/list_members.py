"""Finds out which issues are in a list by now, from those that were in it at an earlier pull, and counts."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from audit.gitlab.read.list_counts import SHORT, Ask, Member, counting
from audit.gitlab.read.windows import Window, filters_of, month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import IssueQuery
    from audit.gitlab.read.list_counts import Answer

_MOMENT = timedelta(microseconds=1)
_DAYS = frozenset({"createdAfter", "createdBefore", "updatedAfter"})


def key_of(query: IssueQuery) -> str:
    """Return what makes two lists the same one, on whatever day they are read."""
    filters = {name: value for name, value in query.filters.items() if name not in _DAYS}
    part = getattr(query, "part", "")
    return json.dumps([query.path, query.group, query.what, filters, part], sort_keys=True)


class Members(NamedTuple):
    """The issues in a list by now."""

    by_id: dict[int, date]
    """Global id -> month of creation."""
    named: tuple[Member, ...]
    """Those that were listed by name."""
    surprising: bool
    """Issues went or came that the list of changed ones does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberReader:
    """Settles one list: a short one is listed by name, a long one is counted by month of creation."""

    client: Client
    query: IssueQuery
    before: Mapping[int, date]

    @property
    def asks(self) -> list[Ask]:
        """What to ask for: the names, or the counts of the months, of which the first and the last are open."""
        if len(self.before) <= SHORT:
            return [Ask(query=self.query, members=True)]
        return [Ask(query=self.query.within(**filters_of(window))) for window, _ in self._windows()]

    def _windows(self) -> list[tuple[Window, set[date]]]:
        """Return windows of creation, each with its months; small months share one."""
        counts = Counter(self.before.values())
        starts: list[tuple[date, set[date]]] = []
        held = 0
        for month in sorted(counts):
            if starts and held + counts[month] <= SHORT:
                starts[-1][1].add(month)
                held += counts[month]
            else:
                starts.append((month, {month}))
                held = counts[month]
        edges = [datetime(start.year, start.month, 1, tzinfo=UTC) for start, _ in starts]
        begins, ends = [None, *edges[1:]], [*(edge - _MOMENT for edge in edges[1:]), None]
        return [(Window(begin, end), months) for begin, end, (_, months) in zip(begins, ends, starts, strict=True)]

    def settled(self, answers: Sequence[Answer], changed: Iterable[Member]) -> Members | None:
        """Return the members by now; None if they cannot be listed."""
        known = dict(self.before) | {member.id: month_of(member.created_at) for member in changed}
        if len(self.before) <= SHORT:
            named = answers[0].members if answers[0].total == len(answers[0].members) else self._named(self.query)
            return None if named is None else _of(known, known, named)
        windows = self._windows()
        wrong: list[tuple[Window, dict[int, date]]] = []
        for place, ((window, _), answer) in enumerate(zip(windows, answers, strict=True)):
            within = {number: month for number, month in known.items() if _place(month, windows) == place}
            if len(within) != answer.total:
                wrong.append((window, within))
        return self._listed(known, wrong)

    def _listed(self, known: dict[int, date], wrong: Iterable[tuple[Window, dict[int, date]]]) -> Members | None:
        """List by name the windows of which the counts do not add up."""
        result = Members(known, (), surprising=False)
        for window, within in wrong:
            named = self._named(self.query.within(**filters_of(window)))
            if named is None:
                return None
            part = _of(result.by_id, within, named)
            result = Members(part.by_id, (*result.named, *named), surprising=True)
        return result

    def _named(self, query: IssueQuery) -> tuple[Member, ...] | None:
        """List the members of a list by name, a hundred a request; None if GitLab does not answer, or hides some."""
        named: dict[int, Member] = {}
        part, total = query, 0
        while True:
            answer = counting(self.client, [Ask(query=part, members=True)])()[0]
            if answer is None:
                return None
            new = [member for member in answer.members if member.id not in named]
            named |= {member.id: member for member in new}
            total = total or answer.total
            if answer.total <= len(answer.members):
                return tuple(named.values()) if len(named) >= total else None
            if not new:
                return None
            part = query.within(**filters_of(Window(answer.members[-1].created_at, None)))


def _place(month: date, windows: Sequence[tuple[Window, set[date]]]) -> int:
    """Return the number of the window in which a month is."""
    start = datetime(month.year, month.month, 1, tzinfo=UTC)
    later = (place for place, (window, _) in enumerate(windows) if window.before is None or start <= window.before)
    return next(later)


def _of(known: Mapping[int, date], within: Mapping[int, date], named: Sequence[Member]) -> Members:
    """Replace the members of a window by those that were listed there."""
    listed = {member.id: month_of(member.created_at) for member in named}
    rest = {number: month for number, month in known.items() if number not in within}
    return Members(rest | listed, tuple(named), surprising=listed.keys() != within.keys())

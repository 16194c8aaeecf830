"""Divides the lists of a pull among shards: whole lists, or slices of long ones by their days of creation.

Each shard divides alike, without asking anybody: by the lists, their number and the calendar, never by what is in them,
which may change between two shards.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from audit.gitlab.read.windows import Window, filters_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.gitlab.read.issue_lists import IssueQuery
    from audit.pull_model import Shard

_PIECES: Final = 8
"""Pieces a shard, at least, so that chance evens out how much is in them."""
_BEGIN: Final = datetime(2018, 1, 1, tzinfo=UTC)
"""What was created before is one slice. Later slices begin so many weeks after this Monday, on every night alike."""
_WEEKS: Final = 6 * 52
"""The years of which most issues are."""
_DAYS: Final = ("createdAfter", "createdBefore")


def share(queries: Sequence[IssueQuery], shard: Shard) -> list[IssueQuery]:
    """Return the part of these lists that one shard reads; all shards together read each issue of each list."""
    if shard.total == 1:
        return list(queries)
    pieces = -(-_PIECES * shard.total // max(1, len(queries)))
    part: list[IssueQuery] = []
    for query in queries:
        first = _number(query)
        slices = [query] if pieces == 1 else list(_slices(query, pieces))
        part += [one for place, one in enumerate(slices, start=first) if place % shard.total == shard.number - 1]
    return part


def _number(query: IssueQuery) -> int:
    """Return a number that is as good as random, and the same for the same list on every night."""
    filters = {name: value for name, value in query.filters.items() if name not in _DAYS}
    name = json.dumps([query.path, query.group, query.what, filters], sort_keys=True)
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def _slices(query: IssueQuery, pieces: int) -> Iterator[IssueQuery]:
    """Yield a list in slices, oldest first; those on whose days it has nothing are left out.

    A slice has the same days on every night, but for the last one, which ends with the list.
    """
    step = timedelta(weeks=max(1, _WEEKS // pieces))
    since = _instant(query.filters["createdAfter"]) if "createdAfter" in query.filters else None
    until = _instant(query.filters["createdBefore"])
    start, end = None, _BEGIN
    while start is None or start <= until:
        before = end - timedelta(microseconds=1)
        if since is None or before >= since:
            after = max(filter(None, (start, since)), default=None)
            days = Window(after, min(before, until))
            name = f"{start.date() if start else ''}/{end.date()}"
            yield replace(query.within(**filters_of(days)), part=name)
        start, end = end, end + step


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

"""Splits a long list of issues by their day of creation, so that its parts can be read at the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

SPLIT_FROM: Final = 200
"""A list of more issues is read in several windows."""
_A_PAGE: Final = 3
"""Into so many bins a page's worth of issues is counted, on average: finer bins make fuller pages."""
_MOST_BINS: Final = 240
_MOMENT = timedelta(microseconds=1)


class Window(NamedTuple):
    """Instants of creation, both included; None: open."""

    after: datetime | None
    before: datetime | None


def bins(oldest: datetime, until: datetime, count: int, page: int) -> list[Window]:
    """Return windows of equal length, to count the issues in; the first is open at its beginning."""
    number = min(_MOST_BINS, max(2, count * _A_PAGE // page))
    step = max(timedelta(seconds=1), (until - oldest) / number)
    edges = [oldest + step * place for place in range(1, number) if oldest + step * place < until]
    starts, ends = [None, *edges], [*(edge - _MOMENT for edge in edges), until]
    return [Window(start, end) for start, end in zip(starts, ends, strict=True)]


def merged(counts: Sequence[tuple[Window, int]], page: int) -> list[Window]:
    """Return windows that each hold full pages as far as possible: one, or more where the bins were large."""
    total = sum(count for _, count in counts)
    most = page * max(1, -(-_A_PAGE * total // (page * max(1, len(counts)))))
    windows: list[Window] = []
    held = 0
    for window, count in counts:
        if windows and held + count <= most:
            windows[-1] = Window(windows[-1].after, window.before)
            held += count
        else:
            windows.append(window)
            held = count
    return windows


def filters_of(window: Window) -> dict[str, str]:
    """Return a window, which is in UTC, as filters of a list."""
    given = {"createdAfter": window.after, "createdBefore": window.before}
    return {name: f"{at.replace(tzinfo=None).isoformat()}Z" for name, at in given.items() if at is not None}


def month_of(at: datetime) -> date:
    """Return the first day of a month, in UTC."""
    return at.astimezone(UTC).date().replace(day=1)

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from audit.gitlab.read.windows import Window, bins, filters_of, merged

OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2026, 11, 24, tzinfo=UTC)


def holds(window: Window, at: datetime) -> bool:
    return (window.after is None or at >= window.after) and (window.before is None or at <= window.before)


@given(
    count=st.integers(min_value=201, max_value=100_000),
    page=st.integers(min_value=1, max_value=100),
    seconds=st.integers(min_value=-(10**9), max_value=int((UNTIL - OLDEST).total_seconds())),
)
def test_each_instant_is_in_one_bin(count: int, page: int, seconds: int) -> None:
    at = OLDEST + timedelta(seconds=seconds)

    assert sum(holds(window, at) for window in bins(OLDEST, UNTIL, count, page)) == 1


def test_issues_of_one_instant_are_one_bin() -> None:
    assert bins(UNTIL, UNTIL, 500, 100) == [Window(None, UNTIL)]


@given(counts=st.lists(st.integers(min_value=0, max_value=250), min_size=1, max_size=60))
def test_windows_hold_all_bins_and_are_full_pages_as_far_as_possible(counts: list[int]) -> None:
    edges = [OLDEST + timedelta(days=day) for day in range(len(counts) + 1)]
    parts = [Window(start, end) for start, end in pairwise(edges)]

    windows = merged(list(zip(parts, counts, strict=True)), 100)

    assert (windows[0].after, windows[-1].before) == (edges[0], edges[-1])
    assert [window.before for window in windows[:-1]] == [window.after for window in windows[1:]]
    held = [
        sum(n for start, n in zip(edges, counts, strict=False) if holds(window, start) and start != window.before)
        for window in windows
    ]
    assert sum(held) == sum(counts)
    most = 100 * max(1, -(-3 * sum(counts) // (100 * len(counts))))
    assert all(one + other > most for one, other in pairwise(held))


def test_a_window_is_written_as_gitlab_reads_it() -> None:
    assert filters_of(Window(OLDEST, None)) == {"createdAfter": "2026-01-01T00:00:00Z"}

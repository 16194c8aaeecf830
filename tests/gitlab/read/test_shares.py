from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from audit.gitlab.read.issue_lists import IssueQuery
from audit.gitlab.read.shares import share
from audit.pull_model import Shard

UNTIL = datetime(2026, 11, 24, tzinfo=UTC)


def query(path: str = "g/p", since: str | None = None, until: datetime = UNTIL) -> IssueQuery:
    days = {"createdBefore": until.isoformat()} | ({"createdAfter": since} if since else {})
    return IssueQuery(path=path, what="incidents", filters=days | {"types": ["INCIDENT"]})


def days(one: IssueQuery) -> tuple[datetime | None, datetime]:
    after = one.filters.get("createdAfter")
    return after and datetime.fromisoformat(after), datetime.fromisoformat(one.filters["createdBefore"])


@pytest.mark.parametrize(
    ("lists", "total"), [*itertools.product((1, 3, 40), (1, 2, 7, 50)), (600, 7), (600, 50), (1, 200)]
)
def test_each_issue_is_in_exactly_one_share(lists: int, total: int) -> None:
    queries = [query(f"g/p{number}") for number in range(lists)]
    slices = defaultdict(list)
    for number in range(1, total + 1):
        for one in share(queries, Shard(number=number, total=total)):
            slices[one.path].append(days(one))
    assert slices.keys() == {one.path for one in queries}
    for path, found in slices.items():
        (first, *later), ends = zip(*sorted(found, key=lambda one: one[1]), strict=True)
        assert (first, ends[-1]) == (None, UNTIL), path
        # each begins where the one before ends, so no moment is in two of them or in none
        assert later == [end + timedelta(microseconds=1) for end in ends[:-1]], path


@pytest.mark.parametrize("total", [2, 7, 50])
def test_shares_are_of_similar_size(total: int) -> None:
    queries = [query("g/p", "2022-01-01T00:00:00Z")]
    sizes = Counter[int]()
    for number in range(1, total + 1):
        for one in share(queries, Shard(number=number, total=total)):
            after, before = days(one)
            assert after
            sizes[number] += (before - after).days
    assert len(sizes) == total
    assert max(sizes.values()) <= 2 * sum(sizes.values()) / total


def test_many_lists_are_given_whole() -> None:
    queries = [query(f"g/p{number}") for number in range(600)]
    shares = [share(queries, Shard(number=number, total=7)) for number in range(1, 8)]
    assert sum(map(len, shares)) == 600
    assert all(one.part == "" for part in shares for one in part)
    assert max(map(len, shares)) < 600 / 7 * 1.4


def test_a_slice_has_the_same_days_and_shard_on_every_night() -> None:
    tonight, later = (
        [
            {one.part: number for one in share([query(until=until)], Shard(number=number, total=7))}
            for number in range(1, 8)
        ]
        for until in (UNTIL, UNTIL + timedelta(days=40))
    )
    for before, after in zip(tonight, later, strict=True):
        assert before.items() <= after.items()


def test_one_shard_reads_the_lists_as_they_are() -> None:
    assert share([query()], Shard()) == [query()]

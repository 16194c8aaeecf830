"""Reads all lists of a pull with few requests: counts first, then short lists together and long ones in windows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from audit.gitlab.http import failures
from audit.gitlab.read.issue_lists import IssueList, with_label_of
from audit.gitlab.read.list_counts import SHORT, Ask, counting
from audit.gitlab.read.number_batches import batches
from audit.gitlab.read.windows import SPLIT_FROM, Window, bins, filters_of, merged
from audit.phrases import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from audit.gitlab.read.issue_lists import IssueQuery, Listen, Lister, ReadIssue
    from audit.gitlab.read.list_counts import Answer
    from audit.gitlab.read.progress import Tally
    from audit.model import Ref


class _Short(NamedTuple):
    """A list of which the members are known."""

    query: IssueQuery
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReader:
    """Reads lists from one server."""

    lister: Lister
    tallies: Mapping[str, Tally]
    """By what a list holds."""
    now: datetime
    """The server's clock: nothing is created later, so far."""
    listen: Listen
    """Hears of issues as they are read."""

    def read(
        self, queries: Iterable[IssueQuery], by_project: Callable[[IssueQuery], list[IssueQuery]]
    ) -> list[IssueList]:
        """Read every list; ``by_project`` returns the lists to read where the server refuses that of a group."""
        pairs = self._count(list(queries))
        refused = [query for query, answer in pairs if query.group and answer is None]
        pairs = [(query, answer) for query, answer in pairs if not (query.group and answer is None)]
        pairs += self._count([one for query in refused for one in by_project(query)])
        answers = [answer for _, answer in pairs]
        return self._compared(self._read([query for query, _ in pairs], answers), answers)

    def _count(self, queries: Sequence[IssueQuery]) -> list[tuple[IssueQuery, Answer | None]]:
        """Count each list, those of groups first: a server that refuses them still counts those of projects."""
        pairs: list[tuple[IssueQuery, Answer | None]] = []
        for group in (True, False):
            part = [query for query in queries if query.group is group]
            answers = counting(self.lister.client, [Ask(query=one, members=True) for one in part])()
            pairs += zip(part, answers, strict=True)
        return pairs

    def _read(self, queries: Sequence[IssueQuery], answers: Sequence[Answer | None]) -> list[IssueList]:
        whole: list[int] = []
        short: dict[int, _Short] = {}
        long: dict[int, Answer] = {}
        for place, (query, answer) in enumerate(zip(queries, answers, strict=True)):
            if answer is None:
                whole.append(place)
            elif answer.total > SPLIT_FROM and answer.members:
                long[place] = answer
            elif 0 < answer.total <= SHORT and not query.group:
                short[place] = _Short(query, tuple(member.ref for member in answer.members))
            elif answer.total:
                whole.append(place)
        together = batches({ref for one in short.values() for ref in one.refs}, self.lister.size)
        if len(together) >= len(short):
            whole, together, short = whole + list(short), [], {}
        return self._carried_out(queries, whole, long, short, together)

    def _carried_out(
        self,
        queries: Sequence[IssueQuery],
        whole: Iterable[int],
        long: Mapping[int, Answer],
        short: Mapping[int, _Short],
        together: Iterable[list[Ref]],
    ) -> list[IssueList]:
        """Read the lists; short ones while the windows of long ones are counted."""
        client = self.lister.client
        cut = {place: self._bins(queries[place], answer) for place, answer in long.items()}
        asks = [Ask(query=queries[place].within(**filters_of(bin_))) for place in cut for bin_ in cut[place]]
        counts = counting(client, asks)
        types = {ref: one.query.issue_type for one in short.values() for ref in one.refs}
        of_batches = [client.start(partial(self._together, batch, types)) for batch in together]
        of_parts = {place: [self._start(queries[place])] for place in whole}
        answers = iter(counts())
        for place, windows in cut.items():
            found = [next(answers) for _ in windows]
            parts = _windows(queries[place], windows, found, self.lister.size)
            of_parts[place] = [self._start(part) for part in parts]
        numbered = [one for work in of_batches for one in work.result()]
        return [
            _of_short(short[place], numbered)
            if place in short
            else _joined(query, [work.result() for work in of_parts.get(place, ())])
            for place, query in enumerate(queries)
        ]

    def _compared(self, lists: Sequence[IssueList], answers: Iterable[Answer | None]) -> list[IssueList]:
        """Count the lists again of which fewer issues were read than counted: some were deleted, or are not shown.

        GitLab takes what the account may not read off a page after it was cut, and off no count.
        """
        result = list(lists)
        pairs = enumerate(zip(lists, answers, strict=True))
        fewer = [place for place, (one, answer) in pairs if answer and not one.failure and _size(one) < answer.total]
        again = counting(self.lister.client, [Ask(query=lists[place].query) for place in fewer])()
        for place, answer in zip(fewer, again, strict=True):
            if answer is not None and _size(lists[place]) < answer.total:
                result[place] = _hiding(lists[place], answer.total)
        return result

    def _start(self, query: IssueQuery) -> Future[IssueList]:
        return self.lister.client.start(lambda: self.lister.read(query, self.tallies[query.what], self.listen))

    def _bins(self, query: IssueQuery, answer: Answer) -> list[Window]:
        oldest = answer.members[0].created_at
        until = min(self.now, datetime.fromisoformat(query.filters["createdBefore"]))
        return bins(oldest, max(oldest, until), answer.total, self.lister.size)

    def _together(self, batch: Sequence[Ref], types: Mapping[Ref, str]) -> list[IssueList]:
        lists = self.lister.numbered(batch, types, "target")
        self.listen([issue for one in lists for issue in one.issues])
        return lists


def _size(result: IssueList) -> int:
    return len({read.issue.id for read in result.issues} | result.passed_over.keys())


def _hiding(result: IssueList, total: int) -> IssueList:
    """Return a list with a gap: so many issues are in it, and not all are shown."""
    query = result.query
    why = f"GitLab counts {plural(total, 'issue')} there and shows {_size(result)}"
    gaps = (failures.noted(path, query.what, why) for path in query.covered)
    return replace(result, gaps=(*result.gaps, *gaps), failure=why)


def _windows(
    query: IssueQuery, windows: Sequence[Window], answers: Sequence[Answer | None], page: int
) -> list[IssueQuery]:
    """Return the parts in which a long list is read; one, if it cannot be counted again."""
    counts = [answer.total for answer in answers if answer is not None]
    if len(counts) < len(windows):
        return [query]
    parts = merged(list(zip(windows, counts, strict=True)), page)
    # what is created meanwhile is in the last one
    return [query.within(**filters_of(part)) for part in (*parts[:-1], parts[-1]._replace(before=None))]


def _joined(query: IssueQuery, parts: Sequence[IssueList]) -> IssueList:
    """Return a list from its windows."""
    if len(parts) == 1:
        return replace(parts[0], query=query)
    return IssueList(
        query=query,
        issues=tuple(issue for part in parts for issue in part.issues),
        gaps=tuple(dict.fromkeys(gap for part in parts for gap in part.gaps)),
        failure=next((part.failure for part in parts if part.failure), ""),
        passed_over={number: month for part in parts for number, month in part.passed_over.items()},
    )


def _of_short(short: _Short, numbered: Iterable[IssueList]) -> IssueList:
    """Return a short list from what was read by number; what failed there is a gap of it."""
    wanted = set(short.refs)
    issues: list[ReadIssue] = []
    gaps = []
    failure, not_found = "", False
    for one in numbered:
        if one.query.path != short.query.path:
            continue
        here = [read for read in one.issues if read.issue.ref in wanted]
        issues += [
            read if read.issue.labels_read else replace(read, issue=with_label_of(short.query, read.issue))
            for read in here
        ]
        names = {str(ref) for ref in wanted}
        meant = {f"{one.query.path}#{iid}" for iid in one.query.filters["iids"]} & names
        missing = meant - {str(read.issue.ref) for read in here}
        for gap in one.gaps:
            if gap.what != "target":
                gaps += [gap] if gap.ref in names else []
            elif gap.ref in names or ("#" not in gap.ref and missing):
                gaps.append(replace(gap, what=short.query.what, could_change_a_verdict=True))
                failure = failure or gap.why
        not_found = not_found or (one.not_found and bool(meant))
    return IssueList(
        query=short.query, issues=tuple(issues), gaps=tuple(gaps), failure=failure, not_found=not_found and not issues
    )

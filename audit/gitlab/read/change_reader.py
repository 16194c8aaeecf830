"""Reads what changed since an earlier pull, and checks everything that can change without a trace in the lists.

A change of an issue shows in its ``updatedAt`` (GITLAB.md, 51 to 53), up to a minute late for links. What does not
show: an issue that was deleted, or left a list; the far end of a link, which may be moved, hidden or shown; an account
that was renamed or blocked. For these there are counts, and issues that are read each night. In doubt all is read anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from audit.gitlab.read.issue_lists import IssueList, ReadIssue, with_label_of
from audit.gitlab.read.list_counts import SHORT, Ask, Member, counting
from audit.gitlab.read.list_members import MemberReader, key_of
from audit.gitlab.read.number_batches import batches
from audit.gitlab.read.unchanged import dead_links, one_sided, people, relinked, samples, suspects, to_read_again

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from audit.gitlab.read.issue_lists import IssueQuery, Lister
    from audit.gitlab.read.list_counts import Answer
    from audit.gitlab.read.pull_job import PullJob
    from audit.model import Issue, Ref
    from audit.pull_model import Pull, PulledFile

    Of = Mapping[int, date]

OVERLAP: Final = timedelta(minutes=10)
"""Links may show up to 52 s late (GITLAB.md, 52)."""
_ROUNDS = 6
_VANISHED: Final = "an issue vanished while it was read"


class DoubtError(Exception):
    """Something that reading changes only cannot settle; its text says why everything is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLists:
    """The lists of a pull, as if each had been read to its end."""

    lists: Sequence[IssueList]
    kept: Mapping[int, Issue] = field(default_factory=dict)
    """By global id: issues of the earlier pull of which the history is still right."""
    numbered: Sequence[IssueList] = ()
    """What was read by number already, for issues that others lead to."""
    files: Sequence[PulledFile] = ()
    """Templates of the earlier pull."""
    files_at: datetime | None = None
    """When these templates were looked at; None: never."""
    former_paths: Mapping[str, str] = field(default_factory=dict)
    """Those of the earlier pull."""


@dataclass(kw_only=True)
class ChangeReader:
    """Reads the lists of one pull from an earlier one. Raises DoubtError where that is not possible."""

    job: PullJob
    lister: Lister
    earlier: Pull
    queries: Sequence[IssueQuery]
    titles: Mapping[str, frozenset[str]]
    """Audited project -> the titles of its labels today."""
    _known: dict[int, Issue] = field(init=False)
    """By global id: what the earlier pull read."""
    _doubtful: set[str] = field(init=False)
    """The names of what the earlier pull could not read whole."""
    _fresh: dict[int, ReadIssue] = field(default_factory=dict, init=False)
    """By global id: what was read in this pull."""
    _numbered: list[IssueList] = field(default_factory=list, init=False)
    _sought: set[Ref] = field(default_factory=set, init=False)
    """What was read, or was to be read, by number."""
    _passed_over: set[int] = field(default_factory=set, init=False)
    """By global id: what the lists of groups held beside the issues that are meant."""
    _names: dict[int, Ref] = field(default_factory=dict, init=False)
    _types: dict[Ref, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Order what is known."""
        self._known = {issue.id: issue for issue in (*self.earlier.records.issues, *self.earlier.left_out)}
        self._doubtful = {gap.ref for gap in self.earlier.records.gaps}

    def read(self) -> ReadLists:
        """Return the lists of today."""
        before = self._before()
        self._passed_over = {number for of_list in before for number in of_list} - self._known.keys()
        changed, members = self._settled(before)
        listed = {number for of_list in members for number in of_list}
        self._read_numbers(self._wanted(before, changed, listed))
        for _ in range(_ROUNDS):
            further = self._further(listed)
            if not further:
                break
            self._read_numbers(further)
        else:
            raise DoubtError("the issues change faster than they can be read")
        self._check_that_all_were_read(listed)
        standing = self._standing(listed)
        touched = {member.id for of_list in changed for member in of_list}
        return ReadLists(
            lists=[self._list(query, of_list, standing) for query, of_list in zip(self.queries, members, strict=True)],
            kept={number: issue for number, issue in self._known.items() if self._has_old_history(issue, touched)},
            numbered=self._numbered,
            files=self.earlier.files,
            files_at=self.earlier.started_at,
            former_paths=self.earlier.records.former_paths,
        )

    def _before(self) -> list[Of]:
        before = {one.query: one.members for one in self.earlier.lists}
        for query in self.queries:
            if key_of(query) not in before:
                raise DoubtError(f"the same list of {query.what} of {query.path} was not read to its end last time")
        return [before[key_of(query)] for query in self.queries]

    @property
    def _since(self) -> str:
        at = min(self.earlier.started_at, self.earlier.until) - OVERLAP
        return f"{at.replace(tzinfo=None, microsecond=0).isoformat()}Z"

    def _settled(self, before: Sequence[Of]) -> tuple[list[list[Member]], list[Of]]:
        """Return, of each list, which issues changed, and which are in it by now."""
        client = self.lister.client
        asks = [Ask(query=query.within(updatedAfter=self._since), members=True) for query in self.queries]
        readers = [
            MemberReader(client=client, query=query, before=old)
            for query, old in zip(self.queries, before, strict=True)
        ]
        given = counting(client, [*asks, *(ask for reader in readers for ask in reader.asks)])()
        answers = [answer for answer in given if answer is not None]
        if len(answers) < len(given):
            raise DoubtError("the lists could not be counted")
        changed = [self._changed(ask, answer) for ask, answer in zip(asks, answers, strict=False)]
        rest = iter(answers[len(asks) :])
        members: list[Of] = []
        for reader, of_list in zip(readers, changed, strict=True):
            found = reader.settled([next(rest) for _ in reader.asks], of_list)
            if found is None or (found.surprising and not self._sees_all(reader.query)):
                raise DoubtError(f"it is not clear which {reader.query.what} of {reader.query.path} are there by now")
            members.append(found.by_id)
            self._name(found.named, reader.query)
        return changed, members

    def _name(self, members: Iterable[Member], query: IssueQuery) -> None:
        for member in members:
            self._names[member.id] = member.ref
            self._types[member.ref] = query.issue_type

    def _sees_all(self, query: IssueQuery) -> bool:
        """Return whether the account sees the confidential issues of a list, so that none leaves its sight."""
        covered = set(query.covered)
        return all(one.sees_confidential for one in self.job.preflight.projects if one.path in covered)

    def _changed(self, ask: Ask, answer: Answer) -> list[Member]:
        """Return the issues of a list that changed; many are read at once, page by page."""
        if answer.total <= SHORT:
            if len(answer.members) < answer.total:
                raise DoubtError(f"GitLab does not show all {ask.query.what} of {ask.query.path} that changed")
            self._name(answer.members, ask.query)
            return list(answer.members)
        result = self.lister.read(ask.query, self.job.tally("changes"))
        if result.failure:
            raise DoubtError(f"the changed {ask.query.what} of {ask.query.path} could not be read")
        self._keep(result)
        return [Member(one.issue.id, one.issue.ref, one.issue.created_at) for one in result.issues]

    def _wanted(self, before: Sequence[Of], changed: Sequence[Sequence[Member]], listed: set[int]) -> set[Ref]:
        """Return what is read by number first: what changed, and what is read each night."""
        once = {number for of_list in before for number in of_list}
        touched = {member.ref for of_list in changed for member in of_list}
        targets = {issue.ref for number, issue in self._known.items() if number not in once}
        unchanged = [
            self._known[number] for number in listed if number in self._known and self._known[number].ref not in touched
        ]
        again = to_read_again(unchanged, self.earlier.records.gaps, self.titles)
        read = {ref for ref in touched if ref not in self._fresh_refs()} | targets | again
        return read | samples(unchanged, again)

    def _fresh_refs(self) -> set[Ref]:
        return {one.issue.ref for one in self._fresh.values()}

    def _further(self, listed: set[int]) -> set[Ref]:
        """Return what has to be read in view of what was read: new members, doubtful accounts and dead links."""
        new = listed - self._known.keys() - self._fresh.keys() - self._passed_over
        doubted = suspects(self._known, self._fresh, self._sought)
        kept = [self._known[number] for number in listed if number in self._known and number not in self._fresh]
        further = {self._names[number] for number in new}
        further |= {issue.ref for issue in kept if not doubted.isdisjoint(people(issue))}
        further |= dead_links(kept, self._standing(listed), self._known)
        further |= one_sided(kept, (one.issue for one in self._fresh.values()))
        if further & self._sought:
            raise DoubtError(_VANISHED)
        return further

    def _check_that_all_were_read(self, listed: Iterable[int]) -> None:
        """Raise DoubtError if an issue of a list was to be read and is gone: what was known of it is not its state."""
        unread = (self._known[number].ref for number in listed if number in self._known and number not in self._fresh)
        if not self._sought.isdisjoint(unread):
            raise DoubtError(_VANISHED)

    def _standing(self, listed: Iterable[int]) -> dict[Ref, Issue]:
        """Return the issues that are there by now: members of lists, and what was read in this pull."""
        kept = {self._known[number].ref: self._known[number] for number in listed if number in self._known}
        return kept | {one.issue.ref: one.issue for one in self._fresh.values()}

    def _read_numbers(self, refs: set[Ref]) -> None:
        self._sought |= refs
        audited = {one.path for one in self.job.preflight.projects}
        made = batches(refs, self.lister.size)
        for result in self.lister.client.map(lambda batch: self.lister.numbered(batch, self._types, "target"), made):
            for one in result:
                if one.failure and one.query.path in audited:
                    raise DoubtError(f"changed issues of {one.query.path} could not be read")
                self._keep(one)
                self._numbered.append(one)

    def _keep(self, result: IssueList) -> None:
        for one in result.issues:
            if not one.links_shown:
                raise DoubtError("this GitLab's lists have no links")
            self._fresh[one.issue.id] = one

    def _list(self, query: IssueQuery, members: Of, standing: Mapping[Ref, Issue]) -> IssueList:
        there = [number for number in members if number in self._fresh or number in self._known]
        every = [self._of_today(query, number, standing) for number in there]
        # the words of a masked title were found when it was read, and it has not changed since
        issues = tuple(one for one in every if not query.group or query.fits(one.issue, words=one.issue.text_kept))
        meant = {one.issue.id for one in issues}
        names = {str(one.issue.ref) for one in issues}
        gaps = (gap for one in self._numbered for gap in one.gaps if gap.what != "target" and gap.ref in names)
        over = {number: month for number, month in members.items() if number not in meant}
        return IssueList(query=query, issues=issues, gaps=tuple(dict.fromkeys(gaps)), passed_over=over)

    def _of_today(self, query: IssueQuery, number: int, standing: Mapping[Ref, Issue]) -> ReadIssue:
        one = self._fresh.get(number)
        if one is not None:
            return one if one.issue.labels_read else replace(one, issue=with_label_of(query, one.issue))
        issue = relinked(self._known[number], standing)
        return ReadIssue(issue=issue, updated_at=issue.updated_at or issue.created_at, links_shown=True)

    def _has_old_history(self, issue: Issue, touched: set[int]) -> bool:
        """Return whether a history is as it was; of an issue that changed, or names unknown labels, it may not be."""
        one = self._fresh.get(issue.id)
        if issue.id in touched or (one is not None and one.updated_at != issue.updated_at):
            return False
        known = self.titles.get(issue.ref.project)
        names = {event.label for event in issue.label_events if event.label is not None}
        clear = names <= known if known is not None else one is None or one.issue.labels == issue.labels
        return clear and issue.history_read and issue.closing_read and str(issue.ref) not in self._doubtful

"""Reads the issues that incidents and reviews lead to: by moves, by links, and by references in reviews.

Corrective actions are among them, and issues that were moved since; the core decides what each is. A reference to
nothing is not a gap, but a failed request is, since it does not prove that nothing is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from audit.gitlab.http.failures import one_line
from audit.gitlab.read.number_batches import batches
from audit.gitlab.read.project_paths import look_up
from audit.model import Mention, Ref, Unasked
from audit.text.descriptions import named_issues
from audit.text.references import Naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from audit.gitlab.read.issue_lists import IssueList, Lister, ReadIssue
    from audit.gitlab.read.progress import Tally
    from audit.gitlab.read.project_paths import ProjectPaths
    from audit.model import Gap, Issue
    from audit.text.names import Names

MOST_PLACES = 50
"""Most places that are looked up for one review, the most clearly stated first (POLICY.md section 4)."""
_BEYOND = f"it names more than {MOST_PLACES} other places, and this one comes later"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIssues:
    """The issues that were read, and gaps."""

    issues: tuple[ReadIssue, ...]
    paths: ProjectPaths
    gaps: tuple[Gap, ...]
    unasked: tuple[Unasked, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lead:
    """A place that an issue leads to."""

    issue: Ref
    place: Ref
    mention: Mention

    def unasked(self, why: str, *, beyond: bool = False) -> Unasked:
        return Unasked(
            issue=self.issue, place=str(self.place), mention=self.mention, why=one_line(why, 400), beyond=beyond
        )


def follow(  # noqa: PLR0913 - the issues, those with references in their texts, and how references are resolved
    lister: Lister,
    issues: Iterable[Issue],
    reviews: Iterable[Issue],
    audited: ProjectPaths,
    *,
    hosts: frozenset[str],
    prefixes: tuple[str, ...],
    names: Names,
    tally: Tally,
    numbered: Sequence[IssueList] = (),
    former: Mapping[str, str] | None = None,
) -> LinkedIssues:
    """Read the issues that ``issues`` lead to by links and moves, and that ``reviews`` name, unless already read.

    ``numbered`` are some that were read by their numbers just now; ``former`` are former paths of an earlier pull.
    """
    read = {issue.ref: issue for issue in issues}
    naming = Naming(hosts=hosts, projects=None, root=lister.client.root)
    named = {issue.ref: list(named_issues(issue, naming, prefixes, names)) for issue in reviews}
    leads, beyond = _leads(read, named, audited)
    paths = look_up(lister.client, audited, (lead.place.project for lead in leads if _is_written(lead)), former)
    unasked = [*beyond, *_of_unanswered(leads, paths)]
    leads = list(_resolved(leads, paths))
    lists = _read(lister, {lead.place for lead in leads} - read.keys(), tally, numbered)
    unasked += _of_unread(leads, lists)
    further = [lead for result in lists for one in result.issues for lead in _linked_with_origins(one.issue, read)]
    beyond_origins = _read(lister, {lead.place for lead in further} - read.keys() - _refs(lists), tally, numbered)
    unasked += _of_unread(further, beyond_origins)
    lists += beyond_origins
    return LinkedIssues(
        issues=tuple(issue for result in lists for issue in result.issues),
        paths=paths,
        gaps=tuple(gap for result in lists for gap in result.gaps if gap.what != "target"),
        unasked=tuple(unasked),
    )


def _linked_with_origins(issue: Issue, read: Mapping[Ref, Issue]) -> Iterator[_Lead]:
    """Yield the links of issues elsewhere that were moved to, or are duplicates of, an audited issue."""
    end = next((ref for ref in (issue.moved_to, issue.duplicate_of) if ref in read), None)
    if end is not None:
        yield from (_Lead(issue=end, place=link.target, mention=Mention.LINK) for link in issue.links if link.target)


def _refs(lists: Iterable[IssueList]) -> set[Ref]:
    return {one.issue.ref for result in lists for one in result.issues}


def _leads(
    read: Mapping[Ref, Issue], named: Mapping[Ref, list[tuple[Mention, Ref]]], audited: ProjectPaths
) -> tuple[list[_Lead], list[Unasked]]:
    """Return the leads to follow, and those beyond the limit of places for one review."""
    leads: list[_Lead] = []
    beyond: list[Unasked] = []
    for ref, issue in read.items():
        by_place: dict[Ref, _Lead] = {}
        for mention, place in chain(_pointed(issue, audited), named.get(ref, ())):
            today = audited.today(place.project)
            place = Ref(today, place.iid) if today else place  # noqa: PLW2901 - the same place by its name of today
            if place not in read:
                by_place.setdefault(place, _Lead(issue=ref, place=place, mention=mention))
        most = MOST_PLACES if ref in named else len(by_place)
        leads += list(by_place.values())[:most]
        beyond += [lead.unasked(_BEYOND, beyond=True) for lead in list(by_place.values())[most:]]
    return leads, beyond


def _pointed(issue: Issue, audited: ProjectPaths) -> Iterator[tuple[Mention, Ref]]:
    """Yield the issue's links, and the audited issues that it or its links were moved to."""
    yield from (
        (Mention.MOVE, ref) for ref in (issue.moved_to, issue.duplicate_of) if ref and audited.today(ref.project)
    )
    yield from ((Mention.LINK, link.target) for link in issue.links if link.target)
    onward = (link.points_to for link in issue.links)
    yield from ((Mention.LINK, ref) for ref in onward if ref and audited.today(ref.project))


def _is_written(lead: _Lead) -> bool:
    """Return whether a person wrote the path, so that it may be a former one; the server uses current paths."""
    return lead.mention not in (Mention.MOVE, Mention.LINK)


def _of_unanswered(leads: Iterable[_Lead], paths: ProjectPaths) -> Iterator[Unasked]:
    for lead in leads:
        if _is_written(lead) and (why := paths.unanswered.get(lead.place.project.lower())):
            yield lead.unasked(why)


def _resolved(leads: Iterable[_Lead], paths: ProjectPaths) -> Iterator[_Lead]:
    """Yield the leads to existing projects, with their current paths."""
    for lead in leads:
        if not _is_written(lead):
            yield lead
        elif today := paths.today(lead.place.project):
            yield _Lead(issue=lead.issue, place=Ref(today, lead.place.iid), mention=lead.mention)


def _read(lister: Lister, wanted: set[Ref], tally: Tally, numbered: Iterable[IssueList]) -> list[IssueList]:
    known = [one for one in (_part(result, wanted) for result in numbered) if one is not None]
    refs = wanted - {Ref(one.query.path, int(iid)) for one in known for iid in one.query.filters["iids"]}
    tally.expect(len(refs))

    def read(batch: list[Ref]) -> list[IssueList]:
        lists = lister.numbered(batch, {}, "target")
        tally.add(len(batch))
        return lists

    return known + [one for lists in lister.client.map(read, batches(refs, lister.size)) for one in lists]


def _part(result: IssueList, wanted: set[Ref]) -> IssueList | None:
    """Return what a list that was read by number has of these issues; None if they were not asked for."""
    iids = [iid for iid in result.query.filters["iids"] if Ref(result.query.path, int(iid)) in wanted]
    if not iids:
        return None
    issues = tuple(read for read in result.issues if read.issue.ref in wanted)
    names = {str(ref) for ref in wanted}
    return replace(
        result,
        query=replace(result.query, filters={"iids": iids}),
        issues=issues,
        gaps=tuple(gap for gap in result.gaps if gap.what == "target" or gap.ref in names),
    )


def _of_unread(leads: Iterable[_Lead], lists: Iterable[IssueList]) -> Iterator[Unasked]:
    """Yield the leads to issues whose list failed. That there is no such project answers what a person wrote."""
    reasons: dict[Ref, str] = {}
    absent = {result.query.path for result in lists if result.not_found}
    for result in lists:
        if result.failure:
            there = {read.issue.ref.iid for read in result.issues}
            missing = {int(iid) for iid in result.query.filters["iids"]} - there
            reasons |= {Ref(result.query.path, iid): result.failure for iid in missing}
    for lead in leads:
        if lead.place in reasons and not (_is_written(lead) and lead.place.project in absent):
            yield lead.unasked(reasons[lead.place])

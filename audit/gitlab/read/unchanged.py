"""What can change about an issue without its ``updatedAt``: the far ends of its links, and the accounts in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from audit.gitlab.read.issue_lists import ReadIssue
    from audit.model import Gap, Issue, Link, Ref, User


def people(issue: Issue) -> tuple[User, ...]:
    """Return the accounts that an issue shows."""
    return (issue.author, *issue.assignees)


def to_read_again(issues: Iterable[Issue], gaps: Iterable[Gap], titles: Mapping[str, Collection[str]]) -> set[Ref]:
    """Return the issues that are read each night: something of them was not to be seen, and may be by now.

    These are issues with gaps, with a link of which the far end is hidden, that were moved, or closed as a duplicate,
    and those with a label that is none of their project's in ``titles``, as after a transfer.
    """
    doubtful = {gap.ref for gap in gaps}
    return {
        issue.ref
        for issue in issues
        if str(issue.ref) in doubtful
        or issue.moved
        or issue.duplicate_of is not None
        or not (issue.labels_read and issue.assignees_read and issue.links_read and issue.closing_read)
        or any(link.target is None for link in issue.links)
        or not set(issue.labels).issubset(titles.get(issue.ref.project, issue.labels))
    }


def samples(issues: Collection[Issue], read: Collection[Ref]) -> set[Ref]:
    """Return issues to read so that each account among the issues is seen once, beside those that are read anyway."""
    seen = {user for issue in issues if issue.ref in read for user in people(issue)}
    chosen: set[Ref] = set()
    for issue in sorted(issues, key=lambda issue: (-len(issue.assignees), issue.ref)):
        if not seen.issuperset(people(issue)):
            seen.update(people(issue))
            chosen.add(issue.ref)
    return chosen


def suspects(known: Mapping[int, Issue], fresh: Mapping[int, ReadIssue], wanted: Collection[Ref]) -> set[User]:
    """Return accounts, as they were, that may be others by now: an unchanged issue shows them otherwise.

    An issue that was to be read and is gone, or has changed, tells nothing of its accounts either.
    """
    doubted: set[User] = set()
    clear: set[User] = set()
    for number, issue in known.items():
        if issue.ref not in wanted:
            continue
        one = fresh.get(number)
        if one is not None and one.updated_at == issue.updated_at:
            clear.update(set(people(issue)) & set(people(one.issue)))
            doubted.update(set(people(issue)) - set(people(one.issue)))
        elif one is not None:
            clear.update(set(people(issue)) & set(people(one.issue)))
            doubted.update({issue.author} - {one.issue.author})
    return doubted | (
        {user for issue in known.values() if issue.ref in wanted for user in people(issue)} - clear - doubted
    )


def dead_links(issues: Iterable[Issue], standing: Mapping[Ref, Issue], known: Mapping[int, Issue]) -> set[Ref]:
    """Return the issues with a link to one that is no longer where it was: deleted, hidden, or another one by now."""
    before = {issue.ref: issue.id for issue in known.values()}
    return {
        issue.ref
        for issue in issues
        if any(
            link.target is not None
            and (link.target not in standing or standing[link.target].id != before.get(link.target))
            for link in issue.links
        )
    }


def one_sided(issues: Iterable[Issue], fresh: Iterable[Issue]) -> set[Ref]:
    """Return the issues with a link of which only one end knows.

    GitLab moves the links of an issue that is moved, and touches none of their far ends.
    """
    read = {issue.ref: {link.target for link in issue.links} for issue in fresh if issue.links_read}
    known = {issue.ref: {link.target for link in issue.links} for issue in issues}
    lost = {ref for ref, ends in known.items() for end in ends if end in read and ref not in read[end]}
    return lost | {end for ref, ends in read.items() for end in ends if end in known and ref not in known[end]}


def relinked(issue: Issue, standing: Mapping[Ref, Issue]) -> Issue:
    """Return an issue with its links as they lead on today."""
    links = tuple(_onward(link, standing) for link in issue.links)
    return issue if links == issue.links else replace(issue, links=links)


def _onward(link: Link, standing: Mapping[Ref, Issue]) -> Link:
    target = standing.get(link.target) if link.target else None
    return replace(link, points_to=target.moved_to or target.duplicate_of) if target else link

"""What each issue is, and where it leads: incidents, reviews, moves and duplicates (POLICY.md section 2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.text import labels, titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from audit.model import Issue, Records, Ref
    from audit.settings.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What each issue that was read is."""

    incidents: Mapping[Ref, Issue]
    reviews: Mapping[Ref, Issue]
    """Reviews that count: not moved, no duplicates."""
    former: tuple[Issue, ...]
    """Reviews that were moved, or closed as duplicates: what they point to is the review, if it was read."""
    leads_to: Mapping[Ref, Ref]
    """An issue that was moved or closed as a duplicate -> the last issue of an audited project that it points to."""
    went_to: Mapping[Ref, Ref]
    """The same issue -> the last one that was read, in any project: a corrective action may be anywhere."""

    def final(self, ref: Ref) -> Ref:
        """Return the issue that a link or reference to ``ref`` counts for.

        An issue that was moved to a project that is not audited counts for itself, whether or not its target was
        fetched.
        """
        return self.leads_to.get(ref, ref)


def classify(records: Records, settings: Settings) -> Kinds:
    """Tell incidents and reviews apart. An issue that is both is an incident."""
    incident_projects = {source.project for source in records.sources if source.incidents}
    review_projects = {source.project for source in records.sources if source.reviews}
    incident_labels = labels.keys(settings.labels.incident)
    review_labels = labels.keys(settings.labels.review)
    issues = {issue.ref: issue for issue in records.issues}

    def is_incident(issue: Issue) -> bool:
        return issue.ref.project in incident_projects and (
            issue.issue_type == "incident" or not incident_labels.isdisjoint(map(labels.key, issue.labels))
        )

    def is_review(issue: Issue) -> bool:
        return issue.ref.project in review_projects and (
            not review_labels.isdisjoint(map(labels.key, issue.labels))
            or titles.has_prefix(issue.title, settings.review.prefixes)
        )

    ways = _ways(issues)
    went_to = {ref: way[-1] for ref, way in ways.items()}
    audited = incident_projects | review_projects
    ends = {ref: [step for step in way if step.project in audited] for ref, way in ways.items()}
    leads_to = {ref: steps[-1] for ref, steps in ends.items() if steps and steps[-1] != ref}
    incidents = {ref: issue for ref, issue in issues.items() if is_incident(issue)}
    named = {ref for ref, issue in issues.items() if ref not in incidents and is_review(issue)}
    # what a review was moved to is a review, whatever its labels are there (POLICY.md: "the issue it points to is")
    standing = {leads_to.get(ref, ref) for ref in named}
    reviews = {
        ref: issues[ref]
        for ref in sorted(standing)
        if ref not in incidents and ref.project in review_projects and not _gone(issues[ref])
    }
    former = tuple(issues[ref] for ref in sorted(named) if _gone(issues[ref]))
    return Kinds(incidents=incidents, reviews=reviews, former=former, leads_to=leads_to, went_to=went_to)


def _pointer(issue: Issue) -> Ref | None:
    return issue.moved_to or issue.duplicate_of


def _gone(issue: Issue) -> bool:
    """Return whether it stopped being a review: it was moved, or closed as a duplicate."""
    return issue.moved or _pointer(issue) is not None


def _ways(issues: Mapping[Ref, Issue]) -> dict[Ref, list[Ref]]:
    """Return issue -> the chain of issues from it on; only for issues that were moved or are duplicates."""
    ways = {ref: _way(ref, issues) for ref in issues}
    ways |= {
        link.target: [link.target, *_way(link.points_to, issues)]
        for issue in issues.values()
        for link in issue.links
        if link.target and link.points_to and link.points_to in issues and link.target not in issues
    }
    return {ref: way for ref, way in ways.items() if len(way) > 1}


def _way(ref: Ref, issues: Mapping[Ref, Issue]) -> list[Ref]:
    """Follow moves and duplicates as far as the issues were read; a circle leads nowhere."""
    way = [ref]
    seen = {ref}
    while (onward := _pointer(issues[way[-1]])) is not None and onward in issues:
        if onward in seen:
            return [ref]
        seen.add(onward)
        way.append(onward)
    return way


def issue_links(issues: Iterable[Issue], kinds: Kinds) -> Mapping[Ref, set[Ref]]:
    """Return issue -> the issues linked with it, from either end, so that the mapping is symmetric.

    A link of an issue that was moved or closed as a duplicate counts for the issue it leads to.
    """
    linked: dict[Ref, set[Ref]] = defaultdict(set)
    for issue in issues:
        for link in issue.links:
            if link.target is not None:
                linked[kinds.final(issue.ref)].add(link.target)
                linked[kinds.final(link.target)].add(issue.ref)
    return linked

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
    leads_to: Mapping[Ref, Ref]
    """A moved issue, or one closed as a duplicate, -> the issue that was read and to which it finally points."""

    def final(self, ref: Ref) -> Ref:
        """Return the issue that a link or reference to ``ref`` counts for."""
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

    ends = {ref: _end(ref, issues) for ref in issues}
    ends |= {
        link.target: _end(link.points_to, issues)
        for issue in issues.values()
        for link in issue.links
        if link.target and link.points_to in issues and link.target not in issues
    }
    leads_to = {ref: end for ref, end in ends.items() if ref != end}
    incidents = {ref: issue for ref, issue in issues.items() if is_incident(issue)}
    named = {ref for ref, issue in issues.items() if ref not in incidents and is_review(issue)}
    # "the issue it points to is": a review by being what a review was moved to, whatever its labels are there
    standing = {leads_to.get(ref, ref) for ref in named}
    reviews = {
        ref: issues[ref]
        for ref in sorted(standing)
        if ref not in incidents and ref.project in review_projects and not _gone(issues[ref])
    }
    return Kinds(incidents=incidents, reviews=reviews, leads_to=leads_to)


def _pointer(issue: Issue) -> Ref | None:
    return issue.moved_to or issue.duplicate_of


def _gone(issue: Issue) -> bool:
    """Tell whether it is no review any more, wherever the review is now."""
    return issue.moved or _pointer(issue) is not None


def _end(ref: Ref, issues: Mapping[Ref, Issue]) -> Ref:
    """Follow moves and duplicates to the last issue that was read; a circle leads nowhere."""
    seen = {ref}
    end = ref
    while (onward := _pointer(issues[end])) is not None and onward in issues:
        if onward in seen:
            return ref
        seen.add(onward)
        end = onward
    return end


def issue_links(issues: Iterable[Issue], kinds: Kinds) -> Mapping[Ref, set[Ref]]:
    """Close issue links in both directions: issue -> what is linked with it, as it goes by at the other end.

    A link of what was moved, or closed as a duplicate, counts for the issue to which that leads.
    """
    linked: dict[Ref, set[Ref]] = defaultdict(set)
    for issue in issues:
        for link in issue.links:
            if link.target is not None:
                linked[kinds.final(issue.ref)].add(link.target)
                linked[kinds.final(link.target)].add(issue.ref)
    return linked

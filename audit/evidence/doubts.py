"""What could not be read, and what that may hide: reviews of an incident, incidents and actions of a review.

A failed request does not prove that nothing is there, and neither does a link whose other end is hidden (POLICY.md
section 4). A reference that the server answers with "not found" is an answer, and hides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from audit.model import Mention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from audit.evidence.completion import Completions
    from audit.evidence.kinds import Kinds
    from audit.model import Issue, Records, Ref, Unasked

WORDS: Final = {
    "links": "a linked issue cannot be read with this token",
    "move": "the issue that it was moved to could not be asked for",
    "target": "it was moved to an issue that is not read",
    "place": "a place that a review names could not be asked for",
    "page": "a page of reviews could not be read",
    "labels": "its labels could not all be read",
    "label": "a label was added to it that has been deleted since",
    "history": "its label and state events could not be read",
    "approval": "it could not be read whether, or since when, its review is approved",
    "closing": "it is not known since when it, or its review, is closed",
}
"""Code of the columns `blind`, `due_hidden` and `history_gap` -> what could not be read of an incident."""
_OUT_OF_SIGHT: Final = frozenset({"links", "target"})
STATED: Final = frozenset({Mention.LINK, Mention.ROW, Mention.TITLE})
"""Mentions by which a review may hide from the incidents that have none."""


def way_to_see(codes: Iterable[str]) -> str:
    """Return what to do where the token cannot read what an issue leads to, for a list of such; empty if none is."""
    if _OUT_OF_SIGHT.isdisjoint(codes):
        return ""
    return "Open it as somebody who may read where it leads. If that is the review, make the bot a Reporter there."


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """Answers which reviews, incidents and actions may be hidden."""

    records: Records
    kinds: Kinds
    issues: Mapping[Ref, Issue]
    completions: Completions

    @cached_property
    def audited(self) -> frozenset[str]:
        """Paths of the audited projects."""
        return frozenset(source.project for source in self.records.sources)

    @cached_property
    def _unasked(self) -> Mapping[Ref, list[Unasked]]:
        unasked: dict[Ref, list[Unasked]] = defaultdict(list)
        for place in self.records.unasked:
            unasked[place.issue].append(place)
        return unasked

    @cached_property
    def _origins(self) -> Mapping[Ref, list[Issue]]:
        """Issue -> the issues of audited projects that lead to it. Issues of other projects change nothing here."""
        origins: dict[Ref, list[Issue]] = defaultdict(list)
        for ref in self.kinds.leads_to:
            if ref in self.issues and ref.project in self.audited:
                origins[self.kinds.final(ref)].append(self.issues[ref])
        return origins

    def whole(self, issue: Issue) -> Iterable[Issue]:
        """Return an issue and those that were moved to it or closed as its duplicates."""
        return (issue, *self._origins.get(issue.ref, ()))

    def move_hides(self, issue: Issue) -> str:
        """Return why it is unknown where a moved incident is now: `move`, `target`; empty: known, or not moved.

        An issue of an audited project is read wherever it leads, so one that was not read is one that could not be.
        """
        if not issue.moved or self.is_read(issue.moved_to):
            return ""
        return (
            "move"
            if self._move_failed(issue) or (issue.moved_to and issue.moved_to.project in self.audited)
            else "target"
        )

    def is_read(self, ref: Ref | None) -> bool:
        """Return whether an issue was read as one of an audited project."""
        return ref is not None and ref in self.issues and ref.project in self.audited

    def links_hide(self, issue: Issue) -> bool:
        """Return whether the other end of an issue link, or the issue that it was moved to, is hidden."""
        return any(map(self._links_hide, self.whole(issue)))

    def _links_hide(self, issue: Issue) -> bool:
        failed = any(place.mention is Mention.LINK for place in self._unasked.get(issue.ref, ()))
        return failed or not issue.links_read or any(self._is_hidden(link.target) for link in issue.links)

    def _is_hidden(self, target: Ref | None) -> bool:
        if target is None:
            return True
        end = self.issues.get(self.kinds.final(target))
        if end is None:
            return False
        if self._goes_out_of_sight(end):
            return True
        return not end.labels_read and end.ref.project in self._review_projects and end.ref not in self.kinds.reviews

    def _goes_out_of_sight(self, issue: Issue) -> bool:
        """Return whether the issue that another one points to cannot be read, or could not be fetched."""
        target = issue.moved_to or issue.duplicate_of
        if target is None:
            return issue.moved
        return self._move_failed(issue) or (target.project in self.audited and target not in self.issues)

    def _move_failed(self, issue: Issue) -> bool:
        return any(place.mention is Mention.MOVE for place in self._unasked.get(issue.ref, ()))

    @cached_property
    def _review_projects(self) -> frozenset[str]:
        return frozenset(source.project for source in self.records.sources if source.reviews)

    def unasked_of(self, review: Issue, mentions: Iterable[Mention] = Mention) -> bool:
        """Return whether a place that a review names by one of the mentions is unknown, for whatever cause."""
        wanted = frozenset(mentions)
        return any(place.mention in wanted for place in self._places(review))

    def _places(self, review: Issue) -> Iterator[Unasked]:
        for issue in self.whole(review):
            yield from self._unasked.get(issue.ref, ())

    @cached_property
    def _hiding_until(self) -> tuple[datetime | None, ...]:
        """When the reviews were completed whose link, link row or title leads to a place that could not be fetched."""
        return tuple(
            self.completions.of(review).at
            for review in self.kinds.reviews.values()
            if any(place.mention in STATED and not place.beyond for place in self._places(review))
        )

    def place_hides(self, incident: Issue) -> bool:
        """Return whether a review that was not completed before the declaration is, or leads to, an unknown place."""
        return any(map(self._move_failed, self.kinds.former)) or any(
            completed is None or incident.created_at <= completed for completed in self._hiding_until
        )

"""Which review belongs to which incident, and by which signal (POLICY.md section 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from audit.model import Ref, Signal
from audit.text import titles
from audit.text.references import external_ids, issues_in, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from audit.evidence.audited_tracker import AuditedTracker
    from audit.evidence.kinds import Kinds
    from audit.model import Issue
    from audit.settings.tracker_settings import ReviewSettings

TITLE_MATCH_DAYS: Final = 60
_IN_BRACKETS = re.compile(r"\(\s*(\d{1,18})\s*\)")
STATEMENTS: Final = (Signal.ISSUE_LINK, Signal.KEY_INFORMATION_ROW)
GUESSES: Final = (
    Signal.EXTERNAL_ID,
    Signal.TITLE_REFERENCE,
    Signal.DESCRIPTION_REFERENCE,
    Signal.TITLE_MATCH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A review, one of its incidents, and the strongest signal that says so."""

    review: Ref
    incident: Ref
    signal: Signal


@dataclass(frozen=True, kw_only=True)
class Linker:
    """Finds the pairs; holds the texts that the signals compare, so that each is read once."""

    tracker: AuditedTracker

    @property
    def kinds(self) -> Kinds:
        """What each issue is."""
        return self.tracker.kinds

    @property
    def _review(self) -> ReviewSettings:
        return self.tracker.settings.review

    def pairs(self) -> list[Pair]:
        """Return every pair, sorted by review and incident, each once with its strongest signal."""
        pairs: list[Pair] = []
        for ref, review in sorted(self.kinds.reviews.items()):
            signals = dict.fromkeys(self._in_time(review, self._link_row(review)), Signal.KEY_INFORMATION_ROW)
            linked = self._incidents(self.tracker.links.get(ref, ()))
            signals |= dict.fromkeys(self._in_time(review, linked), Signal.ISSUE_LINK)
            if not signals:
                signals = self._guess(review)
            pairs += [Pair(review=ref, incident=incident, signal=signals[incident]) for incident in sorted(signals)]
        return pairs

    def _in_time(self, review: Issue, incidents: Iterable[Ref]) -> list[Ref]:
        """Drop the incidents that were declared after the review was completed."""
        completed = self.tracker.completions.of(review).at
        return [ref for ref in incidents if completed is None or self.kinds.incidents[ref].created_at <= completed]

    def _named(self, text: str, home: str) -> set[Ref]:
        """Return the incidents that a text names."""
        return self._incidents(references(text, home, self.tracker.naming))

    def _incidents(self, refs: Iterable[Ref]) -> set[Ref]:
        """Return the incidents that these issues count for."""
        return {end for ref in refs if (end := self.kinds.final(ref)) in self.kinds.incidents}

    def _link_row(self, review: Issue) -> set[Ref]:
        """Return the incidents that the link row names; a comment's address counts for its issue."""
        return self._incidents(self.named_in_link_row(review))

    def names_an_issue(self, review: Issue) -> bool:
        """Return whether an issue link or the link row of a review names an issue that may be its incident."""
        return bool(review.links) or self.tracker.descriptions.naming(review).link_row.any_issue

    def _guess(self, review: Issue) -> dict[Ref, Signal]:
        by_signal: dict[Signal, Callable[[Issue], Iterable[Ref]]] = {
            Signal.EXTERNAL_ID: self._by_external_id,
            Signal.TITLE_REFERENCE: self._by_title_reference,
            Signal.DESCRIPTION_REFERENCE: self._by_description_reference,
            Signal.TITLE_MATCH: self._by_title_match,
        }
        for signal in GUESSES:
            incidents = self._in_time(review, by_signal[signal](review))
            if incidents:
                return dict.fromkeys(incidents, signal)
        return {}

    def named_in_title(self, review: Issue) -> set[Ref]:
        """Return the incidents that a review's title names by a reference or an external id."""
        ids = external_ids(review.title, self._review.external_id)
        return self._by_title_reference(review) | self._with_one_of(ids)

    def named_in_link_row(self, review: Issue) -> set[Ref]:
        """Return the issues of any kind that the link row names, with moves and duplicates followed."""
        row = self.tracker.descriptions.naming(review).link_row
        return set(map(self.kinds.final, issues_in(row, review.ref.project, self.tracker.naming, comments=True)))

    def named_in_description(self, review: Issue) -> set[Ref]:
        """Return the issues of any kind that the whole description names, with moves and duplicates followed."""
        named = self.tracker.descriptions.naming(review).naming
        return set(map(self.kinds.final, issues_in(named, review.ref.project, self.tracker.naming)))

    def _by_external_id(self, review: Issue) -> set[Ref]:
        return self._with_one_of(self._ids(review))

    def _with_one_of(self, ids: Iterable[str]) -> set[Ref]:
        """Return the incidents with one of these external ids; thousands of ids may stand in the same incidents."""
        by_id = self._incidents_by_id
        return set[Ref]().union(*{by_id[one] for one in ids if one in by_id})

    def _ids(self, issue: Issue) -> frozenset[str]:
        return external_ids(issue.title, self._review.external_id) | self.tracker.descriptions.external_ids(issue)

    @cached_property
    def _incidents_by_id(self) -> dict[str, frozenset[Ref]]:
        """External id -> the incidents that it counts for."""
        incidents_by: dict[str, set[Ref]] = defaultdict(set)
        for ref, issue in self.kinds.incidents.items():
            for external_id in self._ids(issue):
                incidents_by[external_id].add(ref)
        return {one: frozenset(self._incidents(refs)) for one, refs in incidents_by.items()}

    def _by_title_reference(self, review: Issue) -> set[Ref]:
        bare = titles.without_prefix(review.title, self._review.prefixes)
        home = review.ref.project
        numbers = {Ref(home, int(number)) for number in _IN_BRACKETS.findall(review.title)}
        return self._named(bare, home) | self._incidents(numbers & self.kinds.incidents.keys())

    def _by_description_reference(self, review: Issue) -> set[Ref]:
        named = self._incidents(self.named_in_description(review))
        return named if len(named) == 1 else set()

    def _by_title_match(self, review: Issue) -> list[Ref]:
        essence = titles.essence(review.title, self._review.prefixes)
        same = self._incidents_by_title.get(essence, set())
        if not essence or len({self.kinds.final(ref) for ref in same}) != 1 or titles.is_cut(review.title):
            return []
        whole = [ref for ref in same if not titles.is_cut(self.kinds.incidents[ref].title)]
        return [ref for ref in self._incidents(whole) if self._opened_soon_after(review, self.kinds.incidents[ref])]

    def _opened_soon_after(self, review: Issue, incident: Issue) -> bool:
        if review.created_at < incident.created_at:
            return False
        days = self.tracker.day(review.created_at) - self.tracker.day(incident.created_at)
        return days.days <= TITLE_MATCH_DAYS

    @cached_property
    def _incidents_by_title(self) -> dict[str, set[Ref]]:
        incidents_by: dict[str, set[Ref]] = defaultdict(set)
        for ref, issue in self.kinds.incidents.items():
            incidents_by[titles.essence(issue.title, self._review.prefixes)].add(ref)
        return incidents_by

"""Which review belongs to which incident, and by which signal (POLICY.md section 3)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from audit.model import Ref, Signal
from audit.text import labels, titles
from audit.text import references as texts
from audit.text import visible as content
from audit.text.references import Naming, external_ids, references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

    from audit.model import Issue, Records
    from audit.settings.settings import Settings
    from audit.text.descriptions import Descriptions

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A review, one of its incidents, and the strongest signal that says so."""

    review: Ref
    incident: Ref
    signal: Signal


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


@dataclass(frozen=True, kw_only=True)
class Linker:
    """Holds what the signals compare, so that each text is read once."""

    kinds: Kinds
    naming: Naming
    settings: Settings
    zone: ZoneInfo
    descriptions: Descriptions

    def pairs(self) -> list[Pair]:
        """Return every pair, sorted by review and incident, each once with its strongest signal."""
        linked = self._issue_links()
        found: list[Pair] = []
        for ref, review in sorted(self.kinds.reviews.items()):
            signals = dict.fromkeys(self._in_time(review, self._link_row(review)), Signal.KEY_INFORMATION_ROW)
            signals |= dict.fromkeys(self._in_time(review, linked.get(ref, ())), Signal.ISSUE_LINK)
            if not signals:
                signals = self._guess(review)
            found += [Pair(review=ref, incident=incident, signal=signals[incident]) for incident in sorted(signals)]
        return found

    def _issue_links(self) -> dict[Ref, set[Ref]]:
        """Return review -> incidents by issue links from either end; what was moved counts for where it is now."""
        linked: dict[Ref, set[Ref]] = defaultdict(set)
        for issue in (*self.kinds.incidents.values(), *self.kinds.reviews.values()):
            here = self.kinds.final(issue.ref)
            for link in issue.links:
                if link.target is not None:
                    there = self.kinds.final(link.target)
                    self._join(linked, here, there)
                    self._join(linked, there, here)
        return linked

    def _join(self, linked: dict[Ref, set[Ref]], review: Ref, incident: Ref) -> None:
        if review in self.kinds.reviews and incident in self.kinds.incidents:
            linked[review].add(incident)

    def _in_time(self, review: Issue, incidents: Iterable[Ref]) -> list[Ref]:
        """Drop the incidents that were declared after the review was completed."""
        return [
            ref
            for ref in incidents
            if review.closed_at is None or self.kinds.incidents[ref].created_at <= review.closed_at
        ]

    def _named(self, text: str, home: str) -> set[Ref]:
        """Return the incidents that a text names."""
        return self._incidents(references(text, home, self._names))

    @cached_property
    def _names(self) -> Naming:
        """Add the projects from which issues came here: they need not be audited themselves."""
        origins = {ref.project.lower(): ref.project for ref in self.kinds.leads_to}
        return self.naming.further(origins)

    def _incidents(self, refs: Iterable[Ref]) -> set[Ref]:
        """Return the incidents that these issues count for."""
        return {end for ref in refs if (end := self.kinds.final(ref)) in self.kinds.incidents}

    def _link_row(self, review: Issue) -> set[Ref]:
        """Return the incidents that the link row names; there the address of a comment counts for its issue."""
        return self._incidents(self.named_in_link_row(review))

    def names_an_issue(self, review: Issue) -> bool:
        """Tell whether an issue link or the link row of a review names an issue that it could be about."""
        return bool(review.links) or any(map(texts.names_an_issue, self.descriptions.naming(review).link_cells))

    def _guess(self, review: Issue) -> dict[Ref, Signal]:
        asked: dict[Signal, Callable[[Issue], Iterable[Ref]]] = {
            Signal.EXTERNAL_ID: self._by_external_id,
            Signal.TITLE_REFERENCE: self._by_title_reference,
            Signal.DESCRIPTION_REFERENCE: self._by_description_reference,
            Signal.TITLE_MATCH: self._by_title_match,
        }
        for signal in GUESSES:
            incidents = self._in_time(review, asked[signal](review))
            if incidents:
                return dict.fromkeys(incidents, signal)
        return {}

    def named_in_title(self, review: Issue) -> set[Ref]:
        """Return the incidents that a review's title names by a reference or an external id."""
        ids = external_ids(review.title, self.settings.review.external_id)
        return self._by_title_reference(review) | self._incidents(
            ref for one in ids for ref in self._incidents_by_id.get(one, ())
        )

    def named_in_link_row(self, review: Issue) -> set[Ref]:
        """Return the issues of any kind that the link row names, each by the one that it counts for."""
        cells = " ".join(self.descriptions.naming(review).link_cells)
        return set(map(self.kinds.final, references(cells, review.ref.project, self._names, comments=True)))

    def named_in_description(self, review: Issue) -> set[Ref]:
        """Return the same of the whole description."""
        text = self.descriptions.naming(review).naming
        return set(map(self.kinds.final, references(text, review.ref.project, self._names)))

    def _by_external_id(self, review: Issue) -> set[Ref]:
        return self._incidents(ref for one in self._ids(review) for ref in self._incidents_by_id.get(one, ()))

    def _ids(self, issue: Issue) -> frozenset[str]:
        text = content.read(issue.description).where(self._id_mark) if self._id_mark.search(issue.description) else ""
        return external_ids(f"{issue.title}\n{text}", self.settings.review.external_id)

    @cached_property
    def _id_mark(self) -> re.Pattern[str]:
        """Occurs wherever an external id does; most texts have none, and are spared the parser."""
        return texts.may_hold_external_id(self.settings.review.external_id)

    @cached_property
    def _incidents_by_id(self) -> dict[str, set[Ref]]:
        found: dict[str, set[Ref]] = defaultdict(set)
        for ref, issue in self.kinds.incidents.items():
            for external_id in self._ids(issue):
                found[external_id].add(ref)
        return found

    def _by_title_reference(self, review: Issue) -> set[Ref]:
        bare = titles.without_prefix(review.title, self.settings.review.prefixes)
        home = review.ref.project
        numbers = {Ref(home, int(number)) for number in _IN_BRACKETS.findall(review.title)}
        return self._named(bare, home) | self._incidents(numbers & self.kinds.incidents.keys())

    def _by_description_reference(self, review: Issue) -> set[Ref]:
        named = self._incidents(self.named_in_description(review))
        return named if len(named) == 1 else set()

    def _by_title_match(self, review: Issue) -> list[Ref]:
        essence = titles.essence(review.title, self.settings.review.prefixes)
        same = self._incidents_by_title.get(essence, set())
        if not essence or len({self.kinds.final(ref) for ref in same}) != 1 or titles.is_cut(review.title):
            return []
        whole = [ref for ref in same if not titles.is_cut(self.kinds.incidents[ref].title)]
        return [ref for ref in self._incidents(whole) if self._opened_soon_after(review, self.kinds.incidents[ref])]

    def _opened_soon_after(self, review: Issue, incident: Issue) -> bool:
        if review.created_at < incident.created_at:
            return False
        days = review.created_at.astimezone(self.zone).date() - incident.created_at.astimezone(self.zone).date()
        return days.days <= TITLE_MATCH_DAYS

    @cached_property
    def _incidents_by_title(self) -> dict[str, set[Ref]]:
        found: dict[str, set[Ref]] = defaultdict(set)
        for ref, issue in self.kinds.incidents.items():
            found[titles.essence(issue.title, self.settings.review.prefixes)].add(ref)
        return found

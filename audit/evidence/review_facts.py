"""What a review says in its labels, title, dates and text, held against its incidents (POLICY.md section 8)."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from audit.model import Signal
from audit.text import labels, titles
from audit.text.descriptions import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from zoneinfo import ZoneInfo

    from audit.evidence.linking import Linker, Pair
    from audit.model import Issue, Records, Ref

Row = dict[str, Any]

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
"""Scripts that set no spaces between words: any three letters in a row are taken for one."""


@dataclass(frozen=True, kw_only=True)
class FactReader:
    """Reads reviews, one at a time."""

    linker: Linker
    read: frozenset[Ref]
    """Every issue that was read."""
    history_gaps: frozenset[str]
    """Refs of the issues whose history was not read, or not all of it."""
    found: Mapping[Ref, Mapping[Ref, Signal]]
    """Review -> its incidents -> the signal that told it."""

    @classmethod
    def of(cls, records: Records, linker: Linker, pairs: Iterable[Pair]) -> FactReader:
        """Return the reader of these records, of which ``linker`` has told the pairs."""
        found: dict[Ref, dict[Ref, Signal]] = defaultdict(dict)
        for pair in pairs:
            found[pair.review][pair.incident] = pair.signal
        return cls(
            linker=linker,
            read=frozenset(issue.ref for issue in records.issues),
            history_gaps=frozenset(gap.ref for gap in records.gaps if gap.what == "history"),
            found=found,
        )

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return self.linker.settings.review.prefixes

    def row(self, issue: Issue, reviews: frozenset[Ref], *, inline: bool) -> Row:
        """Return the columns of :data:`audit.evidence.columns.REVIEWS` that its labels, title, dates and text tell.

        ``reviews`` are all reviews, the inline ones too: the description may name one of them. Nobody is asked about
        the text of a review of no incident, and there may be years of them: it counts as blank.
        """
        own = {issue.ref: Signal.INLINE} if inline else self.found.get(issue.ref, {})
        text = self.linker.descriptions.read(issue) if own else BLANK
        severities = self._severities(issue)
        return {
            "own_severities": severities,
            "title_prefix": titles.has_prefix(issue.title, self._prefixes),
            "title_tells": self._title_tells(issue, own),
            "due_date": issue.due_on,
            "due_moved_on": moved_on(issue, self.linker.zone),
            "due_hidden": not issue.history_read or str(issue.ref) in self.history_gaps,
            "has_table": text.has_table,
            "blank_rows": text.blank_rows,
            "summary": text.summary.value,
            "narrative": text.narrative.value,
            "untouched": text.untouched,
            "points_elsewhere": bool((self.linker.named_in_description(issue) & reviews) - {issue.ref, *own}),
            "durations_disagree": text.durations.disagree,
            "stated_minutes": _minutes(text.durations.stated),
            "counted_minutes": _minutes(text.durations.counted),
            **_severity_row(text.severities, severities),
            **self._link_row(issue, own),
        }

    def _severities(self, issue: Issue) -> tuple[int, ...]:
        names = self.linker.settings.labels
        said = (labels.severity(one, scope=names.severity_scope, plain=names.plain_severity) for one in issue.labels)
        return tuple(sorted({level for level in said if level}))

    def _title_tells(self, review: Issue, own: Mapping[Ref, Signal]) -> bool:
        """Tell whether the title shares a word with an incident's, or holds its number or external id."""
        words = _words(review.title, self._prefixes)
        numbers = _NUMBER.findall(titles.essence(review.title, self._prefixes))
        incidents = [self.linker.kinds.incidents[ref] for ref in own]
        return (
            any(not words.isdisjoint(_words(incident.title, self._prefixes)) for incident in incidents)
            or any(str(ref.iid) in numbers for ref in own)
            or not own.keys().isdisjoint(self.linker.named_in_title(review))
        )

    def _link_row(self, review: Issue, own: Mapping[Ref, Signal]) -> Row:
        """Hold the issues of the link row that were read against the incidents that issue links tell, or any signal."""
        named = self.linker.named_in_link_row(review) & self.read
        linked = {ref for ref, signal in own.items() if signal is Signal.ISSUE_LINK} or own.keys()
        return {
            "link_row": tuple(map(str, sorted(named))),
            "link_disagrees": named.isdisjoint(linked) if named and linked else None,
        }


@lru_cache(maxsize=65_536)
def _words(title: str, prefixes: tuple[str, ...]) -> frozenset[str]:
    """Return the words of three letters or more that a title has besides its prefix and dates."""
    text = unicodedata.normalize("NFKC", titles.essence(title, prefixes))
    unspaced = (run[at : at + 3] for run in _UNSPACED.findall(text) for at in range(len(run) - 2))
    return frozenset(_WORD.findall(_UNSPACED.sub(" ", text))).union(unspaced)


def moved_on(issue: Issue, zone: ZoneInfo) -> date | None:
    """Return the last day on which the due date was set anew after it had passed, or None."""
    moved = previous = None
    for change in issue.due_changes:
        if change.due_on is None:
            continue  # taking it away sets no other day
        day = change.at.astimezone(zone).date()
        if previous is not None and change.due_on != previous and day > previous:
            moved = day
        previous = change.due_on
    return moved


def _minutes(length: timedelta | None) -> int | None:
    return None if length is None else round(length / timedelta(minutes=1))


def _severity_row(told: frozenset[int], own: tuple[int, ...]) -> Row:
    """Return what the severity row says; it agrees if one of its columns does."""
    return {
        "row_severities": tuple(sorted(told)),
        "severity_disagrees": told.isdisjoint(own) if told and len(own) == 1 else None,
    }

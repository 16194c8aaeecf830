"""The frame of reviews: what each says, compared with its incidents (POLICY.md section 8)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from audit.evidence.columns import REVIEWS
from audit.evidence.contracts import whole_frame
from audit.evidence.incidents import active_humans
from audit.evidence.linking import STATEMENTS
from audit.evidence.review_incidents import covered_row, incidents_of
from audit.evidence.team_members import TeamMembers
from audit.model import Mention, Ref, Signal
from audit.phrases import NOT_KEPT
from audit.text import titles
from audit.text.descriptions import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    import pandas as pd

    from audit.evidence.actions import Finder
    from audit.evidence.audited_tracker import AuditedTracker
    from audit.evidence.completion import Completion
    from audit.evidence.contracts import Columns
    from audit.evidence.linking import Linker, Pair
    from audit.evidence.review_incidents import ReviewedIncident
    from audit.model import Issue
    from audit.text.descriptions import Description

Row = dict[str, Any]

RIPE_DAYS: Final = 2
"""Working days before its due day from which a review's text is checked."""
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
"""Writing systems without spaces between words: any three letters in a row count as a word."""


def review_frame(linker: Linker, finder: Finder, pairs: Sequence[Pair], incidents: Columns) -> pd.DataFrame:
    """Return REVIEWS: one row a review, an inline one too, sorted by project and number."""
    tracker = linker.tracker
    rows = zip(incidents["ref"], incidents["project"], incidents["iid"], incidents["reviews"], strict=True)
    inline = dict.fromkeys(Ref(project, iid) for ref, project, iid, reviews in rows if ref in reviews)
    issues = {ref: tracker.kinds.incidents[ref] for ref in inline}
    if tracker.settings.review.where != "inline":
        issues |= tracker.kinds.reviews
    reader = ReviewReader(
        linker=linker,
        finder=finder,
        reviews=frozenset(issues),
        stated=frozenset(pair.review for pair in pairs if pair.signal in STATEMENTS),
        incidents=incidents_of(
            pairs, map(str, inline), incidents, all_shown=tracker.settings.report.confidential_destination
        ),
    )
    return whole_frame((reader.row(issues[ref], inline=ref in inline) for ref in sorted(issues)), REVIEWS)


@dataclass(frozen=True, kw_only=True)
class ReviewReader:
    """Reads reviews, one at a time."""

    linker: Linker
    finder: Finder
    reviews: frozenset[Ref]
    """All reviews, inline ones too: a description may name one."""
    stated: frozenset[Ref]
    """Reviews of which an issue link or the link row names an incident."""
    incidents: Mapping[str, Sequence[tuple[ReviewedIncident, Signal]]]
    """Review -> the incidents that it covers, each with its signal."""

    @property
    def tracker(self) -> AuditedTracker:
        """What was read."""
        return self.linker.tracker

    def row(self, issue: Issue, *, inline: bool) -> Row:
        """Return the columns of REVIEWS.

        The text of a review without an incident counts as blank and is not parsed: no rule needs it.
        """
        pairs = self.incidents.get(str(issue.ref), ())
        signals = {self._ref(incident): signal for incident, signal in pairs}
        description = self.tracker.descriptions.read(issue) if signals else BLANK
        stated = issue.ref in self.stated
        blind = self._page_failed or (not inline and self._is_blind(issue, stated=stated))
        of_incidents = covered_row(pairs)
        return {
            **self._issue(issue, inline=inline),
            **of_incidents,
            **self._members.row(issue, of_incidents["owners"]),
            **self._days(issue, of_incidents, inline=inline),
            **self._title(issue, signals),
            **self._text(issue, description, signals),
            **self._link_row(issue, signals, blind=blind),
            **self.finder.review_row(issue, signals),
            "blind": blind,
            "names_an_issue": inline or stated or any(map(self.linker.names_an_issue, self._moved_here(issue))),
            "pointer_hidden": self.tracker.doubts.unasked_of(issue, (Mention.ROW, Mention.TEXT)),
        }

    @cached_property
    def _members(self) -> TeamMembers:
        return TeamMembers.of(self.tracker)

    def _ref(self, incident: ReviewedIncident) -> Ref:
        return self._by_name[incident.ref]

    @cached_property
    def _by_name(self) -> Mapping[str, Ref]:
        return {str(ref): ref for ref in self.tracker.kinds.incidents}

    def _is_blind(self, review: Issue, *, stated: bool) -> bool:
        """Return whether one of its incidents may be hidden. Guesses are only considered if nothing is stated."""
        doubts = self.tracker.doubts
        mentions = (Mention.LINK, Mention.ROW) if stated else Mention
        return any(not issue.links_read for issue in doubts.whole(review)) or doubts.unasked_of(review, mentions)

    def _moved_here(self, review: Issue) -> Iterable[Issue]:
        """Return a review and the issues that were moved to it."""
        return (issue for issue in self.tracker.doubts.whole(review) if issue is review or issue.moved)

    @cached_property
    def _page_failed(self) -> bool:
        """A page of incidents failed, so an incident of any review could be on it."""
        return any(gap.what == "incidents" for gap in self.tracker.records.gaps)

    def _issue(self, issue: Issue, *, inline: bool) -> Row:
        active = active_humans(issue)
        known = issue.assignees_read and not self._completion(issue, inline=inline).hidden_by
        return {
            "ref": str(issue.ref),
            "project": issue.ref.project,
            "iid": issue.ref.iid,
            "url": issue.url,
            "title": issue.title if issue.text_kept else NOT_KEPT,
            "confidential": issue.confidential,
            "inline": inline,
            "assignees": tuple(user.username for user in issue.assignees),
            "active_assignees": active,
            "unassigned": None if not active and not known else not active,
        }

    def _completion(self, issue: Issue, *, inline: bool) -> Completion:
        return self.tracker.completions.inline(issue) if inline else self.tracker.completions.of(issue)

    def _days(self, issue: Issue, of_incidents: Row, *, inline: bool) -> Row:
        tracker, first = self.tracker, self.tracker.settings.first_day
        completion = self._completion(issue, inline=inline)
        completed_at = completion.at
        opened_on = tracker.day(issue.created_at)
        number, due_on = of_incidents["calendar"], of_incidents["due_on"]
        soon = self._soon[number] if due_on else None
        return {
            "opened_at": issue.created_at,
            "opened_on": opened_on,
            "completed_at": completed_at,
            "completed_on": completed_at and tracker.day(completed_at),
            "awaits_approval": completion.awaits_approval,
            "since": first is None or opened_on >= first,
            "assign_by": tracker.calendars.calendars[number].day_after(opened_on, 1) if number >= 0 else None,
            "ripe": completed_at is not None or (soon is not None and due_on <= soon),
            "due_date": issue.due_on,
            "due_moved_on": moved_on(issue, tracker.zone),
            "due_hidden": not issue.history_read or str(issue.ref) in self._history_gaps,
        }

    @cached_property
    def _soon(self) -> Sequence[date]:
        """The last due day for which a review is to be written by now, one for each calendar."""
        as_of = self.tracker.as_of
        return [calendar.day_after(as_of, RIPE_DAYS) for calendar in self.tracker.calendars.calendars]

    @cached_property
    def _history_gaps(self) -> frozenset[str]:
        """Refs of the issues whose history was not read, or not all of it."""
        return frozenset(gap.ref for gap in self.tracker.records.gaps if gap.what == "history")

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return self.tracker.settings.review.prefixes

    def _title(self, review: Issue, signals: Mapping[Ref, Signal]) -> Row:
        return {
            "title_prefix": titles.has_prefix(review.title, self._prefixes),
            "title_tells": self._title_tells(review, signals),
        }

    def _title_tells(self, review: Issue, signals: Mapping[Ref, Signal]) -> bool:
        """Return whether the title shares a word with an incident's, or holds its number or external id."""
        words = _words(review.title, self._prefixes)
        numbers = _NUMBER.findall(titles.essence(review.title, self._prefixes))
        incidents = [self.tracker.kinds.incidents[ref] for ref in signals]
        return (
            any(not words.isdisjoint(_words(incident.title, self._prefixes)) for incident in incidents)
            or any(str(ref.iid) in numbers for ref in signals)
            or not signals.keys().isdisjoint(self.linker.named_in_title(review))
        )

    def _text(self, issue: Issue, text: Description, signals: Mapping[Ref, Signal]) -> Row:
        severities = self._severities(issue)
        named = self.linker.named_in_description(issue)
        return {
            "own_severities": severities,
            "labels_hidden": not issue.labels_read,
            "cut": text.cut,
            "template_hidden": self._template_hidden(issue),
            "text_hidden": bool(signals) and self.tracker.descriptions.lacks(issue),
            "expects_table": text.expects_table,
            "has_table": text.has_table,
            "blank_rows": text.blank_rows,
            "expects_summary": text.expects_summary,
            "summary": text.summary.value,
            "expects_narrative": text.expects_narrative,
            "narrative": text.narrative.value,
            "untouched": text.untouched,
            "points_elsewhere": bool((named & self._pointers) - {issue.ref, *signals}),
            "durations_disagree": text.durations.disagree,
            "stated_minutes": _minutes(text.durations.stated),
            "counted_minutes": _minutes(text.durations.counted),
            "row_severities": tuple(sorted(text.severities)),
            # one agreeing column is enough
            "severity_disagrees": (
                text.severities.isdisjoint(severities)
                if text.severities and len(severities) == 1 and issue.labels_read
                else None
            ),
        }

    def _template_hidden(self, issue: Issue) -> bool:
        return not self._unread_templates.isdisjoint((issue.ref.project, *self._template_files))

    @cached_property
    def _unread_templates(self) -> frozenset[str]:
        """Projects and local files of which a template could not be read."""
        return frozenset(gap.ref for gap in self.tracker.records.gaps if gap.what == "templates")

    @property
    def _template_files(self) -> tuple[str, ...]:
        return self.tracker.settings.review.template_files

    @cached_property
    def _pointers(self) -> frozenset[Ref]:
        """Issues that may tell what happened: reviews, and incidents in scope or not."""
        return self.reviews.union(self.tracker.kinds.incidents)

    def _severities(self, issue: Issue) -> tuple[int, ...]:
        levels = map(self.tracker.settings.labels.severity_of, issue.labels)
        return tuple(sorted({level for level in levels if level}))

    def _link_row(self, review: Issue, signals: Mapping[Ref, Signal], *, blind: bool) -> Row:
        """Compare the issues of the link row with the incidents known from issue links, or else from any signal."""
        named = self.linker.named_in_link_row(review) & self.tracker.issues.keys()
        linked = {ref for ref, signal in signals.items() if signal is Signal.ISSUE_LINK} or signals.keys()
        # a hidden incident could be the one that the row names
        known = named and linked and not blind
        return {
            "link_row": tuple(map(str, sorted(named))),
            "link_disagrees": named.isdisjoint(linked) if known else None,
        }


def _words(title: str, prefixes: tuple[str, ...]) -> frozenset[str]:
    """Return the words of three letters or more in a title, without its prefix and dates."""
    text = unicodedata.normalize("NFKC", titles.essence(title, prefixes))
    unspaced = (run[at : at + 3] for run in _UNSPACED.findall(text) for at in range(len(run) - 2))
    return frozenset(_WORD.findall(_UNSPACED.sub(" ", text))).union(unspaced)


def moved_on(issue: Issue, zone: ZoneInfo) -> date | None:
    """Return the last day on which the due date was changed after it had passed, or None."""
    moved = previous = None
    for change in issue.due_changes:
        if change.due_on is None:
            continue  # removing the due date sets no new day
        day = change.at.astimezone(zone).date()
        if previous is not None and change.due_on != previous and day > previous:
            moved = day
        previous = change.due_on
    return moved


def _minutes(length: timedelta | None) -> int | None:
    return None if length is None else round(length / timedelta(minutes=1))

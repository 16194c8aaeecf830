"""Corrective actions: which exist, and which incidents and reviews they belong to (POLICY.md section 8)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from audit.evidence.columns import ACTIONS
from audit.evidence.contracts import whole_frame
from audit.evidence.incidents import active_humans
from audit.phrases import NOT_KEPT
from audit.text import labels
from audit.text.references import issues_in, names_another

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from audit.evidence.audited_tracker import AuditedTracker
    from audit.evidence.contracts import Columns
    from audit.evidence.kinds import Kinds
    from audit.model import Issue, Ref

DAYS_ALLOWED: Final = {1: 7, 2: 30, 3: 60, 4: 90}
"""Severity -> calendar days within which an action is to be closed."""
_ISSUES = frozenset({"incidents", "reviews", "target"})
"""Gaps that say that issues of a project were not read."""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Finds the corrective actions of incidents and reviews: by issue links, and in Outcomes sections."""

    tracker: AuditedTracker

    @property
    def kinds(self) -> Kinds:
        """What each issue is."""
        return self.tracker.kinds

    @property
    def issues(self) -> Mapping[Ref, Issue]:
        """Every issue that was read."""
        return self.tracker.issues

    @cached_property
    def unread(self) -> frozenset[str]:
        """Projects of which some issues could not be read."""
        return frozenset(gap.ref for gap in self.tracker.records.gaps if gap.what in _ISSUES)

    def linked(self, ref: Ref) -> set[Ref]:
        """Return the corrective actions that are linked with an incident or review, from either end."""
        actions = map(self._action, self.tracker.links.get(ref, ()))
        return {action for action in actions if action is not None}

    def _judged(self, ref: Ref) -> bool:
        return ref in self.kinds.incidents or ref in self.kinds.reviews

    def _end(self, ref: Ref) -> Ref:
        """Return the last issue that was read along moves and duplicates, in whichever project it is."""
        return self.kinds.went_to.get(ref, ref)

    def _action(self, ref: Ref) -> Ref | None:
        """Return the corrective action that a link or a reference counts for; None if it leads to any other issue."""
        end = self._end(ref)
        marked = any(name in self.issues and self._is_marked(self.issues[name]) for name in (ref, end))
        return end if marked and not self._judged(self.kinds.final(ref)) else None

    @cached_property
    def _marks(self) -> frozenset[str]:
        return labels.keys(self.tracker.settings.labels.corrective_action)

    def _is_marked(self, issue: Issue) -> bool:
        return not self._marks.isdisjoint(map(labels.key, issue.labels))

    def review_row(self, review: Issue, incidents: Iterable[Ref]) -> Row:
        """Return the columns of REVIEWS about corrective actions: linked, named, or labelled as not needed."""
        of_review = list(incidents)
        outcomes = self.tracker.descriptions.naming(review).outcomes
        named = {self._action(ref) for ref in issues_in(outcomes, review.ref.project, self.tracker.naming)} - {None}
        of_incidents: set[Ref] = set().union(*(self.linked(ref) for ref in of_review))
        itself = {review.ref, *of_review}
        both = [review, *(self.kinds.incidents[ref] for ref in of_review)]
        unneeded = labels.keys(self.tracker.settings.labels.no_corrective_action)
        return {
            "actions": _names(self.linked(review.ref) | named),
            "incident_actions": _names(of_incidents),
            "names_another": names_another(
                outcomes, review.ref.project, self.tracker.naming, lambda ref: self.kinds.final(ref) in itself
            ),
            "no_action_needed": any(labels.key(label) in unneeded for issue in both for label in issue.labels),
            "actions_hidden": any(map(self._hides, both)),
        }

    def _hides(self, issue: Issue) -> bool:
        """Return whether an unread link or label could hold a corrective action, or say that none is needed."""
        doubts = self.tracker.doubts
        if not (issue.labels_read and issue.closing_read) or doubts.links_hide(issue):
            return True
        return any(self._is_unread(link.target) for origin in doubts.whole(issue) for link in origin.links)

    def _is_unread(self, target: Ref | None) -> bool:
        if target is None:
            return True
        end = self._end(target)
        if end not in self.issues:
            # an issue that was not read though nothing failed was created before the first day, or after the last one
            return end.project in self.unread
        return self._is_gone(end) or (not self.issues[end].labels_read and not self._judged(end))

    def _is_gone(self, ref: Ref) -> bool:
        """Return whether an issue leads to another one that was not read."""
        issue = self.issues[ref]
        return issue.moved or issue.duplicate_of is not None

    def rows(self, incidents: Columns, reviews: pd.DataFrame) -> list[Row]:
        """Return the columns of ACTIONS, a row for each corrective action of an incident in scope or its review."""
        belongs: dict[Ref, tuple[set[Ref], set[Ref]]] = defaultdict(lambda: (set(), set()))
        for action, incident, review in self._ties(incidents, reviews):
            belongs[action][0].add(incident)
            belongs[action][1].update([review] if review else [])
        return [
            self._row(self.issues[action], *map(_names, belongs[action]))
            for action in sorted(belongs)
            if not self._is_gone(action)
        ]

    def _ties(self, incidents: Columns, reviews: pd.DataFrame) -> Iterator[tuple[Ref, Ref, Ref | None]]:
        """Yield action, incident in scope, and the review between them; None where the incident itself is linked."""
        by_name = {str(ref): ref for ref in self.issues}
        for name, reason in zip(incidents["ref"], incidents["scope_reason"], strict=True):
            if not reason:
                yield from ((action, by_name[name], None) for action in self.linked(by_name[name]))
        columns = (reviews["ref"], reviews["in_scope_incidents"], reviews["actions"])
        for review, of_review, actions in zip(*columns, strict=True):
            for action, incident in product(actions, of_review):
                yield by_name[action], by_name[incident], by_name[review]

    def _row(self, issue: Issue, incidents: tuple[str, ...], reviews: tuple[str, ...]) -> Row:
        severity = self._severity(issue)
        opened_on = self.tracker.day(issue.created_at)
        late_after = opened_on + timedelta(days=DAYS_ALLOWED[severity]) if severity else None
        is_open, active = issue.closed_at is None, active_humans(issue)
        return {
            "ref": str(issue.ref),
            "project": issue.ref.project,
            "iid": issue.ref.iid,
            "url": issue.url,
            "title": issue.title if issue.text_kept else NOT_KEPT,
            "confidential": issue.confidential,
            "opened_at": issue.created_at,
            "opened_on": opened_on,
            "closed_at": issue.closed_at,
            "open": is_open,
            "severity": severity,
            "days_allowed": DAYS_ALLOWED[severity] if severity else None,
            "labels_hidden": not issue.labels_read,
            "late_after": late_after,
            "late": is_open and late_after is not None and self.tracker.as_of > late_after,
            "assignees": tuple(user.username for user in issue.assignees),
            "active_assignees": active,
            "unassigned": None if not active and not issue.assignees_read else not active,
            "incidents": incidents,
            "reviews": reviews,
        }

    def _severity(self, issue: Issue) -> int | None:
        levels = map(self.tracker.settings.labels.severity_of, issue.labels)
        # a severity of GitLab's own counts only where there is no label
        return min((level for level in levels if level), default=issue.severity if issue.labels_read else None)


def action_frame(finder: Finder, incidents: Columns, reviews: pd.DataFrame) -> pd.DataFrame:
    """Return ACTIONS: one row a corrective action, sorted by project and number."""
    return whole_frame(finder.rows(incidents, reviews), ACTIONS)


def _names(refs: Iterable[Ref | None]) -> tuple[str, ...]:
    return tuple(str(ref) for ref in sorted(ref for ref in refs if ref is not None))

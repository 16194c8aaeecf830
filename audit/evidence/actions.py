"""Corrective actions: which there are, and what they belong to (POLICY.md section 8)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from audit.evidence.incidents import active_humans
from audit.text import labels
from audit.text.references import names_another, references

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from audit.evidence.linking import Kinds, Linker
    from audit.model import Issue, Records, Ref
    from audit.settings.settings import Settings
    from audit.text.descriptions import Descriptions
    from audit.text.references import Naming

DAYS_ALLOWED: Final = {1: 7, 2: 30, 3: 60, 4: 90}
"""Calendar days in which an action of a severity is to be closed."""
REPEAT_DAYS: Final = 90
"""An incident of the same service within so many days is a repetition."""
REPEATS_TOLD: Final = 10
"""Of a service that breaks all the time, the latest incidents say enough."""
_ISSUES = frozenset({"incidents", "reviews", "target"})
"""Gaps that say that issues of a project were not read."""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Finds the corrective actions of incidents and reviews: by issue links, and in Outcomes sections."""

    settings: Settings
    kinds: Kinds
    issues: Mapping[Ref, Issue]
    naming: Naming
    """With every project of which an issue was read: an action may lie anywhere."""
    unread: frozenset[str]
    """Projects of which some issues could not be read."""
    descriptions: Descriptions

    @classmethod
    def of(cls, records: Records, linker: Linker) -> Finder:
        """Return the finder of these records' actions; the linker knows the audited projects."""
        issues = {issue.ref: issue for issue in records.issues}
        further = {ref.project.lower(): ref.project for ref in (*issues, *linker.kinds.leads_to)}
        return cls(
            settings=linker.settings,
            kinds=linker.kinds,
            issues=issues,
            descriptions=linker.descriptions,
            naming=linker.naming.further(further),
            unread=frozenset(gap.ref for gap in records.gaps if gap.what in _ISSUES),
        )

    @cached_property
    def linked(self) -> Mapping[Ref, set[Ref]]:
        """Incident or review -> the corrective actions that are linked with it, from either end."""
        linked: dict[Ref, set[Ref]] = defaultdict(set)
        for issue in self.issues.values():
            for link in issue.links:
                if link.target is not None:
                    self._join(linked, issue.ref, link.target)
                    self._join(linked, link.target, issue.ref)
        return linked

    def _join(self, linked: dict[Ref, set[Ref]], holder: Ref, other: Ref) -> None:
        end, action = self.kinds.final(holder), self._action(other)
        if action is not None and self._judged(end):
            linked[end].add(action)

    def _judged(self, ref: Ref) -> bool:
        return ref in self.kinds.incidents or ref in self.kinds.reviews

    def _action(self, ref: Ref) -> Ref | None:
        """Return the corrective action that a link or a reference counts for, None where that is none."""
        end = self.kinds.final(ref)
        marked = any(one in self.issues and self._is_marked(self.issues[one]) for one in (ref, end))
        return end if marked and not self._judged(end) else None

    @cached_property
    def _marks(self) -> frozenset[str]:
        return labels.keys(self.settings.labels.corrective_action)

    def _is_marked(self, issue: Issue) -> bool:
        return not self._marks.isdisjoint(map(labels.key, issue.labels))

    def review_row(self, review: Issue, incidents: Iterable[Ref]) -> Row:
        """Return those columns of REVIEWS that speak of the corrective actions of a review."""
        covered = list(incidents)
        text = self.descriptions.naming(review).outcomes
        named = {self._action(ref) for ref in references(text, review.ref.project, self.naming)} - {None}
        of_incidents: set[Ref] = set().union(*(self.linked.get(ref, ()) for ref in covered))
        own = {review.ref, *covered}
        both = [review, *(self.kinds.incidents[ref] for ref in covered)]
        unneeded = labels.keys(self.settings.labels.no_corrective_action)
        return {
            "ref": str(review.ref),
            "actions": _names(self.linked.get(review.ref, set()) | named),
            "incident_actions": _names(of_incidents),
            "names_another": names_another(
                text, review.ref.project, self.naming, lambda ref: self.kinds.final(ref) in own
            ),
            "no_action_needed": any(labels.key(label) in unneeded for issue in both for label in issue.labels),
            "actions_hidden": any(map(self._hides, both)),
        }

    def _hides(self, issue: Issue) -> bool:
        """Tell whether something that is linked with an issue cannot be read."""
        return not issue.links_read or any(self._is_unread(link.target) for link in issue.links)

    def _is_unread(self, target: Ref | None) -> bool:
        if target is None:
            return True
        end = self.kinds.final(target)
        # one that was not read, though nothing failed, is older than the first day, or younger than the last one
        return self._is_gone(end) if end in self.issues else end.project in self.unread

    def _is_gone(self, ref: Ref) -> bool:
        """Tell whether an issue leads to another one that was not read."""
        issue = self.issues[ref]
        return issue.moved or issue.duplicate_of is not None

    def rows(self, ties: Iterable[tuple[str, str, str]], zone: ZoneInfo, as_of: date) -> list[Row]:
        """Return the columns of :data:`audit.evidence.columns.ACTIONS`, sorted.

        ``ties`` are action, incident in scope and review; the review is empty where the incident itself is linked.
        """
        by_name = {str(ref): ref for ref in self.issues}
        belongs: dict[Ref, tuple[set[Ref], set[Ref]]] = defaultdict(lambda: (set(), set()))
        for action, incident, review in ties:
            incidents, reviews = belongs[by_name[action]]
            incidents.add(by_name[incident])
            reviews.update([by_name[review]] if review else [])
        return [
            {
                **self._row(self.issues[ref], zone, as_of),
                "incidents": _names(belongs[ref][0]),
                "reviews": _names(belongs[ref][1]),
            }
            for ref in sorted(belongs)
            if not self._is_gone(ref)
        ]

    def _row(self, issue: Issue, zone: ZoneInfo, as_of: date) -> Row:
        severity = self._severity(issue)
        opened_on = issue.created_at.astimezone(zone).date()
        late_after = opened_on + timedelta(days=DAYS_ALLOWED[severity]) if severity else None
        is_open = issue.closed_at is None
        return {
            "ref": str(issue.ref),
            "project": issue.ref.project,
            "iid": issue.ref.iid,
            "url": issue.url,
            "title": issue.title,
            "confidential": issue.confidential,
            "opened_at": issue.created_at,
            "opened_on": opened_on,
            "closed_at": issue.closed_at,
            "open": is_open,
            "severity": severity,
            "days_allowed": DAYS_ALLOWED[severity] if severity else None,
            "late_after": late_after,
            "late": is_open and late_after is not None and as_of > late_after,
            "assignees": tuple(user.username for user in issue.assignees),
            "active_assignees": active_humans(issue),
            "unassigned": not active_humans(issue),
        }

    def _severity(self, issue: Issue) -> int | None:
        scope, plain = self.settings.labels.severity_scope, self.settings.labels.plain_severity
        said = (labels.severity(label, scope=scope, plain=plain) for label in issue.labels)
        return min((level for level in said if level), default=issue.severity)


def _names(refs: Iterable[Ref | None]) -> tuple[str, ...]:
    return tuple(str(ref) for ref in sorted(ref for ref in refs if ref is not None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is asked of an incident in scope to tell whether it repeats another one."""

    ref: str
    at: datetime
    on: date
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Earlier incidents of the same services, the latest ones first, and their corrective actions that are late."""

    earlier: tuple[str, ...]
    services: tuple[str, ...]
    actions: tuple[str, ...]


def repeats(incidents: Sequence[Declared], late: Mapping[str, Sequence[str]]) -> list[Repeat]:
    """Return for each incident what it repeats. ``late`` is incident -> its late corrective actions."""
    by_service: dict[str, list[Declared]] = defaultdict(list)
    for one in sorted(incidents, key=lambda one: one.at):
        if one.ref in late:
            for service in one.services:
                by_service[service.casefold()].append(one)
    return [
        _repeat({name: _before(one, by_service.get(name.casefold(), [])) for name in one.services}, late)
        for one in incidents
    ]


def _before(one: Declared, others: Sequence[Declared]) -> list[Declared]:
    """Return the latest of the others that were declared before one, and not too long before it."""
    first = one.on - timedelta(days=REPEAT_DAYS)
    end = bisect_left(others, one.at, key=lambda other: other.at)
    return [other for other in others[max(0, end - REPEATS_TOLD) : end] if other.on >= first]


def _repeat(shared: Mapping[str, Sequence[Declared]], late: Mapping[str, Sequence[str]]) -> Repeat:
    earlier = {other.ref: other for some in shared.values() for other in some}
    told = sorted(earlier.values(), key=lambda other: (other.at, other.ref), reverse=True)[:REPEATS_TOLD]
    return Repeat(
        earlier=tuple(other.ref for other in told),
        services=tuple(name for name, some in shared.items() if some),
        actions=tuple(dict.fromkeys(action for other in told for action in late[other.ref])),
    )

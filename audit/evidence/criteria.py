"""When a review is required: an incident's severities, requests and labels (POLICY.md sections 2 and 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from audit.evidence import as_of as past
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from audit.evidence.audited_tracker import AuditedTracker
    from audit.model import Issue
    from audit.settings.policy import Policy
    from audit.settings.tracker_settings import LabelNames

Row = dict[str, Any]

LEVELS = (1, 2, 3, 4)


class Criterion(NamedTuple):
    """Whether one criterion of section 5 holds."""

    held: bool | None
    """None: unknown."""
    cause: str = ""
    """What could not be read: `labels`, `history`, or a `label` that has been deleted; empty: nothing, or no data."""


@dataclass(frozen=True, kw_only=True)
class CriteriaReader:
    """Reads the criteria of incidents, one at a time."""

    names: LabelNames
    label_keys: Mapping[str, frozenset[str]]
    """Project -> keys of the labels that exist in it or its groups today; empty where they could not all be read."""

    @classmethod
    def of(cls, tracker: AuditedTracker) -> CriteriaReader:
        """Return the reader of a tracker's criteria."""
        cut = {gap.ref for gap in tracker.records.gaps if gap.what == "labels"}
        exist = {
            source.project: frozenset() if source.project in cut else labels.keys(source.labels)
            for source in tracker.records.sources
        }
        return cls(names=tracker.settings.labels, label_keys=exist)

    def may_carry(self, issue: Issue, wanted: frozenset[str]) -> bool:
        """Return whether one of these labels may be among the issue's labels that could not be read."""
        if issue.labels_read or not wanted:
            return False
        existing = self.label_keys.get(issue.ref.project)
        return not existing or not wanted.isdisjoint(existing)

    def row(self, issue: Issue, policy: Policy) -> Row:
        """Return the columns of INCIDENTS about its severities and the criteria of its policy."""
        carried = self._keys(issue.labels)
        severities, cause = self._severities(issue, policy), _cause(issue)
        user_facing = carried.isdisjoint(self._keys(self.names.not_user_facing))
        by_request, removed_at = self._by_request(issue, carried, policy, cause)
        holds = {
            "severity": self._by_severity(issue, severities, policy, cause) if user_facing else Criterion(held=False),
            "requested": by_request,
            "more_information": self._by_information(issue, carried, policy),
        }
        because = tuple(name for name, criterion in holds.items() if criterion.held)
        unknown = not because and any(criterion.held is None for criterion in holds.values())
        return {
            **severities,
            "lowered_hidden": self._lowered_hidden(issue, severities, policy, cause),
            **self._due_in(issue, severities, policy, cause),
            "user_facing": user_facing,
            "by_severity": holds["severity"].held,
            "by_request": by_request.held,
            "by_information": holds["more_information"].held,
            "request_removed_at": removed_at,
            "required": None if unknown else bool(because),
            "required_because": because,
            "history_gap": next((one.cause for one in holds.values() if one.cause), "") if unknown else "",
        }

    def _due_in(self, issue: Issue, severities: Row, policy: Policy, cause: str) -> Row:
        """Return the days until its review is due, and the least and most that they can be: labels may be unread."""
        judged = severities["severity" if policy.severity_by == "current" else "peak_severity"]
        possible = {judged}
        if len(policy.days_by_severity) > 1 and self._judged_hidden(issue, policy, cause):
            exist = self._levels.get(issue.ref.project) or LEVELS
            certain = min(self._levels_of(issue.labels), default=None)
            possible |= {level for level in exist if certain is None or level < certain}
        days = {policy.due_in(level) for level in possible}
        return {"due_in": policy.due_in(judged), "due_in_least": min(days), "due_in_most": max(days)}

    def _judged_hidden(self, issue: Issue, policy: Policy, cause: str) -> bool:
        """Return whether what could not be read may hide a worse severity than the one that is judged by."""
        doubtful = policy.severity_by == "peak" and self._is_doubtful(cause, self._levels_exist(issue, policy))
        return doubtful or not issue.labels_read

    @cached_property
    def severity_of(self) -> Callable[[str], int | None]:
        """The severity that a label names, or None; cached, since many incidents share few labels."""
        return cache(self.names.severity_of)

    @cached_property
    def _keys(self) -> Callable[[tuple[str, ...]], frozenset[str]]:
        """The keys of several labels; cached as well."""
        return cache(labels.keys)

    def _severities(self, issue: Issue, policy: Policy) -> Row:
        grace = timedelta(minutes=policy.grace_minutes)
        standing = self._levels_of(issue.labels)
        severity = min(standing, default=issue.severity)
        spans = past.standings(issue, lambda label: self.severity_of(label) is not None)
        long = [(self.severity_of(span.label), span.end) for span in spans if past.stood_longer(span, grace)]
        gone = [
            (level, end) for level, end in long if level in policy.severities and level not in {*standing, severity}
        ]
        lowered_from = min((level for level, _ in gone if level), default=None)
        return {
            "severity": severity,
            "severities": len(standing),
            "peak_severity": min((level for level, _ in [*long, (severity, None)] if level), default=None),
            "lowered_from": lowered_from,
            "lowered_at": max((end for level, end in gone if level == lowered_from and end), default=None),
        }

    def _levels_of(self, names: Iterable[str]) -> set[int]:
        return {level for name in names if (level := self.severity_of(name))}

    def _lowered_hidden(self, issue: Issue, severities: Row, policy: Policy, cause: str) -> bool:
        """Return whether an unread part of its history may hold a severity that requires a review."""
        if severities["lowered_from"] is not None or not policy.severities:
            return False
        return not issue.labels_read or self._is_doubtful(cause, self._levels_exist(issue, policy))

    def _by_severity(self, issue: Issue, severities: Row, policy: Policy, cause: str) -> Criterion:
        """Criterion 1 of a user facing incident."""
        if not policy.severities:
            return Criterion(held=False)
        judged = severities["severity" if policy.severity_by == "current" else "peak_severity"]
        required = judged in policy.severities
        if self._labels_may_differ(issue, policy, required=required):
            return Criterion(None, "labels")
        if required:
            return Criterion(held=True)
        doubtful = policy.severity_by != "current" and self._is_doubtful(cause, self._levels_exist(issue, policy))
        if doubtful:
            return Criterion(None, cause)
        return Criterion(None if judged is None else False)

    def _labels_may_differ(self, issue: Issue, policy: Policy, *, required: bool) -> bool:
        """Return whether labels that could not be read may change criterion 1: a severity, or not user facing."""
        if issue.labels_read:
            return False
        standing = self._levels_of(issue.labels)
        exist = self._levels.get(issue.ref.project) or LEVELS
        worse = [level for level in exist if level and (not standing or level < min(standing))]
        if any((level in policy.severities) is not required for level in worse):
            return True
        return required and self.may_carry(issue, labels.keys(self.names.not_user_facing))

    @cached_property
    def _levels(self) -> Mapping[str, set[int]]:
        """Project -> the severities that have a label today."""
        return {project: self._levels_of(existing) for project, existing in self.label_keys.items()}

    def _levels_exist(self, issue: Issue, policy: Policy) -> bool:
        """Return whether a label for each required severity exists today."""
        return self._levels.get(issue.ref.project, set()).issuperset(policy.severities)

    @staticmethod
    def _is_doubtful(cause: str, all_exist: bool) -> bool:
        """Doubt an unread history always, a deleted label only if a label of the criterion does not exist today."""
        return cause == "history" or (cause == "label" and not all_exist)

    def _by_request(
        self, issue: Issue, carried: frozenset[str], policy: Policy, cause: str
    ) -> tuple[Criterion, datetime | None]:
        """Criterion 2 and, where the label is no longer there, when it was taken off."""
        wanted = self._keys(policy.request_labels)
        if not carried.isdisjoint(wanted):
            return Criterion(held=True), None
        grace = timedelta(minutes=policy.grace_minutes)
        spans = past.standings(issue, lambda label: labels.key(label) in wanted)
        long = [span for span in spans if past.stood_longer(span, grace)]
        if long:
            return Criterion(held=True), max((span.end for span in long if span.end), default=None)
        if self.may_carry(issue, wanted):
            return Criterion(None, "labels"), None
        existing = self.label_keys.get(issue.ref.project, frozenset())
        if wanted and self._is_doubtful(cause, wanted <= existing):
            return Criterion(None, cause), None
        return Criterion(held=False), None

    def _by_information(self, issue: Issue, carried: frozenset[str], policy: Policy) -> Criterion:
        """Criterion 3."""
        wanted = self._keys(policy.more_information_labels)
        held = not carried.isdisjoint(wanted)
        return Criterion(None, "labels") if not held and self.may_carry(issue, wanted) else Criterion(held)


def _cause(issue: Issue) -> str:
    """Return what is unknown of an issue's history: all of it, or the name of a deleted label."""
    if not issue.history_read:
        return "history"
    return "label" if past.deleted_label_added(issue) else ""

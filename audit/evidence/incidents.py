"""What one incident says of itself: scope, severity, criteria, services, anchors (POLICY.md sections 2, 5, 6, 7)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any

from audit.evidence import as_of as past
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from audit.catalog.ownership import Ownership
    from audit.evidence.audited_tracker import AuditedTracker
    from audit.model import Issue, Ref
    from audit.settings.policy import Policy
    from audit.settings.settings import Settings

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class IncidentReader:
    """Reads incidents, one at a time, under the settings."""

    settings: Settings
    zone: ZoneInfo
    read: frozenset[Ref]
    """Every issue that was read."""
    label_keys: Mapping[str, frozenset[str]]
    """Project -> keys of the labels that exist in it or its groups today."""
    ownership: Ownership | None
    """None: no catalogue was given."""

    @classmethod
    def of(cls, tracker: AuditedTracker) -> IncidentReader:
        """Return the reader of a tracker's incidents."""
        return cls(
            settings=tracker.settings,
            zone=tracker.zone,
            read=frozenset(tracker.issues),
            label_keys={source.project: labels.keys(source.labels) for source in tracker.records.sources},
            ownership=tracker.ownership,
        )

    @cached_property
    def _out_of_scope(self) -> frozenset[str]:
        return labels.keys(self.settings.labels.out_of_scope)

    @cached_property
    def _not_user_facing(self) -> frozenset[str]:
        return labels.keys(self.settings.labels.not_user_facing)

    @cached_property
    def _resolved(self) -> frozenset[str]:
        return labels.keys(self.settings.labels.resolved)

    @cached_property
    def _first_days(self) -> list[date]:
        return [policy.from_ or date.min for policy in self.settings.policies]

    def row(self, issue: Issue) -> Row:
        """Return the columns of :data:`audit.evidence.columns.INCIDENTS` that need nothing but the incident itself."""
        declared_on = issue.created_at.astimezone(self.zone).date()
        index = bisect_right(self._first_days, declared_on) - 1
        policy = self.settings.policies[max(index, 0)]
        own = {labels.key(label) for label in issue.labels}
        user_facing = own.isdisjoint(self._not_user_facing)
        return {
            "ref": str(issue.ref),
            "project": issue.ref.project,
            "iid": issue.ref.iid,
            "url": issue.url,
            "title": issue.title,
            "confidential": issue.confidential,
            "declared_at": issue.created_at,
            "declared_on": declared_on,
            "closed_at": issue.closed_at,
            "resolved_at": self._resolved_at(issue, own),
            "user_facing": user_facing,
            "scope_reason": self._scope_reason(issue, in_force=index >= 0),
            "policy": max(index, 0),
            "exempts_unowned": policy.unowned == "exempt",
            "flags_unowned": policy.unowned != "require",
            "anchor": policy.anchor,
            "assignees": active_humans(issue),
            "blind": self._blind(issue),
            **self._services(issue),
            **self._criteria(issue, own, policy, user_facing=user_facing),
        }

    def _scope_reason(self, issue: Issue, *, in_force: bool) -> str:
        hit = next((label for label in issue.labels if labels.key(label) in self._out_of_scope), None)
        if hit is not None:
            return f"label {hit}"
        if issue.duplicate_of is not None:
            return f"closed as a duplicate of {issue.duplicate_of}"
        if issue.moved_to in self.read:
            return f"moved to {issue.moved_to}"
        return "" if in_force else "declared before the first policy"

    def _blind(self, issue: Issue) -> str:
        if issue.moved and issue.moved_to not in self.read:
            return "target"
        if self.settings.review.where == "inline":
            return ""  # its review is itself, whatever is linked
        hidden = not issue.links_read or any(link.target is None for link in issue.links)
        return "links" if hidden else ""

    def _resolved_at(self, issue: Issue, own: set[str]) -> datetime | None:
        """Return the last add of the resolved label while it is on, else the closing."""
        standing = self._resolved & own
        adds = [e.at for e in issue.label_events if e.added and e.label and labels.key(e.label) in standing]
        return adds[-1] if adds else issue.closed_at

    def _services(self, issue: Issue) -> Row:
        scope = self.settings.labels.service_scope
        spelt = sorted((text for label in issue.labels if (text := labels.value(label, scope))), reverse=True)
        texts = sorted({labels.key(text): text for text in spelt}.values())  # two spellings of one are one
        names: set[str] = set()
        owners: set[str] = set()
        unknown: list[str] = []
        unowned_only = True
        for text in texts:
            known = self.ownership.services(text) if self.ownership else ()
            names |= {service.name for service in known} or {text}
            unknown += () if known else (text,)
            owned = [s for s in known if self.ownership and s.name not in self.ownership.unowned]
            owners |= {service.owner for service in owned}
            unowned_only &= bool(known) and not owned
        return {
            "services": tuple(sorted(names)),
            "owners": tuple(sorted(owners)),
            "service_keys": tuple(texts),
            "all_unowned": bool(texts) and unowned_only,
            "unknown_keys": tuple(unknown),
            "unknown_service": bool(unknown or not texts) if self.ownership else None,
        }

    @cached_property
    def severity_of(self) -> Callable[[str], int | None]:
        """The severity that a label says, or None; few labels stand on many incidents."""
        names = self.settings.labels
        return cache(partial(labels.severity, scope=names.severity_scope, plain=names.plain_severity))

    def _criteria(self, issue: Issue, own: set[str], policy: Policy, *, user_facing: bool) -> Row:
        grace = timedelta(minutes=policy.grace_minutes)
        said = {level for label in issue.labels if (level := self.severity_of(label))}
        severity = min(said) if said else issue.severity
        spans = past.standings(issue, lambda label: self.severity_of(label) is not None)
        long = [(self.severity_of(span.label), span.end) for span in spans if past.stood_longer(span, grace)]
        peak = min((level for level, _ in [*long, (severity, None)] if level), default=None)
        gone = [(level, end) for level, end in long if level in policy.severities and level not in {*said, severity}]
        lowered_from = min((level for level, _ in gone if level), default=None)
        lowered_at = max((end for level, end in gone if level == lowered_from and end), default=None)
        doubt = "" if issue.history_read else "history"
        if past.deleted_label_added(issue):
            doubt = doubt or "label"
        hidden = self._doubtful(doubt, self._levels_exist(issue, policy))
        judged, unsure = (severity, False) if policy.severity_by == "current" else (peak, hidden)
        by_severity = _by_severity(policy, judged, unsure=unsure) if user_facing else False
        by_request, removed_at = self._by_request(issue, own, policy, doubt)
        by_information = not own.isdisjoint(labels.keys(policy.more_information_labels))
        holds = {"severity": by_severity, "requested": by_request, "more_information": by_information}
        because = tuple(name for name, held in holds.items() if held)
        unknown = None in holds.values() and not because
        concealed = by_request is None or (by_severity is None and unsure)
        return {
            "severity": severity,
            "severities": len(said),
            "peak_severity": peak,
            "lowered_from": lowered_from,
            "lowered_at": lowered_at,
            "lowered_on": lowered_at and lowered_at.astimezone(self.zone).date(),
            "lowered_hidden": hidden and lowered_from is None and bool(policy.severities),
            "by_severity": by_severity,
            "by_request": by_request,
            "by_information": by_information,
            "request_removed_at": removed_at,
            "required": None if unknown else bool(because),
            "required_because": because,
            "history_gap": doubt if unknown and concealed else "",
        }

    @cached_property
    def _levels(self) -> dict[str, frozenset[int | None]]:
        """Project -> the severities of which a label exists today."""
        return {project: frozenset(map(self.severity_of, existing)) for project, existing in self.label_keys.items()}

    def _levels_exist(self, issue: Issue, policy: Policy) -> bool:
        """Tell whether a label for each required severity exists today."""
        return self._levels.get(issue.ref.project, frozenset()).issuperset(policy.severities)

    @staticmethod
    def _doubtful(doubt: str, all_exist: bool) -> bool:
        """Doubt an unread history always, a deleted label only if one that is asked for does not exist today."""
        return doubt == "history" or (doubt == "label" and not all_exist)

    def _by_request(
        self, issue: Issue, own: set[str], policy: Policy, doubt: str
    ) -> tuple[bool | None, datetime | None]:
        """Criterion 2 and, where the label is no longer there, when it was taken off."""
        wanted = labels.keys(policy.request_labels)
        if not own.isdisjoint(wanted):
            return True, None
        grace = timedelta(minutes=policy.grace_minutes)
        spans = past.standings(issue, lambda label: labels.key(label) in wanted)
        long = [span for span in spans if past.stood_longer(span, grace)]
        if long:
            return True, max((span.end for span in long if span.end), default=None)
        existing = self.label_keys.get(issue.ref.project, frozenset())
        if wanted and self._doubtful(doubt, wanted <= existing):
            return None, None
        return False, None


def _by_severity(policy: Policy, judged: int | None, *, unsure: bool) -> bool | None:
    """Criterion 1 of a user facing incident; None where it cannot be told."""
    if not policy.severities:
        return False
    if judged in policy.severities:
        return True
    return None if judged is None or unsure else False


def active_humans(issue: Issue) -> tuple[str, ...]:
    """Return the usernames of the assignees who can act."""
    return tuple(user.username for user in issue.assignees if user.active and not user.bot)

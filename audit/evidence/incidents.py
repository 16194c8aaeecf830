"""What one incident says of itself: scope, severity, criteria, services, anchors (POLICY.md sections 2, 5, 6, 7)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from audit.evidence.criteria import CriteriaReader
from audit.phrases import NOT_KEPT
from audit.text import labels

if TYPE_CHECKING:
    from audit.catalog.ownership import Ownership
    from audit.evidence.audited_tracker import AuditedTracker
    from audit.model import Issue
    from audit.settings.policy import Policy
    from audit.settings.tracker_settings import LabelNames

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class IncidentReader:
    """Reads incidents, one at a time, under the settings."""

    tracker: AuditedTracker
    criteria: CriteriaReader

    @classmethod
    def of(cls, tracker: AuditedTracker) -> IncidentReader:
        """Return the reader of a tracker's incidents."""
        return cls(tracker=tracker, criteria=CriteriaReader.of(tracker))

    @property
    def _names(self) -> LabelNames:
        return self.tracker.settings.labels

    @property
    def _ownership(self) -> Ownership | None:
        return self.tracker.ownership

    @cached_property
    def _first_days(self) -> list[date]:
        return [policy.from_ or date.min for policy in self.tracker.settings.policies]

    def row(self, issue: Issue) -> Row:
        """Return the columns of INCIDENTS that come from the incident alone."""
        declared_on = self.tracker.day(issue.created_at)
        index = bisect_right(self._first_days, declared_on) - 1
        policy = self.tracker.settings.policies[max(index, 0)]
        services = self._services(issue)
        return {
            "ref": str(issue.ref),
            "project": issue.ref.project,
            "iid": issue.ref.iid,
            "url": issue.url,
            "title": issue.title if issue.text_kept else NOT_KEPT,
            "confidential": issue.confidential,
            "declared_at": issue.created_at,
            "declared_on": declared_on,
            "closed_at": issue.closed_at,
            "resolved_at": self._resolved_at(issue),
            "anchor_hidden": self._anchor_hidden(issue, policy.anchor),
            "services_hidden": self._services_hidden(issue),
            "policy": max(index, 0),
            "exempts_unowned": policy.unowned == "exempt",
            "flags_unowned": policy.unowned != "require",
            "anchor": policy.anchor,
            "due_kind": policy.due_kind,
            "assignees": active_humans(issue),
            "labels_hidden": not issue.labels_read,
            "blind": self._blind(issue, exempt=policy.unowned == "exempt" and services["all_unowned"]),
            **services,
            **self._required(issue, policy, self._scope_reason(issue, in_force=index >= 0)),
        }

    def _scope_reason(self, issue: Issue, *, in_force: bool) -> str:
        hit = next((label for label in issue.labels if labels.key(label) in self._out_of_scope), None)
        if hit is not None and issue.standing_read:
            return f"label {hit}"
        if issue.duplicate_of is not None:
            return f"closed as a duplicate of {issue.duplicate_of}"
        if self.tracker.doubts.is_read(issue.moved_to):
            return f"moved to {issue.moved_to}"
        return "" if in_force else "declared before the first policy"

    @cached_property
    def _out_of_scope(self) -> frozenset[str]:
        return labels.keys(self._names.out_of_scope)

    def _required(self, issue: Issue, policy: Policy, scope_reason: str) -> Row:
        """Return the criteria: all false out of scope, all NA if the scope is unknown."""
        row = self.criteria.row(issue, policy) | {"scope_reason": scope_reason}
        if scope_reason:
            row["required_because"] = ()
        elif not issue.standing_read:
            row |= {"required": None, "history_gap": "history"}
        elif self.criteria.may_carry(issue, self._out_of_scope):
            row |= {"required": None, "history_gap": "labels"}
        lowered_at, removed_at = row["lowered_at"], row["request_removed_at"]
        return row | {
            "lowered_on": lowered_at and self.tracker.day(lowered_at),
            "request_removed_on": removed_at and self.tracker.day(removed_at),
        }

    def _blind(self, issue: Issue, *, exempt: bool) -> str:
        """Return what may hide a review: `move`, `target`, `labels`, `links`, `place`; empty: nothing."""
        doubts, where = self.tracker.doubts, self.tracker.settings.review.where
        hidden = doubts.move_hides(issue)
        if hidden:
            return hidden
        completed = labels.keys(self._names.review_completed)
        if not issue.labels_read and (exempt or (where != "issue" and self.criteria.may_carry(issue, completed))):
            return "labels"
        if where == "inline":
            return ""  # an inline review is the incident itself, whatever is linked
        if doubts.links_hide(issue):
            return "links"
        return "place" if doubts.place_hides(issue) else ""

    def _resolved_at(self, issue: Issue) -> datetime | None:
        """Return the last add of the resolved label while it is on, else the closing."""
        standing = labels.keys(self._names.resolved) & labels.keys(issue.labels)
        adds = [e.at for e in issue.label_events if e.added and e.label and labels.key(e.label) in standing]
        return adds[-1] if adds else issue.closed_at

    def _anchor_hidden(self, issue: Issue, anchor: str) -> str:
        """Tell what hides when an incident was resolved or closed: `labels`, `history`, `closing`; empty: nothing."""
        closing = "" if issue.closing_read else "closing"
        if anchor != "resolved":
            return closing if anchor == "closed" else ""
        wanted = labels.keys(self._names.resolved)
        stands = not wanted.isdisjoint(map(labels.key, issue.labels))
        if not stands and not self.criteria.may_carry(issue, wanted):
            return closing
        if not issue.history_read:
            return "history"
        # the closing counts for a label that no event tells of, whether it is there or not
        added = any(event.added and event.label and labels.key(event.label) in wanted for event in issue.label_events)
        return "labels" if added and not stands else ""

    def _services_hidden(self, issue: Issue) -> bool:
        """Tell whether the label of a service may be among those that could not be read."""
        if issue.labels_read:
            return False
        existing = self.criteria.label_keys.get(issue.ref.project)
        further = (existing or frozenset()) - labels.keys(issue.labels)
        return not existing or any(labels.value(label, self._names.service_scope) for label in further)

    def _services(self, issue: Issue) -> Row:
        scope = self._names.service_scope
        spelt = sorted((text for label in issue.labels if (text := labels.value(label, scope))), reverse=True)
        texts = tuple(
            sorted({labels.key(text): text for text in spelt}.values())
        )  # two spellings of one label count once
        if texts not in self._behind:
            self._behind[texts] = self._services_behind(texts)
        row = self._behind[texts]
        return {**row, "unknown_service": self._unknown_service(issue, texts, row["unknown_keys"])}

    @cached_property
    def _behind(self) -> dict[tuple[str, ...], Row]:
        """Service labels -> their columns; cached, since a label may mean thousands of services on many incidents."""
        return {}

    def _services_behind(self, texts: tuple[str, ...]) -> Row:
        names: set[str] = set()
        owners: set[str] = set()
        unknown: list[str] = []
        unowned_only = True
        for text in texts:
            known = self._ownership.services(text) if self._ownership else ()
            names |= {service.name for service in known} or {text}
            unknown += () if known else (text,)
            owned = [s for s in known if self._ownership and self._ownership.is_owned(s)]
            owners |= {service.owner for service in owned}
            unowned_only &= bool(known) and not owned
        return {
            "services": tuple(sorted(names)),
            "owners": tuple(sorted(owners)),
            "service_keys": texts,
            "all_unowned": bool(texts) and unowned_only,
            "unknown_keys": tuple(unknown),
        }

    def _unknown_service(self, issue: Issue, texts: tuple[str, ...], unknown: tuple[str, ...]) -> bool | None:
        """Return whether a service is missing or unknown; None: it cannot be told.

        There is no catalogue, a label could not be read, or a file of the catalogue that may name the service.
        """
        catalog = self.tracker.records.catalog
        if self._ownership is None or catalog is None or not (issue.labels_read or unknown):
            return None
        if unknown and catalog.unread:
            return None
        return bool(unknown) or not texts


def active_humans(issue: Issue) -> tuple[str, ...]:
    """Return the usernames of the assignees who can act."""
    return tuple(user.username for user in issue.assignees if user.active and not user.bot)

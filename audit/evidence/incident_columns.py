"""The incidents: what each says, when its review is due, which review it has, and what it repeats."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from audit.evidence.columns import INCIDENTS
from audit.evidence.contracts import columns_of
from audit.evidence.due_days import anchored, calendar_choices, day_in_doubt, due_bounds
from audit.evidence.incidents import IncidentReader
from audit.evidence.repeats import Declared, repeats
from audit.evidence.reviews import candidates
from audit.model import Signal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pandas as pd

    from audit.evidence.audited_tracker import AuditedTracker
    from audit.evidence.contracts import Columns
    from audit.evidence.linking import Pair
    from audit.evidence.reviews import Candidate
    from audit.model import Ref

_LATER = frozenset({"calendar", "reviews", "waivers", "actions"})
"""Sources of the columns that are joined from elsewhere."""


def incident_columns(tracker: AuditedTracker, pairs: Iterable[Pair], waived: Collection[str]) -> Columns:
    """Return one row an incident, sorted by project and number: INCIDENTS without the columns from corrective actions.

    ``waived`` are the refs of the incidents that a valid waiver on a missing or late review names.
    """
    refs = sorted(tracker.kinds.incidents)
    chosen_from = candidates(tracker.kinds, pairs, tracker.settings, tracker.completions)
    columns: Columns = _read(tracker, refs)
    columns |= _reviews(columns, refs, chosen_from, tracker)
    columns |= _due_days(columns, tracker)
    return {**columns, "waived": [ref in waived for ref in columns["ref"]]}


def _read(tracker: AuditedTracker, refs: Sequence[Ref]) -> dict[str, list[Any]]:
    reader = IncidentReader.of(tracker)
    incidents = tracker.kinds.incidents
    columns = columns_of((reader.row(incidents[ref]) for ref in refs), INCIDENTS, without=_LATER)
    if tracker.settings.review.where != "inline" and any(gap.what == "reviews" for gap in tracker.records.gaps):
        # a review of any incident could be on the failed page, whichever project's page it was
        columns["blind"] = [blind or "page" for blind in columns["blind"]]
    return columns


def _due_days(incidents: Columns, tracker: AuditedTracker) -> Columns:
    """Return the columns on the due day of each incident, whose review may be its anchor."""
    book, zone = tracker.calendars, tracker.zone
    choices = calendar_choices(incidents, book, tracker.ownership)
    due = anchored(incidents, incidents["anchor"], choices, book, zone)
    columns = {
        **due,
        "due_first": due["due_on"],
        "due_last": due["due_on"],
        "due_hidden": incidents["completion_hidden"],
    }
    names = ("anchor_hidden", "services_hidden", "due_in_least", "due_in_most")
    rows = zip(*(incidents[name] for name in names), strict=True)
    hidden = [bool(anchor or services or least != most) for anchor, services, least, most in rows]
    if not any(hidden):
        return columns
    places = np.flatnonzero(hidden)
    doubtful = {name: [column[place] for place in places] for name, column in incidents.items()}
    for name, bound in due_bounds(doubtful, [choices[place] for place in places], book, zone).items():
        columns[name] = columns[name].copy()
        columns[name][places] = bound
    return {**columns, "due_hidden": _due_hidden(incidents, day_in_doubt(columns))}


def _reviews(
    incidents: Columns,
    refs: Sequence[Ref],
    chosen_from: Mapping[Ref, Sequence[Candidate]],
    tracker: AuditedTracker,
) -> Columns:
    """Return the columns on the review of each incident in scope."""
    reasons = zip(refs, incidents["scope_reason"], strict=True)
    lists = [() if reason else chosen_from.get(ref, ()) for ref, reason in reasons]
    chosen = [reviews[0] if reviews else None for reviews in lists]
    approval = tracker.settings.review.approval
    waits = [review is not None and review.completion.awaits_approval for review in chosen]
    has_review = [review is not None and review.exists for review in chosen]
    opened_at = [review and review.opened_at for review in chosen]
    completed_at = [review and review.completed_at for review in chosen]
    # beside an open review the label that completes an inline one may be there
    unread = [
        tracker.settings.review.where != "issue" and blind == "labels" and has and completed is None
        for blind, has, completed in zip(incidents["blind"], has_review, completed_at, strict=True)
    ]
    return {
        "review": [str(review.ref) if review else "" for review in chosen],
        "linked_by": [review.signal.value if review else "" for review in chosen],
        "inline": [review is not None and review.signal is Signal.INLINE for review in chosen],
        "has_review": has_review,
        "reviews": [tuple(str(review.ref) for review in reviews) for reviews in lists],
        "completion_hidden": [
            "labels" if hidden else _hidden_by(reviews) for hidden, reviews in zip(unread, lists, strict=True)
        ],
        "awaits_approval": waits,
        "approver": [approval.by if approval and waiting else "" for waiting in waits],
        "public_reviews": [
            tuple(str(one.ref) for one in reviews if one.signal is not Signal.INLINE and not one.issue.confidential)
            for reviews in lists
        ],
        "review_opened_at": opened_at,
        "review_completed_at": completed_at,
        "review_opened_on": [instant and tracker.day(instant) for instant in opened_at],
        "review_completed_on": [instant and tracker.day(instant) for instant in completed_at],
    }


def _hidden_by(reviews: Sequence[Candidate]) -> str:
    """Return what hides if or when the first of these reviews was completed; empty: nothing."""
    hidden = [review.completion.hidden_by for review in reviews]
    if not reviews or hidden[0] or reviews[0].completed_at is not None:
        return hidden[0] if reviews else ""
    return next(filter(None, hidden), "")


def _due_hidden(incidents: Columns, in_doubt: Iterable[bool]) -> list[str]:
    """Tell what hides the due day, where it makes a difference, or the day of the completion."""
    rows = zip(incidents["completion_hidden"], incidents["anchor_hidden"], in_doubt, strict=True)
    return [completion or ((anchor or "labels") if doubt else "") for completion, anchor, doubt in rows]


def repeat_columns(incidents: Columns, actions: pd.DataFrame) -> Columns:
    """Return the columns on earlier incidents that an incident in scope may repeat."""
    late: dict[str, list[str]] = defaultdict(list)
    for action, is_late, refs in zip(actions["ref"], actions["late"], actions["incidents"], strict=True):
        for ref in refs if is_late else ():
            late[ref].append(action)
    names = ("ref", "declared_at", "declared_on", "services", "scope_reason")
    # an incident out of scope shares no service with others
    declared = [
        Declared(ref=ref, at=at, on=on, services=() if reason else services)
        for ref, at, on, services, reason in zip(*(incidents[name] for name in names), strict=True)
    ]
    repeated = repeats(declared, late)
    opened_at = dict(zip(actions["ref"], actions["opened_at"], strict=True))
    return {
        "earlier": [repeat.earlier for repeat in repeated],
        "shared_services": [repeat.services for repeat in repeated],
        "earlier_actions": [repeat.actions for repeat in repeated],
        "actions_then": [
            tuple(action for action in repeat.actions if opened_at[action] < one.at)
            for repeat, one in zip(repeated, declared, strict=True)
        ],
    }

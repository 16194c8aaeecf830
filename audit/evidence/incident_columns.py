"""The frame of incidents: what each says, when its review is due, which review it has, and what it repeats."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from audit.evidence.columns import INCIDENTS, INSTANT
from audit.evidence.contracts import enforce, frame_of, objects
from audit.evidence.due_days import anchored, calendar_choices, day_in_doubt, due_bounds
from audit.evidence.incidents import IncidentReader
from audit.evidence.local_days import local_days
from audit.evidence.repeats import Declared, repeats
from audit.evidence.reviews import candidates
from audit.model import Ref, Signal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from audit.evidence.audited_tracker import AuditedTracker
    from audit.evidence.linking import Pair
    from audit.evidence.reviews import Candidate

_LATER = frozenset({"calendar", "reviews", "waivers", "actions"})
"""Sources of the columns that are joined from elsewhere."""


def incident_frame(tracker: AuditedTracker, pairs: Iterable[Pair], waived: Collection[str]) -> pd.DataFrame:
    """Return one row an incident, sorted by project and number: INCIDENTS without the columns from corrective actions.

    ``waived`` are the refs of the incidents that a valid waiver on a missing or late review names.
    """
    chosen_from = candidates(tracker.kinds, pairs, tracker.settings, tracker.completions)
    frame = _with_due_days(_with_reviews(_read(tracker), chosen_from, tracker), tracker)
    return frame.assign(waived=frame["ref"].isin(waived))


def _read(tracker: AuditedTracker) -> pd.DataFrame:
    reader = IncidentReader.of(tracker)
    incidents = tracker.kinds.incidents
    frame = frame_of((reader.row(incidents[ref]) for ref in sorted(incidents)), INCIDENTS, without=_LATER)
    if tracker.settings.review.where != "inline" and any(gap.what == "reviews" for gap in tracker.records.gaps):
        # a review of any incident could be on the failed page, whichever project's page it was
        frame.loc[frame["blind"] == "", "blind"] = "page"
    return frame


def _with_due_days(incidents: pd.DataFrame, tracker: AuditedTracker) -> pd.DataFrame:
    """Add the due day of each incident, whose review may be its anchor."""
    book, zone = tracker.calendars, tracker.zone
    choices = calendar_choices(incidents, book, tracker.ownership)
    due = anchored(incidents, incidents["anchor"], choices, book, zone)
    frame = incidents.assign(**due, due_first=due["due_on"], due_last=due["due_on"])
    hidden = frame["anchor_hidden"].ne("") | frame["services_hidden"] | frame["due_in_least"].ne(frame["due_in_most"])
    if not hidden.any():
        return frame.assign(due_hidden=frame["completion_hidden"])
    chosen = [choice for choice, doubtful in zip(choices, hidden, strict=True) if doubtful]
    bounds = due_bounds(frame[hidden], chosen, book, zone)
    frame.loc[hidden, list(bounds)] = bounds
    return frame.assign(due_hidden=_due_hidden(frame))


def _with_reviews(
    incidents: pd.DataFrame, chosen_from: Mapping[Ref, Sequence[Candidate]], tracker: AuditedTracker
) -> pd.DataFrame:
    """Join each incident in scope with its review."""
    refs = zip(incidents["project"], incidents["iid"], incidents["scope_reason"], strict=True)
    lists = [() if reason else chosen_from.get(Ref(project, iid), ()) for project, iid, reason in refs]
    chosen = [reviews[0] if reviews else None for reviews in lists]
    approval = tracker.settings.review.approval
    waits = [review is not None and review.completion.awaits_approval for review in chosen]
    frame = incidents.assign(
        review=[str(review.ref) if review else "" for review in chosen],
        linked_by=[review.signal.value if review else "" for review in chosen],
        inline=[review is not None and review.signal is Signal.INLINE for review in chosen],
        has_review=[review is not None and review.exists for review in chosen],
        reviews=objects([tuple(str(review.ref) for review in reviews) for reviews in lists]),
        completion_hidden=list(map(_hidden_by, lists)),
        awaits_approval=waits,
        approver=[approval.by if approval and waiting else "" for waiting in waits],
        public_reviews=objects(
            [
                tuple(str(one.ref) for one in reviews if one.signal is not Signal.INLINE and not one.issue.confidential)
                for reviews in lists
            ]
        ),
        review_opened_at=_instants([review and review.opened_at for review in chosen]),
        review_completed_at=_instants([review and review.completed_at for review in chosen]),
    )
    # beside an open review the label that completes an inline one may be there
    unread = frame["blind"].eq("labels") & frame["has_review"] & frame["review_completed_at"].isna()
    unread &= tracker.settings.review.where != "issue"
    frame["completion_hidden"] = frame["completion_hidden"].mask(unread, "labels")
    frame["review_opened_on"] = local_days(frame["review_opened_at"], tracker.zone)
    frame["review_completed_on"] = local_days(frame["review_completed_at"], tracker.zone)
    return frame


def _hidden_by(reviews: Sequence[Candidate]) -> str:
    """Return what hides if or when the first of these reviews was completed; empty: nothing."""
    hidden = [review.completion.hidden_by for review in reviews]
    if not reviews or hidden[0] or reviews[0].completed_at is not None:
        return hidden[0] if reviews else ""
    return next(filter(None, hidden), "")


def _due_hidden(incidents: pd.DataFrame) -> pd.Series:
    """Tell what hides the due day, where it makes a difference, or the day of the completion."""
    code = incidents["anchor_hidden"].mask(incidents["anchor_hidden"].eq(""), "labels")
    completion = incidents["completion_hidden"]
    return code.where(day_in_doubt(incidents), "").mask(completion.ne(""), completion)


def _instants(values: list[Any]) -> pd.Series:
    return pd.Series(pd.array(values, dtype=INSTANT))


def with_repeats(incidents: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Return INCIDENTS with the columns on earlier incidents that an incident in scope may repeat."""
    late: dict[str, list[str]] = defaultdict(list)
    for action, refs in actions.loc[actions["late"], ["ref", "incidents"]].itertuples(index=False):
        for ref in refs:
            late[ref].append(action)
    rows = incidents[["ref", "declared_at", "declared_on", "services", "scope_reason"]].itertuples(index=False)
    # an incident out of scope shares no service with others
    declared = [
        Declared(ref=ref, at=at, on=on.date(), services=() if reason else services)
        for ref, at, on, services, reason in rows
    ]
    repeated = repeats(declared, late)
    opened_at = dict(zip(actions["ref"], actions["opened_at"], strict=True))
    then = [
        tuple(action for action in repeat.actions if opened_at[action] < one.at)
        for repeat, one in zip(repeated, declared, strict=True)
    ]
    whole = incidents.assign(
        earlier=objects([repeat.earlier for repeat in repeated]),
        shared_services=objects([repeat.services for repeat in repeated]),
        earlier_actions=objects([repeat.actions for repeat in repeated]),
        actions_then=objects(then),
    )
    return enforce(whole, INCIDENTS)

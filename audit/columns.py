"""The column contract of each frame of the evidence: name -> dtype, in order; what each column means stands beside it.

Days are naive midnights in the audit's zone (``datetime64[s]``), instants are UTC. ``object`` columns hold tuples. A
column that may hold NA says so; every other one never does (:func:`audit.evidence.enforce` raises).
"""

from __future__ import annotations

from typing import Final

DAY: Final = "datetime64[s]"
INSTANT: Final = "datetime64[us, UTC]"

INCIDENTS: Final[dict[str, str]] = {
    "ref": "str",  # g/p#12, unique
    "project": "str",
    "iid": "int64",
    "url": "str",
    "title": "str",
    "confidential": "bool",
    "declared_at": INSTANT,
    "declared_on": DAY,
    "closed_at": INSTANT,  # NA while open
    "resolved_at": INSTANT,  # NA: not yet; the instant of the anchor `resolved`
    "severity": "Int64",  # 1 to 4; NA: none
    "severities": "int64",  # how many different severity labels it has
    "peak_severity": "Int64",  # NA: none
    "lowered_from": "Int64",  # NA, or the severity of the policy's set that once stood longer than the grace
    "lowered_at": INSTANT,  # when that one was taken off; NA with it
    "lowered_on": DAY,  # the local day of it
    "lowered_hidden": "bool",  # an unread history, or a deleted label, may hide such a severity
    "user_facing": "bool",
    "scope_reason": "str",  # why it is out of scope; empty: in scope
    "policy": "int64",  # index into Settings.policies; the first where none is in force (out of scope)
    "by_severity": "boolean",  # section 5, criterion 1; NA: cannot be told
    "by_request": "boolean",  # criterion 2
    "by_information": "boolean",  # criterion 3
    "request_removed_at": INSTANT,  # NA, or when the request label was taken off
    "required": "boolean",  # any criterion; NA: cannot be told
    "required_because": "object",  # tuple of severity, requested, more_information
    "services": "object",  # tuple of names, sorted
    "owners": "object",  # tuple of owners of the owned ones, sorted
    "service_keys": "object",  # tuple of the service labels' texts after the scope
    "unknown_keys": "object",  # of these, those that are in no entry of the catalogue
    "all_unowned": "bool",  # it has services, all are in the catalogue, and nobody owns any of them
    "unknown_service": "boolean",  # a service label is missing or in no entry; NA: no catalogue was given
    "exempts_unowned": "bool",  # its policy says so
    "flags_unowned": "bool",  # its policy exempts or flags
    "anchor": "str",  # declared, resolved, closed
    "anchor_on": DAY,  # NA: not yet
    "due_on": DAY,  # NA without an anchor
    "calendar": "int64",  # index into Evidence.calendars: the one by which the due day was counted
    "review": "str",  # ref of the review chosen for it; empty: none. Its own ref where it is inline
    "linked_by": "str",  # a Signal; empty without a review
    "review_opened_at": INSTANT,
    "review_opened_on": DAY,
    "review_completed_at": INSTANT,  # NA while open, or without a review
    "review_completed_on": DAY,
    "inline": "bool",  # the review chosen is the incident itself
    "has_review": "bool",  # a review exists; an inline one that is not completed is none
    "reviews": "object",  # tuple of the refs of all reviews linked, the chosen one first
    "blind": "str",  # why its review could not be seen: links, target, page; empty: nothing hides it
    "history_gap": "str",  # why a criterion cannot be told: label, history; empty otherwise
    "assignees": "object",  # tuple of usernames of active humans
    "waived": "bool",  # a valid waiver on IR001 or IR002 names it
}

REVIEWS: Final[dict[str, str]] = {
    "ref": "str",
    "project": "str",
    "iid": "int64",
    "url": "str",
    "title": "str",
    "confidential": "bool",
    "inline": "bool",  # it is its own incident
    "opened_at": INSTANT,
    "opened_on": DAY,
    "completed_at": INSTANT,  # NA while open
    "completed_on": DAY,
    "assignees": "object",  # tuple of usernames, all
    "active_assignees": "object",  # tuple of usernames: active and no bots
    "unassigned": "bool",  # none of them can act
    "incidents": "object",  # tuple of refs, all that it covers, in scope or not
    "in_scope_incidents": "object",  # tuple of refs
    "signals": "object",  # tuple of Signals, one for each of `incidents`
    "linked": "bool",  # to an incident in scope
    "required": "bool",  # linked to an incident in scope that requires a review
    "guessed": "bool",  # its incidents are known by signals 3 to 6 only
    "blind": "bool",  # its links, or a page of incidents, could not be read: they may hide an incident of it
    "names_an_issue": "bool",  # an issue link or its link row names an issue
    "due_on": DAY,  # earliest of the incidents that require it, else of those in scope; NA without
    "calendar": "int64",  # of that incident; -1 without
    "assign_by": DAY,  # the first working day after the day it was opened; NA where it is not linked
    "since": "bool",  # opened on or after the first day that is read
}

SERVICES: Final[dict[str, str]] = {
    "ref": "str",  # the catalogue's name
    "owner": "str",
    "owned": "bool",
    "weight": "float64",  # in the overall SLA
    "incidents": "int64",  # incidents in scope that may be told
    "requiring": "int64",  # of these, those that require a review
    "flagged": "int64",  # of these, those whose policy exempts or flags unowned services
    "requiring_refs": "object",  # tuple of the refs of those that require one
    "flagged_refs": "object",  # tuple of the refs of the flagged ones
    "reach": "boolean",  # somebody of its team can be reached; NA where no teams were given
    "reach_fault": "str",  # why not
}

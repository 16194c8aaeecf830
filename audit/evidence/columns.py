"""The column contract of each frame of the evidence: name -> dtype, in order; what each column means stands beside it.

Days are naive midnights in the audit's zone (``datetime64[s]``), instants are UTC. ``object`` columns hold tuples. A
column that may hold NA says so; every other one never does (:func:`audit.evidence.contracts.enforce` raises).
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
    "waived": "bool",  # a valid waiver on a rule about missing or late reviews names it
    "earlier": "object",  # tuple of refs: the latest of the 90 days before that share a service and have late actions
    "shared_services": "object",  # tuple of names: the services that it shares with them
    "earlier_actions": "object",  # tuple of refs: those late corrective actions
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
    "own_severities": "object",  # tuple of the severities that its labels say, each once, sorted
    "incident_severity": "Int64",  # the worst current severity of its incidents in scope; NA: none of them has one
    "title_prefix": "bool",  # its title begins with a review prefix
    "title_tells": "bool",  # its title shares a word with an incident's of its, or holds its number or external id
    "ripe": "bool",  # completed, past its due day, or that day is at most two working days ahead
    "due_date": DAY,  # its own field; NA: none is set
    "due_moved_on": DAY,  # NA, or the last day on which that was set anew after it had passed
    "due_hidden": "bool",  # its history could not be read, and may hold such a day
    "has_table": "bool",  # it has a Key Information table
    "blank_rows": "object",  # tuple of the rows of it that are there and say nothing
    "summary": "str",  # a placeholders.State: written, placeholder, absent
    "narrative": "str",  # likewise
    "untouched": "bool",  # nothing of Key Information, summary and narrative is written
    "points_elsewhere": "bool",  # its description names another review, which is no incident of it
    "durations_disagree": "boolean",  # Total Duration is not End minus Start; NA: cannot be told
    "stated_minutes": "Int64",  # what Total Duration says where it disagrees; NA elsewhere
    "counted_minutes": "Int64",  # End minus Start there
    "row_severities": "object",  # tuple of the severities that the severity row says, each once, sorted
    "severity_disagrees": "boolean",  # none of these is its own; NA: the row says none, or its labels not one
    "link_row": "object",  # tuple of refs: the issues that the link row names and that were read
    "link_disagrees": "boolean",  # none of these is an incident that it is linked with; NA: cannot be told
    "actions": "object",  # tuple of refs: corrective actions that are linked with it, or named in its Outcomes section
    "incident_actions": "object",  # tuple of refs: those that are linked with its incidents, in scope or not
    "names_another": "bool",  # its Outcomes section names an epic, or an issue that is neither it nor an incident of it
    "no_action_needed": "bool",  # a label on it or on an incident of it says so
    "actions_hidden": "bool",  # an issue that is linked with it or an incident of it cannot be read
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

ACTIONS: Final[dict[str, str]] = {
    "ref": "str",
    "project": "str",
    "iid": "int64",
    "url": "str",
    "title": "str",
    "confidential": "bool",
    "opened_at": INSTANT,
    "opened_on": DAY,
    "closed_at": INSTANT,  # NA while open
    "open": "bool",
    "severity": "Int64",  # 1 to 4; NA: none
    "days_allowed": "Int64",  # calendar days; NA without a severity
    "late_after": DAY,  # the last day on time; NA without a severity
    "late": "bool",  # open, and that day has passed
    "assignees": "object",  # tuple of usernames, all
    "active_assignees": "object",  # tuple of usernames: active and no bots
    "unassigned": "bool",  # none of them can act
    "incidents": "object",  # tuple of refs in scope: linked with it, or covered by a review that it belongs to
    "reviews": "object",  # tuple of refs: linked with it, or naming it in their Outcomes section
}

"""What each column of the evidence holds, in order: its type, unit, source and meaning.

Days are naive midnights in the audit's zone (``datetime64[s]``), instants are UTC. ``object`` columns hold tuples. A
column that may hold NA says so; every other one never does (:func:`audit.evidence.contracts.enforce` raises).
"""

from __future__ import annotations

from typing import Final, NamedTuple

DAY: Final = "datetime64[s]"
INSTANT: Final = "datetime64[us, UTC]"


class Field(NamedTuple):
    """What one column holds."""

    dtype: str
    unit: str
    """Of its values; empty where there is none."""
    source: str
    """What it is read from or computed with."""
    meaning: str
    """Empty where the name says it."""


INCIDENTS: Final[dict[str, Field]] = {
    "ref": Field("str", "g/p#12", "issue", "unique"),
    "project": Field("str", "", "issue", ""),
    "iid": Field("int64", "", "issue", ""),
    "url": Field("str", "", "issue", ""),
    "title": Field("str", "", "issue", ""),
    "confidential": Field("bool", "", "issue", ""),
    "declared_at": Field(INSTANT, "UTC", "issue", ""),
    "declared_on": Field(DAY, "local day", "issue", ""),
    "closed_at": Field(INSTANT, "UTC", "issue", "NA while open"),
    "resolved_at": Field(INSTANT, "UTC", "labels", "NA: not yet; the instant of the anchor `resolved`"),
    "severity": Field("Int64", "1 (worst) to 4", "labels", "the current one; NA: none"),
    "severities": Field("int64", "labels", "labels", "how many different severity labels it has"),
    "peak_severity": Field("Int64", "1 (worst) to 4", "labels", "NA: none"),
    "lowered_from": Field(
        "Int64",
        "1 (worst) to 4",
        "labels",
        "NA, or the severity of the policy's set that once stood longer than the grace",
    ),
    "lowered_at": Field(INSTANT, "UTC", "labels", "when that one was taken off; NA with it"),
    "lowered_on": Field(DAY, "local day", "labels", "the local day of it"),
    "lowered_hidden": Field("bool", "", "labels", "what could not be read may hide such a severity"),
    "user_facing": Field("bool", "", "labels", ""),
    "scope_reason": Field("str", "", "policy", "why it is out of scope; empty: in scope"),
    "policy": Field(
        "int64", "index", "policy", "into Settings.policies; the first where none is in force (out of scope)"
    ),
    "by_severity": Field("boolean", "", "policy", "section 5, criterion 1; NA: cannot be told"),
    "by_request": Field("boolean", "", "policy", "criterion 2"),
    "by_information": Field("boolean", "", "policy", "criterion 3"),
    "request_removed_at": Field(INSTANT, "UTC", "labels", "NA, or when the request label was taken off"),
    "required": Field("boolean", "", "policy", "any criterion; NA: cannot be told"),
    "required_because": Field("object", "", "policy", "severity, requested, more_information"),
    "services": Field("object", "names", "catalogue", "sorted"),
    "owners": Field("object", "", "catalogue", "owners of the owned ones, sorted"),
    "service_keys": Field("object", "", "catalogue", "service labels' texts after the scope"),
    "unknown_keys": Field("object", "", "catalogue", "of these, those that are in no entry of the catalogue"),
    "all_unowned": Field(
        "bool", "", "catalogue", "it has services, all are in the catalogue, and nobody owns any of them"
    ),
    "unknown_service": Field(
        "boolean", "", "catalogue", "a service label is missing or in no entry; NA: no catalogue was given"
    ),
    "exempts_unowned": Field("bool", "", "policy", "its policy says so"),
    "flags_unowned": Field("bool", "", "policy", "its policy exempts or flags"),
    "anchor": Field("str", "", "policy", "declared, resolved, closed"),
    "anchor_on": Field(DAY, "local day", "calendar", "NA: not yet"),
    "due_on": Field(DAY, "local day", "calendar", "NA without an anchor"),
    "calendar": Field(
        "int64", "index", "calendar", "into Evidence.calendars: the one by which the due day was counted"
    ),
    "review": Field(
        "str", "ref", "reviews", "ref of the review chosen for it; empty: none. Its own ref where it is inline"
    ),
    "linked_by": Field("str", "Signal", "reviews", "empty without a review"),
    "review_opened_at": Field(INSTANT, "UTC", "reviews", ""),
    "review_opened_on": Field(DAY, "local day", "reviews", ""),
    "review_completed_at": Field(INSTANT, "UTC", "reviews", "NA while open, or without a review"),
    "review_completed_on": Field(DAY, "local day", "reviews", ""),
    "inline": Field("bool", "", "reviews", "the review chosen is the incident itself"),
    "has_review": Field("bool", "", "reviews", "a review exists; an inline one that is not completed is none"),
    "reviews": Field("object", "refs", "reviews", "all reviews linked, the chosen one first"),
    "blind": Field(
        "str",
        "",
        "links",
        "what hides its review: move, target, labels, links, place, page; empty: nothing",
    ),
    "labels_hidden": Field("bool", "", "labels", "not all of its labels could be read"),
    "history_gap": Field("str", "", "policy", "what hides a criterion: labels, label, history; empty: nothing"),
    "assignees": Field("object", "usernames", "issue", "those who are active and no bots"),
    "waived": Field("bool", "", "waivers", "a valid waiver on a rule about missing or late reviews names it"),
    "earlier": Field(
        "object", "refs", "actions", "the latest of the 90 days before that share a service and have late actions"
    ),
    "shared_services": Field("object", "names", "actions", "the services that it shares with them"),
    "earlier_actions": Field("object", "refs", "actions", "those late corrective actions"),
}

REVIEWS: Final[dict[str, Field]] = {
    "ref": Field("str", "g/p#12", "issue", ""),
    "project": Field("str", "", "issue", ""),
    "iid": Field("int64", "", "issue", ""),
    "url": Field("str", "", "issue", ""),
    "title": Field("str", "", "issue", ""),
    "confidential": Field("bool", "", "issue", ""),
    "inline": Field("bool", "", "issue", "it is its own incident"),
    "opened_at": Field(INSTANT, "UTC", "issue", ""),
    "opened_on": Field(DAY, "local day", "issue", ""),
    "completed_at": Field(INSTANT, "UTC", "issue", "NA while open"),
    "completed_on": Field(DAY, "local day", "issue", ""),
    "assignees": Field("object", "usernames", "issue", "all of them"),
    "active_assignees": Field("object", "usernames", "issue", "those who are active and no bots"),
    "unassigned": Field("boolean", "", "issue", "none of them can act; NA: not all of them could be read"),
    "incidents": Field("object", "refs", "incidents", "all that it covers, in scope or not"),
    "in_scope_incidents": Field("object", "refs", "incidents", "those of them that are in scope"),
    "signals": Field("object", "Signal", "incidents", "one for each of `incidents`"),
    "linked": Field("bool", "", "incidents", "to an incident in scope"),
    "required": Field("bool", "", "incidents", "linked to an incident in scope that requires a review"),
    "guessed": Field("bool", "", "incidents", "its incidents are known by signals 3 to 6 only"),
    "blind": Field("bool", "", "links", "what could not be read may hide an incident of it"),
    "names_an_issue": Field("bool", "", "links", "a link or link row of it, or of what was moved to it, names one"),
    "due_on": Field(
        DAY, "local day", "incidents", "earliest of the incidents that require it, else of those in scope; NA without"
    ),
    "calendar": Field("int64", "index", "incidents", "of that incident; -1 without"),
    "assign_by": Field(
        DAY, "local day", "calendar", "the first working day after the day it was opened; NA where it is not linked"
    ),
    "since": Field("bool", "", "issue", "opened on or after the first day that is read"),
    "own_severities": Field("object", "1 (worst) to 4", "labels", "severities that its labels say, each once, sorted"),
    "incident_severity": Field(
        "Int64",
        "1 (worst) to 4",
        "incidents",
        "the worst current severity of its incidents in scope; NA: none of them has one",
    ),
    "labels_hidden": Field("bool", "", "labels", "not all of its labels could be read"),
    "title_prefix": Field("bool", "", "title", "its title begins with a review prefix"),
    "title_tells": Field(
        "bool", "", "title", "its title shares a word with an incident's of its, or holds its number or external id"
    ),
    "ripe": Field("bool", "", "calendar", "completed, past its due day, or that day is at most two working days ahead"),
    "due_date": Field(DAY, "local day", "issue", "its own field; NA: none is set"),
    "due_moved_on": Field(
        DAY, "local day", "history", "NA, or the last day on which that was set anew after it had passed"
    ),
    "due_hidden": Field("bool", "", "history", "its history could not be read, and may hold such a day"),
    "cut": Field("bool", "", "description", "of its description only the beginning was read by its structure"),
    "has_table": Field("bool", "", "description", "it has a Key Information table"),
    "blank_rows": Field("object", "", "description", "rows of it that are there and say nothing"),
    "summary": Field("str", "State", "description", "written, placeholder, absent"),
    "narrative": Field("str", "State", "description", "the same of the narrative"),
    "untouched": Field("bool", "", "description", "nothing of Key Information, summary and narrative is written"),
    "points_elsewhere": Field(
        "bool", "", "description", "its description names another review, which is no incident of it"
    ),
    "pointer_hidden": Field("bool", "", "links", "its description may name one that could not be asked for"),
    "durations_disagree": Field(
        "boolean", "", "description", "Total Duration is not End minus Start; NA: cannot be told"
    ),
    "stated_minutes": Field(
        "Int64", "minutes", "description", "what Total Duration says where it disagrees; NA elsewhere"
    ),
    "counted_minutes": Field("Int64", "minutes", "description", "End minus Start there"),
    "row_severities": Field(
        "object", "1 (worst) to 4", "description", "severities that the severity row says, each once, sorted"
    ),
    "severity_disagrees": Field(
        "boolean", "", "description", "none of these is its own; NA: the row says none, or its labels not one"
    ),
    "link_row": Field("object", "refs", "description", "the issues that the link row names and that were read"),
    "link_disagrees": Field(
        "boolean", "", "description", "none of these is an incident that it is linked with; NA: cannot be told"
    ),
    "actions": Field(
        "object", "refs", "actions", "corrective actions that are linked with it, or named in its Outcomes section"
    ),
    "incident_actions": Field("object", "refs", "actions", "those that are linked with its incidents, in scope or not"),
    "names_another": Field(
        "bool",
        "",
        "description",
        "its Outcomes section names an epic, or an issue that is neither it nor an incident of it",
    ),
    "no_action_needed": Field("bool", "", "labels", "a label on it or on an incident of it says so"),
    "actions_hidden": Field("bool", "", "actions", "what could not be read may hide one, or such a label"),
}

SERVICES: Final[dict[str, Field]] = {
    "ref": Field("str", "name", "catalogue", "the catalogue's name"),
    "owner": Field("str", "", "catalogue", ""),
    "owned": Field("bool", "", "catalogue", ""),
    "weight": Field("float64", "", "catalogue", "in the overall SLA"),
    "incidents": Field("int64", "incidents", "incidents", "incidents in scope that may be told"),
    "requiring": Field("int64", "incidents", "incidents", "of these, those that require a review"),
    "flagged": Field(
        "int64", "incidents", "incidents", "of these, those whose policy exempts or flags unowned services"
    ),
    "requiring_refs": Field("object", "refs", "incidents", "those that require one"),
    "flagged_refs": Field("object", "refs", "incidents", "the flagged ones"),
    "reach": Field("boolean", "", "catalogue", "somebody of its team can be reached; NA where no teams were given"),
    "reach_fault": Field("str", "", "catalogue", "why not"),
}

ACTIONS: Final[dict[str, Field]] = {
    "ref": Field("str", "g/p#12", "issue", ""),
    "project": Field("str", "", "issue", ""),
    "iid": Field("int64", "", "issue", ""),
    "url": Field("str", "", "issue", ""),
    "title": Field("str", "", "issue", ""),
    "confidential": Field("bool", "", "issue", ""),
    "opened_at": Field(INSTANT, "UTC", "issue", ""),
    "opened_on": Field(DAY, "local day", "issue", ""),
    "closed_at": Field(INSTANT, "UTC", "issue", "NA while open"),
    "open": Field("bool", "", "issue", ""),
    "severity": Field("Int64", "1 (worst) to 4", "labels", "the current one; NA: none"),
    "days_allowed": Field("Int64", "calendar days", "labels", "calendar days; NA without a severity"),
    "late_after": Field(DAY, "local day", "labels", "the last day on time; NA without a severity"),
    "late": Field("bool", "", "labels", "open, and that day has passed"),
    "assignees": Field("object", "usernames", "issue", "all of them"),
    "active_assignees": Field("object", "usernames", "issue", "those who are active and no bots"),
    "unassigned": Field("boolean", "", "issue", "none of them can act; NA: not all of them could be read"),
    "incidents": Field(
        "object", "refs", "links", "refs in scope: linked with it, or covered by a review that it belongs to"
    ),
    "reviews": Field("object", "refs", "links", "linked with it, or naming it in their Outcomes section"),
}

"""What each column of the evidence holds, in order: its type, unit, source and meaning.

Days are naive midnights in the audit's zone (``datetime64[s]``), instants are UTC. ``object`` columns hold tuples. A
column that may hold NA says so; no other column may hold it (:func:`audit.evidence.contracts.framed` raises).
"""

from __future__ import annotations

from typing import Final, NamedTuple

DAY: Final = "datetime64[s]"
INSTANT: Final = "datetime64[us, UTC]"


class Field(NamedTuple):
    """What one column holds."""

    dtype: str
    unit: str
    """Unit of the values; empty if they have none."""
    source: str
    """What it is read from or computed with."""
    meaning: str
    """Empty if the column's name says it all."""


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
    "lowered_at": Field(INSTANT, "UTC", "labels", "when that severity was taken off; NA if lowered_from is"),
    "lowered_on": Field(DAY, "local day", "labels", "the local day of lowered_at"),
    "lowered_hidden": Field("bool", "", "labels", "what could not be read may hide such a severity"),
    "user_facing": Field("bool", "", "labels", ""),
    "scope_reason": Field("str", "", "policy", "why it is out of scope; empty: in scope"),
    "policy": Field("int64", "index", "policy", "into Settings.policies; the first if none is in force (out of scope)"),
    "by_severity": Field("boolean", "", "policy", "section 5, criterion 1; NA: cannot be told"),
    "by_request": Field("boolean", "", "policy", "criterion 2"),
    "by_information": Field("boolean", "", "policy", "criterion 3"),
    "request_removed_at": Field(INSTANT, "UTC", "labels", "NA, or when the request label was taken off"),
    "request_removed_on": Field(DAY, "local day", "labels", "the local day of request_removed_at"),
    "required": Field("boolean", "", "policy", "any criterion; NA: cannot be told"),
    "required_because": Field("object", "", "policy", "severity, requested, more_information"),
    "services": Field("object", "names", "catalogue", "sorted"),
    "owners": Field("object", "", "catalogue", "owners of its services, sorted"),
    "service_keys": Field("object", "", "catalogue", "service labels' texts after the scope"),
    "unknown_keys": Field("object", "", "catalogue", "the service_keys that are in no entry of the catalogue"),
    "all_unowned": Field(
        "bool", "", "catalogue", "it has services, all are in the catalogue, and nobody owns any of them"
    ),
    "unknown_service": Field(
        "boolean", "", "catalogue", "it has no service label, or one in no entry; NA: no catalogue was given"
    ),
    "exempts_unowned": Field("bool", "", "policy", "its policy exempts unowned services"),
    "flags_unowned": Field("bool", "", "policy", "its policy exempts or flags unowned services"),
    "anchor": Field("str", "", "policy", "declared, resolved, closed, review_opened"),
    "due_in": Field("int64", "days", "policy", "from its anchor to its due day, by the severity that it is judged by"),
    "due_in_least": Field("int64", "days", "policy", "the fewest that they may be, as far as could be read"),
    "due_in_most": Field("int64", "days", "policy", "the most"),
    "due_kind": Field("str", "", "policy", "which days are counted: working, calendar"),
    "anchor_on": Field(
        DAY, "local day", "calendar", "NA: not yet; with review_opened that of the declaration until one was in time"
    ),
    "due_on": Field(DAY, "local day", "calendar", "NA without an anchor"),
    "anchor_hidden": Field("str", "", "labels", "hides its anchor's day: labels, history, closing; empty: nothing"),
    "services_hidden": Field("bool", "", "labels", "a service may be among the labels that could not be read"),
    "due_first": Field(DAY, "local day", "calendar", "the first day that may be its due day, as far as could be read"),
    "due_last": Field(DAY, "local day", "calendar", "the last one; NA: it may have no anchor yet"),
    "due_hidden": Field(
        "str",
        "",
        "reviews",
        "hides its due day, or that of its completion: labels, history, closing, approval, or nothing",
    ),
    "calendar": Field(
        "int64", "index", "calendar", "into Evidence.calendars: the one by which the due day was counted"
    ),
    "review": Field(
        "str", "ref", "reviews", "ref of the review chosen for it; empty: none; its own ref if the review is inline"
    ),
    "linked_by": Field("str", "Signal", "reviews", "empty without a review"),
    "review_opened_at": Field(INSTANT, "UTC", "reviews", ""),
    "review_opened_on": Field(DAY, "local day", "reviews", ""),
    "review_completed_at": Field(INSTANT, "UTC", "reviews", "NA while open, or without a review"),
    "review_completed_on": Field(DAY, "local day", "reviews", ""),
    "awaits_approval": Field("bool", "", "reviews", "its review is closed, and waits for its approval"),
    "approver": Field("str", "", "reviews", "whom that review waits for; empty: nobody"),
    "completion_hidden": Field("str", "", "reviews", "hides if or when its review was completed, as due_hidden does"),
    "inline": Field("bool", "", "reviews", "the review chosen is the incident itself"),
    "has_review": Field("bool", "", "reviews", "a review exists; an inline one only counts once it is completed"),
    "reviews": Field("object", "refs", "reviews", "all reviews linked, the chosen one first"),
    "public_reviews": Field("object", "refs", "reviews", "those of `reviews` that are issues of their own, and public"),
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
        "object",
        "refs",
        "actions",
        "the latest incidents of the 90 days before that share a service and have late actions",
    ),
    "shared_services": Field("object", "names", "actions", "the services that it shares with the `earlier` incidents"),
    "earlier_actions": Field("object", "refs", "actions", "the late corrective actions of the `earlier` incidents"),
    "actions_then": Field("object", "refs", "actions", "those of earlier_actions opened before it was declared"),
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
    "awaits_approval": Field("bool", "", "labels", "it is closed, and the label of its approval is not on it"),
    "assignees": Field("object", "usernames", "issue", "all of them"),
    "active_assignees": Field("object", "usernames", "issue", "those who are active and no bots"),
    "unassigned": Field("boolean", "", "issue", "none of them can act; NA: not all of them could be read"),
    "owners": Field("object", "", "incidents", "owners of the incidents that require it, but for confidential ones"),
    "team_known": Field(
        "bool", "", "catalogue", "it has `owners`, and of each the members are known, or could not be read"
    ),
    "dri_outside": Field(
        "boolean", "", "catalogue", "no active assignee is a member of one of `owners`; NA: cannot be told"
    ),
    "incidents": Field("object", "refs", "incidents", "all that it covers, in scope or not"),
    "in_scope_incidents": Field("object", "refs", "incidents", "those of `incidents` that are in scope"),
    "signals": Field("object", "Signal", "incidents", "one for each of `incidents`"),
    "linked": Field("bool", "", "incidents", "to an incident in scope"),
    "required": Field("bool", "", "incidents", "linked to an incident in scope that requires a review"),
    "guessed": Field("bool", "", "incidents", "its incidents are known only by signals 3 to 6"),
    "blind": Field("bool", "", "links", "what could not be read may hide an incident of it"),
    "names_an_issue": Field("bool", "", "links", "its links or link row, or those of an issue moved to it, name one"),
    "due_on": Field(
        DAY,
        "local day",
        "incidents",
        "earliest of the incidents that require it, else of those in scope; NA: none has one",
    ),
    "calendar": Field("int64", "index", "incidents", "of the incident that gives due_on; -1: none"),
    "assign_by": Field(
        DAY, "local day", "calendar", "the first working day after the day it was opened; NA if it is not linked"
    ),
    "since": Field("bool", "", "issue", "opened on or after the first day that is read"),
    "own_severities": Field("object", "1 (worst) to 4", "labels", "severities of its labels, each once, sorted"),
    "severity_hidden": Field("bool", "", "incidents", "one in scope may have a worse severity that could not be read"),
    "incident_severity": Field(
        "Int64",
        "1 (worst) to 4",
        "incidents",
        "the worst current severity of its incidents in scope; NA: none of them has one",
    ),
    "labels_hidden": Field("bool", "", "labels", "not all of its labels could be read"),
    "title_prefix": Field("bool", "", "title", "its title begins with a review prefix"),
    "title_tells": Field(
        "bool", "", "title", "its title shares a word with an incident's title, or holds its number or external id"
    ),
    "ripe": Field("bool", "", "calendar", "completed, past its due day, or due within two working days"),
    "due_date": Field(DAY, "local day", "issue", "GitLab's due date field; NA: none is set"),
    "due_moved_on": Field(
        DAY, "local day", "history", "NA, or the last day on which due_date was changed after it had passed"
    ),
    "due_hidden": Field("bool", "", "history", "its history could not be read, and may hold a due_moved_on"),
    "cut": Field("bool", "", "description", "its description is so long that only the beginning was parsed"),
    "text_hidden": Field("bool", "", "snapshot", "its description was not kept, and not read before in the same way"),
    "template_hidden": Field("bool", "", "templates", "a template from which it may have been begun could not be read"),
    "expects_table": Field("bool", "", "template", "its template or the settings ask for Key Information"),
    "has_table": Field("bool", "", "description", "it has a Key Information table, in any form"),
    "blank_rows": Field("object", "", "description", "rows of Key Information that are asked for and say nothing"),
    "expects_summary": Field("bool", "", "template", "its template or the settings ask for a summary"),
    "summary": Field("str", "State", "description", "written, placeholder, absent"),
    "expects_narrative": Field("bool", "", "template", "its template or the settings ask for a narrative"),
    "narrative": Field("str", "State", "description", "written, placeholder, absent"),
    "untouched": Field("bool", "", "description", "nothing of Key Information, summary and narrative is written"),
    "points_elsewhere": Field(
        "bool", "", "description", "its description names another review, or an incident that is not its own"
    ),
    "pointer_hidden": Field("bool", "", "links", "its description may name one that could not be fetched"),
    "durations_disagree": Field(
        "boolean", "", "description", "Total Duration is not End minus Start; NA: cannot be told"
    ),
    "stated_minutes": Field("Int64", "minutes", "description", "Total Duration, if durations_disagree; otherwise NA"),
    "counted_minutes": Field("Int64", "minutes", "description", "End minus Start, if durations_disagree; otherwise NA"),
    "row_severities": Field(
        "object", "1 (worst) to 4", "description", "severities in the severity row, each once, sorted"
    ),
    "severity_disagrees": Field(
        "boolean",
        "",
        "description",
        "none of row_severities is its label's; NA: the row names none, or its labels not exactly one",
    ),
    "link_row": Field("object", "refs", "description", "the issues that the link row names and that were read"),
    "link_disagrees": Field(
        "boolean", "", "description", "no issue of link_row is an incident that it is linked with; NA: cannot be told"
    ),
    "actions": Field(
        "object", "refs", "actions", "corrective actions that are linked with it, or named in its Outcomes section"
    ),
    "incident_actions": Field(
        "object", "refs", "actions", "corrective actions linked with its incidents, in scope or not"
    ),
    "names_another": Field(
        "bool",
        "",
        "description",
        "its Outcomes section names an epic, or an issue that is neither it nor an incident of it",
    ),
    "no_action_needed": Field("bool", "", "labels", "a label on it or on one of its incidents says so"),
    "actions_hidden": Field(
        "bool", "", "actions", "what could not be read may hide an action, or a no_action_needed label"
    ),
}

SERVICES: Final[dict[str, Field]] = {
    "ref": Field("str", "name", "catalogue", "the catalogue's name"),
    "owner": Field("str", "", "catalogue", ""),
    "owned": Field("bool", "", "catalogue", ""),
    "weight": Field("float64", "", "catalogue", "its weight in the overall SLA"),
    "incidents": Field("int64", "incidents", "incidents", "public incidents in scope"),
    "requiring": Field("int64", "incidents", "incidents", "those of `incidents` that require a review"),
    "flagged": Field(
        "int64", "incidents", "incidents", "those of `requiring` whose policy exempts or flags unowned services"
    ),
    "requiring_refs": Field("object", "refs", "incidents", "the incidents counted by `requiring`"),
    "flagged_refs": Field("object", "refs", "incidents", "the incidents counted by `flagged`"),
    "reach": Field("boolean", "", "catalogue", "somebody of its team can be reached; NA: no teams were given"),
    "reach_fault": Field("str", "", "catalogue", "why nobody can be reached"),
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
    "labels_hidden": Field("bool", "", "labels", "not all of its labels could be read"),
    "late_after": Field(DAY, "local day", "labels", "the last day on time; NA without a severity"),
    "late": Field("bool", "", "labels", "open, and late_after has passed"),
    "assignees": Field("object", "usernames", "issue", "all of them"),
    "active_assignees": Field("object", "usernames", "issue", "those who are active and no bots"),
    "unassigned": Field("boolean", "", "issue", "none of them can act; NA: not all of them could be read"),
    "incidents": Field(
        "object", "refs", "links", "incidents in scope that are linked with it, or covered by one of its `reviews`"
    ),
    "reviews": Field("object", "refs", "links", "reviews linked with it, or naming it in their Outcomes section"),
}

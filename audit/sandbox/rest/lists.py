"""Lists of issues and their filters."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.sandbox.rest import shapes
from audit.sandbox.rest.lookups import issue_of, signed_in, tracker_of
from audit.sandbox.rest.page_links import paged
from audit.sandbox.selection import Wanted, pick, sort_key
from audit.sandbox.wire import Reply, as_bool, as_int, as_list, json_reply, one_of, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.instance import Call

STATES = frozenset({"opened", "closed", "all"})
TYPES = frozenset({"issue", "incident", "test_case", "requirement", "task", "ticket"})
_SCOPES = frozenset({"all", "created_by_me", "assigned_to_me", "created-by-me", "assigned-to-me"})
_ORDERS = {
    "created_at": "created",
    "updated_at": "updated",
    "due_date": "due_date",
    "title": "title",
    "id": "id",
    "relative_position": "id",
    "weight": "id",
    "priority": "id",
    "label_priority": "id",
    "milestone_due": "id",
    "popularity": "id",
}
_TIMES = ("created_after", "created_before", "updated_after", "updated_before")


def of_project(call: Call, key: str) -> Reply:
    """GET /projects/:id/issues."""
    return _listed(call, tracker_of(call, key))


def show(call: Call, key: str, iid: str) -> Reply:
    """GET /projects/:id/issues/:iid."""
    return json_reply(shapes.issue(call, issue_of(call, key, iid)))


def _listed(call: Call, project: HostedProject) -> Reply:
    params = call.request.params
    wanted = _wanted(call, params)
    details = as_bool("with_labels_details", params.get("with_labels_details", False))
    order = one_of("order_by", params.get("order_by", "created_at"), frozenset(_ORDERS))
    descending = one_of("sort", params.get("sort", "desc"), frozenset({"asc", "desc"})) == "desc"
    key = sort_key(_ORDERS[order])
    rows = pick([project], wanted, call.viewer)

    def shape(row: WorkItem) -> shapes.Shape:
        return shapes.issue(call, row, label_details=details)

    return paged(call, sorted(rows, key=key, reverse=descending), shape)


def _wanted(call: Call, params: dict[str, Any]) -> Wanted:
    """Read the filters; an unknown name is ignored, as GitLab does."""
    state = one_of("state", params.get("state", "all"), STATES)
    types = [one_of("issue_type", name, TYPES) for name in as_list(params.get("issue_type", []))]
    searched = as_list(params.get("in", "title,description"))
    return Wanted(
        state=None if state == "all" else state,
        types=frozenset(types) or None,
        labels=tuple(map(str, as_list(params.get("labels", [])))),
        no_label=_names(params.get("not[labels]")),
        iids=_iids("iids", params.get("iids")),
        not_iids=_iids("not[iids]", params.get("not[iids]")),
        confidential=as_bool("confidential", params["confidential"]) if "confidential" in params else None,
        search=params.get("search"),
        search_in=frozenset(one_of("in", name, frozenset({"title", "description"})) for name in searched),
        not_authors=_names(params.get("not[author_username]")),
        **_people(call, params),
        **_moments(params),
    )


def _people(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    scope = one_of("scope", params.get("scope", "all"), _SCOPES).replace("-", "_")
    assignees = as_list(params.get("assignee_username", []))
    if len(assignees) > 1 and not call.site.licensed:
        values = f"found {len(assignees)}: {', '.join(assignees)}"
        raise refuse_error(400, f"assignee_username allows one value, but {values}")
    wanted: dict[str, Any] = {
        "author": params.get("author_username"),
        "assignees": frozenset(assignees) or None,
    }
    for name, key in (("author_id", "authors"), ("assignee_id", "assignees")):
        if name in params and str(params[name]).lower() not in ("any", "none"):
            number = as_int(name, params[name])
            wanted[key] = frozenset(u.username for u in call.world.users.values() if u.id == number)
    if scope != "all":
        caller = frozenset({signed_in(call).username})
        wanted["authors" if scope == "created_by_me" else "assignees"] = caller
    return wanted


def _names(value: Any) -> frozenset[str] | None:
    return None if value is None else frozenset(map(str, as_list(value)))


def _iids(name: str, value: Any) -> frozenset[int] | None:
    return None if value is None else frozenset(as_int(name, number) for number in as_list(value))


def _moments(params: dict[str, Any]) -> dict[str, Any]:
    return {name: _moment(name, params[name]) for name in _TIMES if name in params}


def _moment(name: str, value: Any) -> dt.datetime:
    """Read a time; a plus sign that was not encoded arrives as a blank and is refused."""
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise refuse_error(400, f"{name} is invalid") from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)

"""Opening and editing issues."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from audit.model import Role
from audit.sandbox.cross_references import leave_notes
from audit.sandbox.edits import change_labels, change_state, replace_labels, users_by_id
from audit.sandbox.quick_actions import extract, run
from audit.sandbox.rest import shapes
from audit.sandbox.rest.lists import TYPES
from audit.sandbox.rest.lookups import issue_of, require, signed_in, tracker_of
from audit.sandbox.wire import Reply, as_bool, as_int, as_list, json_reply, one_of, refuse, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.instance import Call

_TITLE = 255
_TEXT = 1_048_576
_EDITS = (
    "title",
    "description",
    "labels",
    "add_labels",
    "remove_labels",
    "state_event",
    "due_date",
    "confidential",
    "assignee_ids",
    "assignee_id",
    "discussion_locked",
    "issue_type",
)


def create(call: Call, key: str) -> Reply:
    """POST /projects/:id/issues."""
    signed_in(call)
    project = tracker_of(call, key)
    params = call.request.params
    require(not project.archived and (project.visibility != "private" or call.viewer.level(project) >= Role.GUEST))
    if "title" not in params:
        raise refuse_error(400, "title is missing")
    _check(params)
    text, commands = extract(str(params.get("description") or ""))
    issue = project.issue(
        _title(params),
        description=text,
        author=call.user,
        created_at=call.now,
        issue_type=one_of("issue_type", params.get("issue_type", "issue"), TYPES),
        confidential=as_bool("confidential", params.get("confidential", False)),
    )
    if call.viewer.plans(issue):
        _plan(call, issue, params)
        run(call, issue, commands)
    leave_notes(call, f"{issue.title}\n\n{text}", issue)
    return json_reply(shapes.issue(call, issue), 201)


def edit(call: Call, key: str, iid: str) -> Reply:
    """PUT /projects/:id/issues/:iid."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    params = call.request.params
    if not any(name in params for name in _EDITS):
        raise refuse_error(400, f"{', '.join(_EDITS)} are missing, at least one parameter must be provided")
    require(call.viewer.edits(issue))
    _check(params)
    event = params.get("state_event")
    title = _title(params) if "title" in params else None
    text, commands = extract(str(params["description"])) if params.get("description") is not None else (None, [])
    issue.edit(title=title, description=text, at=call.now, by=call.user)
    leave_notes(call, f"{title or ''}\n\n{text or ''}", issue)
    if event is not None:
        change_state(call, issue, event)
    if call.viewer.plans(issue):
        _plan(call, issue, params)
        run(call, issue, commands)
    return json_reply(shapes.issue(call, issue))


def _check(params: dict[str, Any]) -> None:
    """Refuse what cannot be read before anything is changed."""
    if "due_date" in params:
        _day(params["due_date"])
    if "confidential" in params:
        as_bool("confidential", params["confidential"])
    if len(str(params.get("description") or "")) > _TEXT:
        raise refuse(400, {"description": [f"is too long (maximum is {_TEXT} characters)"]})
    if params.get("state_event") is not None:
        one_of("state_event", params["state_event"], frozenset({"close", "reopen"}))
    _assignee_ids(params)


def _assignee_ids(params: dict[str, Any]) -> list[int] | None:
    """Read the assignees that are asked for; an empty value or 0 stands for nobody."""
    ids = params.get("assignee_ids", [params["assignee_id"]] if "assignee_id" in params else None)
    if ids is None:
        return None
    return [as_int("assignee_ids", number) for number in as_list(ids) if number not in ("", 0, "0", None)]


def _title(params: dict[str, Any]) -> str:
    title = str(params["title"] or "").strip()
    if not title:
        raise refuse(400, {"title": ["can't be blank"]})
    if len(title) > _TITLE:
        raise refuse(400, {"title": [f"is too long (maximum is {_TITLE} characters)"]})
    return title


def _plan(call: Call, issue: WorkItem, params: dict[str, Any]) -> None:
    """Change what it takes a planner to change; of the label parameters `labels` replaces all."""
    if "labels" in params:
        replace_labels(call, issue, map(str, as_list(params["labels"] or [])))
    add, remove = (as_list(params.get(name) or []) for name in ("add_labels", "remove_labels"))
    change_labels(call, issue, map(str, add), map(str, remove))
    if "due_date" in params:
        issue.set_due(_day(params["due_date"]), at=call.now, by=call.user)
    if "confidential" in params:
        secret = as_bool("confidential", params["confidential"])
        issue.set_confidential(secret, at=call.now, by=call.user)
    if params.get("discussion_locked") and not issue.discussion_locked:
        issue.lock(at=call.now, by=call.user)
    if (ids := _assignee_ids(params)) is not None:
        _assign(call, issue, ids)


def _assign(call: Call, issue: WorkItem, ids: list[int]) -> None:
    users = users_by_id(call, ids)
    issue.assign(*(users if call.site.licensed else users[:1]), at=call.now, by=call.user)


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        raise refuse_error(400, "due_date is invalid") from None

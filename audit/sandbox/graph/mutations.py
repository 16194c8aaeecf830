"""The mutations that an auditor may need."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from audit.sandbox.edits import change_labels, change_state, rewrite_note, users_by_id, write_note
from audit.sandbox.graph.scalars import DENIED, number
from audit.sandbox.limits import TOO_MANY
from audit.sandbox.wire import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.edits import Written
    from audit.sandbox.instance import Call

_LINK_KINDS = {"RELATED": "relates_to", "BLOCKS": "blocks", "BLOCKED_BY": "is_blocked_by"}


def _payload(given: dict[str, Any], **fields: Any) -> SimpleNamespace:
    errors = fields.pop("errors", [])
    return SimpleNamespace(client_mutation_id=given.get("client_mutation_id"), errors=errors, **fields)


def _issue(call: Call, global_id: str) -> WorkItem:
    issue = call.world.issues.get(number(global_id, "Issue", "WorkItem"))
    if issue is None or not call.viewer.may_write_api or not call.viewer.reads(issue):
        raise GraphQLError(DENIED)
    return issue


def _create_note(_root: Any, info: Any, *, input: dict[str, Any]) -> SimpleNamespace:  # noqa: A002 - GitLab's name
    call: Call = info.context.call
    issue = _issue(call, input["noteable_id"])
    if not call.viewer.comments_on(issue):
        raise GraphQLError(DENIED)
    try:
        call.site.count_note(call.viewer)
    except Refusal:
        raise GraphQLError(TOO_MANY) from None
    if not input["body"].strip():
        return _payload(input, note=None, quick_actions_status=None, errors=["Note can't be blank"])
    thread = str(input.get("discussion_id") or "").rpartition("/")[2]
    reply_to = next((n for n in issue.notes if n.discussion_id == thread), None)
    written = write_note(call, issue, input["body"], internal=bool(input.get("internal")), reply_to=reply_to)
    return _payload(input, note=written.note, quick_actions_status=_status(written))


def _update_note(_root: Any, info: Any, *, input: dict[str, Any]) -> SimpleNamespace:  # noqa: A002 - GitLab's name
    call: Call = info.context.call
    note = call.world.notes.get(number(input["id"], "Note", "DiscussionNote"))
    if note is None or not call.viewer.may_write_api or not call.viewer.edits_note(note):
        raise GraphQLError(DENIED)
    body = input.get("body")
    if body is not None and not body.strip():
        return _payload(input, note=note, quick_actions_status=None, errors=["Note can't be blank"])
    if body is None:
        return _payload(input, note=note, quick_actions_status=None)
    written = rewrite_note(call, note, body)
    return _payload(input, note=written.note, quick_actions_status=_status(written))


def _status(written: Written) -> SimpleNamespace | None:
    if not written.commands:
        return None
    return SimpleNamespace(
        command_names=written.outcome.names,
        commands_only=written.note is None,
        messages=written.outcome.messages,
        error_messages=written.outcome.errors,
    )


def _update_item(_root: Any, info: Any, *, input: dict[str, Any]) -> SimpleNamespace:  # noqa: A002 - GitLab's name
    call: Call = info.context.call
    issue = _issue(call, input["id"])
    if not call.viewer.edits(issue):
        raise GraphQLError(DENIED)
    text = (input.get("description_widget") or {}).get("description")
    issue.edit(title=input.get("title"), description=text, at=call.now, by=call.user)
    if input.get("state_event"):
        change_state(call, issue, input["state_event"])
    if call.viewer.plans(issue):
        _plan(call, issue, input)
    return _payload(input, work_item=issue)


def _plan(call: Call, issue: WorkItem, given: dict[str, Any]) -> None:
    labels = given.get("labels_widget") or {}
    names = {
        end: [_label_name(issue, known) for known in labels.get(f"{end}_label_ids") or ()] for end in ("add", "remove")
    }
    change_labels(call, issue, names["add"], names["remove"])
    if "due_date" in (dates := given.get("start_and_due_date_widget") or {}):
        day = dates["due_date"]
        issue.set_due(dt.date.fromisoformat(day) if day else None, at=call.now, by=call.user)
    if given.get("confidential") is not None:
        issue.set_confidential(given["confidential"], at=call.now, by=call.user)
    if (people := given.get("assignees_widget")) is not None:
        users = users_by_id(call, [number(known, "User") for known in people["assignee_ids"]])
        issue.assign(*users, at=call.now, by=call.user)


def _label_name(issue: WorkItem, global_id: str) -> str:
    wanted = number(global_id, "ProjectLabel", "GroupLabel", "Label")
    for place in issue.project.lineage():
        for label in place.labels.values():
            if label.id == wanted:
                return label.name
    raise GraphQLError(DENIED)


def _link_items(_root: Any, info: Any, *, input: dict[str, Any]) -> SimpleNamespace:  # noqa: A002 - GitLab's name
    call: Call = info.context.call
    issue = _issue(call, input["id"])
    others = [_issue(call, other) for other in input["work_items_ids"]]
    kind = _LINK_KINDS[input.get("link_type") or "RELATED"]
    if not call.viewer.plans(issue):
        raise GraphQLError(DENIED)
    if kind != "relates_to" and not call.site.licensed:
        return _payload(input, work_item=issue, message=None, errors=["Blocked work items not available"])
    for other in others:
        ends = (other, issue) if kind == "is_blocked_by" else (issue, other)
        call.world.link(*ends, kind=kind.replace("is_blocked_by", "blocks"), at=call.now, by=call.user)
    linked = " and ".join(str(other.id) for other in others)
    return _payload(input, work_item=issue, message=f"Successfully linked ID(s): {linked}.")


def _set_severity(_root: Any, info: Any, *, input: dict[str, Any]) -> SimpleNamespace:  # noqa: A002 - GitLab's name
    call: Call = info.context.call
    project = call.world.projects.get(input["project_path"])
    issue = project.issues.get(int(input["iid"])) if project is not None else None
    if issue is None or not call.viewer.may_write_api or not call.viewer.plans(issue):
        raise GraphQLError(DENIED)
    issue.set_severity(input["severity"], at=call.now, by=call.user)
    return _payload(input, issue=issue)


MUTATION: dict[str, Callable[..., Any]] = {
    "createNote": _create_note,
    "issueSetSeverity": _set_severity,
    "updateNote": _update_note,
    "workItemAddLinkedItems": _link_items,
    "workItemUpdate": _update_item,
}

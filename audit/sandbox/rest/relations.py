"""Links between issues, and the events of labels and states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.rest import shapes
from audit.sandbox.rest.lookups import issue_of, project_of, require, signed_in
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import Reply, as_int, json_reply, one_of, refuse, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.data.work_items import WorkItem
    from audit.sandbox.instance import Call

_KINDS = frozenset({"relates_to", "blocks", "is_blocked_by"})


def links(call: Call, key: str, iid: str) -> Reply:
    """GET .../links: needs a token everywhere; an end that the caller cannot read is left out."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    seen = [link for link in issue.links if call.viewer.reads(link.other(issue))]
    return json_reply([shapes.link(call, link, issue) for link in seen])


def add_link(call: Call, key: str, iid: str) -> Reply:
    """POST .../links."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    params = call.request.params
    for name in ("target_project_id", "target_issue_iid"):
        if name not in params:
            raise refuse_error(400, f"{name} is missing")
    kind = _kind(call, str(params.get("link_type", "relates_to")))
    require(call.viewer.plans(issue))
    target = issue_of(call, str(params["target_project_id"]), str(params["target_issue_iid"]))
    if any(link.other(issue) is target for link in issue.links):
        raise refuse(409, "Issue(s) already assigned")
    ends = (target, issue) if kind == "is_blocked_by" else (issue, target)
    link = call.world.link(*ends, kind=kind.replace("is_blocked_by", "blocks"), at=call.now, by=call.user)
    said = {
        "id": link.id,
        "source_issue": shapes.issue(call, issue),
        "target_issue": shapes.issue(call, target),
        "link_type": link.kind_from(issue),
    }
    return json_reply(said, 201)


def _kind(call: Call, kind: str) -> str:
    one_of("link_type", kind, _KINDS if call.site.enterprise else frozenset({"relates_to"}))
    if kind != "relates_to" and not call.site.licensed:
        raise refuse(403, "Blocked issues not available for current license")
    return kind


def remove_link(call: Call, key: str, iid: str, link_id: str) -> Reply:
    """DELETE .../links/:id."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    number = as_int("issue_link_id", link_id)
    link = next((known for known in issue.links if known.id == number), None)
    if link is None:
        raise refuse(404, "404 Not found")
    require(call.viewer.plans(issue))
    issue.unlink(link, at=call.now, by=call.user)
    said = {"link_type": link.kind_from(issue), "id": link.id}
    return json_reply(said)


def label_events(call: Call, key: str, iid: str) -> Reply:
    """GET .../resource_label_events."""
    issue = issue_of(call, key, iid)
    return paged(call, issue.label_events, lambda event: shapes.label_event(call, event, issue))


def state_events(call: Call, key: str, iid: str) -> Reply:
    """GET .../resource_state_events."""
    issue = issue_of(call, key, iid)
    return paged(call, issue.state_events, lambda event: shapes.state_event(call, event, issue))


def milestone_events(call: Call, key: str, iid: str) -> Reply:
    """GET .../resource_milestone_events: the sandbox records none."""
    issue_of(call, key, iid)
    none: list[WorkItem] = []
    return paged(call, none, lambda issue: issue.id)


def moved_issue(call: Call, key: str, iid: str) -> Reply:
    """POST .../move."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    target = project_of(call, str(call.request.params.get("to_project_id", "")))
    require(call.viewer.plans(issue) and call.viewer.level(target) > 0)
    return json_reply(shapes.issue(call, target.receive(issue, at=call.now, by=call.user)), 201)

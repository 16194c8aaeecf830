"""Links between issues, and the events of labels and states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.rest import shapes
from audit.sandbox.rest.lookups import issue_of, signed_in
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import Reply, json_reply

if TYPE_CHECKING:
    from audit.sandbox.instance import Call


def links(call: Call, key: str, iid: str) -> Reply:
    """GET .../links: needs a token everywhere; an end that the caller cannot read is left out."""
    signed_in(call)
    issue = issue_of(call, key, iid)
    seen = [link for link in issue.links if call.viewer.reads(link.other(issue))]
    return json_reply([shapes.link(call, link, issue) for link in seen])


def label_events(call: Call, key: str, iid: str) -> Reply:
    """GET .../resource_label_events."""
    issue = issue_of(call, key, iid)
    return paged(call, issue.label_events, lambda event: shapes.label_event(call, event, issue))


def state_events(call: Call, key: str, iid: str) -> Reply:
    """GET .../resource_state_events."""
    issue = issue_of(call, key, iid)
    return paged(call, issue.state_events, lambda event: shapes.state_event(call, event, issue))

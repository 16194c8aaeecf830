"""Every kind of fault that the program must survive, by name, and which requests it can strike.

A table of operations and faults is made with two loops:

    for operation in OPERATIONS:
        for kind in KINDS:
            if kind.fits(operation):
                with Server(world()) as server:
                    server.fault(kind.action(scale=0.05), times=None, **operation.where)
                    ...

`times=1` lets it strike once, `times=None` always, and `skip=1` from the second request on. `scale` shortens all that
takes time: hangs last until the server stops, so a client needs a short deadline of its own; a drip sends 8 bytes every
1.5 seconds, times `scale`; a wait that a 429 asks for is 60 seconds, times `scale`, and is at least a second where its
form has no fractions. Give the client a `sleep` that only counts, so that no such wait is waited.

Inner pages (labels, assignees, links, comments of one issue) are asked for where the server's pages are smaller than
what an issue has: `Server(world, limits=Limits(page=2))` serves at most two rows of anything at a time.
"""

from __future__ import annotations

import json
import math
from collections import deque
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from audit.sandbox.limits import TOO_MANY
from audit.sandbox.wire import Reply
from tests.sandbox.faults import (
    Alter,
    Answer,
    Drip,
    Drop,
    Hang,
    Throttle,
    Truncate,
    graphql_timeout,
    html_status,
    json_status,
    too_many,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sandbox.faults import Action

_LIMIT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One kind of request that a run sends; `where` goes to `Server.fault`."""

    name: str
    where: dict[str, Any] = field(hash=False)

    @property
    def is_graphql(self) -> bool:
        return "operation" in self.where


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault."""

    name: str
    make: Callable[[float], Action]
    graphql: bool = True
    rest: bool = True

    def fits(self, operation: Operation) -> bool:
        """Tell whether it can strike the operation."""
        return self.graphql if operation.is_graphql else self.rest

    def action(self, *, scale: float = 1.0) -> Action:
        """Return what `Server.fault` takes."""
        return self.make(scale)


def _graphql(name: str, where: str) -> Operation:
    return Operation(name=name, where={"operation": where})


def _rest(name: str, path: str, method: str = "GET") -> Operation:
    return Operation(name=name, where={"method": method, "path": path})


_ISSUE = r"/projects/[^/]+/issues/\d+"
OPERATIONS = (
    _graphql("server", "Server"),
    _graphql("labels of a project", "Labels"),
    _graphql("archived labels of a project", "ArchivedLabels"),
    _graphql("projects of the settings", "AuditedProjects"),
    _graphql("labels of several projects", "LabelsOfProjects"),
    _graphql("labels of several projects with archived ones", "EveryLabelOfProjects"),
    _graphql("users by name", "Users"),
    _graphql("folders of several projects", "Folders"),
    _graphql("issues", "Issues"),
    _graphql("issues of a group", "IssuesOfGroup"),
    _graphql("names of issues", "IssueNames"),
    _graphql("names of issues of a group", "IssueNamesOfGroup"),
    _graphql("issues by number", "IssuesByNumber"),
    _graphql("counts of lists", "Counts"),
    _graphql("projects by path", "Projects"),
    _graphql("issues, links left out", "IssuesWithoutLinks"),
    _graphql("issues of a group, links left out", "IssuesOfGroupWithoutLinks"),
    _graphql("issues by number, links left out", "IssuesByNumberWithoutLinks"),
    _graphql("activity", "Activity"),
    _graphql("activity in a group", "ActivityOfGroup"),
    _graphql("comments", "Comments"),
    _graphql("further labels of an issue", "IssueLabels"),
    _graphql("further assignees of an issue", "IssueAssignees"),
    _graphql("further links of an issue", "IssueLinks"),
    _graphql("further comments of an issue", "IssueComments"),
    _rest("token", "/personal_access_tokens/self"),
    _rest("account", "/user$"),
    _rest("user by name", r"/users\?"),
    _rest("project", r"/projects/[^/?]+(\?[^/]*)?$"),
    _rest("group", r"/groups/[^/?]+(\?[^/]*)?$"),
    _rest("projects of a group", r"/groups/[^/]+/projects"),
    _rest("members of a group", r"/groups/[^/]+/members"),
    _rest("members", r"/members/all(\?|$)"),
    _rest("role of an account", r"/members/all/\d+"),
    _rest("issue", rf"{_ISSUE}$"),
    _rest("links", rf"{_ISSUE}/links"),
    _rest("label events", rf"{_ISSUE}/resource_label_events"),
    _rest("state events", rf"{_ISSUE}/resource_state_events"),
    _rest("notes", rf"{_ISSUE}/notes(\?|$)"),
    _rest("weekly issues", r"/projects/[^/]+/issues\?"),
    _rest("commits of a file", r"/repository/commits\?"),
    _rest("file", r"/repository/files/"),
    _rest("tree", r"/repository/tree"),
    _rest("branch", r"/repository/branches/"),
    _rest("wiki page", r"/wikis/"),
    _rest("new note", rf"{_ISSUE}/notes$", "POST"),
    _rest("edited note", rf"{_ISSUE}/notes/\d+$", "PUT"),
    _rest("removed note", rf"{_ISSUE}/notes/\d+$", "DELETE"),
    _rest("new weekly issue", r"/projects/[^/]+/issues$", "POST"),
    _rest("edited weekly issue", rf"{_ISSUE}$", "PUT"),
    _rest("new wiki page", r"/wikis$", "POST"),
    _rest("edited wiki page", r"/wikis/", "PUT"),
    _rest("commit", r"/repository/commits$", "POST"),
)
"""Every operation that a run can send, the reading ones first."""


def _seconds(scale: float) -> int:
    return math.ceil(_LIMIT_SECONDS * scale)


def _errors(message: str, status: int = 200, **data: Any) -> Answer:
    return json_status(status, {**data, "errors": [{"message": message}]})


def _field_timeout(answer: Any) -> Any:
    """Null what the query asks for, as when a field took longer than it may."""
    errors = [{"message": f"Timeout on Query.{name}", "path": [name]} for name in answer["data"]]
    return {"data": dict.fromkeys(answer["data"]), "errors": errors}


def _partial(answer: Any) -> Any:
    """Null the last row of the first list that has any, and say so; where there is none, null the first field."""
    queue: deque[tuple[Any, list[Any]]] = deque([(answer["data"], [])])
    while queue:
        value, path = queue.popleft()
        if isinstance(value, dict):
            queue.extend((below, [*path, name]) for name, below in value.items())
        elif isinstance(value, list) and value:
            value[-1] = None
            return answer | {"errors": [{"message": "Internal server error", "path": [*path, len(value) - 1]}]}
    first = next(iter(answer["data"]))
    answer["data"][first] = None
    return answer | {"errors": [{"message": "Internal server error", "path": [first]}]}


def _reshaped(value: Any) -> Any:
    """Turn objects into lists and lists into objects, one level down in GraphQL's data."""
    if isinstance(value, dict) and isinstance(value.get("data"), dict):
        return {"data": {name: _reshaped(below) for name, below in value["data"].items()}}
    return {"rows": value} if isinstance(value, list) else [value]


def _typed_otherwise(value: Any) -> Any:
    """Turn every text into a number, and every number and flag into a text."""
    if isinstance(value, dict):
        return {name: _typed_otherwise(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_typed_otherwise(below) for below in value]
    return 7 if isinstance(value, str) else value if value is None else str(value)


def _body(text: str) -> Answer:
    return Answer(reply=Reply(body=text.encode()))


KINDS = (
    Kind(name="500", make=lambda _: json_status(500, {"message": "500 Internal Server Error"})),
    Kind(name="502 HTML", make=lambda _: html_status(502, "Bad Gateway")),
    Kind(name="503 HTML", make=lambda _: html_status(503, "Service Unavailable")),
    Kind(name="504 HTML", make=lambda _: html_status(504, "Gateway Timeout")),
    Kind(name="503 database timeout", make=lambda _: graphql_timeout(), rest=False),
    Kind(name="429 Retry-After", make=lambda scale: too_many(str(_seconds(scale)))),
    Kind(name="429 Go duration", make=lambda scale: too_many(f"{_seconds(scale) // 60}m{_seconds(scale) % 60}s")),
    Kind(name="429 HTTP date", make=lambda scale: Throttle(headers=lambda now: {
        "Retry-After": formatdate(now + _seconds(scale), usegmt=True)})),
    Kind(name="429 RateLimit-Reset", make=lambda scale: Throttle(headers=lambda now: {
        "RateLimit-Reset": str(int(now) + _seconds(scale))})),
    Kind(name="429 no header", make=lambda _: too_many(None)),
    Kind(name="429 JSON", make=lambda _: too_many(None, as_json=True)),
    Kind(name="429 as a GraphQL error", make=lambda _: _errors(TOO_MANY), rest=False),
    Kind(name="truncated", make=lambda _: Truncate(keep=20)),
    Kind(name="malformed JSON", make=lambda _: _body('{"data": {"project": {"issues": ')),
    Kind(name="empty body", make=lambda _: _body("")),
    Kind(name="200 HTML", make=lambda _: html_status(200, "Sign in")),
    Kind(name="hang", make=lambda _: Hang()),
    Kind(name="drip", make=lambda scale: Drip(size=8, pause=1.5 * scale)),
    Kind(name="dropped connection", make=lambda _: Drop()),
    Kind(name="a list", make=lambda _: json_status(200, [])),
    Kind(name="null", make=lambda _: json_status(200, None)),
    Kind(name="a message", make=lambda _: json_status(200, {"message": "maintenance"})),
    Kind(name="another shape", make=lambda _: Alter(change=_reshaped)),
    Kind(name="other types", make=lambda _: Alter(change=_typed_otherwise)),
    Kind(name="partial data", make=lambda _: Alter(change=_partial), rest=False),
    Kind(name="null data", make=lambda _: json_status(200, {"data": None}), rest=False),
    Kind(name="field timeout", make=lambda _: Alter(change=_field_timeout), rest=False),
    Kind(name="GraphQL error", make=lambda _: _errors("Internal server error", data=None), rest=False),
    Kind(name="413", make=lambda _: html_status(413, "Request Entity Too Large")),
    Kind(name="query too large", make=lambda _: _errors("Query too large", 422), rest=False),
    Kind(name="too complex", make=lambda _: _errors(
        "Query has complexity of 251, which exceeds max complexity of 250"), rest=False),
    Kind(name="401", make=lambda _: json_status(401, {"message": "401 Unauthorized"})),
    Kind(name="403", make=lambda _: json_status(403, {"message": "403 Forbidden"})),
    Kind(name="404", make=lambda _: json_status(404, {"message": "404 Not Found"})),
)  # fmt: skip
"""The kinds, each in every form that GitLab, its proxies or the network give it."""


def page_above(rows: int) -> Callable[[Any], bool]:
    """Return a test, for `Server.fault(where=...)`, of GraphQL requests that ask for larger pages than this.

    With `graphql_timeout()` it makes a server that answers small pages only.
    """
    return lambda request: int(((request.data or {}).get("variables") or {}).get("first") or 100) > rows


def recorded(text: str) -> Answer:
    """Answer with this JSON text, for example with a mutated answer of an earlier run."""
    json.loads(text)
    return _body(text)

"""The table of REST routes, and the way from a path to its handler."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from audit.sandbox.access import identify, require_scope
from audit.sandbox.instance import Call, Site
from audit.sandbox.rest import commits, files, issue_writes, people, relations, spaces, wikis
from audit.sandbox.rest import issue_notes as notes
from audit.sandbox.rest import lists as issue_lists
from audit.sandbox.wire import Reply, Request, refuse_error

if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIX = "/api/v4/"
_ISSUE = "projects/:id/issues/:iid"
_FILE = "projects/:id/repository/files/:path"
_WIKI = "projects/:id/wikis"
_GROUP_WIKI = "groups/:id/wikis"


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path; `scopes` open it for reading to tokens that may not read the API."""

    method: str
    pattern: re.Pattern[str]
    handler: Callable[..., Reply]
    scopes: frozenset[str]


def _route(method: str, path: str, handler: Callable[..., Reply], *scopes: str) -> Route:
    pattern = re.compile(re.sub(r":\w+", "([^/]+)", path))
    return Route(method=method, pattern=pattern, handler=handler, scopes=frozenset(scopes))


_ANY_SCOPE = ("read_user", "read_repository", "write_repository", "granular", "read_registry")

ROUTES = [
    _route("GET", "version", people.version, "read_user"),
    _route("GET", "user", people.me, "read_user"),
    _route("GET", "users", people.users, "read_user"),
    _route("GET", "personal_access_tokens/self", people.token_self, *_ANY_SCOPE),
    _route("GET", "projects/:id", spaces.project),
    _route("GET", "projects/:id/labels", spaces.labels),
    _route("GET", "projects/:id/members/all", people.members),
    _route("GET", "projects/:id/members/all/:user", people.member),
    _route("GET", "groups/:id", spaces.group),
    _route("GET", "groups/:id/members", people.group_members),
    _route("GET", "groups/:id/projects", spaces.group_projects),
    _route("GET", "projects/:id/issues", issue_lists.of_project),
    _route("POST", "projects/:id/issues", issue_writes.create),
    _route("GET", _ISSUE, issue_lists.show),
    _route("PUT", _ISSUE, issue_writes.edit),
    _route("GET", f"{_ISSUE}/notes", notes.listed),
    _route("POST", f"{_ISSUE}/notes", notes.create),
    _route("GET", f"{_ISSUE}/notes/:note", notes.show),
    _route("PUT", f"{_ISSUE}/notes/:note", notes.edit),
    _route("DELETE", f"{_ISSUE}/notes/:note", notes.delete),
    _route("GET", f"{_ISSUE}/notes/:note/award_emoji", notes.awards),
    _route("POST", f"{_ISSUE}/notes/:note/award_emoji", notes.award),
    _route("GET", f"{_ISSUE}/links", relations.links),
    _route("GET", f"{_ISSUE}/resource_label_events", relations.label_events),
    _route("GET", f"{_ISSUE}/resource_state_events", relations.state_events),
    _route("GET", "projects/:id/repository/tree", files.tree, "read_repository"),
    _route("GET", f"{_FILE}/raw", files.raw_file, "read_repository"),
    _route("GET", _FILE, files.file, "read_repository"),
    _route("GET", "projects/:id/repository/branches/:branch", commits.branch),
    _route("GET", "projects/:id/repository/commits", commits.listed, "read_repository"),
    _route("POST", "projects/:id/repository/commits", commits.create),
    _route("GET", _WIKI, wikis.of_project),
    _route("POST", _WIKI, wikis.create_in_project),
    _route("GET", f"{_WIKI}/:slug", wikis.page_of_project),
    _route("PUT", f"{_WIKI}/:slug", wikis.update_in_project),
    _route("GET", _GROUP_WIKI, wikis.of_group),
    _route("POST", _GROUP_WIKI, wikis.create_in_group),
    _route("GET", f"{_GROUP_WIKI}/:slug", wikis.page_of_group),
    _route("PUT", f"{_GROUP_WIKI}/:slug", wikis.update_in_group),
]


def answer(site: Site, request: Request) -> Reply:
    """Answer one REST request."""
    path = request.path.removeprefix(_PREFIX)
    routes = [(route, match) for route in ROUTES if (match := route.pattern.fullmatch(path))]
    if not routes:
        raise refuse_error(404, "404 Not Found")
    fitting = [(route, match) for route, match in routes if route.method == request.method]
    if not fitting:
        raise refuse_error(405, "405 Not Allowed")
    route, match = fitting[0]
    viewer = identify(site.world, request.token)
    require_scope(viewer, request.method, route.scopes)
    call = Call(site=site, viewer=viewer, request=request)
    return route.handler(call, *map(unquote, match.groups()))

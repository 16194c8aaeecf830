"""The instance, users and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.rest import shapes
from audit.sandbox.rest.lookups import group_of, project_of, signed_in
from audit.sandbox.rest.page_links import paged
from audit.sandbox.wire import Reply, as_int, json_reply, refuse

if TYPE_CHECKING:
    from audit.sandbox.instance import Call

_REVISION = "0123456789a"


def version(call: Call) -> Reply:
    """GET /version."""
    signed_in(call)
    return json_reply({"version": call.site.full_version, "revision": _REVISION})


def me(call: Call) -> Reply:
    """GET /user."""
    user = signed_in(call)
    return json_reply(shapes.user(call, user) | {"bot": user.bot, "email": f"{user.username}@example.com"})


def users(call: Call) -> Reply:
    """GET /users, by `username` in any case."""
    signed_in(call)
    wanted = call.request.params.get("username")
    rows = [
        user for user in call.world.users.values() if wanted is None or user.username.lower() == str(wanted).lower()
    ]
    return paged(call, rows, lambda user: shapes.user(call, user))


def token_self(call: Call) -> Reply:
    """GET /personal_access_tokens/self: for tokens of every kind."""
    signed_in(call)
    token = call.viewer.token
    if token is None:
        raise refuse(401, "401 Unauthorized")
    return json_reply(
        {
            "id": token.id,
            "name": token.name,
            "revoked": token.revoked,
            "created_at": call.site.moment(token.created_at),
            "description": None,
            "scopes": list(token.scopes),
            "user_id": token.user.id,
            "last_used_at": None,
            "active": token.active,
            "granular": token.scopes == ("granular",),
            "expires_at": token.expires_on and token.expires_on.isoformat(),
        }
    )


def members(call: Call, project_key: str) -> Reply:
    """GET /projects/:id/members/all, each account once with its highest role, blocked ones included."""
    project = project_of(call, project_key)
    signed_in(call)
    levels: dict[int, int] = {}
    for space in project.lineage():
        for number, level in space.members.items():
            levels[number] = max(levels.get(number, 0), level)
    rows = [user for user in call.world.users.values() if user.id in levels]
    return paged(call, rows, lambda user: shapes.member(call, user, levels[user.id], project.created_at))


def group_members(call: Call, group_key: str) -> Reply:
    """GET /groups/:id/members: the direct ones, blocked ones included."""
    group = group_of(call, group_key)
    signed_in(call)
    rows = [user for user in call.world.users.values() if user.id in group.members]
    return paged(call, rows, lambda user: shapes.member(call, user, group.members[user.id], call.world.instant()))


def member(call: Call, project_key: str, user_id: str) -> Reply:
    """GET /projects/:id/members/all/:user_id, memberships of the groups above included."""
    project = project_of(call, project_key)
    signed_in(call)
    number = as_int("user_id", user_id)
    level = project.level(number)
    user = next((u for u in call.world.users.values() if u.id == number), None)
    if user is None or not level:
        raise refuse(404, "404 Not found")
    return json_reply(shapes.member(call, user, level, project.created_at))

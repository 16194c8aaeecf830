"""The way of a request through the instance, free of sockets: throttle, then the side that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.sandbox.graph import endpoint
from audit.sandbox.limits import throttled, usage_headers
from audit.sandbox.rest import routes
from audit.sandbox.wire import Refusal, Reply, Request, refuse_error

if TYPE_CHECKING:
    from audit.sandbox.instance import Site
    from audit.sandbox.limits import Usage


def serve(site: Site, request: Request) -> Reply:
    """Answer a request; the world is changed by one at a time."""
    with site.lock:
        try:
            usage = _throttle(site, request)
            reply = _answer(site, request)
        except Refusal as refusal:
            return refusal.reply
        if usage is not None:
            reply.headers.update(usage_headers(usage, site.world.instant()))
        return reply


def sender(site: Site, request: Request) -> str | None:
    """Name the user whose token a request carries, valid or not."""
    token = site.world.tokens.get(request.token or "")
    return token.user.username if token is not None else None


def _throttle(site: Site, request: Request) -> Usage | None:
    limit = site.limits.requests_per_minute
    if limit is None:
        return None
    usage = site.meter.count("requests", sender(site, request), limit)
    if usage.exceeded:
        raise throttled(usage, site.world.instant(), go_durations=site.limits.go_durations)
    return usage


def _answer(site: Site, request: Request) -> Reply:
    if request.path.rstrip("/") == "/api/graphql" and request.method == "POST":
        return endpoint.answer(site, request)
    if request.path.startswith("/api/v4/"):
        return routes.answer(site, request)
    raise refuse_error(404, "404 Not Found")

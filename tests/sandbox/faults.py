"""Misbehaviour on demand: which requests are struck, and what then happens instead of, or after, the answer.

    with Server(world) as server:
        server.fault(html_status(502, "Bad Gateway"), operation="Issues", skip=1, times=None)

answers each GraphQL query named `Issues` but the first with a proxy's page. `KINDS` in fault_kinds.py names every kind
of fault, for tables of operations and faults.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from audit.sandbox.limits import TOO_MANY
from audit.sandbox.wire import TEXT, Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.server import Exchange

TIMED_OUT = "Request timed out. Please try a less complex query or a smaller set of records."
_HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One request whose answer is to go wrong, and the means to do so."""

    request: Request
    exchange: Exchange
    handle: Callable[[], Reply]
    """Let the instance handle the request."""
    remember: Callable[[int | None], None]
    """Log the request with its status, or with None where it gets no answer."""

    def send(self, reply: Reply) -> None:
        """Send an answer, and log it before it leaves: a client that has the answer finds it in the log."""
        self.remember(reply.status)
        self.exchange.send(reply)


class Action(Protocol):
    """What happens instead of, or after, the answer."""

    def act(self, turn: Turn, /) -> None:
        """Do it."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Answer this instead; with `after`, only once the real handling took effect."""

    reply: Reply
    after: bool = False

    def act(self, turn: Turn) -> None:
        if self.after:
            turn.handle()
        turn.send(self.reply)


@dataclass(frozen=True, kw_only=True)
class Delay:
    """Wait, then answer as usual."""

    seconds: float

    def act(self, turn: Turn) -> None:
        turn.exchange.wait(self.seconds)
        turn.send(turn.handle())


@dataclass(frozen=True, kw_only=True)
class Hang:
    """Send nothing until the server stops; with `after`, once the handling took effect."""

    after: bool = False

    def act(self, turn: Turn) -> None:
        if self.after:
            turn.handle()
        turn.remember(None)
        turn.exchange.wait()
        turn.exchange.hang_up()


@dataclass(frozen=True, kw_only=True)
class Drop:
    """Close the connection without an answer; with `after`, once the handling took effect."""

    after: bool = False

    def act(self, turn: Turn) -> None:
        if self.after:
            turn.handle()
        turn.remember(None)
        turn.exchange.hang_up()


@dataclass(frozen=True, kw_only=True)
class Truncate:
    """Send the headers and only so many bytes of the body, then close the connection."""

    keep: int = 40

    def act(self, turn: Turn) -> None:
        reply = turn.handle()
        turn.remember(reply.status)
        turn.exchange.send_head(reply)
        turn.exchange.send_bytes(reply.body[: self.keep])
        turn.exchange.hang_up()


@dataclass(frozen=True, kw_only=True)
class Drip:
    """Send the headers, then so many bytes of the body at a time, `pause` seconds apart."""

    size: int = 8
    pause: float = 1.5

    def act(self, turn: Turn) -> None:
        reply = turn.handle()
        turn.remember(reply.status)
        turn.exchange.send_head(reply)
        for start in range(0, len(reply.body), self.size):
            if turn.exchange.wait(self.pause):
                break
            turn.exchange.send_bytes(reply.body[start : start + self.size])
        turn.exchange.hang_up()


@dataclass(frozen=True, kw_only=True)
class Alter:
    """Answer as usual, but change the JSON of the answer."""

    change: Callable[[Any], Any]

    def act(self, turn: Turn) -> None:
        reply = turn.handle()
        changed = self.change(json.loads(reply.body))
        turn.send(json_reply(changed, reply.status, reply.headers))


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """Answer 429 as the throttle in front of GitLab does, and say in one of several ways when to come back."""

    headers: Callable[[float], dict[str, str]] = lambda _now: {}
    """The headers for a time in seconds since 1970."""

    def act(self, turn: Turn) -> None:
        headers = self.headers(time.time())  # noqa: TID251 - a server has a clock
        turn.send(Reply(status=429, body=b"Retry later\n", content_type=TEXT, headers=headers))


@dataclass(frozen=True, kw_only=True)
class Hook:
    """Call something, for example to end the client; with `after`, once the handling took effect."""

    call: Callable[[Request], None]
    after: bool = False

    def act(self, turn: Turn) -> None:
        if self.after:
            reply = turn.handle()
            self.call(turn.request)
        else:
            self.call(turn.request)
            reply = turn.handle()
        turn.send(reply)


@dataclass(kw_only=True)
class Fault:
    """One planned misbehaviour: whom it strikes, from which request on, and how often."""

    action: Action
    method: str | None = None
    path: str | None = None
    """A pattern searched for in the target as it came, query included."""
    operation: str | None = None
    """A pattern of the whole name of a GraphQL operation."""
    contains: str | None = None
    where: Callable[[Request], bool] | None = None
    """A test of the request itself, for example of the size of the page that it asks for."""
    skip: int = 0
    times: int | None = 1
    """How often it strikes; None is for ever."""
    seen: int = field(default=0, init=False)

    def strikes(self, request: Request) -> bool:
        """Say whether this request is struck, and count it."""
        if not self._matches(request):
            return False
        self.seen += 1
        return self.seen > self.skip and (self.times is None or self.seen <= self.skip + self.times)

    def _matches(self, request: Request) -> bool:
        if self.method is not None and request.method != self.method:
            return False
        if self.path is not None and not re.search(self.path, request.target):
            return False
        if self.operation is not None and not re.fullmatch(self.operation, request.operation or ""):
            return False
        if self.where is not None and not self.where(request):
            return False
        return self.contains is None or self.contains.encode() in request.body


def json_status(status: int, body: Any, *, after: bool = False) -> Answer:
    """Answer with a status and JSON."""
    return Answer(reply=json_reply(body, status), after=after)


def html_status(status: int, title: str, *, after: bool = False) -> Answer:
    """Answer with a status and a page, as a proxy in front of GitLab does."""
    body = _HTML.format(f"{status} {title}").encode()
    return Answer(reply=Reply(status=status, body=body, content_type="text/html"), after=after)


def text_status(status: int, text: str = "", *, after: bool = False) -> Answer:
    """Answer with a status and plain text, or nothing."""
    return Answer(reply=Reply(status=status, body=text.encode(), content_type=TEXT), after=after)


def bad_gateway_after() -> Answer:
    """Let the write take effect, and answer that it did not."""
    return html_status(502, "Bad Gateway", after=True)


def graphql_timeout() -> Answer:
    """Answer as GitLab does when its database gave up."""
    return json_status(503, {"errors": [{"message": TIMED_OUT}]})


def field_timeout(name: str = "Project.issues", path: tuple[str, ...] = ("project",)) -> Answer:
    """Answer as GitLab does when a field took longer than it may: half the data is null."""
    error = {"message": f"Timeout on {name}", "path": list(path)}
    return json_status(200, {"data": {path[0]: None}, "errors": [error]})


def too_many(retry_after: str | None = "60", *, as_json: bool = False) -> Answer:
    """Answer 429, as the throttle or as an endpoint's own limiter."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    if as_json:
        body = json.dumps({"message": {"error": TOO_MANY}}).encode()
        return Answer(reply=Reply(status=429, body=body, headers=headers))
    return Answer(reply=Reply(status=429, body=b"Retry later\n", content_type=TEXT, headers=headers))


def moved(location: str) -> Answer:
    """Answer that the thing is elsewhere now."""
    return Answer(reply=Reply(status=301, content_type=TEXT, headers={"Location": location}))

"""The sandbox's server as tests use it: it remembers every request, and misbehaves where a test plans it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.sandbox import front, server
from tests.sandbox.faults import Fault, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.sandbox.data.world import World
    from audit.sandbox.server import Exchange
    from audit.sandbox.wire import Request
    from tests.sandbox.faults import Action


@dataclass(frozen=True, kw_only=True)
class Logged:
    """One request as the server remembers it; without a status it got no answer."""

    method: str
    path: str
    query: dict[str, Any]
    status: int | None
    user: str | None
    operation: str | None
    body: Any


class Server(server.Server):
    """A GitLab on 127.0.0.1 that takes `latency` seconds for each answer; settings are those of the sandbox's server.

    `requests` are those that were answered so far, and those that were given up. `faults` says how to plan faults.
    """

    def __init__(self, world: World, *, latency: float = 0.0, faults: Iterable[Fault] = (), **settings: Any) -> None:
        super().__init__(world, **settings)
        self.latency = latency
        self.faults = list(faults)
        self.requests: list[Logged] = []

    def fault(self, action: Action, **when: Any) -> Fault:
        """Plan a misbehaviour; see `Fault` for whom and when it strikes."""
        planned = Fault(action=action, **when)
        self.faults.append(planned)
        return planned

    def count(self, method: str | None = None, path: str = "", operation: str | None = None) -> int:
        """Count the requests of a method, with this in their path, or of a GraphQL operation."""
        return sum(
            (method is None or r.method == method)
            and path in r.path
            and (operation is None or r.operation == operation)
            for r in self.requests
        )

    def answer(self, request: Request, exchange: Exchange) -> None:
        """Answer, late and wrongly where that is planned."""
        if self.latency:
            exchange.wait(self.latency)
        turn = Turn(
            request=request,
            exchange=exchange,
            handle=lambda: self.handle(request),
            remember=lambda status: self._remember(request, status),
        )
        with self.site.lock:
            struck = [fault for fault in self.faults if fault.strikes(request)]
        if struck:
            struck[0].action.act(turn)
        else:
            turn.send(turn.handle())

    def _remember(self, request: Request, status: int | None) -> None:
        self.requests.append(
            Logged(
                method=request.method,
                path=request.path,
                query=request.query,
                status=status,
                user=front.sender(self.site, request),
                operation=request.operation,
                body=request.data,
            )
        )

"""The server: real HTTP on loopback, keep-alive and all, around an instance and its planned faults."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import sys
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from audit.sandbox import front
from audit.sandbox.faults import Answer, Delay, Drop, Fault, Hang, Hook, Truncate
from audit.sandbox.instance import Site
from audit.sandbox.limits import Limits, Meter
from audit.sandbox.wire import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType

    from audit.sandbox.faults import Action
    from audit.sandbox.state import World

_POLL = 0.02


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


class Server:
    """A GitLab on 127.0.0.1 for as long as the `with` block lasts."""

    def __init__(  # noqa: PLR0913 - the settings of an instance
        self,
        world: World,
        *,
        latency: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        version: str = "19.4.0",
        enterprise: bool = True,
        licensed: bool = True,
        limits: Limits | None = None,
        faults: Iterable[Fault] = (),
        utc_offset: dt.timedelta = dt.timedelta(0),
        public_url: str | None = None,
    ) -> None:
        self.world = world
        self.latency = latency
        self.faults = list(faults)
        self.requests: list[Logged] = []
        self.crashes: list[Exception] = []
        self.site = Site(
            world=world,
            meter=Meter(clock),
            version=version,
            enterprise=enterprise,
            licensed=licensed,
            limits=limits or Limits(),
            utc_offset=utc_offset,
            public_url=public_url or "",
        )
        self._http: _Http | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.site.url

    def count(self, method: str | None = None, path: str = "", operation: str | None = None) -> int:
        """Count the requests of a method, with this in their path, or of a GraphQL operation."""
        return sum(
            (method is None or r.method == method)
            and path in r.path
            and (operation is None or r.operation == operation)
            for r in self.requests
        )

    def fault(self, action: Action, **when: Any) -> Fault:
        """Plan a misbehaviour; see `Fault` for whom and when it strikes."""
        planned = Fault(action=action, **when)
        self.faults.append(planned)
        return planned

    def start(self) -> Self:
        """Listen."""
        self._http = _Http(self)
        self.site.url = f"http://127.0.0.1:{self._http.server_port}"
        self.site.public_url = self.site.public_url or self.site.url
        self._thread = threading.Thread(target=self._http.serve_forever, args=(_POLL,), name="sandbox")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, end every connection, and wait for its thread."""
        if self._http is None or self._thread is None:
            return
        self._http.stopping.set()
        self._http.shutdown()
        self._thread.join()
        self._http.hang_up()
        self._http.server_close()
        self._http = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self.crashes and error is None:
            raise self.crashes[0]

    def strike(self, request: Request) -> Action | None:
        """Find the planned fault that strikes this request, if any."""
        with self.site.lock:
            struck = [fault for fault in self.faults if fault.strikes(request)]
        return struck[0].action if struck else None

    def handle(self, request: Request) -> Reply:
        """Let the instance answer; a mistake of the sandbox itself is a 500 and is kept."""
        try:
            return front.serve(self.site, request)
        except Exception as error:  # noqa: BLE001 - the client must get an answer, the test gets the error
            self.crashes.append(error)
            return json_reply({"message": "500 Internal Server Error"}, 500)

    def remember(self, request: Request, status: int | None) -> None:
        """Log a request before its answer leaves, so that who has the answer finds it in the log."""
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


class _Http(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 64

    def __init__(self, server: Server) -> None:
        self.sandbox = server
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of clients that went away, and keep what else went wrong, such as a hook that raised."""
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.sandbox.crashes.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Http

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            target=self.path,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        sandbox = self.server.sandbox
        if sandbox.latency:
            self.server.stopping.wait(sandbox.latency)
        self._act(sandbox, request, sandbox.strike(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815 - http.server's names

    def _act(self, sandbox: Server, request: Request, action: Action | None) -> None:
        if isinstance(action, Delay):
            self.server.stopping.wait(action.seconds)
        if isinstance(action, Hook) and not action.after:
            action.call(request)
        if isinstance(action, Drop | Hang) and not action.after:
            self._silence(sandbox, request, action)
            return
        answered = isinstance(action, Answer) and not action.after
        reply = action.reply if isinstance(action, Answer) and answered else sandbox.handle(request)
        if isinstance(action, Hook) and action.after:
            action.call(request)
        if isinstance(action, Drop | Hang):
            self._silence(sandbox, request, action)
            return
        if isinstance(action, Answer):
            reply = action.reply
        sandbox.remember(request, reply.status)
        self._send(reply, keep=action.keep if isinstance(action, Truncate) else None)

    def _silence(self, sandbox: Server, request: Request, action: Drop | Hang) -> None:
        sandbox.remember(request, None)
        if isinstance(action, Hang):
            self.server.stopping.wait()
        self.close_connection = True

    def _send(self, reply: Reply, keep: int | None) -> None:
        self.send_response(reply.status)
        if reply.body:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body if keep is None else reply.body[:keep])
        self.wfile.flush()
        self.close_connection = self.close_connection or keep is not None

    def version_string(self) -> str:
        return "nginx"

    def log_message(self, *_: Any) -> None:
        """Keep quiet; `Server.requests` is the log."""

"""The server: real HTTP on loopback, keep-alive and all, around an instance."""

from __future__ import annotations

import contextlib
import datetime as dt
import selectors
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

from audit.sandbox import front
from audit.sandbox.instance import Site
from audit.sandbox.limits import Limits, Meter
from audit.sandbox.wire import Reply, Request, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from audit.sandbox.data.world import World


class Server:
    """A GitLab on 127.0.0.1 for as long as the `with` block lasts."""

    def __init__(  # noqa: PLR0913 - the settings of an instance
        self,
        world: World,
        *,
        clock: Callable[[], float] = time.monotonic,
        version: str = "19.4.0",
        enterprise: bool = True,
        licensed: bool = True,
        limits: Limits | None = None,
        utc_offset: dt.timedelta = dt.timedelta(0),
        public_url: str = "",
    ) -> None:
        self.world = world
        self.crashes: list[Exception] = []
        self.site = Site(
            world=world,
            meter=Meter(clock),
            version=version,
            enterprise=enterprise,
            licensed=licensed,
            limits=limits or Limits(),
            utc_offset=utc_offset,
            public_url=public_url,
        )
        self._http: _Http | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.site.url

    def start(self) -> Self:
        """Listen."""
        self._http = _Http(self)
        self.site.url = f"http://127.0.0.1:{self._http.server_port}"
        self.site.public_url = self.site.public_url or self.site.url
        self._thread = threading.Thread(target=self._http.serve, name="sandbox")
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening, end every connection, and wait for its thread."""
        if self._http is None or self._thread is None:
            return
        self._http.stop()
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

    def answer(self, request: Request, exchange: Exchange) -> None:
        """Answer a request; a subclass may do so in another way."""
        exchange.send(self.handle(request))

    def handle(self, request: Request) -> Reply:
        """Let the instance answer; a mistake of the sandbox itself is a 500 and is kept."""
        try:
            return front.serve(self.site, request)
        except Exception as error:  # noqa: BLE001 - the client must get an answer, the test gets the error
            self.crashes.append(error)
            return json_reply({"message": "500 Internal Server Error"}, 500)


class _Http(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them
    request_queue_size = 64
    timeout = 0  # a connection that went away again is not waited for

    def __init__(self, server: Server) -> None:
        self.sandbox = server
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._waking, self._waker = socket.socketpair()
        super().__init__(("127.0.0.1", 0), Exchange)

    def serve(self) -> None:
        """Take connections until it is told to stop, which `serve_forever` would only see when it looks again."""
        with selectors.DefaultSelector() as selector:
            for waited_for in (self.socket, self._waking):
                selector.register(waited_for, selectors.EVENT_READ)
            while not self.stopping.is_set():
                selector.select()
                if not self.stopping.is_set():
                    self.handle_request()

    def stop(self) -> None:
        """Take no further connection, and end whatever waits."""
        self.stopping.set()
        self._waker.close()

    def server_close(self) -> None:
        super().server_close()
        self._waking.close()

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
        """Ignore clients that went away, and keep any other error, such as one raised by a test's hook."""
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.sandbox.crashes.append(error)


class Exchange(BaseHTTPRequestHandler):
    """A client's connection: requests come in, and what the server sends goes out, whole or in pieces."""

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
        self.server.sandbox.answer(request, self)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815 - http.server's names

    def send(self, reply: Reply) -> None:
        """Send an answer."""
        self.send_head(reply)
        if self.command != "HEAD":
            self.send_bytes(reply.body)

    def send_head(self, reply: Reply) -> None:
        """Send the status and the headers of an answer; they announce the whole body."""
        self.send_response(reply.status)
        if reply.body:
            self.send_header("Content-Type", reply.content_type)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()

    def send_bytes(self, data: bytes) -> None:
        """Send a piece of the body."""
        self.wfile.write(data)
        self.wfile.flush()

    def hang_up(self) -> None:
        """Close the connection once this request is served, answered or not."""
        self.close_connection = True

    def wait(self, seconds: float | None = None) -> bool:
        """Wait so long, or until the server stops; return whether it stops."""
        return self.server.stopping.wait(seconds)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the instance's time as HTTP writes it, which is that of its world."""
        moment = self.server.sandbox.world.registrar.instant().timestamp() if timestamp is None else timestamp
        return super().date_time_string(moment)

    def version_string(self) -> str:
        """Return the name of the proxy in front of GitLab."""
        return "nginx"

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

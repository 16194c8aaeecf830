"""A client that asks a sandbox without sockets, for thousands of runs that differ in one answer."""

from __future__ import annotations

import json
import threading
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode, urlsplit

from requests import PreparedRequest, Response
from requests.structures import CaseInsensitiveDict

from audit.gitlab.http import failures, transport
from audit.gitlab.http.client import Client
from audit.sandbox.wire import Reply, Request
from audit.settings import Connection
from tests.sandbox.faults import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitlab import Gitlab

    from audit.sandbox.server import Exchange, Server
    from tests.sandbox.faults import Fault

    Answering = Callable[[Request], Reply]


class Replayed:
    """The answers of a sandbox on which nobody writes: each is made once."""

    def __init__(self, server: Server, url: str) -> None:
        server.site.url = url
        self._server = server
        self.answers: dict[tuple[str, bytes], Reply] = {}
        """By target and body."""

    def __call__(self, request: Request) -> Reply:
        key = (request.target, request.body)
        if key not in self.answers:
            self.answers[key] = self._server.handle(request)
        return self.answers[key]


class Struck:
    """The same answers, but where a fault strikes that needs no socket."""

    def __init__(self, answers: Answering, fault: Fault) -> None:
        self._answers, self._fault, self._lock = answers, fault, threading.Lock()

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            struck = self._fault.strikes(request)
        if not struck:
            return self._answers(request)
        sent: list[Reply] = []
        exchange = cast("Exchange", _Caught(sent))
        turn = Turn(
            request=request, exchange=exchange, handle=lambda: self._answers(request), remember=lambda _status: None
        )
        self._fault.action.act(turn)
        return sent[0]


class _Caught:
    """Takes an answer in place of a connection."""

    def __init__(self, sent: list[Reply]) -> None:
        self.send = sent.append


class _Adapter(transport.Adapter):
    """Gets the answers from a function."""

    answer: Answering

    def send(self, request: PreparedRequest, *_args: Any, **_kwargs: Any) -> Response:
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        body = request.body or b""
        sent = Request(
            method=request.method or "",
            target=request.path_url,
            headers=headers,
            body=body if isinstance(body, bytes) else str(body).encode(),
        )
        self._count.add()
        reply = self.answer(sent)
        response = _response(reply)
        self._count.date = response.headers["Date"]
        response.url, response.request, self.headers = request.url or "", request, response.headers
        return response


def _response(reply: Reply) -> Response:
    response = Response()
    response.status_code = reply.status
    date = formatdate(time.time(), usegmt=True)  # noqa: TID251 - a server has a clock
    response.headers = CaseInsensitiveDict({"Content-Type": reply.content_type, "Date": date, **reply.headers})
    response._content = reply.body  # as requests' own adapters do
    response._content_consumed = True  # type: ignore[attr-defined]
    return response


class InProcess(Client):
    """Gets its answers from a function; all but the sockets is as ever."""

    def __init__(self, url: str, token: str, answer: Answering, *, sleep: Any = None, clock: Any = None) -> None:
        super().__init__(Connection.to(url, token), timeout=5, parallel=2, sleep=sleep, clock=clock)
        self.answer = answer

    @property
    def _gitlab(self) -> Gitlab:
        made = super()._gitlab
        if not isinstance(self._local.adapter, _Adapter):
            adapter = _Adapter(self._count, (self.url,), transport.Deadline(self._timeout))
            adapter.answer = self.answer
            for scheme in ("http://", "https://"):
                made.session.mount(scheme, adapter)
            self._local.adapter = adapter
        return made


class Bare(InProcess):
    """Does without python-gitlab and requests too: in half the time, where only the JSON of answers matters."""

    def _send(
        self,
        verb: str,
        path: str,
        where: str,
        *,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Response:
        parts = urlsplit(path)
        target = parts.path if parts.netloc else f"/api/v4{parts.path}"
        words = "&".join(filter(None, (parts.query, urlencode(query or {}))))
        headers = {"private-token": self.token, "content-type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        request = Request(method=verb.upper(), target=f"{target}?{words}".rstrip("?"), headers=headers, body=sent)
        reply = self.answer(request)
        if "Location" in reply.headers:
            return self._send(verb, reply.headers["Location"], where, body=body)
        if reply.status >= 400:
            raise failures.from_status(reply.status, reply.body, where)
        return _response(reply)

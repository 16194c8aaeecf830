"""A client that asks a sandbox without HTTP, for thousands of runs that differ in one answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from requests import Response
from requests.structures import CaseInsensitiveDict

from audit.gitlab.http import failures
from audit.gitlab.http.client import Client
from audit.sandbox.wire import Reply, Request
from audit.settings import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.sandbox.server import Server


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


class InProcess(Client):
    """Gets its answers from a function; all but sockets, python-gitlab and requests is as ever."""

    def __init__(
        self, url: str, token: str, answer: Callable[[Request], Reply], *, sleep: Any = None, clock: Any = None
    ) -> None:
        super().__init__(Connection.to(url, token), timeout=5, parallel=2, sleep=sleep, clock=clock)
        self._answer = answer

    def _send(
        self,
        verb: str,
        path: str,
        where: str,
        *,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Response:
        target = urlsplit(path).path if path.startswith("http") else f"/api/v4{path}"
        if query:
            target += f"{'&' if '?' in path else '?'}{urlencode(query)}"
        elif urlsplit(path).query and path.startswith("http"):
            target += f"?{urlsplit(path).query}"
        headers = {"private-token": self.token, "content-type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        reply = self._answer(Request(method=verb.upper(), target=target, headers=headers, body=sent))
        if "Location" in reply.headers:
            return self._send(verb, reply.headers["Location"], where, body=body)
        if reply.status >= 400:
            raise failures.from_status(reply.status, reply.body, where)
        response = Response()
        response.status_code, response._content = reply.status, reply.body
        response.headers = CaseInsensitiveDict({"Content-Type": reply.content_type, **reply.headers})
        return response

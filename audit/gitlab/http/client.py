"""The client of a GitLab: every request has a deadline; reads are sent again, writes are sent exactly once."""

from __future__ import annotations

import logging
import re
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import gitlab
from gitlab.exceptions import GitlabError
from pydantic import BaseModel

from audit.gitlab.http import failures, transport
from audit.gitlab.http.answer_forms import AnyObject, checked, parsed
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.pace import Pace
from audit.gitlab.http.query_texts import text_of
from audit.gitlab.http.rest_pages import RestPage, every_row, onward, total
from audit.gitlab.http.retry import READ, Retries, http_date, requested_wait
from audit.gitlab.http.workers import Workers
from audit.printable import encodable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future
    from datetime import datetime
    from types import TracebackType

    from requests import Response, Session

    from audit.gitlab.http.retry import RetryPolicy
    from audit.model import Ref
    from audit.settings import Connection

T = TypeVar("T")
R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)

log = logging.getLogger("audit.gitlab")

_AGENT = "incident-review-audit"
_SILENCES = 8
"""Unanswered requests in a row after which the connection to the server may be lost."""
_NUMBERS = re.compile(r"\d+")
_HALF_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")
"""What JSON writes half of a surrogate pair by; mostly a whole pair stands there."""


class Client:
    """Speaks REST and GraphQL to one GitLab through python-gitlab, with one session a thread."""

    def __init__(  # noqa: PLR0913 - limits of a run, and how it waits
        self,
        connection: Connection,
        *,
        timeout: float,
        parallel: int,
        patience: float = 600,
        pace: float = 0,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """``timeout``: seconds for a whole request; ``patience``: seconds for all failing requests together.

        ``pace``: seconds from one request to the next, at least. ``sleep`` waits the given seconds; ``clock`` returns
        seconds that only ever grow.
        """
        self.url = connection.url.rstrip("/")
        self.web_url = connection.web_url.rstrip("/")
        self.graphql_url = connection.graphql_url
        self.token = connection.token
        self._timeout = timeout
        self._workers = Workers(parallel)
        self.sleep = time.sleep if sleep is None else sleep
        """Waits the given number of seconds."""
        self.retries = Retries(
            budget=patience, sleep=self.sleep, clock=time.monotonic if clock is None else clock, notice=self._log_wait
        )
        self._pace = Pace(seconds=pace, sleep=self.sleep, clock=time.monotonic if clock is None else clock)
        self._count = transport.Count()
        self._local = threading.local()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(parallel)
        self._sessions: list[Session] = []
        self._silences = 0
        self._logged: set[Cause] = set()
        """The reasons for waiting that were already logged."""

    @property
    def hosts(self) -> frozenset[str]:
        """The names of this GitLab's host that are known here, lower case, with the port if there is one."""
        return frozenset(transport.origin(url).partition("://")[2] for url in (self.url, self.web_url))

    @property
    def root(self) -> str:
        """The path below which the instance lives, mostly empty."""
        return urlsplit(self.web_url).path.rstrip("/")

    @property
    def requests(self) -> int:
        """Requests sent so far, including repeated and redirected ones."""
        return self._count.sent

    @property
    def server_time(self) -> datetime | None:
        """What the server's clock showed in its last answer, in UTC to the second; None if it never told."""
        return http_date(self._count.date)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the threads and their connections."""
        self._workers.close()
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()
            self._local = threading.local()

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Return ``function`` of every item, in order, several in parallel. Must not be called from ``function``."""
        return self._workers.map(function, items)

    def start(self, function: Callable[[], R]) -> Future[R]:
        """Begin to work on something in parallel, once a thread is free. It must not wait for other such work."""
        return self._workers.start(function)

    def aside(self, function: Callable[[], R]) -> Future[R]:
        """Begin to work on something that itself calls :meth:`map`, and so has a thread of its own."""
        return self._workers.aside(function)

    # Reading: sent again until it is answered, or patience ends. Raises RequestError

    def query(self, document: str, parse: Callable[[Any], R], policy: RetryPolicy = READ, /, **variables: Any) -> R:
        """Send ``queries/<document>.graphql`` and return its ``data`` as ``parse`` makes it.

        Any error in the answer is raised; ``parse`` raises ValueError where the data has another form.
        """
        return self.query_text(text_of(document), f"query {document}", parse, policy, **variables)

    def query_text(
        self, text: str, where: str, parse: Callable[[Any], R], policy: RetryPolicy = READ, /, **variables: Any
    ) -> R:
        """Send a GraphQL query of this text, which messages call ``where``."""
        body = {"query": text, "variables": variables}
        return self._patiently(lambda: parsed(parse, self._data(body, where), where), where, policy)

    def _data(self, body: dict[str, Any], where: str) -> Any:
        answer = self._json(self._send("post", self.graphql_url, where, body=body), where)
        if not isinstance(answer, dict):
            raise failures.not_json(200, "a JSON value that is no object", where)
        if answer.get("errors"):
            # Partial data is refused: what is missing in it would look like an empty list.
            raise self._scrubbed(failures.from_graphql(answer["errors"], where))
        if not isinstance(answer.get("data"), dict):
            raise failures.not_json(200, "JSON without data", where)
        return answer["data"]

    def get(self, path: str, shape: type[M], /, **params: Any) -> M:
        """GET a path below ``/api/v4`` and return what it holds."""
        where = f"GET {path}"

        def send() -> M:
            return parsed(shape.model_validate, self._json(self._get(path, params, where), where), where)

        return self._patiently(send, where)

    def get_list(self, path: str, shape: type[M], /, **params: Any) -> list[M]:
        """GET all pages of a list. A page that fails is requested again; the pages before it are kept."""
        where = f"GET {path}"

        def page(target: str, query: dict[str, Any]) -> RestPage:
            return self._patiently(partial(self._page, target, query, shape, where), where)

        return every_row(page, path, {"per_page": 100, **params})

    def get_page(self, path: str, shape: type[M], /, **params: Any) -> list[M]:
        """GET the first page of a list."""
        where = f"GET {path}"
        rows: list[M] = self._patiently(partial(self._page, path, params, shape, where), where).rows
        return rows

    def _page(self, target: str, query: dict[str, Any], shape: type[M], where: str) -> RestPage:
        response = self._get(target, query, where)
        rows = self._json(response, where)
        if not isinstance(rows, list):
            raise failures.not_json(200, "JSON that is no list", where)
        read = [parsed(shape.model_validate, row, where) for row in rows]
        return RestPage(read, parsed(onward, response, where), total(response))

    def rest_get(self, path: str, shape: type[BaseModel] | None = None, /, **params: Any) -> dict[str, Any]:
        """GET a path below ``/api/v4`` and return its object as it is, once it has the form of ``shape``."""
        return self.get(path, checked(shape or AnyObject), **params).root

    def rest_list(self, path: str, shape: type[BaseModel] | None = None, /, **params: Any) -> list[dict[str, Any]]:
        """GET all pages of a list and return its rows as they are, each in the form of ``shape``."""
        return [row.root for row in self.get_list(path, checked(shape or AnyObject), **params)]

    # REST, writing: sent once, whatever happens

    def rest_post(self, path: str, **data: Any) -> dict[str, Any]:
        """POST once. Check ``RequestError.unsure`` before trying again: the write may have taken effect."""
        return self._write("post", path, data)

    def rest_put(self, path: str, **data: Any) -> dict[str, Any]:
        """PUT once."""
        return self._write("put", path, data)

    def rest_delete(self, path: str) -> None:
        """DELETE once."""
        self._send("delete", path, f"DELETE {path}")

    def _write(self, verb: str, path: str, data: dict[str, Any]) -> dict[str, Any]:
        where = f"{verb.upper()} {path}"
        response = self._send(verb, path, where, body=data)
        body = self._json(response, where)
        if response.status_code == 202:
            raise failures.not_stored(body, where)
        if not isinstance(body, dict):
            raise failures.not_json(response.status_code, "a JSON value that is no object", where)
        return body

    # The machinery

    @property
    def _host(self) -> str:
        return transport.origin(self.url).partition("://")[2]

    @property
    def _gitlab(self) -> gitlab.Gitlab:
        if not hasattr(self._local, "gitlab"):
            adapter = transport.Adapter(self._count, (self.url, self.graphql_url), transport.Deadline(self._timeout))
            session = transport.session(adapter, self.url)
            with self._lock:
                self._sessions.append(session)
            self._local.adapter = adapter
            self._local.gitlab = gitlab.Gitlab(
                self.url,
                private_token=self.token,
                timeout=self._timeout,
                retry_transient_errors=False,
                user_agent=_AGENT,
                session=session,
            )
        made: gitlab.Gitlab = self._local.gitlab
        return made

    def _get(self, path: str, params: dict[str, Any], where: str) -> Response:
        return self._send("get", path, where, query=params)

    def _send(
        self,
        verb: str,
        path: str,
        where: str,
        *,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Response:
        session = self._gitlab
        try:
            with self._turns:
                self._pace.wait()
                self._local.adapter.deadline.start()
                return session.http_request(
                    verb, path, query_data=query, post_data=body, obey_rate_limit=False, retry_transient_errors=False
                )
        except (GitlabError, OSError, RecursionError, ValueError) as error:
            wait = requested_wait(self._local.adapter.headers)
            raise self._scrubbed(transport.meaning(error, where, self._host, wait)) from None

    def _json(self, response: Response, where: str) -> Any:
        try:
            answer = response.json()
            return encodable(answer) if _HALF_PAIR.search(response.content) else answer
        except (ValueError, RecursionError) as error:
            kind = response.headers.get("Content-Type", "")
            raise failures.not_json(response.status_code, kind, where) from error

    def _patiently(self, request: Callable[[], R], where: str, policy: RetryPolicy = READ) -> R:
        try:
            answer = self.retries.send(request, policy, operation=_NUMBERS.sub("N", where))
        except RequestError as error:
            self._check_for_loss(error)
            raise
        self._silences = 0
        self._logged.clear()
        return answer

    def _log_wait(self, error: RequestError, wait: float) -> None:
        """Log why it waits, once until something is answered again, so that a slow server does not flood the log."""
        with self._lock:
            news = error.cause not in self._logged
            self._logged.add(error.cause)
        if news:
            log.info("%s; trying again in %.0f s", error.message, wait)

    def _check_for_loss(self, error: RequestError) -> None:
        """End the audit if nothing answers any more, instead of waiting for each of a thousand requests."""
        if not error.silent or error.final:
            return
        with self._lock:
            self._silences += 1
            lost = self._silences >= _SILENCES
        if lost and not self._is_there():
            raise RequestError(Cause.LOST, f"the connection to {self._host} was lost ({error.message})")

    def _is_there(self) -> bool:
        """Return whether the server answers at all, so that only some requests are too much for it."""
        try:
            self._send("get", "/version", "GET /version")
        except RequestError as error:
            if error.silent:
                return False
        with self._lock:
            self._silences = 0
        return True

    def _scrubbed(self, error: RequestError) -> RequestError:
        token = self.token
        if not token or token not in error.message:
            return error
        return RequestError(error.cause, error.message.replace(token, "[token]"), status=error.status, wait=error.wait)


def project_path(project: str | int) -> str:
    """Return the REST path of a project by its full path or number."""
    return f"/projects/{quote(str(project), safe='')}"


def issue_path(ref: Ref) -> str:
    """Return the REST path of an issue."""
    return f"{project_path(ref.project)}/issues/{ref.iid}"

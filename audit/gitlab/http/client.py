"""The connection to a GitLab: every request has a timeout; reads are sent again, writes are sent exactly once."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote, urlsplit

import gitlab
from gitlab.exceptions import GitlabError
from requests import RequestException

from audit.gitlab.http import failures, transport
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import READ, Retries, asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from requests import Response, Session

    from audit.model import Ref
    from audit.settings import Connection

__all__ = ["Client", "issue_path", "project_path", "text_of"]

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger("audit.gitlab")

_AGENT = "incident-review-audit"
_SILENCES = 8
"""So many requests in a row without any answer mean that the server is lost."""


class Client:
    """Speaks REST and GraphQL to one GitLab through python-gitlab, with one session a thread."""

    def __init__(
        self,
        connection: Connection,
        *,
        timeout: float,
        parallel: int,
        sleep: Callable[[float], None] | None = None,
        patience: float = 600,
    ) -> None:
        """``patience`` is the seconds that all requests together may wait in vain."""
        self.url = connection.url.rstrip("/")
        self.web_url = connection.web_url.rstrip("/")
        self.graphql_url = connection.graphql_url
        self.token = connection.token
        self._timeout = timeout
        self._parallel = parallel
        self.sleep = time.sleep if sleep is None else sleep
        """Waits so many seconds."""
        self.retries = Retries(budget=patience, sleep=self.sleep, notice=self._log_wait)
        self._count = transport.Count()
        self._local = threading.local()
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._silences = 0
        self._logged: set[Cause] = set()
        """Why requests are waiting, as far as the log says it."""

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts by which this GitLab is known here, lower case, with the port where there is one."""
        return frozenset(transport.origin(url).partition("://")[2] for url in (self.url, self.web_url))

    @property
    def root(self) -> str:
        """The path below which the instance lives, mostly empty."""
        return urlsplit(self.web_url).path.rstrip("/")

    @property
    def requests(self) -> int:
        """How many requests were sent so far, repeated and redirected ones included."""
        return self._count.sent

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the threads and their connections."""
        if "_pool" in self.__dict__:
            self._pool.shutdown(wait=True, cancel_futures=True)
            del self._pool
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()
            self._local = threading.local()

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Return ``function`` of every item, in their order, several under way at once. Not from within itself."""
        return list(self._pool.map(function, items))

    # GraphQL

    def graphql(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """Send ``queries/<document>.graphql`` and return its ``data``; any error in the answer is raised."""
        body = {"query": text_of(document), "variables": variables}
        return self._patiently(lambda: self._graphql_once(body, f"query {document}"))

    def _graphql_once(self, body: dict[str, Any], where: str) -> dict[str, Any]:
        answer = self._json(self._send("post", self.graphql_url, where, body=body), where)
        if not isinstance(answer, dict):
            raise failures.not_json(200, "a JSON value that is no object", where)
        if answer.get("errors"):
            # Partial data is no answer: what is missing in it would look like an empty list.
            raise self._scrubbed(failures.from_graphql(answer["errors"], where))
        data = answer.get("data")
        if not isinstance(data, dict):
            raise failures.not_json(200, "JSON without data", where)
        return data

    # REST, reading

    def rest_get(self, path: str, /, **params: Any) -> Any:
        """GET a path below ``/api/v4`` and return its JSON."""
        where = f"GET {path}"
        return self._patiently(lambda: self._json(self._send("get", path, where, query=params), where))

    def rest_list(self, path: str, /, **params: Any) -> list[dict[str, Any]]:
        """GET all pages of a list. A page that fails is asked for again; the ones before it are kept."""
        where = f"GET {path}"
        query = {"per_page": 100, **params}
        rows = self._patiently(
            lambda: self._translated(
                where, lambda: self._gitlab.http_list(path, query_data=query, iterator=True, obey_rate_limit=False)
            )
        )
        # python-gitlab's iterator keeps its place when the next page fails, so it can be asked again
        ahead = iter(rows)
        found: list[dict[str, Any]] = []
        while (row := self._patiently(lambda: self._translated(where, lambda: _row(ahead, where)))) is not None:
            found.append(row)
        return found

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

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self._parallel, thread_name_prefix="gitlab")

    @property
    def _gitlab(self) -> gitlab.Gitlab:
        if not hasattr(self._local, "gitlab"):
            adapter = transport.Adapter(self._count, (self.url, self.graphql_url))
            session = transport.session(adapter, self.url)
            with self._lock:
                self._sessions.append(session)
            self._local.adapter = adapter
            self._local.gitlab = gitlab.Gitlab(
                self.url,
                private_token=self.token,
                timeout=self._timeout,
                keep_base_url=True,
                per_page=100,
                retry_transient_errors=False,
                user_agent=_AGENT,
                session=session,
            )
        made: gitlab.Gitlab = self._local.gitlab
        return made

    def _send(
        self,
        verb: str,
        path: str,
        where: str,
        *,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Response:
        return self._translated(
            where,
            lambda: self._gitlab.http_request(
                verb, path, query_data=query, post_data=body, obey_rate_limit=False, retry_transient_errors=False
            ),
        )

    def _json(self, response: Response, where: str) -> Any:
        try:
            return response.json()
        except ValueError as error:
            kind = response.headers.get("Content-Type", "")
            raise failures.not_json(response.status_code, kind, where) from error

    def _patiently(self, request: Callable[[], R]) -> R:
        """Send a reading request until it succeeds or patience ends."""
        try:
            answer = self.retries.send(request, READ)
        except RequestError as error:
            self._check_for_loss(error)
            raise
        self._silences = 0
        self._logged.clear()
        return answer

    def _log_wait(self, error: RequestError, wait: float) -> None:
        """Log why it waits, once until something is answered again: a slow server is no flood of lines."""
        with self._lock:
            news = error.cause not in self._logged
            self._logged.add(error.cause)
        if news:
            log.info("%s; trying again in %.0f s", error.message, wait)

    def _check_for_loss(self, error: RequestError) -> None:
        """End the audit where nothing answers any more, instead of waiting for each of a thousand gaps."""
        if not error.silent:
            return
        with self._lock:
            self._silences += 1
            lost = self._silences >= _SILENCES
        if lost:
            raise RequestError(Cause.LOST, f"the connection to {self._host} was lost ({error.message})")

    def _translated(self, where: str, request: Callable[[], R]) -> R:
        try:
            return request()
        except (GitlabError, RequestException) as error:
            headers = self._local.adapter.headers
            raise self._scrubbed(transport.meaning(error, where, self._host, asked_for(headers))) from None

    def _scrubbed(self, error: RequestError) -> RequestError:
        token = self.token
        if not token or token not in error.message:
            return error
        return RequestError(error.cause, error.message.replace(token, "[token]"), status=error.status, wait=error.wait)


@cache
def text_of(document: str) -> str:
    """Return the text of ``queries/<document>.graphql``."""
    return (files("audit.gitlab.http") / "queries" / f"{document}.graphql").read_text(encoding="utf-8")


def _row(rows: Iterator[Any], where: str) -> dict[str, Any] | None:
    try:
        row = next(rows, None)
    except (KeyError, TypeError):
        row = ""
    if row is not None and not isinstance(row, dict):
        raise failures.not_json(200, "JSON that is no list of objects", where)
    return row


def project_path(project: str | int) -> str:
    """Return the REST path of a project by its full path or number."""
    return f"/projects/{quote(str(project), safe='')}"


def issue_path(ref: Ref) -> str:
    """Return the REST path of an issue."""
    return f"{project_path(ref.project)}/issues/{ref.iid}"

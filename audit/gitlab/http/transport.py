"""One HTTP session as python-gitlab uses it: a deadline for each request, no token for other hosts, failures named."""

from __future__ import annotations

import io
import re
import threading
import time
from http.client import HTTPResponse
from ssl import SSLCertVerificationError
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from gitlab.exceptions import GitlabError, GitlabParsingError, RedirectError
from requests import RequestException, Timeout
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectTimeout, ProxyError, SSLError
from urllib3.exceptions import ReadTimeoutError

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Mapping

    from urllib3 import HTTPConnectionPool, PoolManager, ProxyManager


_OTHER_HOST = frozenset({62, 64})
"""OpenSSL's codes for a certificate that is for another name, or for another address."""
_PROJECT = re.compile(r"/api/v4/projects/\d+(?![^/?]).*")
"""The API address of a project, or of something in it, by the project's number."""


class Count:
    """Number of requests sent, and what the server's clock showed last, over all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent = 0
        self.date = ""
        """The Date of the last answer, as HTTP writes it; empty: none was sent."""

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self.sent += 1


class Deadline:
    """The moment by which the whole answer to a request has to be there, redirects included."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = 0.0

    def start(self) -> None:
        """Start the countdown."""
        self._until = time.monotonic() + self._seconds

    @property
    def left(self) -> float:
        """Seconds left; raises TimeoutError if there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class _Bytes(io.RawIOBase):
    """The bytes of one answer, read by the deadline: a socket's timeout bounds only each read, not a slow trickle."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._deadline.left)
        read: int | None = self._raw.readinto(buffer)
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


def _bound(pools: PoolManager | ProxyManager, deadline: Deadline) -> None:
    """Make all connections of these pools observe the deadline when reading."""

    class Bound(HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            self.fp.close()
            self.fp = io.BufferedReader(_Bytes(sock, deadline))

    def bound(pool: type[HTTPConnectionPool]) -> type[HTTPConnectionPool]:
        connection = type("Connection", (pool.ConnectionCls,), {"response_class": Bound})
        return type(pool.__name__, (pool,), {"ConnectionCls": connection})

    pools.pool_classes_by_scheme = {scheme: bound(pool) for scheme, pool in pools.pool_classes_by_scheme.items()}


class Adapter(HTTPAdapter):
    """Sends requests. Keeps the headers of the last answer (Retry-After), which python-gitlab's errors lack."""

    def __init__(self, count: Count, origins: Iterable[str], deadline: Deadline) -> None:
        self.deadline = deadline
        self._count = count
        self._origins = frozenset(map(origin, origins))
        self.headers: Mapping[str, str] = {}
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        _bound(self.poolmanager, self.deadline)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> ProxyManager:
        """Return the pools of connections through a proxy."""
        known = proxy in self.proxy_manager
        manager: ProxyManager = super().proxy_manager_for(proxy, **kwargs)
        if not known:
            _bound(manager, self.deadline)
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send one request, once."""
        if origin(request.url or "") not in self._origins:
            # requests drops only the Authorization header when a redirect leads to another host
            request.headers.pop("PRIVATE-TOKEN", None)
        self._count.add()
        self.headers = {}
        response = super().send(request, *args, **kwargs)
        self.headers = response.headers
        self._count.date = response.headers.get("Date", "") or self._count.date
        return response


class _Session(requests.Session):
    """Follows the redirect of a moved project on the configured host, whatever host GitLab's answer names.

    If GitLab has another external address, the redirect would lead to a host that is unreachable or gets no token.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where a redirect leads; None if the answer is not a redirect."""
        target: str | None = super().get_redirect_target(resp)
        moved = _PROJECT.search(target or "")
        return f"{self._url}{moved[0]}" if moved and not _PROJECT.search(resp.url) else target


def session(adapter: Adapter, url: str) -> requests.Session:
    """Return a session for the GitLab at ``url`` that sends everything through ``adapter``."""
    made = _Session(url)
    made.mount("http://", adapter)
    made.mount("https://", adapter)
    return made


def origin(url: str) -> str:
    """Return scheme, host and port of a URL, without any user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def meaning(error: Exception, where: str, host: str, wait: float | None) -> RequestError:
    """Return the RequestError for an exception of python-gitlab or requests."""
    match error:
        case GitlabError() if error.response_code is not None:
            return failures.from_status(error.response_code, error.response_body or b"", where, wait)
        case RedirectError():
            kind, text = Cause.REDIRECTED, f"{host} redirects to another address"
        case GitlabParsingError():
            return failures.not_json(200, "no JSON", where)
        case SSLError():
            kind, text = _without_trust(error, host)
        case RecursionError():
            return failures.not_json(200, "JSON that is nested too deeply", where)
        case OSError() if not isinstance(error, RequestException) and "CA certificate" in str(error):
            # requests looks for the file before it connects, and its error has no class of its own
            kind, text = Cause.AUTHORITIES, f"REQUESTS_CA_BUNDLE names no file ({_cause(error)})"
        case ProxyError():
            kind, text = Cause.UNREACHABLE, f"the proxy on the way to {host} gives no connection ({_cause(error)})"
        case ValueError() if not isinstance(error, RequestException):
            kind, text = Cause.REDIRECTED, f"{host} redirects to an address that is none"
        case _ if _is_late(error):
            kind, text = Cause.NO_ANSWER, f"{host} did not answer in time"
        case _:
            kind, text = Cause.UNREACHABLE, f"no connection to {host} ({_cause(error)})"
    return RequestError(kind, f"{where}: {text}")


def _is_late(error: Exception) -> bool:
    """Return whether an answer started too late, or did not end in time."""
    if isinstance(error, Timeout):
        return not isinstance(error, ConnectTimeout)
    return bool(error.args) and isinstance(error.args[0], ReadTimeoutError)


def _without_trust(error: SSLError, host: str) -> tuple[Cause, str]:
    below = _bottom(error)
    if isinstance(below, SSLCertVerificationError):
        why = failures.one_line(below.verify_message, 120)
        if below.verify_code in _OTHER_HOST:
            return Cause.OTHER_HOST, f"the certificate at {host} is of another host ({why})"
        return Cause.CERTIFICATE, f"the certificate of {host} is not trusted ({why})"
    # OpenSSL's own name is the clearest: plain http shows as WRONG_VERSION_NUMBER
    why = str(getattr(below, "reason", None) or _cause(error)).replace("_", " ").lower()
    if why == "no certificate or crl found":
        return Cause.AUTHORITIES, "the file that REQUESTS_CA_BUNDLE names holds no certificate"
    return Cause.UNREACHABLE, f"no secure connection to {host} ({why}): does it speak https?"


def _bottom(error: BaseException) -> BaseException:
    """Return the root cause of a failed connection, below the exceptions that libraries wrap around it."""
    while (below := error.__cause__ or error.__context__) is not None:
        error = below
    return error


def _cause(error: BaseException) -> str:
    error = _bottom(error)
    return failures.one_line(getattr(error, "strerror", None) or str(error) or type(error).__name__, 120)

"""Address and token of GitLab: from the environment only, so that no file ever holds a token."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from urllib.parse import SplitResult

_API = "/api/v4"
_GRAPHQL = "/api/graphql"


@dataclass(frozen=True, kw_only=True)
class Connection:
    """The addresses of GitLab, and the token."""

    url: str
    """The address that ``/api/v4`` is appended to, without a slash at its end."""
    graphql_url: str
    """The full address of GraphQL."""
    web_url: str
    """The address that people and references use; not ``url`` where CI reaches the API by a proxy."""
    token: str = field(repr=False)
    """Never in a repr, so in no traceback that shows values."""

    @classmethod
    def to(cls, url: str, token: str, graphql_url: str | None = None) -> Self:
        """Return the connection to a GitLab that people and programs reach by the same address."""
        return cls(url=url, graphql_url=graphql_url or f"{url}{_GRAPHQL}", web_url=url, token=token)

    @property
    def host(self) -> str:
        """Host, and port if there is one, as they stand in references."""
        return urlsplit(self.web_url).netloc.lower()


@dataclass(frozen=True)
class _Problem:
    what: str
    advice: str


def connection_from(environ: Mapping[str, str]) -> Connection:
    """Read ``GITLAB_TOKEN``, and ``GITLAB_URL`` or the variables of GitLab CI. Raises UsageError with all faults."""
    problems = [problem for problem in (_token_problem(environ), *_url_problems(environ)) if problem]
    if problems:
        advice = dict.fromkeys(problem.advice for problem in problems)
        raise UsageError("; ".join(problem.what for problem in problems), " ".join(advice))
    web_url = _stripped(environ.get("GITLAB_URL") or environ["CI_SERVER_URL"])
    ci = {} if environ.get("GITLAB_URL") else environ
    url = _stripped(ci.get("CI_API_V4_URL") or web_url)
    graphql_url = ci.get("CI_API_GRAPHQL_URL") or f"{url}{_GRAPHQL}"
    return Connection(url=url, graphql_url=graphql_url, web_url=web_url, token=environ["GITLAB_TOKEN"])


def addresses_from(environ: Mapping[str, str], names: Iterable[str]) -> tuple[str, ...]:
    """Read the receivers of the digest from these variables. Raises UsageError with those that hold none."""
    receivers = {name: environ.get(name, "").split() for name in names}
    if empty := [name for name, addresses in receivers.items() if not addresses]:
        raise UsageError(
            f"the digest has no receiver: {' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} not set or empty",
            "Set it to addresses in apprise's form, or take publish.notify out of the settings. In GitLab CI a"
            " protected variable is empty on a branch that is not protected.",
        )
    return tuple(address for addresses in receivers.values() for address in addresses)


def _stripped(url: str) -> str:
    # People copy the address of the API as often as that of the site, and some clients tell HTTPS:// from https://.
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower()).geturl().rstrip("/").removesuffix(_API).rstrip("/")


def _token_problem(environ: Mapping[str, str]) -> _Problem | None:
    token = environ.get("GITLAB_TOKEN")
    if token is None:
        return _Problem(
            "GITLAB_TOKEN is not set",
            "Export a project or group access token as GITLAB_TOKEN; in GitLab CI add it, masked, under "
            "Settings > CI/CD > Variables.",
        )
    if not token.strip():
        return _Problem(
            "GITLAB_TOKEN is empty",
            "In GitLab CI a protected variable is empty on a branch that is not protected: protect the "
            "branch of the schedule, or take the protection off the variable.",
        )
    return _odd_token(token)


def _odd_token(token: str) -> _Problem | None:
    if token.startswith("$"):
        return _Problem(
            "GITLAB_TOKEN holds the name of a variable that has no value",
            "Define that variable, or put the token itself into GITLAB_TOKEN.",
        )
    if not (token.isascii() and token.isprintable()) or " " in token:
        return _Problem(
            "GITLAB_TOKEN holds white space, a line break or another character that no token has",
            "Paste it again without anything around it.",
        )
    if token[0] in "\"'" or token[-1] in "\"'":
        return _Problem(
            "GITLAB_TOKEN holds quotes, which are taken for a part of the token",
            "Remove them: neither GitLab's form for variables nor a file of them needs any.",
        )
    if token.startswith("glcbt-"):
        return _Problem(
            "GITLAB_TOKEN is a CI job token, which GitLab lets neither ask by GraphQL nor write comments",
            "Use a project or group access token.",
        )
    return None


def _url_problems(environ: Mapping[str, str]) -> list[_Problem | None]:
    names = ("GITLAB_URL",) if environ.get("GITLAB_URL") else ("CI_SERVER_URL", "CI_API_V4_URL", "CI_API_GRAPHQL_URL")
    given = [(name, environ[name]) for name in names if environ.get(name)]
    if not environ.get(names[0]):
        return [
            _Problem(
                "GITLAB_URL is not set" if "GITLAB_URL" not in environ else "GITLAB_URL is empty",
                "Export the address of your GitLab, like GITLAB_URL=https://gitlab.example.com.",
            )
        ]
    insecure = environ.get("GITLAB_ALLOW_HTTP") == "1"
    return [_url_problem(name, url, insecure=insecure) for name, url in given]


def _url_problem(name: str, url: str, *, insecure: bool) -> _Problem | None:
    # The address itself is not repeated: it may hold a password.
    example = "Write it like https://gitlab.example.com."
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return _Problem(f"{name} is not an address", example)
    if parts.username is not None or parts.query or parts.fragment:
        return _Problem(f"{name} holds more than an address (a user, a query or an anchor)", example)
    if parts.scheme not in ("https", "http") or not host or any(c.isspace() for c in url):
        return _Problem(f"{name} is not an address that begins with https://", example)
    if name == "CI_API_V4_URL" and not parts.path.rstrip("/").endswith(_API):
        return _Problem(f"{name} does not end in {_API}", "Set GITLAB_URL to the address of your GitLab.")
    return None if insecure else _plain_http(name, parts)


def _plain_http(name: str, parts: SplitResult) -> _Problem | None:
    if parts.scheme == "https" or _is_loopback(parts.hostname or ""):
        return None
    return _Problem(
        f"{name} is plain http, which would send the token in the clear",
        "Use https, or set GITLAB_ALLOW_HTTP=1 if that network is yours.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")

"""What comes in and goes out over HTTP, free of sockets."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = "application/json"
TEXT = "text/plain"
_OPERATION = re.compile(r"\b(?:query|mutation)\s+(\w+)")
_TRUE, _FALSE = frozenset({"true", "1", "t", "yes", "on"}), frozenset({"false", "0", "f", "no", "off"})


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request, its target as it came: a project's path still has its %2F. Header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @functools.cached_property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    @functools.cached_property
    def query(self) -> dict[str, Any]:
        """The query's parameters; `name[]` is a list."""
        return _fold(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @functools.cached_property
    def data(self) -> Any:
        """The body's JSON or form; None when there is none that can be read."""
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return _fold(parse_qsl(self.body.decode(), keep_blank_values=True))
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None

    @functools.cached_property
    def params(self) -> dict[str, Any]:
        """Query and body together, as the API reads them."""
        return {**self.query, **(self.data if isinstance(self.data, dict) else {})}

    @functools.cached_property
    def operation(self) -> str | None:
        """The name of the GraphQL operation, if this is one and it has a name."""
        if not self.path.endswith("/api/graphql") or not isinstance(self.data, dict):
            return None
        name = _OPERATION.search(str(self.data.get("query", "")))
        return self.data.get("operationName") or (name.group(1) if name else None)

    @property
    def token(self) -> str | None:
        """The token that it carries, by either header."""
        bearer = self.headers.get("authorization", "")
        return self.headers.get("private-token") or (bearer[7:] if bearer.startswith("Bearer ") else None)


def _fold(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    folded: dict[str, Any] = {}
    for name, value in pairs:
        if name.endswith("[]"):
            folded.setdefault(name[:-2], []).append(value)
        else:
            folded[name] = value
    return folded


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """Answer with JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Reply(status=status, body=text.encode(), headers=headers or {})


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of the program
    """Ends the handling of a request with this answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def refuse(status: int, message: Any) -> Refusal:
    """Refuse with the envelope `{"message": ...}`."""
    return Refusal(json_reply({"message": message}, status))


def refuse_error(status: int, error: str, description: str | None = None) -> Refusal:
    """Refuse with the envelope `{"error": ...}`, that of parameters, routes and tokens."""
    body = {"error": error} | ({"error_description": description} if description else {})
    return Refusal(json_reply(body, status))


def as_bool(name: str, value: Any) -> bool:
    """Read a flag parameter."""
    text = str(value).lower()
    if text not in _TRUE | _FALSE:
        raise refuse_error(400, f"{name} is invalid")
    return text in _TRUE


def as_int(name: str, value: Any) -> int:
    """Read a whole number parameter."""
    try:
        return int(value)
    except (TypeError, ValueError):
        raise refuse_error(400, f"{name} is invalid") from None


def as_list(value: Any) -> list[Any]:
    """Read a parameter that is a list, or words between commas."""
    if isinstance(value, list):
        return value
    return [part.strip() for part in str(value).split(",") if part.strip()]


def one_of(name: str, value: Any, allowed: frozenset[str]) -> str:
    """Read a parameter that has a fixed set of values."""
    if str(value) not in allowed:
        raise refuse_error(400, f"{name} does not have a valid value")
    return str(value)

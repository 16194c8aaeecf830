"""Reads the pages of a list of REST, and anew where rows may have slipped through between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from audit.gitlab.http.failures import Cause, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import Response

_TIMES: Final = 5
"""A list that becomes shorter so often while it is read is given up."""


class RestPage(NamedTuple):
    """One page of a list."""

    rows: list[Any]
    onward: str
    """The query of the next one, or its number; empty: it is the last."""
    total: int | None
    """How many rows the whole list has by now; None where GitLab does not count, as it does up to 10,000."""


def every_row(page: Callable[[str, dict[str, Any]], RestPage], path: str, query: dict[str, Any]) -> list[Any]:
    """Return the rows of all pages; ``page`` reads one, at a path and with a query.

    Pages are cut by number: where a row of an earlier page is deleted, the first one of the next page moves up to where
    nobody looks any more. Raises RequestError if the pages do not go on, or the list becomes shorter time and again.
    """
    for _ in range(_TIMES):
        rows = _read(page, path, query)
        if rows is not None:
            return rows
    raise RequestError(Cause.SERVER, f"GET {path}: the list became shorter each time that it was read")


def _read(page: Callable[[str, dict[str, Any]], RestPage], path: str, first: dict[str, Any]) -> list[Any] | None:
    """Return the rows; None if the list became shorter meanwhile."""
    target, query = path, first
    rows: list[Any] = []
    visited: set[str] = set()
    most = 0
    while target not in visited:
        visited.add(target)
        read = page(target, query)
        rows += read.rows
        if read.total is not None and read.total < most:
            return None
        most = read.total or 0
        if not read.onward:
            return rows
        further = read.onward if "=" in read.onward else urlencode({**first, "page": read.onward})
        target, query = f"{path}?{further}", {}
    raise RequestError(Cause.SERVER, f"GET {path}: the server's pages do not go on")


def onward(response: Response) -> str:
    """Return the query of the next page's address, or its number where a proxy has taken off the addresses.

    The rest of the address does not count: the server may use another host name than the settings.
    """
    link = response.links.get("next", {}).get("url", "")
    return urlsplit(link).query or response.headers.get("X-Next-Page", "").strip()


def total(response: Response) -> int | None:
    """Return how many rows the list has, where the server says so."""
    text = response.headers.get("X-Total", "").strip()
    return int(text) if text.isascii() and text.isdecimal() else None

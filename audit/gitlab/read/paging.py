"""Reads the pages of a GraphQL list: smaller ones when the server times out, and none is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import read_part, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydantic import BaseModel

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.graphql_nodes import Page

T = TypeVar("T")
M = TypeVar("M", bound="BaseModel")

_GOOD_PAGES = 4
"""Successful pages in a row after which the page size grows again, so that one heavy issue does not slow the rest."""


def pages(  # noqa: PLR0913 - a list has a document, a place in the answer and a start
    client: Client,
    document: str,
    variables: dict[str, Any],
    shape: type[Page[T]],
    *,
    at: tuple[str, ...],
    size: int = 100,
    after: str | None = None,
    over: Callable[[str | None, RequestError], str] | None = None,
) -> Iterator[list[T]]:
    """Yield page after page. Raises RequestError if a page fails even at size 1; earlier pages were yielded.

    ``over`` steps over a single row that fails: it returns where the next one begins, or raises. Two rows that fail one
    after the other are more than that.
    """
    first, good, policy = size, 0, read_rows(size)
    stepped = False
    begun = {after}
    while True:
        try:
            page = client.query(
                document, lambda data: within(data, at, document, shape), policy, **variables, first=first, after=after
            )
        except RequestError as error:
            if not error.eased_by_less or (first == 1 and (over is None or stepped)):
                raise
            if first == 1 and over is not None:
                after, stepped = next_page(begun, over(after, error), document), True
            first, good = _smaller(first, error), 0
            policy = read_part(first)
            continue
        stepped = False
        yield page.nodes
        if not page.page_info.has_next_page:
            return
        after = next_page(begun, page.page_info.end_cursor, document)
        good += 1
        if good % _GOOD_PAGES == 0:
            first = min(size, first * 2)
        policy = read_rows(first)


def _smaller(size: int, error: RequestError) -> int:
    # A silent or broken server costs a timeout each time, so the size shrinks in fewer steps than for "too heavy".
    return max(1, size // 2 if error.cause is Cause.TOO_HEAVY else size // 10)


def within(data: Any, at: tuple[str, ...], document: str, shape: type[M]) -> M:
    """Return the list at a place of an answer.

    Raises RequestError (not found) if something on the way is null, and ValueError if it has another form.
    """
    for name in at:
        if not isinstance(data, dict) or name not in data:
            raise ValueError(f"there is no {name}")
        data = data[name]
        if data is None:
            raise RequestError(
                Cause.NOT_FOUND, f"query {document}: no {name}: it does not exist, or the token may not see it"
            )
    return shape.model_validate(data)


def next_page(begun: set[str | None], cursor: str | None, document: str) -> str:
    """Return where the next page begins, and add it to where pages began. Raises RequestError if one began there."""
    if cursor is None or cursor in begun:
        raise RequestError(Cause.SERVER, f"query {document}: the server's pages do not go on")
    begun.add(cursor)
    return cursor

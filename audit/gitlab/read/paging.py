"""Pages of a GraphQL list: smaller when the server times out, and never one that is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.nodes import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.gitlab.http.client import Client

_GOOD_PAGES = 4
"""After so many in a row the page grows again: one heavy issue must not slow down the rest."""

_INNER = {
    "labels": ("labels", "issue_labels"),
    "assignees": ("users", "issue_assignees"),
    "linkedWorkItems": ("links", "issue_links"),
}
"""The lists within an issue: how a gap calls them, and the document that reads what follows their first page."""


def pages(  # noqa: PLR0913 - a list is named by its document, its place in the answer and where to begin
    client: Client,
    document: str,
    variables: dict[str, Any],
    *,
    at: tuple[str, ...],
    size: int = 100,
    after: str | None = None,
) -> Iterator[list[dict[str, Any]]]:
    """Yield page after page; a page that fails at size 1 too raises, with the ones before it already yielded."""
    first, good = size, 0
    while True:
        try:
            answer = client.graphql(document, **variables, first=first, after=after)
        except RequestError as error:
            if not error.eased_by_less or first == 1:
                raise
            first, good = _smaller(first, error), 0
            continue
        connection = _connection(answer, at, document)
        yield listed(connection)
        if not connection["pageInfo"]["hasNextPage"]:
            return
        after = _next(after, connection["pageInfo"]["endCursor"], document)
        good += 1
        if good % _GOOD_PAGES == 0:
            first = min(size, first * 2)


def _smaller(size: int, error: RequestError) -> int:
    # A server that is silent or broken costs a timeout each time, so fewer steps are taken than for "too heavy".
    return max(1, size // 2 if error.cause is Cause.TOO_HEAVY else size // 10)


def _connection(answer: dict[str, Any], at: tuple[str, ...], document: str) -> dict[str, Any]:
    found: Any = answer
    for name in at:
        found = found.get(name)
        if found is None:
            raise RequestError(
                Cause.NOT_FOUND, f"query {document}: no {name}: it does not exist, or the token may not see it"
            )
    return dict(found)


def _next(before: str | None, cursor: str | None, document: str) -> str:
    if cursor is None or cursor == before:
        raise RequestError(Cause.SERVER, f"query {document}: the server's pages do not go on")
    return cursor


def complete(client: Client, path: str, node: dict[str, Any]) -> list[tuple[str, RequestError]]:
    """Read what follows the first page of an issue's inner lists, in place; one that cannot be read is marked ``cut``.

    Returns what could not be read, in the words of a gap, and why.
    """
    failed: list[tuple[str, RequestError]] = []
    for name, (what, document) in _INNER.items():
        connection = node.get(name)
        if not connection or not connection["pageInfo"]["hasNextPage"]:
            continue
        try:
            rest = pages(
                client,
                document,
                {"path": path, "iid": node["iid"]},
                at=("project", "issue", name),
                after=connection["pageInfo"]["endCursor"],
            )
            for more in rest:
                connection["nodes"].extend(more)
        except RequestError as error:
            connection["cut"] = True
            failed.append((what, error))
    return failed

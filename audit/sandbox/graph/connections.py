"""Pages of lists: cursors, and the connection shape that every list has."""

from __future__ import annotations

import base64
import bisect
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Key = Callable[[Any], tuple[Any, ...]]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class PageInfo:
    """Where a page begins and ends, and whether there is more."""

    start_cursor: str | None
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool


@dataclass(frozen=True, kw_only=True)
class ListPage(Generic[T]):
    """One page of a list."""

    nodes: list[T]
    cursors: list[str]
    total: int
    page_info: PageInfo

    @property
    def edges(self) -> list[dict[str, Any]]:
        """The rows, each with its cursor."""
        return [{"cursor": c, "node": n} for c, n in zip(self.cursors, self.nodes, strict=True)]


def encode(position: Any) -> str:
    """Make an opaque cursor."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def decode(cursor: str) -> Any:
    """Read a cursor back; one that is not ours is refused."""
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise GraphQLError("Invalid cursor value provided") from None


def connect(rows: Sequence[T], args: dict[str, Any], page: int) -> ListPage[T]:
    """Cut a page by position: for short lists that stand still while they are read."""
    start = 0 if args.get("after") is None else int(decode(args["after"])) + 1
    stop = len(rows) if args.get("before") is None else int(decode(args["before"]))
    return _cut(rows, range(start, stop), args, page, lambda index, _row: encode(index))


def connect_by_key(rows: list[T], args: dict[str, Any], page: int, key: Key, *, descending: bool) -> ListPage[T]:
    """Cut a page by the rows' own keys, so that a row which changes between two pages moves on and none is skipped.

    The cursor holds the last row's key: what sorts behind it is the next page, wherever that row is by then.
    """
    rows = sorted(rows, key=key, reverse=descending)
    start, stop = 0, len(rows)
    if args.get("after") is not None:
        start = _position(rows, key, decode(args["after"]), descending=descending, behind=True)
    if args.get("before") is not None:
        stop = _position(rows, key, decode(args["before"]), descending=descending, behind=False)
    return _cut(rows, range(start, stop), args, page, lambda _index, row: encode(_plain(key(row))))


def _position(rows: list[Any], key: Key, at: Any, *, descending: bool, behind: bool) -> int:
    """Find where a key would stand; both sides are compared as the text that a cursor keeps."""
    mark = _Ordered(tuple(at), descending=descending)
    search = bisect.bisect_right if behind else bisect.bisect_left
    return search(rows, mark, key=lambda row: _Ordered(_plain(key(row)), descending=descending))


def _plain(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part if isinstance(part, int | str) else part.isoformat() for part in key)


class _Ordered:
    def __init__(self, key: tuple[Any, ...], *, descending: bool) -> None:
        self.key, self.descending = key, descending

    def __lt__(self, other: _Ordered) -> bool:
        return other.key < self.key if self.descending else self.key < other.key


def _cut(
    rows: Sequence[T], window: range, args: dict[str, Any], page: int, cursor: Callable[[int, T], str]
) -> ListPage[T]:
    first, last = args.get("first"), args.get("last")
    if (first is not None and first < 0) or (last is not None and last < 0):
        raise GraphQLError("`first` and `last` must not be negative")
    if first is None and last is not None:
        begin, end = max(window.start, window.stop - min(last, page)), window.stop
    else:
        begin = window.start
        end = min(window.stop, begin + min(page if first is None else first, page))
    nodes = list(rows[begin:end])
    cursors = [cursor(index, row) for index, row in enumerate(nodes, begin)]
    info = PageInfo(
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
        has_next_page=end < len(rows),
        has_previous_page=begin > 0,
    )
    return ListPage(nodes=nodes, cursors=cursors, total=len(rows), page_info=info)

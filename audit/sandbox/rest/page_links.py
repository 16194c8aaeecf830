"""Pages of REST lists, by number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from audit.sandbox.rest.shapes import etag
from audit.sandbox.wire import Reply, as_int, json_reply, refuse, refuse_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.sandbox.instance import Call

T = TypeVar("T")
_DEFAULT = 20


def paged(
    call: Call,
    rows: Sequence[T],
    shape: Callable[[T], Any],
    *,
    kept: Callable[[T], bool] = lambda _row: True,
) -> Reply:
    """Answer one page by number; `kept` removes rows after the page was cut, so that it may come out short."""
    page, size = _page(call), _size(call)
    if (page - 1) * size > call.site.limits.offset_rows:
        raise refuse(405, _too_deep(call))
    cut = rows[(page - 1) * size : page * size]
    last = max(1, -(-len(rows) // size))
    headers = _numbers(call, page, size, last, len(rows))
    body = json_reply([shape(row) for row in cut if kept(row)])
    return _tagged(call, body, headers)


def _tagged(call: Call, reply: Reply, headers: dict[str, str]) -> Reply:
    tag = etag(reply.body)
    headers["ETag"] = tag
    if call.request.headers.get("if-none-match") == tag:
        return Reply(status=304, headers=headers)
    return Reply(body=reply.body, headers=headers)


def _too_deep(call: Call) -> str:
    return (
        f"Offset pagination has a maximum allowed offset of {call.site.limits.offset_rows} for requests that return"
        " objects of this type. Remaining records can be retrieved using keyset pagination."
    )


def _page(call: Call) -> int:
    page = as_int("page", call.request.params.get("page") or 1)
    if page < 1:
        raise refuse_error(400, "page does not have a valid value")
    return page


def _size(call: Call) -> int:
    size = as_int("per_page", call.request.params.get("per_page") or _DEFAULT)
    if size < 1:
        raise refuse_error(400, "per_page does not have a valid value")
    return min(size, call.site.limits.page)


def _numbers(call: Call, page: int, size: int, last: int, total: int) -> dict[str, str]:
    counted = total <= call.site.limits.counted_rows
    pages = {"prev": page - 1 if page > 1 else None, "next": page + 1 if page < last else None, "first": 1}
    if counted:
        pages["last"] = last
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Prev-Page": str(pages["prev"] or ""),
        "X-Next-Page": str(pages["next"] or ""),
        "Link": ", ".join(
            f'<{_address(call, page=number, per_page=size)}>; rel="{name}"'
            for name, number in pages.items()
            if number is not None
        ),
    }
    return headers | ({"X-Total": str(total), "X-Total-Pages": str(last)} if counted else {})


def _address(call: Call, **change: Any) -> str:
    given = parse_qsl(urlsplit(call.request.target).query, keep_blank_values=True)
    query = [(name, value) for name, value in given if name not in change]
    query += [(name, str(value)) for name, value in change.items()]
    return f"{call.site.url}{call.request.path}?{urlencode(query)}"

"""Small things that many resolvers share: the context of a query, ids, times, and pages."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from audit.sandbox.graph.connections import ListPage, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from audit.sandbox.access import Viewer
    from audit.sandbox.complexity import Weight
    from audit.sandbox.instance import Call, Site

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a resolver finds in `info.context`."""

    call: Call
    weight: Weight
    limit: int

    @property
    def site(self) -> Site:
        """The instance."""
        return self.call.site

    @property
    def viewer(self) -> Viewer:
        """Who asks."""
        return self.call.viewer


def snake(name: str) -> str:
    """Spell a field's name as an attribute's."""
    return _CAMEL.sub("_", name).lower()


def attribute(name: str) -> Callable[..., Any]:
    """Make the resolver that reads an attribute."""
    get = attrgetter(name)
    return lambda thing, _info, **_args: get(thing)


def constant(value: Any) -> Callable[..., Any]:
    """Make the resolver of a field that is the same for all."""
    return lambda _thing, _info, **_args: value


def gid(kind: str) -> Callable[..., Any]:
    """Make the resolver of a global id."""
    return lambda thing, _info: f"gid://gitlab/{kind}/{thing.id}"


def of_issue(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Lend a resolver of issues to a thing that has an issue, such as a widget."""
    return lambda thing, info, **args: resolver(thing.issue, info, **args)


def page(rows: Sequence[Any], info: Any, args: dict[str, Any]) -> ListPage[Any]:
    """Cut a page of a short list."""
    return connect(rows, args, info.context.site.limits.page)


def number(global_id: Any, *kinds: str) -> int:
    """Read the number of a global id, and refuse one of another kind."""
    match = re.fullmatch(r"gid://gitlab/(\w+)/(\d+)", str(global_id))
    if match is None or match.group(1) not in kinds:
        raise GraphQLError(f'"{global_id}" does not represent an instance of {" or ".join(kinds)}')
    return int(match.group(2))


def instant(value: Any) -> dt.datetime | None:
    """Read a time argument; without a zone it is taken for UTC."""
    if value is None:
        return None
    try:
        at = dt.datetime.fromisoformat(str(value))
    except ValueError:
        raise GraphQLError(f"no time information in {str(value)!r}") from None
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def writes_time(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a resolver so that its time, or its day, comes out as text."""

    def resolve(thing: Any, info: Any, **args: Any) -> str | None:
        at = resolver(thing, info, **args)
        if isinstance(at, dt.datetime):
            return str(info.context.site.second(at))
        return None if at is None else str(at)

    return resolve

"""Asks how many issues lists hold, many lists and days in one request, and for the names of those in short lists."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from audit.gitlab.http import failures
from audit.gitlab.http.failures import RequestError
from audit.gitlab.http.retry import read_part
from audit.gitlab.read import issue_names
from audit.gitlab.read.graphql_nodes import CountedIssues

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.issue_lists import IssueQuery
    from audit.model import Ref

SHORT: Final = 100
"""A list of so many issues is short: its members are named."""
_MOST_WEIGHT = 230
"""Of one request; GitLab's limit is 250."""
_MOST_CHARS = 9_000
"""Of one request's text; GitLab's limit is 10,000."""
_TYPES = {
    "types": "[IssueType!]",
    "or": "UnionedIssueFilterInput",
    "not": "NegatedIssueFilterInput",
    "search": "String",
    "in": "[IssuableSearchableField!]",
}
_DAYS = ("createdAfter", "createdBefore", "updatedAfter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How many issues of a list there are, and which, if it is short and they are asked for."""

    query: IssueQuery
    members: bool = False

    @property
    def weight(self) -> int:
        """The complexity of this part of the request (GITLAB.md, section 3)."""
        base = 2 + (5 if self.members else 1) + (5 if self.query.filters.get("search") else 0)
        return 2 * base if self.members else base

    @property
    def place(self) -> str:
        """Place and filters of the list but for its days."""
        filters = {name: value for name, value in self.query.filters.items() if name in _TYPES}
        return json.dumps([self.query.path, self.query.group, filters], sort_keys=True)


class Member(NamedTuple):
    """An issue in a list."""

    id: int
    ref: Ref
    created_at: datetime


class Answer(NamedTuple):
    """How many issues there are; the oldest hundred of them, if they were asked for."""

    total: int
    members: tuple[Member, ...] = ()


def counting(client: Client, asks: Sequence[Ask]) -> Callable[[], list[Answer | None]]:
    """Begin to ask, and return what waits for the answers.

    These are in order; None where GitLab does not answer, or does not know the place.
    """
    work = [client.start(partial(_answered, client, batch)) for batch in _batches(asks)]
    return lambda: [answer for batch in work for answer in batch.result()]


def _batches(asks: Iterable[Ask]) -> list[list[Ask]]:
    batches: list[list[Ask]] = []
    places: set[str] = set()
    weight = chars = 0
    for ask in asks:
        heavy, long = ask.weight, len(_field(ask, 0, "0"))
        if ask.place not in places:
            heavy, long = heavy + 1, long + len(_opening(ask, "0")) + len(_declared(ask, "0"))
        if not batches or weight + heavy > _MOST_WEIGHT or chars + long > _MOST_CHARS:
            batches.append([])
            places, weight, chars = set(), 0, 0
            heavy, long = ask.weight + 1, len(_field(ask, 0, "0")) + len(_opening(ask, "0")) + len(_declared(ask, "0"))
        batches[-1].append(ask)
        places.add(ask.place)
        weight, chars = weight + heavy, chars + long
    return batches


def _answered(client: Client, asks: list[Ask]) -> list[Answer | None]:
    text, variables = document(asks)

    def parse(data: Any) -> list[Answer | None]:
        keys = _keys(asks)
        return [_answer(data, keys[ask.place], place, client.root) for place, ask in enumerate(asks)]

    try:
        return client.query_text(text, "query counts", parse, read_part(len(asks)), **variables)
    except RequestError as error:
        failures.check(error)
        return [None] * len(asks)


def _answer(data: dict[str, Any], key: str, place: int, root: str) -> Answer | None:
    here = data.get(f"q{key}")
    if here is None:
        return None
    if not isinstance(here, dict) or here.get(f"a{place}") is None:
        raise ValueError("there is no list of issues")
    found = CountedIssues.model_validate(here[f"a{place}"])
    rows = found.nodes or ()
    names = [(node, issue_names.from_api(node.reference, None, root=root)) for node in rows]
    members = tuple(Member(node.id, ref, node.created_at) for node, ref in names if ref)
    return Answer(found.count, members) if len(members) == len(rows) else None


def _keys(asks: Iterable[Ask]) -> dict[str, str]:
    return {place: str(number) for number, place in enumerate(dict.fromkeys(ask.place for ask in asks))}


def document(asks: Sequence[Ask]) -> tuple[str, dict[str, Any]]:
    """Return the text of a query for these questions, and its variables."""
    keys = _keys(asks)
    first = {keys[ask.place]: ask for ask in reversed(asks)}
    declared = "".join(_declared(ask, key) for key, ask in sorted(first.items()))
    variables: dict[str, Any] = {}
    for key, ask in first.items():
        variables[f"path{key}"] = ask.query.path
        variables |= {f"{name}{key}": value for name, value in ask.query.filters.items() if name in _TYPES}
    parts = [
        _opening(ask, key)
        + "".join(_field(other, place, key) for place, other in enumerate(asks) if keys[other.place] == key)
        + "}\n"
        for key, ask in sorted(first.items())
    ]
    return f"query Counts({declared.strip()}) {{\n{''.join(parts)}}}\n", variables


def _declared(ask: Ask, key: str) -> str:
    filters = (f"${name}{key}: {_TYPES[name]} " for name in ask.query.filters if _is_meant(name, ask))
    return f"$path{key}: ID! {''.join(filters)}"


def _is_meant(name: str, ask: Ask) -> bool:
    """Return whether a filter goes into the query; those of a group have no ``in`` in all releases."""
    return name in _TYPES and not (ask.query.group and name == "in")


def _opening(ask: Ask, key: str) -> str:
    return f"q{key}: {'group' if ask.query.group else 'project'}(fullPath: $path{key}) {{\n"


def _field(ask: Ask, place: int, key: str) -> str:
    query = ask.query
    given = [f"{name}: ${name}{key}" for name in query.filters if _is_meant(name, ask)]
    given += [f"{name}: {json.dumps(query.filters[name])}" for name in _DAYS if query.filters.get(name)]
    given += ["includeSubgroups: true includeArchived: true"] if query.group else []
    wanted = "{ count }"
    if ask.members:
        given += ["sort: CREATED_ASC"]
        wanted = "{ count nodes { id reference(full: true) createdAt } }"
    return f"a{place}: issues({' '.join([*given, f'state: all first: {SHORT if ask.members else 1}'])}) {wanted}\n"

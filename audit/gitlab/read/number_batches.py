"""Reads issues by their numbers, of up to three projects with one request."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from audit.gitlab.http import failures
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import read_part, read_rows
from audit.gitlab.read.graphql_nodes import Nodes
from audit.gitlab.read.paging import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.gitlab.http.client import Client
    from audit.gitlab.http.retry import RetryPolicy
    from audit.model import Ref

_PLACES: Final = ("project", "project1", "project2")
"""Where the answer has the projects' issues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedRows:
    """The rows of the issues that were asked for, as GitLab gives them, and why others are missing."""

    rows: Mapping[str, list[Any]] = field(default_factory=dict)
    """Project -> rows; one that does not exist, or may not be seen, is missing."""
    failed: Mapping[Ref, RequestError] = field(default_factory=dict)
    absent: Mapping[str, RequestError] = field(default_factory=dict)
    """Projects that GitLab does not show."""
    unlinked: bool = False
    """The server lacks a field within the links, so that the rows have none."""


def batches(refs: Iterable[Ref], most: int) -> list[list[Ref]]:
    """Return the issues in as few requests as possible: up to ``most`` in each, of up to three projects."""
    by_project: defaultdict[str, list[Ref]] = defaultdict(list)
    for ref in sorted(set(refs)):
        by_project[ref.project].append(ref)
    made: list[list[Ref]] = []
    rest: list[list[Ref]] = []
    for those in by_project.values():
        full = len(those) - len(those) % most
        made += [those[at : at + most] for at in range(0, full, most)]
        rest += [those[full:]] if those[full:] else []
    together: list[list[list[Ref]]] = []
    for those in sorted(rest, key=lambda part: (-len(part), part)):
        roomy = next((parts for parts in together if _has_room(parts, those, most)), None)
        if roomy is None:
            together.append([those])
        else:
            roomy.append(those)
    return [*made, *([ref for part in parts for ref in part] for parts in together)]


def _has_room(parts: list[list[Ref]], further: list[Ref], most: int) -> bool:
    return len(parts) < len(_PLACES) and sum(map(len, parts)) + len(further) <= most


def read_batch(client: Client, refs: Sequence[Ref], *, links: bool) -> NumberedRows:
    """Read one batch: smaller ones where the server takes too long, and project by project where one is missing."""
    return _read(client, refs, read_rows(len(refs)), links=links)


def _read(client: Client, refs: Sequence[Ref], policy: RetryPolicy, *, links: bool) -> NumberedRows:
    document = "issues_by_number" if links else "issues_by_number_without_links"
    by_project: defaultdict[str, list[str]] = defaultdict(list)
    for ref in refs:
        by_project[ref.project].append(str(ref.iid))
    variables: dict[str, Any] = {}
    for number, (path, iids) in enumerate(by_project.items()):
        place = str(number or "")
        variables |= {f"path{place}": path, f"iids{place}": iids} | ({f"more{place}": True} if number else {})

    def parse(data: Any) -> NumberedRows:
        rows: dict[str, list[Any]] = {}
        absent: dict[str, RequestError] = {}
        for place, path in zip(_PLACES, by_project, strict=False):
            try:
                rows[path] = within(data, (place, "issues"), document, Nodes[Any]).nodes
            except RequestError as error:
                absent[path] = error
        return NumberedRows(rows=rows, absent=absent, unlinked=not links)

    try:
        return client.query(document, parse, policy, **variables)
    except RequestError as error:
        failures.check(error)
        if error.cause is Cause.UNSUPPORTED and links:
            return _read(client, refs, policy, links=False)
        if len(refs) > 1 and error.eased_by_less:
            # a silent or broken server costs a timeout each time, so that the parts are smaller at once
            size = -(-len(refs) // (2 if error.cause is Cause.TOO_HEAVY else 10))
            parts = [refs[at : at + size] for at in range(0, len(refs), size)]
            return _joined(_read(client, part, read_part(len(part)), links=links) for part in parts)
        return NumberedRows(failed=dict.fromkeys(refs, error))


def _joined(parts: Iterable[NumberedRows]) -> NumberedRows:
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    failed: dict[Ref, RequestError] = {}
    absent: dict[str, RequestError] = {}
    unlinked = False
    for part in parts:
        for path, those in part.rows.items():
            rows[path] += those
        failed |= part.failed
        absent |= part.absent
        unlinked |= part.unlinked
    return NumberedRows(rows=rows, failed=failed, absent=absent, unlinked=unlinked)

"""Reads issue links one issue at a time, for servers before 17.8, which leave out links the token cannot read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import RequestError
from audit.gitlab.read import issue_names
from audit.gitlab.read.rest_rows import LinkRow
from audit.model import Link, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

_API_URL = re.compile(r"/projects/(\d+)/issues/(\d+)$")


def with_links(
    client: Client, issues: Sequence[Issue], projects: Mapping[int, str], known: Mapping[int, Ref], tally: Tally
) -> tuple[list[Issue], list[Gap]]:
    """Return the issues with their links, and a gap for each whose links cannot be read.

    Where a target leads that was moved, or closed as a duplicate, REST tells by numbers only: ``projects`` are paths by
    number, ``known`` issues by their global id.
    """
    tally.expect(len(issues))
    numbers = _Numbers(projects=projects, issues={**known, **{issue.id: issue.ref for issue in issues}})

    def read(issue: Issue) -> tuple[Issue, Gap | None]:
        linked = _with_links(client, issue, numbers)
        tally.add(1)
        return linked

    pairs = client.map(read, issues)
    return [issue for issue, _ in pairs], [gap for _, gap in pairs if gap]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Numbers:
    """Resolves the ids in REST rows."""

    projects: Mapping[int, str]
    issues: Mapping[int, Ref]


def _with_links(client: Client, issue: Issue, numbers: _Numbers) -> tuple[Issue, Gap | None]:
    try:
        rows = client.get_list(f"{issue_path(issue.ref)}/links", LinkRow)
    except RequestError as error:
        return replace(issue, links_read=False), failures.gap(error, issue.ref, "links")
    links = tuple(_link(row, client.root, numbers) for row in rows)
    return replace(issue, links=links, links_read=True), None


def _link(row: LinkRow, root: str, numbers: _Numbers) -> Link:
    full = row.references.full if row.references else None
    target = issue_names.from_api(full, row.web_url, root=root)
    if target is None:
        return Link(target=None, at=row.link_created_at)  # the other end is an issue, whatever its name means
    return Link(target=target, points_to=_onward(row, numbers), at=row.link_created_at)


def _onward(row: LinkRow, numbers: _Numbers) -> Ref | None:
    """Return where a moved or duplicate target leads, if that was read."""
    if row.moved_to_id is not None:
        return numbers.issues.get(row.moved_to_id)
    same = _API_URL.search(row.links.closed_as_duplicate_of or "") if row.links else None
    path = numbers.projects.get(int(same[1])) if same else None
    return Ref(path, int(same[2])) if same and path else None

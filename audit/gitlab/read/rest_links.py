"""Issue links one issue at a time, for servers before 17.8. What the token cannot read, they leave out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audit.gitlab.http import failures
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import RequestError
from audit.gitlab.read import issue_names as references
from audit.gitlab.read.nodes import moment
from audit.model import Link, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

_API_URL = re.compile(r"/projects/(\d+)/issues/(\d+)$")


def with_links(
    client: Client, issues: Sequence[Issue], projects: Mapping[int, str], tally: Tally
) -> tuple[list[Issue], list[Gap]]:
    """Return the issues with their links. ``projects`` are paths by number, to tell where duplicates lead."""
    tally.expect(len(issues))
    refs = {issue.id: issue.ref for issue in issues}

    def read(issue: Issue) -> tuple[Issue, Gap | None]:
        done = _one(client, issue, refs, projects)
        tally.add(1)
        return done

    done = client.map(read, issues)
    return [issue for issue, _ in done], [gap for _, gap in done if gap]


def _one(
    client: Client, issue: Issue, refs: Mapping[int, Ref], projects: Mapping[int, str]
) -> tuple[Issue, Gap | None]:
    try:
        rows = client.rest_list(f"{issue_path(issue.ref)}/links")
    except RequestError as error:
        return replace(issue, links_read=False), failures.gap(error, issue.ref, "links")
    links = tuple(_link(row, client.root, refs, projects) for row in rows)
    return replace(issue, links=tuple(link for link in links if link), links_read=True), None


def _link(row: dict[str, Any], root: str, refs: Mapping[int, Ref], projects: Mapping[int, str]) -> Link | None:
    full = (row.get("references") or {}).get("full")
    target = references.from_api(full, row["web_url"], root=root)
    at = row.get("link_created_at")
    if target is None:
        return None
    return Link(target=target, points_to=_onward(row, refs, projects), at=moment(at) if at else None)


def _onward(row: dict[str, Any], refs: Mapping[int, Ref], projects: Mapping[int, str]) -> Ref | None:
    """Return where a moved or duplicate target leads, as far as it was read: REST tells numbers only."""
    if row.get("moved_to_id") is not None:
        return refs.get(row["moved_to_id"])
    same = _API_URL.search((row.get("_links") or {}).get("closed_as_duplicate_of") or "")
    path = projects.get(int(same[1])) if same else None
    return Ref(path, int(same[2])) if same and path else None

"""Reads comments: of many issues at once, and of one issue right before something is written there."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from audit.gitlab.http import failures
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import RequestError
from audit.gitlab.http.retry import read_part, read_rows
from audit.gitlab.read import nodes
from audit.gitlab.read.graphql_nodes import CommentsNode, Nodes, NoteNode, Page
from audit.gitlab.read.paging import pages, within
from audit.gitlab.read.rest_rows import NoteRow
from audit.model import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from audit.gitlab.http.client import Client
    from audit.gitlab.http.retry import RetryPolicy
    from audit.model import Gap, Note

_BATCH = 50


class Comments(NamedTuple):
    """Issue -> comments, oldest first. An issue whose comments cannot be read is missing; a gap says why."""

    by_ref: dict[Ref, tuple[Note, ...]]
    gaps: tuple[Gap, ...]


def comments(client: Client, refs: Iterable[Ref]) -> Comments:
    """Return all comments of the issues, including internal ones that the token may see, without system notes."""
    by_project: dict[str, list[Ref]] = defaultdict(list)
    for ref in sorted(set(refs)):
        by_project[ref.project].append(ref)
    batches = [refs[i : i + _BATCH] for refs in by_project.values() for i in range(0, len(refs), _BATCH)]
    read = client.map(lambda batch: _batch(client, batch, read_rows(len(batch))), batches)
    answers = [answer for batch in read for answer in batch]
    return Comments(
        by_ref={ref: notes for ref, notes, _ in answers if notes is not None},
        gaps=tuple(gap for _, _, gap in answers if gap),
    )


def comments_of(client: Client, ref: Ref) -> tuple[Note, ...]:
    """Return the current comments of one issue, oldest first. Raises RequestError."""
    # a page can be short although more follow; get_list copes with that
    rows = client.get_list(
        f"{issue_path(ref)}/notes", NoteRow, activity_filter="only_comments", sort="asc", order_by="created_at"
    )
    url = f"{client.web_url}/{ref.project}/-/issues/{ref.iid}"
    return _in_order(nodes.note_from_rest(row, issue_url=url) for row in rows if not row.system)


_Answer = tuple[Ref, "tuple[Note, ...] | None", "Gap | None"]


def _batch(client: Client, refs: Sequence[Ref], policy: RetryPolicy) -> list[_Answer]:
    try:
        answer = client.query(
            "comments",
            lambda data: within(data, ("project", "issues"), "comments", Nodes[CommentsNode]),
            policy,
            path=refs[0].project,
            iids=[str(ref.iid) for ref in refs],
        )
    except RequestError as error:
        if error.eased_by_less and len(refs) > 1:
            half = len(refs) // 2
            parts = (refs[:half], refs[half:])
            return [answer for part in parts for answer in _batch(client, part, read_part(len(part)))]
        return [(ref, None, failures.gap(error, ref, "comments")) for ref in refs]
    first_pages = {node.iid: node.notes for node in answer.nodes}
    return [_notes(client, ref, first_pages.get(ref.iid)) for ref in refs]


def _notes(client: Client, ref: Ref, first_page: object) -> _Answer:
    if first_page is None:
        return ref, None, failures.noted(ref, "comments", "it does not exist, or the token may not see it")
    try:
        page = Page[NoteNode].model_validate(first_page)
        rows = list(page.nodes)
        if page.page_info.has_next_page:
            variables = {"path": ref.project, "iid": str(ref.iid)}
            place, cursor = ("project", "issue", "notes"), page.page_info.end_cursor
            for more in pages(client, "issue_comments", variables, Page[NoteNode], at=place, after=cursor):
                rows += more
    except ValidationError as error:
        return ref, None, failures.gap(failures.malformed(error, "query comments"), ref, "comments")
    except RequestError as error:
        return ref, None, failures.gap(error, ref, "comments")
    return ref, _in_order(nodes.note(row) for row in rows if not row.system), None


def _in_order(notes: Iterable[Note]) -> tuple[Note, ...]:
    # a page that moved while it was read repeats notes of the one before
    each = {note.id: note for note in notes}
    return tuple(sorted(each.values(), key=lambda note: (note.at, note.id)))

"""Reads histories: of a hundred issues a request, then by REST one by one where a text is unclear."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from audit.gitlab.http import failures
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import READ, read_part, read_rows
from audit.gitlab.read import issue_history
from audit.gitlab.read.graphql_nodes import ActivityNode, Discussion, Nodes, Page, SystemNote
from audit.gitlab.read.issue_history import DATES, EVERYTHING, LABELS, STATES, History
from audit.gitlab.read.paging import next_page, within
from audit.gitlab.read.rest_rows import EventRow, LabelEventRow, NoteRow, StateEventRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from audit.gitlab.http.client import Client
    from audit.gitlab.http.retry import RetryPolicy
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

E = TypeVar("E", bound=EventRow)

_BATCH = 100


def with_histories(
    client: Client, issues: Iterable[Issue], titles: Mapping[int, str], tally: Tally
) -> tuple[list[Issue], list[Gap]]:
    """Return the issues with their histories, sorted, and a gap for each whose history cannot be read."""
    ordered = sorted(issues, key=lambda issue: issue.ref)
    batches: list[list[Issue]] = []
    for _, group in groupby(ordered, key=lambda issue: issue.ref.project):
        together = list(group)
        batches += [together[i : i + _BATCH] for i in range(0, len(together), _BATCH)]
    tally.expect(len(ordered))

    def read(batch: list[Issue]) -> list[tuple[Issue, Gap | None]]:
        pairs = _batch(client, batch, titles, read_rows(len(batch)))
        tally.add(len(pairs))
        return pairs

    pairs = [pair for batch in client.map(read, batches) for pair in batch]
    return [issue for issue, _ in pairs], [gap for _, gap in pairs if gap]


def _batch(
    client: Client, issues: Sequence[Issue], titles: Mapping[int, str], policy: RetryPolicy
) -> list[tuple[Issue, Gap | None]]:
    try:
        pages = _activity(client, issues, policy)
    except RequestError as error:
        if error.cause is Cause.TOO_HEAVY and len(issues) > 1:
            half = len(issues) // 2
            parts = (issues[:half], issues[half:])
            return [pair for part in parts for pair in _batch(client, part, titles, read_part(len(part)))]
        failures.check(error)
        pages = {}
    return [_with_history(client, issue, pages.get(issue.ref.iid), titles) for issue in issues]


def _activity(client: Client, issues: Sequence[Issue], policy: RetryPolicy, after: str | None = None) -> dict[int, Any]:
    """Return issue number -> a page of its activity as the server gives it; missing issues are left out."""
    iids = [str(issue.ref.iid) for issue in issues]
    answer = client.query(
        "activity",
        lambda data: within(data, ("project", "workItems"), "activity", Nodes[ActivityNode]),
        policy,
        path=issues[0].ref.project,
        iids=iids,
        after=after,
    )
    return {node.iid: widget.discussions for node in answer.nodes for widget in node.widgets if widget.discussions}


def _with_history(client: Client, issue: Issue, page: object, titles: Mapping[int, str]) -> tuple[Issue, Gap | None]:
    try:
        history = _settled(client, issue, _from_activity(client, issue, page, titles))
    except RequestError as error:
        return replace(issue, history_read=False), failures.gap(error, issue.ref, "history")
    read = _with_closing(
        replace(
            issue,
            label_events=history.labels,
            state_events=history.states,
            due_changes=history.dates,
            history_read=True,
        )
    )
    gap = None
    if not read.closing_read:
        gap = failures.noted(issue.ref, "history", "it is closed, and GitLab does not say since when")
    elif DATES in history.doubts:
        gap = failures.noted(issue.ref, "history", "a change of its due date is worded in an unknown way")
    return read, gap


def _with_closing(issue: Issue) -> Issue:
    """Return a closed issue that GitLab gives without the time of its closing with that of its last event."""
    last = issue.state_events[-1] if issue.state_events else None
    if issue.closing_read or last is None or not last.closed:
        return issue
    return replace(issue, closed_at=last.at, closing_read=True)


def _from_activity(client: Client, issue: Issue, page: object, titles: Mapping[int, str]) -> History:
    """Return the history in the activity; if it cannot be read, all of it is in doubt."""
    if page is not None:
        try:
            return issue_history.from_activity(_notes(client, issue, Page[Discussion].model_validate(page)), titles)
        except ValidationError:
            pass
        except RequestError as error:
            failures.check(error)
    return History(doubts=EVERYTHING)


def _notes(client: Client, issue: Issue, page: Page[Discussion]) -> list[SystemNote]:
    """Return the system notes of all pages of activity."""
    discussions = list(page.nodes)
    begun: set[str | None] = {None}
    while page.page_info.has_next_page:
        after = next_page(begun, page.page_info.end_cursor, "activity")
        further = _activity(client, [issue], READ, after).get(issue.ref.iid)
        if further is None:
            raise RequestError(Cause.NOT_FOUND, f"query activity: {issue.ref} is gone")
        page = Page[Discussion].model_validate(further)
        discussions += page.nodes
    return [note for discussion in discussions for note in discussion.notes.nodes]


def _settled(client: Client, issue: Issue, history: History) -> History:
    """Read by REST what the texts leave in doubt."""
    path = issue_path(issue.ref)
    unread = history.doubts == EVERYTHING
    if LABELS in history.doubts:
        labels = _events(client, f"{path}/resource_label_events", LabelEventRow, expected=not unread)
        history = replace(history, labels=issue_history.label_events_of(labels))
    if STATES in history.doubts:
        states = _events(client, f"{path}/resource_state_events", StateEventRow, expected=not unread)
        history = replace(history, states=issue_history.state_events_of(states))
    if unread:
        notes = client.get_list(
            f"{path}/notes", NoteRow, activity_filter="only_activity", sort="asc", order_by="created_at"
        )
        known = issue_history.from_activity(map(_as_node, notes), {})
        history = replace(history, dates=known.dates, doubts=history.doubts - {DATES} | (known.doubts & {DATES}))
    return history


def _events(client: Client, path: str, shape: type[E], *, expected: bool) -> list[E]:
    """Read events. If the activity has some of the kind, an empty list is an error."""
    rows = client.get_list(path, shape)
    if expected and not rows:
        raise RequestError(Cause.MALFORMED, f"GET {path}: an empty list, though the activity has such events")
    return rows


def _as_node(row: NoteRow) -> SystemNote:
    return SystemNote.model_construct(
        body=row.body, system=row.system, created_at=row.created_at, system_note_metadata=None
    )

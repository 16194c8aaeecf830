"""Reads histories: of up to two hundred issues a request, then by REST one by one where a text is unclear."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
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
from audit.model import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from concurrent.futures import Future
    from typing import Any

    from audit.gitlab.http.client import Client
    from audit.gitlab.http.retry import RetryPolicy
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

    Pairs = list[tuple[Issue, Gap | None]]

E = TypeVar("E", bound=EventRow)

_OF_A_PROJECT = 100
_PLACES = ("project", "project1")
"""Where the answer has the issues of the first and of the second project, which may be the same."""
_MANY_PROJECTS = 4


class HistoryReader:
    """Reads histories while other things are read, as soon as there are enough issues for a request."""

    def __init__(self, client: Client, titles: Mapping[int, str], tally: Tally, groups: Mapping[str, str]) -> None:
        """``titles`` is label id -> title; ``groups`` is project -> the group by which its issues may be read."""
        self._client = client
        self._titles = titles
        self._tally = tally
        self._groups = groups
        self._lock = threading.Lock()
        self._known: dict[int, Issue] = {}
        self._waiting: defaultdict[str, list[Issue]] = defaultdict(list)
        self._work: list[Future[Pairs]] = []
        self._most = _OF_A_PROJECT * len(_PLACES)

    def offer(self, issues: Iterable[Issue]) -> None:
        """Read the histories of these issues; each is read once, and again if it changed meanwhile."""
        with self._lock:
            for issue in issues:
                known = self._known.get(issue.id)
                if known is None or known.updated_at != issue.updated_at:
                    self._known[issue.id] = issue
                    self._waiting[issue.ref.project].append(issue)
            self._tally.expect(len(self._known))
            while (batch := _batch_of(self._waiting, self._most)) and len(batch) >= self._most:
                self._start(batch)

    def read(self, issues: Iterable[Issue], kept: Mapping[int, Issue]) -> tuple[list[Issue], list[Gap]]:
        """Return these issues with their histories, sorted, and a gap for each whose history cannot be read.

        ``kept`` is global id -> an earlier version with a history that is still right.
        """
        wanted = sorted(issues, key=lambda issue: issue.ref)
        self.offer(issue for issue in wanted if issue.id not in kept)
        with self._lock:
            if len(self._waiting) >= _MANY_PROJECTS:
                self._start_groups()
            while batch := _batch_of(self._waiting, self._most):
                self._start(batch)
        pairs: dict[int, tuple[Issue, Gap | None]] = {number: (issue, None) for number, issue in kept.items()}
        pairs |= {issue.id: (issue, gap) for work in self._work for issue, gap in work.result()}
        read = [(with_history_of(pairs[issue.id][0], issue), pairs[issue.id][1]) for issue in wanted]
        return [issue for issue, _ in read], [gap for _, gap in read if gap]

    def _start(self, batch: list[Issue]) -> None:
        _take(self._waiting, batch)
        self._work.append(self._client.start(lambda: self._counted(self._batch(batch, read_rows(len(batch))))))

    def _start_groups(self) -> None:
        """Read by group what is left of many projects, a hundred issues a request."""
        by_group: defaultdict[str, list[Issue]] = defaultdict(list)
        for path in [path for path in self._waiting if path in self._groups]:
            by_group[self._groups[path]] += self._waiting.pop(path)
        for group, issues in by_group.items():
            for at in range(0, len(issues), _OF_A_PROJECT):
                part = issues[at : at + _OF_A_PROJECT]
                self._work.append(self._client.start(lambda g=group, p=part: self._counted(self._of_group(g, p))))  # type: ignore[misc]

    def _counted(self, pairs: Pairs) -> Pairs:
        self._tally.add(len(pairs))
        return pairs

    def _of_group(self, group: str, issues: list[Issue]) -> Pairs:
        """Read by the group, or by project where the server refuses that."""
        try:
            answer = self._client.query(
                "activity_of_group",
                lambda data: within(data, ("group", "workItems"), "activity_of_group", Nodes[ActivityNode]),
                read_part(len(issues)),
                path=group,
                ids=[f"gid://gitlab/WorkItem/{issue.id}" for issue in issues],
            )
        except RequestError as error:
            failures.check(error)
            rest = _by_project(issues)
            pairs: Pairs = []
            while batch := _batch_of(rest, self._most):
                _take(rest, batch)
                pairs += self._batch(batch, read_part(len(batch)))
            return pairs
        pages = {node.id: _discussions(node) for node in answer.nodes}
        return [_with_history(self._client, issue, pages.get(issue.id), self._titles) for issue in issues]

    def _batch(self, issues: Sequence[Issue], policy: RetryPolicy) -> Pairs:
        try:
            pages = _activity(self._client, issues, policy)
        except RequestError as error:
            if error.cause is Cause.TOO_HEAVY and len(issues) > 1:
                half = len(issues) // 2
                self._most = max(1, min(self._most, half))
                parts = (issues[:half], issues[half:])
                return [pair for part in parts for pair in self._batch(part, read_part(len(part)))]
            failures.check(error)
            pages = {}
        return [_with_history(self._client, issue, pages.get(issue.ref), self._titles) for issue in issues]


def _batch_of(waiting: Mapping[str, list[Issue]], most: int) -> list[Issue]:
    """Return up to so many issues for one request: up to a hundred in each place of its two."""
    batch: list[Issue] = []
    places = len(_PLACES)
    for path in sorted(waiting, key=lambda path: (-len(waiting[path]), path)):
        issues = waiting[path][: min(most - len(batch), places * _OF_A_PROJECT)]
        batch += issues
        places -= -(-len(issues) // _OF_A_PROJECT)
        if not places or len(batch) == most:
            break
    return batch


def _take(waiting: dict[str, list[Issue]], batch: Iterable[Issue]) -> None:
    """Take a batch, which has the first issues of each project, off what waits."""
    for path, those in _by_project(batch).items():
        waiting[path] = waiting[path][len(those) :]
        if not waiting[path]:
            del waiting[path]


def _by_project(issues: Iterable[Issue]) -> dict[str, list[Issue]]:
    by_project: defaultdict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        by_project[issue.ref.project].append(issue)
    return by_project


def _activity(client: Client, issues: Sequence[Issue], policy: RetryPolicy, after: str | None = None) -> dict[Ref, Any]:
    """Return issue -> a page of its activity as the server gives it; missing issues are left out."""
    slots = [
        (path, [str(issue.ref.iid) for issue in those[at : at + _OF_A_PROJECT]])
        for path, those in _by_project(issues).items()
        for at in range(0, len(those), _OF_A_PROJECT)
    ]
    variables: dict[str, Any] = {"path": slots[0][0], "iids": slots[0][1], "after": after}
    for number, (path, iids) in enumerate(slots[1:], 1):
        variables |= {f"path{number}": path, f"iids{number}": iids, f"more{number}": True}

    def parse(data: Any) -> dict[Ref, Any]:
        return {
            Ref(path, node.iid): _discussions(node)
            for place, (path, _) in zip(_PLACES, slots, strict=False)
            for node in within(data, (place, "workItems"), "activity", Nodes[ActivityNode]).nodes
        }

    return client.query("activity", parse, policy, **variables)


def _discussions(node: ActivityNode) -> Any:
    return next((widget.discussions for widget in node.widgets if widget.discussions), None)


def with_history_of(read: Issue, issue: Issue) -> Issue:
    """Return an issue with the history that was read for an earlier version of it."""
    return replace(
        issue,
        label_events=read.label_events,
        state_events=read.state_events,
        due_changes=read.due_changes,
        history_read=read.history_read,
        closed_at=issue.closed_at if issue.closing_read else read.closed_at,
        closing_read=issue.closing_read or read.closing_read,
    )


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
        further = _activity(client, [issue], READ, after).get(issue.ref)
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

"""Reads histories: a hundred issues a request, and one by one by REST where the texts do not tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from audit.gitlab.http import failures
from audit.gitlab.http.client import issue_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read import issue_history as history
from audit.gitlab.read.issue_history import History
from audit.gitlab.read.nodes import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audit.gitlab.http.client import Client
    from audit.gitlab.read.progress import Tally
    from audit.model import Gap, Issue

_BATCH = 100


def with_histories(
    client: Client, issues: Iterable[Issue], titles: Mapping[int, str], tally: Tally
) -> tuple[list[Issue], list[Gap]]:
    """Return the issues with what happened to them, sorted, and a gap for each whose history cannot be read."""
    ordered = sorted(issues, key=lambda issue: issue.ref)
    batches: list[list[Issue]] = []
    for _, group in groupby(ordered, key=lambda issue: issue.ref.project):
        together = list(group)
        batches += [together[i : i + _BATCH] for i in range(0, len(together), _BATCH)]
    tally.expect(len(ordered))

    def read(batch: list[Issue]) -> list[tuple[Issue, Gap | None]]:
        done = _batch(client, batch, titles)
        tally.add(len(done))
        return done

    read_issues = [pair for batch in client.map(read, batches) for pair in batch]
    return [issue for issue, _ in read_issues], [gap for _, gap in read_issues if gap]


def _batch(client: Client, issues: Sequence[Issue], titles: Mapping[int, str]) -> list[tuple[Issue, Gap | None]]:
    try:
        found = _activity(client, issues)
    except RequestError as error:
        if error.cause is Cause.TOO_HEAVY and len(issues) > 1:
            half = len(issues) // 2
            return _batch(client, issues[:half], titles) + _batch(client, issues[half:], titles)
        failures.check(error)
        found = {}
    return [_one(client, issue, found.get(issue.ref.iid), titles) for issue in issues]


def _activity(client: Client, issues: Sequence[Issue]) -> dict[int, dict[str, Any]]:
    """Return the first page of activity of each issue that is there, by its number."""
    iids = [str(issue.ref.iid) for issue in issues]
    answer = client.graphql("activity", path=issues[0].ref.project, iids=iids)
    return _pages_of(answer)


def _pages_of(answer: dict[str, Any]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for node in listed((answer["project"] or {}).get("workItems")):
        pages = [widget["discussions"] for widget in node["widgets"] or () if widget.get("discussions")]
        if pages:
            found[int(node["iid"])] = pages[0]
    return found


def _one(
    client: Client, issue: Issue, page: dict[str, Any] | None, titles: Mapping[int, str]
) -> tuple[Issue, Gap | None]:
    try:
        told = _asked_again(client, issue, _told(client, issue, page, titles))
    except RequestError as error:
        return replace(issue, history_read=False), failures.gap(error, issue.ref, "history")
    gap = None
    if "dates" in told.doubts:
        gap = failures.told(issue.ref, "history", "a change of its due date is worded in an unknown way")
    return (
        replace(
            issue,
            label_events=told.labels,
            state_events=told.states,
            due_changes=told.dates,
            history_read=True,
        ),
        gap,
    )


def _told(client: Client, issue: Issue, page: dict[str, Any] | None, titles: Mapping[int, str]) -> History:
    """Return what the activity tells; where it cannot be read, everything is in doubt."""
    if page is not None:
        try:
            return history.from_activity(_notes(client, issue, page), titles)
        except RequestError as error:
            failures.check(error)
    return History(doubts=frozenset({"labels", "states", "notes"}))


def _notes(client: Client, issue: Issue, page: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the system notes of all pages of activity."""
    discussions = listed(page)
    while page["pageInfo"]["hasNextPage"]:
        cursor = page["pageInfo"]["endCursor"]
        answer = client.graphql("activity", path=issue.ref.project, iids=[str(issue.ref.iid)], after=cursor)
        following = _pages_of(answer).get(issue.ref.iid)
        if following is None:
            raise RequestError(Cause.NOT_FOUND, f"query activity: {issue.ref} is gone")
        page = following
        discussions += listed(page)
    return [note for discussion in discussions for note in listed(discussion["notes"])]


def _asked_again(client: Client, issue: Issue, told: History) -> History:
    """Read by REST what the texts did not tell."""
    path = issue_path(issue.ref)
    if "labels" in told.doubts:
        rows = client.rest_list(f"{path}/resource_label_events")
        told = replace(told, labels=history.from_rest(rows).labels)
    if "states" in told.doubts:
        rows = client.rest_list(f"{path}/resource_state_events")
        told = replace(told, states=history.from_rest(rows).states)
    if "notes" in told.doubts:
        notes = client.rest_list(f"{path}/notes", activity_filter="only_activity", sort="asc", order_by="created_at")
        told = replace(told, dates=history.from_activity(map(_as_node, notes), {}).dates)
    return told


def _as_node(row: dict[str, Any]) -> dict[str, Any]:
    return {"system": row["system"], "createdAt": row["created_at"], "body": row["body"], "systemNoteMetadata": None}

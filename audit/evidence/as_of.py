"""An issue as it was at a past moment, and how long its labels were on it (POLICY.md sections 2, 5, 6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from audit.model import Issue, Records, Ref


def at(records: Records, moment: datetime) -> Records:
    """Return the records as they stood at ``moment``: existence, state, labels and links; the rest is as of today.

    GitLab gives a moved issue the creation time of the original. So the target of a later move is left out, and its
    links go back to the issue that it was moved from.
    """
    audited = {source.project for source in records.sources}
    existed = (issue for issue in records.issues if issue.created_at < moment)
    then = {issue.ref: _state_at(issue, moment, with_history=issue.ref.project in audited) for issue in existed}
    origins = {
        issue.moved_to: issue.ref
        for issue in records.issues
        if issue.moved_to is not None and issue.ref in then and then[issue.ref].moved_to is None
    }
    if origins:
        then = {ref: _linked_before(issue, origins) for ref, issue in then.items() if ref not in origins}
    return replace(records, issues=tuple(then.values()))


def _state_at(issue: Issue, moment: datetime, *, with_history: bool) -> Issue:
    """Return an issue as it stood; its labels and state are in doubt if it changed since in a way that was not read.

    Without history it is one of which the history does not matter: it is taken as it is now.
    """
    then = issue_at(issue, moment)
    if with_history and not issue.history_read and issue.updated_at is not None and issue.updated_at >= moment:
        # one that has been closed since before then was closed then; any other may have been closed and opened again
        then = replace(then, standing_read=False, closing_read=then.closing_read and then.closed_at is not None)
    return _reopened(then)


def _reopened(issue: Issue) -> Issue:
    """Drop the duplicate mark of an open issue: it was reopened since."""
    return replace(issue, duplicate_of=None) if issue.closed_at is None and issue.duplicate_of is not None else issue


def _linked_before(issue: Issue, origins: Mapping[Ref, Ref]) -> Issue:
    links = (
        replace(link, target=_origin(link.target, origins), points_to=None)
        if link.target is not None and link.target in origins
        else link
        for link in issue.links
    )
    return replace(issue, links=tuple(links))


def _origin(ref: Ref, origins: Mapping[Ref, Ref]) -> Ref:
    """Follow the moves back to the first issue."""
    seen: set[Ref] = set()
    while ref in origins and ref not in seen:
        seen.add(ref)
        ref = origins[ref]
    return ref


def issue_at(issue: Issue, moment: datetime) -> Issue:
    """Return one issue as it stood at ``moment``."""
    later = (
        (issue.closed_at is not None and issue.closed_at >= moment)
        or any(event.at >= moment for event in issue.label_events)
        or any(event.at >= moment for event in issue.state_events)
        or any(event.at >= moment for event in issue.due_changes)
        or any(link.at is not None and link.at >= moment for link in issue.links)
    )
    if not later:
        return issue
    # GitLab closes an issue that is moved or found to be a duplicate, and forgets where it led when it is opened again:
    # so it is the last closing that led there
    led = issue.closed_at is not None and issue.closed_at < moment
    return replace(
        issue,
        labels=_labels_at(issue, moment),
        closed_at=_closed_at(issue, moment),
        moved=issue.moved and led,
        moved_to=issue.moved_to if led else None,
        duplicate_of=issue.duplicate_of if led else None,
        links=tuple(link for link in issue.links if link.at is None or link.at < moment),
        label_events=tuple(event for event in issue.label_events if event.at < moment),
        state_events=tuple(event for event in issue.state_events if event.at < moment),
        due_changes=tuple(event for event in issue.due_changes if event.at < moment),
    )


def _labels_at(issue: Issue, moment: datetime) -> tuple[str, ...]:
    """Undo the later events, newest first. A deleted label has no name, so it cannot be brought back."""
    standing = {labels.key(label): label for label in issue.labels}
    for event in reversed(issue.label_events):
        if event.at < moment or event.label is None:
            continue
        if event.added:
            standing.pop(labels.key(event.label), None)
        else:
            standing.setdefault(labels.key(event.label), event.label)
    return tuple(standing.values())


def _closed_at(issue: Issue, moment: datetime) -> datetime | None:
    if issue.closed_at is not None and issue.closed_at < moment:
        return issue.closed_at
    before = [event for event in issue.state_events if event.at < moment]
    return before[-1].at if before and before[-1].closed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A span in which a label stood. ``end`` is None where no event ends it, ``start`` where none begins it."""

    label: str
    start: datetime | None
    end: datetime | None


def standings(issue: Issue, wanted: Callable[[str], bool]) -> list[Standing]:
    """Return the spans of the issue's labels for which ``wanted`` is true of the label as spelt, oldest first.

    A label that was removed without an event that added it was there since the issue was created.
    """
    spans: list[Standing] = []
    open_since: dict[str, tuple[str, datetime]] = {}
    stood: set[str] = set()
    for event in issue.label_events:
        if event.label is None or not wanted(event.label):
            continue
        name = labels.key(event.label)
        if event.added:
            open_since.setdefault(name, (event.label, event.at))
        elif name in open_since or name not in stood:
            label, start = open_since.pop(name, (event.label, issue.created_at))
            spans.append(Standing(label=label, start=start, end=event.at))
        stood.add(name)
    # An add without its removal is open even where the label is gone: moving an issue drops labels without an event.
    spans += [Standing(label=label, start=start, end=None) for label, start in open_since.values()]
    spans += [
        Standing(label=label, start=None, end=None)
        for label in issue.labels
        if wanted(label) and labels.key(label) not in open_since
    ]
    return spans


def stood_longer(span: Standing, grace: timedelta) -> bool:
    """Return whether a label stood longer than the grace period; one without a known end did."""
    return span.end is None or span.start is None or span.end - span.start > grace


def deleted_label_added(issue: Issue) -> bool:
    """Return whether a label was added that has since been deleted, so that its name is unknown."""
    return any(event.label is None and event.added for event in issue.label_events)

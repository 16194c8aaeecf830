"""A story, planned in any order and played in order of time, so that numbers, ids and events come as in a real tracker.

Texts may be functions: they are called once everything is open and each issue has its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from audit.sandbox.data.hosted_project import HostedProject
    from audit.sandbox.data.records import Account
    from audit.sandbox.data.work_items import WorkItem

Text = str | Callable[[], str]


@dataclass(eq=False, slots=True, kw_only=True)
class Draft:
    """An issue to come, and what is to happen to it."""

    story: Story
    project: HostedProject
    title: Text
    at: dt.datetime
    by: Account
    description: Text = ""
    issue_type: str = "incident"
    confidential: bool = False
    labels: tuple[str, ...] = ()
    assignees: tuple[Account, ...] = ()
    severity: str = "UNKNOWN"
    due_on: dt.date | None = None
    opened: WorkItem | None = None

    @property
    def issue(self) -> WorkItem:
        """The issue, once the story is played."""
        if self.opened is None:
            raise ValueError(f"{self.title} is not open yet")
        return self.opened

    @property
    def iid(self) -> int:
        """Its number in its project."""
        return self.issue.iid

    @property
    def ref(self) -> str:
        """Its full reference."""
        return self.issue.reference

    def then(self, at: dt.datetime, act: Callable[[WorkItem], object]) -> Draft:
        """Plan something that happens to it."""
        self.story.steps.append((at, len(self.story.steps), self, act))
        return self

    def label(self, *names: str, at: dt.datetime, by: Account) -> Draft:
        """Add labels."""
        for name in names:
            self.then(at, partial(_label, name, at, by))
        return self

    def unlabel(self, *names: str, at: dt.datetime, by: Account) -> Draft:
        """Remove labels."""
        for name in names:
            self.then(at, partial(_unlabel, name, at, by))
        return self

    def comment(self, body: Text, *, at: dt.datetime, by: Account, internal: bool = False) -> Draft:
        """Write a comment."""
        return self.then(at, lambda issue: issue.comment(_text_of(body), at=at, by=by, internal=internal))

    def close(self, *, at: dt.datetime, by: Account) -> Draft:
        """Close it."""
        return self.then(at, lambda issue: issue.close(at=at, by=by))

    def reopen(self, *, at: dt.datetime, by: Account) -> Draft:
        """Open it again."""
        return self.then(at, lambda issue: issue.reopen(at=at, by=by))

    def assign(self, *users: Account, at: dt.datetime, by: Account) -> Draft:
        """Change the assignees."""
        return self.then(at, lambda issue: issue.assign(*users, at=at, by=by))

    def due(self, day: dt.date | None, *, at: dt.datetime, by: Account) -> Draft:
        """Set the due date."""
        return self.then(at, lambda issue: issue.set_due(day, at=at, by=by))

    def link(self, other: Draft, *, at: dt.datetime, by: Account, kind: str = "relates_to") -> Draft:
        """Relate it to another, if that one was opened by then."""
        return self.then(at, lambda issue: other.opened and issue.link_to(other.issue, at=at, by=by, kind=kind))

    def duplicate_of(self, other: Draft, *, at: dt.datetime, by: Account) -> Draft:
        """Close it as a duplicate."""
        return self.then(at, lambda issue: issue.mark_duplicate(other.issue, at=at, by=by))

    def move(self, project: HostedProject, *, at: dt.datetime, by: Account) -> Draft:
        """Move it to another project."""
        return self.then(at, lambda issue: project.receive(issue, at=at, by=by))


def _label(name: str, at: dt.datetime, by: Account, issue: WorkItem) -> None:
    issue.add_label(name, at=at, by=by)


def _unlabel(name: str, at: dt.datetime, by: Account, issue: WorkItem) -> None:
    issue.remove_label(name, at=at, by=by)


def _text_of(text: Text) -> str:
    return text if isinstance(text, str) else text()


@dataclass(eq=False, slots=True, kw_only=True)
class Story:
    """The whole story; what lies after `until` has not happened yet."""

    until: dt.datetime
    drafts: list[Draft] = field(default_factory=list)
    steps: list[tuple[dt.datetime, int, Draft, Callable[[WorkItem], object]]] = field(default_factory=list)

    def open(  # noqa: PLR0913 - an issue has that many properties
        self,
        project: HostedProject,
        title: Text,
        *,
        at: dt.datetime,
        by: Account,
        description: Text = "",
        issue_type: str = "incident",
        confidential: bool = False,
        labels: tuple[str, ...] = (),
        assignees: tuple[Account, ...] = (),
        severity: str = "UNKNOWN",
        due_on: dt.date | None = None,
    ) -> Draft:
        """Plan an issue; its labels are added as it opens."""
        draft = Draft(
            story=self,
            project=project,
            title=title,
            at=at,
            by=by,
            description=description,
            issue_type=issue_type,
            confidential=confidential,
            labels=labels,
            assignees=assignees,
            severity=severity,
            due_on=due_on,
        )
        self.drafts.append(draft)
        return draft

    def play(self) -> None:
        """Open every issue in order of time, word its texts, then let everything happen in order of time."""
        for draft in sorted(self.drafts, key=lambda draft: draft.at):
            if draft.at <= self.until:
                draft.opened = _opened(draft)
        for draft in self.drafts:
            if draft.opened is not None:
                draft.opened.title, draft.opened.description = _text_of(draft.title), _text_of(draft.description)
        for at, _, draft, act in sorted(self.steps, key=lambda step: step[:2]):
            if at <= self.until and draft.opened is not None:
                act(draft.opened)


def _opened(draft: Draft) -> WorkItem:
    issue = draft.project.issue(
        draft.title if isinstance(draft.title, str) else "",
        author=draft.by,
        created_at=draft.at,
        issue_type=draft.issue_type,
        confidential=draft.confidential,
        labels=draft.labels,
        assignees=draft.assignees,
        severity=draft.severity,
    )
    issue.set_due(draft.due_on, at=draft.at, by=draft.by)  # GitLab tells of it in a note from the beginning
    return issue

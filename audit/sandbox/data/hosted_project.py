"""A whole project: its issues, its files at the default branch, and its milestones."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.sandbox.data.namespaces import ProjectSpace
from audit.sandbox.data.records import Commit, Milestone, RepoFile, digest
from audit.sandbox.data.work_items import WorkItem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from audit.sandbox.data.namespaces import Namespace
    from audit.sandbox.data.records import Account


@dataclass(eq=False, slots=True, kw_only=True)
class HostedProject(ProjectSpace):
    """A project of the sandbox."""

    parent: Namespace
    tracked: dict[int, WorkItem]
    """The issues of all projects by their global id; those of this project are added."""
    wiki_access: str = "enabled"
    """enabled, private (for members only) or disabled."""
    default_branch: str = "main"
    protected: bool = False
    """Only maintainers push to the default branch."""
    issues: dict[int, WorkItem] = field(default_factory=dict)
    """By their number in the project."""
    files: dict[str, RepoFile] = field(default_factory=dict)
    first_files: dict[str, RepoFile] = field(default_factory=dict)
    """Files that were there from the beginning, as they were then."""
    commits: list[Commit] = field(default_factory=list)
    """Those that were made later, the newest last."""
    milestones: dict[str, Milestone] = field(default_factory=dict)
    last_iid: int = 0

    def issue(  # noqa: PLR0913 - an issue has that many properties
        self,
        title: str,
        *,
        author: Account,
        created_at: dt.datetime,
        description: str = "",
        issue_type: str = "incident",
        confidential: bool = False,
        iid: int | None = None,
        labels: Iterable[str] = (),
        assignees: Iterable[Account] = (),
        severity: str = "UNKNOWN",
        due_on: dt.date | None = None,
    ) -> WorkItem:
        """Open an issue; labels given here are added at its creation, with events."""
        issue = WorkItem(
            id=self.registrar.next_id("issue"),
            iid=iid or self.last_iid + 1,
            project=self,
            title=title,
            description=description,
            author=author,
            created_at=created_at,
            updated_at=created_at,
            issue_type=issue_type,
            confidential=confidential,
            assignees=list(assignees),
            severity=severity,
            due_on=due_on,
        )
        if issue.iid in self.issues:
            raise ValueError(f"{issue.reference} exists")
        self.last_iid = max(self.last_iid, issue.iid)
        self.issues[issue.iid] = self.tracked[issue.id] = issue
        for name in labels:
            issue.add_label(name, at=created_at, by=author)
        return issue

    def receive(self, issue: WorkItem, *, at: dt.datetime, by: Account) -> WorkItem:
        """Take an issue over from another project: its texts and history are copied, the old one is closed."""
        new = self.issue(
            issue.title,
            author=issue.author,
            created_at=issue.created_at,
            description=issue.description,
            issue_type=issue.issue_type,
            confidential=issue.confidential,
            assignees=issue.assignees,
            severity=issue.severity,
            due_on=issue.due_on,
        )
        new.state, new.closed_at, new.closed_by = issue.state, issue.closed_at, issue.closed_by
        self._copy_history(issue, new)
        new.system_note(f"moved from {issue.reference_from(self)}", by=by, at=at, action="moved")
        issue.moved_to = new
        issue.system_note(f"moved to {new.reference_from(issue.project)}", by=by, at=at, action="moved")
        issue.close(at=at, by=by)
        return new

    def _copy_history(self, issue: WorkItem, new: WorkItem) -> None:
        # A label that this project does not know is lost on the way. Its events keep the old project's label,
        # which is why such a note reads project~123 after a move.
        new.labels = [row for row in (self.find_label(old.name) for old in issue.labels) if row]
        new.notes = [copy.copy(note) for note in issue.notes]
        new.label_events = [copy.copy(event) for event in issue.label_events]
        new.state_events = [copy.copy(event) for event in issue.state_events]
        for note in new.notes:
            note.id, note.issue, note.awards = self.registrar.next_id("note"), new, []
        for label_event in new.label_events:
            label_event.id = self.registrar.next_id("label_event")
        for state_event in new.state_events:
            state_event.id = self.registrar.next_id("state_event")

    def file(self, path: str, text: str, *, binary: bool = False) -> RepoFile:
        """Put a file on the default branch, as if it had been there from the beginning."""
        before = self.files.get(path)
        commit = digest(self.path, path, text, before.commit_id if before else "")
        self.files[path] = RepoFile(path=path, text=text, commit_id=commit, binary=binary)
        self.first_files[path] = self.files[path]
        return self.files[path]

    def commit(self, texts: dict[str, str | None], *, message: str, by: Account, at: dt.datetime) -> Commit:
        """Commit several files at once to the default branch; None as text deletes one."""
        before = self.commits[-1].id if self.commits else ""
        number = digest(self.path, before, message, at, *texts.items())
        for path, text in texts.items():
            if text is None:
                del self.files[path]
            else:
                self.files[path] = RepoFile(path=path, text=text, commit_id=number)
        texts_of = tuple(texts.items())
        self.commits.append(Commit(id=number, message=message, author=by.username, at=at, texts=texts_of))
        return self.commits[-1]

    def history(self) -> list[Commit]:
        """Return every commit, the newest last; each file of the beginning came with one of its own."""
        first = [
            Commit(
                id=row.commit_id,
                message=f"Add {row.path}",
                author="root",
                at=self.created_at,
                texts=((row.path, row.text),),
            )
            for row in self.first_files.values()
        ]
        return [*first, *self.commits]

    def knows_ref(self, ref: str) -> bool:
        """Whether this names the default branch or one of its commits."""
        return ref in ("HEAD", self.default_branch) or any(commit.id == ref for commit in self.history())

    def file_at(self, path: str, ref: str) -> RepoFile | None:
        """Return a file as it was in a commit of the default branch; None if there was none."""
        if ref in ("HEAD", self.default_branch):
            return self.files.get(path)
        found: RepoFile | None = None
        for commit in self.history():
            for name, text in commit.texts:
                if name == path:
                    found = None if text is None else RepoFile(path=path, text=text, commit_id=commit.id)
            if commit.id == ref:
                break
        return found

    def milestone(self, title: str, *, due_on: dt.date | None = None, starts_on: dt.date | None = None) -> Milestone:
        """Make a milestone; give it to an issue by setting `issue.milestone`."""
        self.milestones[title] = Milestone(
            id=self.registrar.next_id("milestone"),
            iid=len(self.milestones) + 1,
            title=title,
            due_on=due_on,
            starts_on=starts_on,
        )
        return self.milestones[title]

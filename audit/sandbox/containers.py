"""Groups and projects: who belongs to them, which labels they own, and what a project holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.sandbox.issue import Issue
from audit.sandbox.records import Commit, Label, Milestone, RepoFile, User, WikiPage, digest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from audit.sandbox.state import World


@dataclass(eq=False, slots=True, kw_only=True)
class Group:
    """A group; subgroups know their parent."""

    world: World
    id: int
    path: str
    parent: Group | None
    visibility: str = "private"
    labels: dict[str, Label] = field(default_factory=dict)
    members: dict[int, int] = field(default_factory=dict)
    wiki: dict[str, WikiPage] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def lineage(self) -> Iterator[Group | Project]:
        """Itself and its ancestors, nearest first."""
        group: Group | None = self
        while group is not None:
            yield group
            group = group.parent

    def projects(self, *, subgroups: bool = True) -> list[Project]:
        """Return the projects in this group, in the order of their making."""
        if not subgroups:
            return [p for p in self.world.projects.values() if p.parent is self]
        return [p for p in self.world.projects.values() if p.path.startswith(f"{self.path}/")]


@dataclass(eq=False, slots=True, kw_only=True)
class Project:
    """A project with its issues, its files at the default branch, and its wiki."""

    world: World
    id: int
    path: str
    parent: Group
    created_at: dt.datetime
    visibility: str = "private"
    issues_enabled: bool = True
    wiki_access: str = "enabled"
    """enabled, private (for members only) or disabled."""
    default_branch: str = "main"
    protected: bool = False
    """Only maintainers push to the default branch."""
    archived: bool = False
    labels: dict[str, Label] = field(default_factory=dict)
    members: dict[int, int] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    files: dict[str, RepoFile] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)
    """Those that were made over HTTP, the newest last."""
    wiki: dict[str, WikiPage] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    last_iid: int = 0

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def lineage(self) -> Iterator[Group | Project]:
        """Itself and its ancestor groups, nearest first: where its labels come from."""
        yield self
        yield from self.parent.lineage()

    def find_label(self, name: str) -> Label | None:
        """Return the label of exactly this name, its own before its groups'."""
        return next((c.labels[name] for c in self.lineage() if name in c.labels), None)

    def label_or_new(self, name: str) -> Label:
        """Return the label of this name; GitLab makes one when there is none."""
        return self.find_label(name) or self.world.label(self, name)

    def issue(  # noqa: PLR0913 - an issue has that many properties
        self,
        title: str,
        *,
        author: User,
        created_at: dt.datetime,
        description: str = "",
        issue_type: str = "incident",
        confidential: bool = False,
        iid: int | None = None,
        labels: Iterable[str] = (),
        assignees: Iterable[User] = (),
        severity: str = "UNKNOWN",
        due_on: dt.date | None = None,
    ) -> Issue:
        """Open an issue; labels given here are added at its creation, with events."""
        issue = Issue(
            id=self.world.next_id("issue"),
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
        self._keep(issue)
        for name in labels:
            issue.add_label(name, at=created_at, by=author)
        return issue

    def _keep(self, issue: Issue) -> None:
        if issue.iid in self.issues:
            raise ValueError(f"{self.path}#{issue.iid} exists")
        self.last_iid = max(self.last_iid, issue.iid)
        self.issues[issue.iid] = issue
        self.world.issues[issue.id] = issue

    def file(self, path: str, text: str, *, binary: bool = False) -> RepoFile:
        """Commit a file to the default branch."""
        before = self.files.get(path)
        commit = digest(self.path, path, text, before.commit_id if before else "")
        self.files[path] = RepoFile(path=path, text=text, commit_id=commit, binary=binary)
        return self.files[path]

    def commit(self, texts: dict[str, str | None], *, message: str, by: User, at: dt.datetime) -> Commit:
        """Commit several files at once to the default branch; None as text deletes one."""
        before = self.commits[-1].id if self.commits else ""
        number = digest(self.path, before, message, at, *texts.items())
        for path, text in texts.items():
            if text is None:
                del self.files[path]
            else:
                self.files[path] = RepoFile(path=path, text=text, commit_id=number)
        self.commits.append(Commit(id=number, message=message, author=by.username, at=at, paths=tuple(texts)))
        return self.commits[-1]

    def knows_ref(self, ref: str) -> bool:
        """Whether this names the head of the default branch, the one commit that the sandbox keeps."""
        return ref in ("HEAD", self.default_branch) or any(f.commit_id == ref for f in self.files.values())

    def page(self, title: str, content: str) -> WikiPage:
        """Write a wiki page."""
        return write_page(self.wiki, title, content)

    def milestone(self, title: str, *, due_on: dt.date | None = None, starts_on: dt.date | None = None) -> Milestone:
        """Make a milestone; give it to an issue by setting `issue.milestone`."""
        self.milestones[title] = Milestone(
            id=self.world.next_id("milestone"),
            iid=len(self.milestones) + 1,
            title=title,
            due_on=due_on,
            starts_on=starts_on,
        )
        return self.milestones[title]


def slug_of(title: str) -> str:
    """Return the slug of a wiki page: its title with dashes; slashes make directories."""
    return "/".join("-".join(part.split()) for part in title.split("/"))


def write_page(wiki: dict[str, WikiPage], title: str, content: str) -> WikiPage:
    """Write a page of a wiki, a new one or a new version; it is shown without its directories."""
    slug = slug_of(title)
    shown = slug.rpartition("/")[2].replace("-", " ")
    page = wiki.setdefault(slug, WikiPage(slug=slug, title=shown, content=content))
    page.content = content
    page.history.append(content)
    return page

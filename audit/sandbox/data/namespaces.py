"""Groups, and what projects have in common with them: a path, members, labels and a wiki."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audit.sandbox.data.records import StoredPage

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from audit.sandbox.data.records import Registrar


@dataclass(eq=False, slots=True, kw_only=True)
class Namespace:
    """A group or a project."""

    registrar: Registrar
    id: int
    path: str
    parent: Namespace | None
    visibility: str = "private"
    labels: dict[str, Label] = field(default_factory=dict)
    members: dict[int, int] = field(default_factory=dict)
    """Account id -> access level."""
    wiki: dict[str, StoredPage] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def lineage(self) -> Iterator[Namespace]:
        """Itself and the groups above it, nearest first: members and labels are inherited from them."""
        space: Namespace | None = self
        while space is not None:
            yield space
            space = space.parent

    def level(self, user_id: int) -> int:
        """Return the highest access level of an account here and above; 0 is no member."""
        return max(space.members.get(user_id, 0) for space in self.lineage())

    def label(self, name: str, *, color: str = "#428BCA", description: str | None = None) -> Label:
        """Make a label, or return the one of exactly this name here."""
        if name not in self.labels:
            self.labels[name] = Label(
                id=self.registrar.next_id("label"),
                name=name,
                owner=self,
                created_at=self.registrar.instant(),
                color=color,
                description=description,
            )
        return self.labels[name]

    def find_label(self, name: str) -> Label | None:
        """Return the label of exactly this name, its own before its groups'."""
        return next((space.labels[name] for space in self.lineage() if name in space.labels), None)

    def page(self, title: str, content: str) -> StoredPage:
        """Write a page of the wiki, a new one or a new version; it is shown without its directories."""
        slug = slug_of(title)
        shown = slug.rpartition("/")[2].replace("-", " ")
        page = self.wiki.setdefault(slug, StoredPage(slug=slug, title=shown, content=content))
        page.content = content
        page.history.append(content)
        return page


@dataclass(eq=False, slots=True, kw_only=True)
class HostedGroup(Namespace):
    """A group; subgroups know their parent."""


@dataclass(eq=False, slots=True, kw_only=True)
class ProjectSpace(Namespace):
    """A project as far as its issues depend on it."""

    created_at: dt.datetime
    issues_enabled: bool = True
    archived: bool = False


@dataclass(eq=False, slots=True, kw_only=True)
class Label:
    """One label row: renaming keeps the id, deleting leaves its events behind."""

    id: int
    name: str
    owner: Namespace
    created_at: dt.datetime
    color: str
    description: str | None = None
    deleted: bool = False
    archived: bool = False
    """Still on issues, and left out of lists that do not ask for it."""


def slug_of(title: str) -> str:
    """Return the slug of a wiki page: its title with dashes; slashes make directories."""
    return "/".join("-".join(part.split()) for part in title.split("/"))

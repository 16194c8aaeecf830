"""What was written to a world over HTTP, kept in a file, so that the next process finds it there.

A sealed world knows how it was built. The file holds every issue that differs from that, whole, and all labels, links,
files, commits and wiki pages. It fits only a world that was built the same: the file of another one is ignored, with a
warning.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from audit.sandbox.data.item_json import fill, row_of
from audit.sandbox.data.namespaces import Label
from audit.sandbox.data.records import Commit, RepoFile, StoredPage, digest
from audit.sandbox.data.work_items import ItemLink
from audit.sandbox.data.world import World

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = 4
_LOG = logging.getLogger(__name__)


class SealedWorld(World):
    """A world that knows how it was built."""

    def __init__(self, now: dt.datetime) -> None:
        super().__init__(now)
        self.built: dict[int, str] = {}
        """Issue id -> the digest of the issue as it was built."""
        self.origin = ""
        """The digest of all of it."""

    def seal(self) -> None:
        """Take what is there now for what was built."""
        self.built = {number: _digest(row_of(issue)) for number, issue in self.issues.items()}
        self.origin = digest(VERSION, _digest(self.built), _digest(_beside_issues(self)))


def save(world: SealedWorld, path: Path) -> None:
    """Write what differs from the world as it was built; the file is there whole, or as it was before."""
    rows = [row_of(issue) for issue in world.issues.values()]
    changed = [row for row in rows if world.built.get(row["id"]) != _digest(row)]
    state = {"issues": changed, **_beside_issues(world)}
    document = {"version": VERSION, "origin": world.origin, "digest": _digest(state), "state": state}
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def restore(world: SealedWorld, path: Path) -> bool:
    """Write what a file holds into a freshly built world; False where there is no file, or none that fits."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        _LOG.warning("%s cannot be read and is ignored: %s", path, error)
        return False
    if not isinstance(kept, dict) or (kept.get("version"), kept.get("origin")) != (VERSION, world.origin):
        _LOG.warning("%s belongs to another version of this world and is ignored", path)
        return False
    if kept.get("digest") != _digest(kept.get("state")):
        _LOG.warning("%s is damaged and is ignored", path)
        return False
    state = kept["state"]
    _restore_labels(world, state["labels"])
    _restore_repositories(world, state["files"], state["commits"])
    _restore_wikis(world, state["pages"])
    fill(world, state["issues"])
    _restore_links(world, state["links"])
    return True


def _digest(data: Any) -> str:
    return digest(json.dumps(data, sort_keys=True))


def _beside_issues(world: World) -> dict[str, Any]:
    """Return as JSON what there is beside issues."""
    spaces, projects = list(world.namespaces()), world.projects.values()
    return {
        "labels": [
            [space.path, label.id, name, label.color, label.created_at.isoformat(), label.archived]
            for space in spaces
            for name, label in space.labels.items()
        ],
        "links": [
            [
                link.id,
                link.source.id,
                link.target.id,
                link.kind,
                link.created_at.isoformat(),
                link.updated_at.isoformat(),
            ]
            for link in world.links
        ],
        "files": [[p.path, f.path, f.text, f.commit_id, f.binary] for p in projects for f in p.files.values()],
        "commits": [
            [p.path, c.id, c.message, c.author, c.at.isoformat(), list(map(list, c.texts))]
            for p in projects
            for c in p.commits
        ],
        "pages": [
            [space.path, page.slug, page.title, page.content, page.history]
            for space in spaces
            for page in space.wiki.values()
        ],
    }


def _restore_repositories(world: World, files: list[list[Any]], commits: list[list[Any]]) -> None:
    for project in world.projects.values():
        project.files.clear()
        project.commits.clear()
    for project_path, path, text, commit, binary in files:
        world.projects[project_path].files[path] = RepoFile(path=path, text=text, commit_id=commit, binary=binary)
    for project_path, number, message, author, at, texts in commits:
        moment = dt.datetime.fromisoformat(at)
        made = Commit(id=number, message=message, author=author, at=moment, texts=tuple(map(tuple, texts)))
        world.projects[project_path].commits.append(made)


def _restore_wikis(world: World, pages: list[list[Any]]) -> None:
    spaces = {space.path: space for space in world.namespaces()}
    for space in spaces.values():
        space.wiki.clear()
    for path, slug, title, content, history in pages:
        spaces[path].wiki[slug] = StoredPage(slug=slug, title=title, content=content, history=history)


def _restore_labels(world: World, rows: list[list[Any]]) -> None:
    spaces = {space.path: space for space in world.namespaces()}
    for path, number, name, color, created, archived in rows:
        space = spaces[path]
        at = dt.datetime.fromisoformat(created)
        made = Label(id=number, name=name, owner=space, created_at=at, color=color, archived=archived)
        space.labels.setdefault(name, made)
    world.registrar.skip("label", (row[1] for row in rows))


def _restore_links(world: World, rows: list[list[Any]]) -> None:
    for issue in world.issues.values():
        issue.links.clear()
    for number, source, target, kind, created, updated in rows:
        link = ItemLink(
            id=number,
            source=world.issues[source],
            target=world.issues[target],
            kind=kind,
            created_at=dt.datetime.fromisoformat(created),
            updated_at=dt.datetime.fromisoformat(updated),
        )
        link.source.links.append(link)
        link.target.links.append(link)
    world.registrar.skip("link", (row[0] for row in rows))

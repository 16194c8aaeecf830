"""What was written to a world over HTTP, kept in a file, so that the next process finds it there.

A world that is sealed knows how it was built. The file holds every issue that differs from that, whole, and the
labels, links, files and pages. It fits only a world that was built the same: the file of another one is ignored, with
a warning.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import TYPE_CHECKING, Any, Final

from audit.sandbox.issue_rows import advance, fill, row_of
from audit.sandbox.records import Commit, Label, Link, RepoFile, WikiPage, digest
from audit.sandbox.state import World

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from audit.sandbox.state import Group, Project

VERSION: Final = 2
_LOG = logging.getLogger(__name__)


class Remembered(World):
    """A world that knows how it was built."""

    def __init__(self, now: dt.datetime) -> None:
        super().__init__(now)
        self.built: dict[int, str] = {}
        """Issue id -> the digest of the issue as it was built."""
        self.origin = ""
        """The digest of all of it."""

    def seal(self) -> None:
        """Remember that all this was built, and not written by anybody."""
        self.built = {number: digest(_line(row_of(issue))) for number, issue in self.issues.items()}
        self.origin = digest(VERSION, _line(self.built), _line(_around(self)))


def save(world: Remembered, path: Path) -> None:
    """Write what differs from the world as it was built; the file is there whole, or as it was before."""
    rows = [row_of(issue) for issue in world.issues.values()]
    changed = [row for row in rows if world.built.get(row["id"]) != digest(_line(row))]
    told = {"issues": changed, **_around(world)}
    text = json.dumps(
        {"version": VERSION, "origin": world.origin, "digest": digest(_line(told)), "told": told}, indent=1
    )
    part = path.with_name(f"{path.name}.part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(path)


def restore(world: Remembered, path: Path) -> bool:
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
    if kept.get("digest") != digest(_line(kept.get("told"))):
        _LOG.warning("%s is damaged and is ignored", path)
        return False
    _retell(world, kept["told"])
    return True


def _line(data: Any) -> str:
    return json.dumps(data, sort_keys=True)


def _places(world: World) -> Iterable[Group | Project]:
    yield from world.groups.values()
    yield from world.projects.values()


def _around(world: World) -> dict[str, Any]:
    """Return what there is beside issues."""
    projects = world.projects.values()
    return {
        "labels": [
            {
                "id": label.id,
                "name": name,
                "place": place.path,
                "color": label.color,
                "at": label.created_at.isoformat(),
            }
            for place in _places(world)
            for name, label in place.labels.items()
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
            for link in world.links.values()
        ],
        "files": [[p.path, f.path, f.text, f.commit_id, f.binary] for p in projects for f in p.files.values()],
        "commits": [
            [p.path, c.id, c.message, c.author, c.at.isoformat(), list(c.paths)] for p in projects for c in p.commits
        ],
        "pages": [
            [place.path, page.slug, page.title, page.content, page.history]
            for place in _places(world)
            for page in place.wiki.values()
        ],
    }


def _retell(world: World, told: dict[str, Any]) -> None:
    _retell_labels(world, told["labels"])
    _retell_repositories(world, told["files"], told["commits"])
    _retell_wikis(world, told["pages"])
    fill(world, told["issues"])
    _retell_links(world, told["links"])


def _retell_repositories(world: World, files: list[list[Any]], commits: list[list[Any]]) -> None:
    for project in world.projects.values():
        project.files.clear()
        project.commits.clear()
    for place, path, text, commit, binary in files:
        world.projects[place].files[path] = RepoFile(path=path, text=text, commit_id=commit, binary=binary)
    for place, number, message, author, at, paths in commits:
        made = Commit(id=number, message=message, author=author, at=dt.datetime.fromisoformat(at), paths=tuple(paths))
        world.projects[place].commits.append(made)


def _retell_wikis(world: World, pages: list[list[Any]]) -> None:
    places = {place.path: place for place in _places(world)}
    for place in places.values():
        place.wiki.clear()
    for path, slug, title, content, history in pages:
        places[path].wiki[slug] = WikiPage(slug=slug, title=title, content=content, history=history)


def _retell_labels(world: World, rows: list[dict[str, Any]]) -> None:
    places = {place.path: place for place in _places(world)}
    for row in rows:
        place = places[row["place"]]
        if row["name"] not in place.labels:
            place.labels[row["name"]] = Label(
                id=row["id"],
                name=row["name"],
                owner=place,
                created_at=dt.datetime.fromisoformat(row["at"]),
                color=row["color"],
            )
    advance(world, "label", (row["id"] for row in rows))


def _retell_links(world: World, rows: list[list[Any]]) -> None:
    world.links.clear()
    for issue in world.issues.values():
        issue.links.clear()
    for number, source, target, kind, created, updated in rows:
        link = Link(
            id=number,
            source=world.issues[source],
            target=world.issues[target],
            kind=kind,
            created_at=dt.datetime.fromisoformat(created),
            updated_at=dt.datetime.fromisoformat(updated),
        )
        world.links[number] = link
        link.source.links.append(link)
        link.target.links.append(link)
    advance(world, "link", (row[0] for row in rows))

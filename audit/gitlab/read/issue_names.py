"""Names of issues as GitLab's API gives them, and, generously, as people write them in texts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from audit.model import Ref

if TYPE_CHECKING:
    from collections.abc import Collection

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_PROJECT = rf"{_SEGMENT}(?:/{_SEGMENT})*"
_FULL = re.compile(rf"(?P<project>{_SEGMENT}(?:/{_SEGMENT})+)#(?P<iid>\d+)")
# the API names issues by /-/work_items/N today, by /-/issues/N before, and by /issues/N long ago
_PATH = re.compile(
    rf"/(?P<project>{_SEGMENT}(?:/{_SEGMENT})+?)/(?:-/)?(?:issues(?:/incident)?|work_items)/(?P<iid>\d+)(?![\w-])"
)
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`|]+", re.IGNORECASE)
_SHORT = re.compile(rf"(?<![\w/&;.-])(?P<project>{_PROJECT})?#(?P<iid>[1-9]\d{{0,9}})(?![\w-])")


def from_api(reference: str | None, url: str | None, *, root: str = "") -> Ref | None:
    """Return the issue that the API names by ``group/project#12``, or else by its URL; None where it is no issue."""
    found = _FULL.fullmatch(reference or "")
    return Ref(found["project"], int(found["iid"])) if found else from_url(url, root=root)


def from_url(url: str | None, *, root: str = "") -> Ref | None:
    """Return the issue at a URL of this GitLab, which lives below ``root``. Group level items are no issues."""
    path = unquote(urlsplit(url or "").path)
    found = _PATH.match(path.removeprefix(root) if path.startswith(f"{root}/") else path)
    if not found or found["project"].startswith("groups/"):
        return None
    return Ref(found["project"].removesuffix("/-"), int(found["iid"]))


def in_text(text: str, *, project: str, hosts: Collection[str], root: str = "") -> set[Ref]:
    """Return whatever may be a reference in a text of ``project``: what to ask for, not what counts (the core's)."""
    found: set[Ref] = set()
    for url in _URL.findall(text):
        if urlsplit(url).netloc.rpartition("@")[2].lower() in hosts and (ref := from_url(url, root=root)):
            found.add(ref)
    above = project.rpartition("/")[0]
    for short in _SHORT.finditer(_URL.sub(" ", text)):
        name = short["project"] or project
        found.add(Ref(name if "/" in name else f"{above}/{name}", int(short["iid"])))
    return found

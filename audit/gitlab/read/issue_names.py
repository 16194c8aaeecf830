"""Parses the names of issues in GitLab's API."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from audit.model import Ref

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_FULL = re.compile(rf"(?P<project>{_SEGMENT}(?:/{_SEGMENT})+)#(?P<iid>\d+)")
# the API uses /-/work_items/N today, earlier /-/issues/N, and long ago /issues/N
_PATH = re.compile(
    rf"/(?P<project>{_SEGMENT}(?:/{_SEGMENT})+?)/(?:-/)?(?:issues(?:/incident)?|work_items)/(?P<iid>\d+)(?![\w-])"
)


# group/sub&5 is an epic; addresses of epics, and of work items of a group, begin with /groups/
_OF_GROUP = re.compile(r".+&\d+")


def is_of_group(reference: str | None, url: str | None, *, root: str = "") -> bool:
    """Return whether the API names an epic or a work item of a group, which is no issue."""
    path = unquote(urlsplit(url or "").path).removeprefix(root)
    return path.startswith("/groups/") or _OF_GROUP.fullmatch(reference or "") is not None


def from_api(reference: str | None, url: str | None, *, root: str = "") -> Ref | None:
    """Return the issue that the API names by ``group/project#12``, or else by its URL; None if it is not an issue."""
    name = _FULL.fullmatch(reference or "")
    return Ref(name["project"], int(name["iid"])) if name else from_url(url, root=root)


def from_url(url: str | None, *, root: str = "") -> Ref | None:
    """Return the issue at a URL of this GitLab with relative URL root ``root``; None for group level items."""
    path = unquote(urlsplit(url or "").path)
    name = _PATH.match(path.removeprefix(root) if path.startswith(f"{root}/") else path)
    if not name or name["project"].startswith("groups/"):
        return None
    return Ref(name["project"].removesuffix("/-"), int(name["iid"]))

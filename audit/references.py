"""References to issues in a text, in every form that GitLab reads (POLICY.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.model import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ADDRESS = re.compile(r"https?://[^\s<>\"'|\\\ufdd0]+", re.IGNORECASE)
_PATH = r"[\w.-]+(?:/[\w.-]+)+?"
_ISSUE_PATH = re.compile(
    rf"(?P<project>{_PATH})/(?:-/)?(?:issues(?:/incident)?|work_items)/(?P<iid>\d+)(?P<rest>[^\s)\]]*)", re.IGNORECASE
)
_ROOTED = re.compile(rf"(?<![\w.:/-])/{_ISSUE_PATH.pattern}", re.IGNORECASE)
_SHORT = re.compile(r"(?<![\w/&#.!-])(?P<project>[\w.-]+(?:/[\w.-]+)*)?#(?P<iid>\d{1,18})(?:\+s?)?(?!\w|-\w)")
_COMMENT = re.compile(r"#note_\d+")
_INCIDENT_IO = re.compile(
    r"https?://(?:[\w-]+\.)*incident\.io/[^\s<>\"']*?incidents/(?P<number>\d+)(?![\w-])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What decides which project a reference means."""

    hosts: frozenset[str]
    """Host names of this GitLab, lower case; another host is another GitLab."""
    projects: Mapping[str, str]
    """Lower-case path, of today or a former one, -> path of today, for every project that was read."""


def references(text: str, home: str, naming: Naming) -> Iterator[Ref]:
    """Yield what the text names in the projects that were read, in no particular order, doubles included.

    ``home`` is the project in which the text stands today: ``#12`` means it, ``name#12`` its sibling. A link to a
    comment, and anything that is followed by more of a word, is no reference to the issue.
    """
    for address in _ADDRESS.findall(text):
        yield from _of_address(address, naming)
    rest = _ADDRESS.sub(" ", text)
    for found in _ROOTED.finditer(rest):
        yield from _of_path(found, naming)
    for found in _SHORT.finditer(_ROOTED.sub(" ", rest)):
        project = naming.projects.get(_named(found["project"], home).lower())
        if project is not None:
            yield Ref(project, int(found["iid"]))


def names_an_issue(text: str) -> bool:
    """Tell whether a text names an issue of any project on any host."""
    return _SHORT.search(_ADDRESS.sub(" ", text)) is not None or _ISSUE_PATH.search(text) is not None


def _of_address(address: str, naming: Naming) -> Iterator[Ref]:
    host, _, path = address.partition("://")[2].partition("/")
    if host.rpartition("@")[2].lower() in naming.hosts:
        found = _ISSUE_PATH.match(path)
        if found:
            yield from _of_path(found, naming)


def _of_path(found: re.Match[str], naming: Naming) -> Iterator[Ref]:
    project = naming.projects.get(found["project"].lower())
    rest = found["rest"]
    if project is not None and not re.match(r"[\w-]", rest) and not _COMMENT.search(rest):
        yield Ref(project, int(found["iid"]))


def _named(written: str | None, home: str) -> str:
    if written is None:
        return home
    if "/" in written:
        return written
    return f"{home.rpartition('/')[0]}/{written}"


def external_ids(text: str, pattern: str) -> frozenset[str]:
    """Return the whole ids that match ``pattern``, and ``INC-n`` for the number of an incident.io incident address."""
    numbers = {f"INC-{found['number']}" for found in _INCIDENT_IO.finditer(text)}
    whole = re.compile(rf"(?<![\w-])(?:{pattern})(?![\w]|-\w)")
    return frozenset(numbers | {found[0] for found in whole.finditer(text)})

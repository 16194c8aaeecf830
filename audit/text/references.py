"""References to issues in a text, in every form that GitLab reads (POLICY.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from audit.model import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Numbers are short, or int() refuses them; words are ASCII, as GitLab's paths are, so that text without spaces between
# its words (Japanese, say) may stand right beside a reference.
_ADDRESS = re.compile(r"https?://(?:(?!https?://)[^\s<>\"'|\\\ufdd0])+", re.IGNORECASE)
_PATH = r"[\w.-]+(?:/[\w.-]+){1,20}?"  # GitLab nests groups no deeper, and a long line of slashes takes no time
_ISSUE = rf"(?P<project>{_PATH})/(?:-/)?(?:issues(?:/incident)?|work_items)/(?P<iid>\d{{1,18}})(?!\w|-\w)"
_ISSUE_PATH = re.compile(rf"{_ISSUE}(?P<rest>[^\s)\]]*)", re.IGNORECASE | re.ASCII)
_ANY_ISSUE_PATH = re.compile(rf"(?<![\w.-]){_ISSUE}", re.IGNORECASE | re.ASCII)
_ROOTED = re.compile(rf"(?<![\w.:/-])/{_ISSUE_PATH.pattern}", re.IGNORECASE | re.ASCII)
_SHORT = re.compile(r"(?<![\w/&#.!-])(?P<project>[\w.-]+(?:/[\w.-]+)*)?#(?P<iid>\d{1,18})(?:\+s?)?(?!\w|-\w)", re.ASCII)
_COMMENT = re.compile(r"#note_\d+")
_INCIDENT_IO = re.compile(
    r"https?://(?:[\w-]+\.)*incident\.io/[^\s<>\"']{0,200}?incidents/"
    r"(?:(?P<number>\d{1,18})|(?P<ulid>[0-7][0-9A-HJKMNP-TV-Z]{25}))(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_GLOBAL_FLAGS = re.compile(r"\(\?([aimsux]+)\)")
_EPIC = re.compile(r"(?<![\w/&#.!-])(?:[\w.-]+(?:/[\w.-]+)*/?)?&\d{1,18}(?!\w|-\w|;)", re.ASCII)
_EPIC_PATH = re.compile(
    r"(?<![\w.-])groups/[\w./-]{1,300}/(?:epics|work_items)/\d{1,18}(?!\w|-\w)", re.IGNORECASE | re.ASCII
)
# Asked of every text: an expression that begins with a rare sign is ten times faster than one that tries each letter.
MAY_NAME: Final = re.compile(r"[#/](?:(?<=#)\d|(?<=issues/)|(?<=work_items/))", re.IGNORECASE)
"""Occurs in every text that names an issue."""
MAY_NAME_WORK: Final = re.compile(r"[#&/](?:(?<=[#&])\d|(?<=issues/)|(?<=work_items/)|(?<=epics/))", re.IGNORECASE)
"""Occurs in every text that names an issue or an epic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What decides which project a reference means."""

    hosts: frozenset[str]
    """Host names of this GitLab, lower case; another host is another GitLab."""
    projects: Mapping[str, str]
    """Lower-case path, of today or a former one, -> path of today, for every project that was read."""
    root: str = ""
    """The path below which the instance lives, like ``/gitlab``; mostly empty."""


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


def typed(text: str) -> tuple[str, int] | None:
    """Read what a person typed or pasted to name one issue: ``group/project#12``, ``#12`` or an issue's address.

    Returns the project's path, empty where none was given, and the number; None where it names no issue.
    """
    pasted = text.strip()
    if _ADDRESS.fullmatch(pasted):
        found = _ISSUE_PATH.search(urlsplit(pasted).path.lstrip("/"))
    else:
        found = _SHORT.fullmatch(pasted)
    return (found["project"] or "", int(found["iid"])) if found else None


def names_an_issue(text: str) -> bool:
    """Tell whether a text names an issue of any project on any host."""
    return _SHORT.search(_ADDRESS.sub(" ", text)) is not None or _ANY_ISSUE_PATH.search(text) is not None


def names_another(text: str, home: str, naming: Naming, own: Callable[[Ref], bool]) -> bool:
    """Tell whether a text names an epic, or an issue of any project on any host, that is not its ``own``.

    A link to a comment names the issue that it stands on: here nobody is told to write what may be written.
    """
    rest = _ADDRESS.sub(" ", text)
    if _EPIC.search(rest) or _EPIC_PATH.search(text):
        return True
    named = [_issue_at(address, naming) for address in _ADDRESS.findall(text) if _ANY_ISSUE_PATH.search(address)]
    named += [_issue(found["project"], found["iid"], naming) for found in _ROOTED.finditer(rest)]
    short = _SHORT.finditer(_ROOTED.sub(" ", rest))
    named += [_issue(_named(found["project"], home), found["iid"], naming) for found in short]
    return any(ref is None or not own(ref) for ref in named)


def _issue_at(address: str, naming: Naming) -> Ref | None:
    """Return the issue at an address; None where it is in no project that was read."""
    found = _at(address, naming)
    return _issue(found["project"], found["iid"], naming) if found else None


def _issue(project: str, iid: str, naming: Naming) -> Ref | None:
    today = _today(project, naming)
    return Ref(today, int(iid)) if today is not None else None


def _of_address(address: str, naming: Naming) -> Iterator[Ref]:
    found = _at(address, naming)
    if found:
        yield from _of_path(found, naming)


def _at(address: str, naming: Naming) -> re.Match[str] | None:
    """Match the path of an issue's address on this GitLab."""
    host, _, path = address.partition("://")[2].partition("/")
    if host.rpartition("@")[2].lower() not in naming.hosts:
        return None
    return _ISSUE_PATH.match(path)


def _today(project: str, naming: Naming) -> str | None:
    """Return a project's path of today; where the instance lives below a path, addresses begin with that."""
    path = project.lower()
    return naming.projects.get(path) or naming.projects.get(path.removeprefix(f"{naming.root.strip('/').lower()}/"))


def _of_path(found: re.Match[str], naming: Naming) -> Iterator[Ref]:
    project = _today(found["project"], naming)
    if project is not None and not _COMMENT.search(found["rest"]):
        yield Ref(project, int(found["iid"]))


def _named(written: str | None, home: str) -> str:
    if written is None:
        return home
    if "/" in written:
        return written
    return f"{home.rpartition('/')[0]}/{written}"


def external_ids(text: str, pattern: str) -> frozenset[str]:
    """Return the whole ids that match ``pattern``, and those of incident.io addresses.

    The number in such an address is ``INC-n``; a ULID, which newer addresses have, is an id by itself.
    """
    addressed = {
        f"INC-{int(found['number'])}" if found["number"] else found["ulid"].upper()
        for found in _INCIDENT_IO.finditer(text)
    }
    return frozenset(addressed | {found[0] for found in _whole(pattern).finditer(text) if found[0]})


def may_hold_external_id(pattern: str) -> re.Pattern[str]:
    """Return what occurs in every text in which :func:`external_ids` finds something."""
    return re.compile(rf"{_scoped(pattern)}|(?i:incident\.io)")


def _scoped(pattern: str) -> str:
    """Keep an expression's flags with it: for the whole of one they may only stand at its beginning."""
    flags = _GLOBAL_FLAGS.match(pattern)
    return f"(?{flags[1]}:{pattern[flags.end() :]})" if flags else f"(?:{pattern})"


@lru_cache(maxsize=8)
def _whole(pattern: str) -> re.Pattern[str]:
    inner = _scoped(pattern)
    return re.compile(rf"(?<![a-zA-Z0-9_-]){inner}(?![a-zA-Z0-9_]|-[a-zA-Z0-9_])")

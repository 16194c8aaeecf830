"""References to issues in a text, in every form that GitLab reads (POLICY.md section 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from audit.model import Ref
from audit.text.pattern_cost import LONGEST_ID, as_group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# Numbers are short, or int() refuses them; words are ASCII, as GitLab's paths are, so that text without spaces between
# its words (Japanese, say) may stand right beside a reference.
_ADDRESS = re.compile(r"https?://(?:(?!https?://)[^\s<>\"'|\\\ufdd0])+", re.IGNORECASE)
_PATH = r"[\w.-]+(?:/[\w.-]+){1,20}?"  # GitLab nests groups no deeper, and a long line of slashes takes no time
_ISSUE = r"/(?:-/)?(?:issues(?:/incident)?|work_items)/(?P<iid>\d{1,18})(?!\w|-\w)"
_ISSUE_PATH = re.compile(rf"(?P<project>{_PATH}){_ISSUE}(?P<rest>[^\s)\]]*)", re.IGNORECASE | re.ASCII)
_ANY_ISSUE_PATH = re.compile(rf"(?<![\w.-])(?:{_PATH})?{_ISSUE}", re.IGNORECASE | re.ASCII)
_ROOTED = re.compile(rf"(?<![\w.:/-])(?:/(?P<project>{_PATH}))?{_ISSUE}(?P<rest>[^\s)\]]*)", re.IGNORECASE | re.ASCII)
_SHORT = re.compile(r"(?<![\w/&#.!-])(?P<project>[\w.-]+(?:/[\w.-]+)*)?#(?P<iid>\d{1,18})(?:\+s?)?(?!\w|-\w)", re.ASCII)
_MOST = 2**31
"""Issues are numbered below this."""
_DEFAULT_PORT = re.compile(r":(?:80|443)?$")
ANY_PORT: Final = ":*"
"""Stands behind the name of a host of which any port is meant."""
_COMMENT = re.compile(r"#note_\d+")
_INCIDENT_IO = re.compile(
    r"https?://(?:[\w-]+\.)*incident\.io/[^\s<>\"']{0,200}?incidents/"
    r"(?:(?P<number>\d{1,18})|(?P<ulid>[0-7][0-9A-HJKMNP-TV-Z]{25}))(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
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
    """Of this GitLab, lower case: ``host``, ``host:port``, or ``host:*`` for any port. Others are other GitLabs."""
    projects: Mapping[str, str] | None
    """Lower-case path, of today or a former one, -> path of today, for every project that was read.

    None: each path counts as it is written, so that it can be asked for.
    """
    root: str = ""
    """The path below which the instance lives, like ``/gitlab``; mostly empty."""

    def here(self, host: str) -> bool:
        """Tell whether a host, with its port if it has one, is this GitLab."""
        host = _DEFAULT_PORT.sub("", host.rpartition("@")[2].lower())
        return host in self.hosts or host.partition(":")[0] + ANY_PORT in self.hosts

    def issue(self, project: str, iid: str) -> Ref | None:
        """Return the issue that a path and a number mean; None where it is in no project that was read."""
        today = self._today(project)
        return Ref(today, int(iid)) if today is not None and 0 < int(iid) < _MOST else None

    def _today(self, project: str) -> str | None:
        """Return a project's path of today; where the instance lives below a path, addresses begin with that."""
        root = f"{self.root.strip('/')}/".lower()
        inside = project[len(root) :] if project.lower().startswith(root) else project
        if self.projects is None:
            return inside if "/" in inside else project
        return self.projects.get(project.lower()) or self.projects.get(inside.lower())


def references(text: str, home: str, naming: Naming, *, comments: bool = False) -> Iterator[Ref]:
    """Yield what the text names in the projects that were read, in no particular order, doubles included.

    ``home`` is the project in which the text stands today: ``#12`` means it, ``name#12`` its sibling. The address of a
    comment names its issue only with ``comments``. What is followed by more of a word is no reference.
    """
    issues = (named.issue for named in _named(text, home, naming) if comments or not named.comment)
    yield from filter(None, issues)


def typed(text: str) -> tuple[str, int] | None:
    """Read what a person typed or pasted to name one issue: ``group/project#12``, ``#12`` or an issue's address.

    Returns the project's path, empty where none was given, and the number; None where it names no issue.
    """
    pasted = text.strip()
    if _ADDRESS.fullmatch(pasted):
        match = _ISSUE_PATH.search(urlsplit(pasted).path.lstrip("/"))
    else:
        match = _SHORT.fullmatch(pasted)
    return (match["project"] or "", int(match["iid"])) if match else None


def names_an_issue(text: str) -> bool:
    """Tell whether a text names an issue of any project on any host."""
    return _SHORT.search(_ADDRESS.sub(" ", text)) is not None or _ANY_ISSUE_PATH.search(text) is not None


def names_another(text: str, home: str, naming: Naming, known: Callable[[Ref], bool]) -> bool:
    """Tell whether a text names an epic, or an issue of any project on any host, that is none of the ``known`` ones.

    The address of a comment names its issue: no rule may ask for what may be there.
    """
    if _EPIC.search(_ADDRESS.sub(" ", text)) or _EPIC_PATH.search(text):
        return True
    return any(named.issue is None or not known(named.issue) for named in _named(text, home, naming))


class _Named(NamedTuple):
    issue: Ref | None
    """None where it is in no project that was read, or on another host."""
    comment: bool = False
    """It is the address of a comment on the issue."""


def _named(text: str, home: str, naming: Naming) -> Iterator[_Named]:
    """Yield every reference to an issue, of any project on any host, those that are written alike once."""
    for address in dict.fromkeys(_ADDRESS.findall(text)):
        host, _, path = address.partition("://")[2].partition("/")
        match = _ISSUE_PATH.match(path)
        if match and naming.here(host):
            yield _Named(naming.issue(match["project"], match["iid"]), _COMMENT.search(match["rest"]) is not None)
        elif _ANY_ISSUE_PATH.search(path):
            yield _Named(None)
    rest = _ADDRESS.sub(" ", text)
    for project, iid, further in dict.fromkeys(_ROOTED.findall(rest)):
        yield _Named(naming.issue(project or home, iid), _COMMENT.search(further) is not None)
    for project, iid in dict.fromkeys(_SHORT.findall(_ROOTED.sub(" ", rest))):
        yield _Named(naming.issue(_path(project, home), iid))


def _path(written: str, home: str) -> str:
    """Return the path of the project that stands before a ``#``: a name alone is a sibling of ``home``."""
    if not written or "/" in written:
        return written or home
    return f"{home.rpartition('/')[0]}/{written}"


def external_ids(text: str, pattern: str) -> frozenset[str]:
    """Return the whole ids that match ``pattern``, and those of incident.io addresses.

    The number in such an address is ``INC-n``; a ULID, which newer addresses have, is an id by itself.
    """
    addressed = {
        f"INC-{int(match['number'])}" if match["number"] else match["ulid"].upper()
        for match in _INCIDENT_IO.finditer(text)
    }
    return frozenset(addressed | {match[0] for match in _whole(pattern).finditer(text) if match[0]})


def may_hold_external_id(pattern: str) -> re.Pattern[str]:
    """Return what occurs in every text in which :func:`external_ids` finds something."""
    return re.compile(rf"{as_group(pattern, LONGEST_ID)}|(?i:incident\.io)")


@lru_cache(maxsize=8)
def _whole(pattern: str) -> re.Pattern[str]:
    inner = as_group(pattern, LONGEST_ID)
    return re.compile(rf"(?<![a-zA-Z0-9_-]){inner}(?![a-zA-Z0-9_]|-[a-zA-Z0-9_])")

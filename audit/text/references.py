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
    from collections.abc import Callable, Iterable, Iterator, Mapping

# Numbers are short, since int() refuses long ones; words are ASCII, like GitLab's paths, so that text without spaces
# between words (Japanese, say) may be right beside a reference.
_ADDRESS = re.compile(r"https?://(?:(?!https?://)[^\s<>\"'|\\\ufdd0])+", re.IGNORECASE)
_PATH = r"[\w.-]+(?:/[\w.-]+){1,20}?"  # as deep as GitLab nests groups; keeps slashes cheap
_ISSUE = r"/(?:-/)?(?:issues(?:/incident)?|work_items)/(?P<iid>\d{1,18})(?!\w|-\w)"
_ISSUE_PATH = re.compile(rf"(?P<project>{_PATH}){_ISSUE}(?P<rest>[^\s)\]]*)", re.IGNORECASE | re.ASCII)
_ANY_ISSUE_PATH = re.compile(rf"(?<![\w.-])(?:{_PATH})?{_ISSUE}", re.IGNORECASE | re.ASCII)
_ROOTED = re.compile(rf"(?<![\w.:/-])(?:/(?P<project>{_PATH}))?{_ISSUE}(?P<rest>[^\s)\]]*)", re.IGNORECASE | re.ASCII)
_SHORT = re.compile(r"(?<![\w/&#.!-])(?P<project>[\w.-]+(?:/[\w.-]+)*)?#(?P<iid>\d{1,18})(?:\+s?)?(?!\w|-\w)", re.ASCII)
_MOST = 2**31
"""All issue numbers are below this."""
_DEFAULT_PORT = re.compile(r":(?:80|443)?$")
ANY_PORT: Final = ":*"
"""Follows a host name if any port is meant."""
_COMMENT = re.compile(r"#note_\d+")
_INCIDENT_IO = re.compile(
    r"https?://(?:[\w-]+\.)*incident\.io/[^\s<>\"']{0,200}?incidents/"
    r"(?:(?P<number>\d{1,18})|(?P<ulid>[0-7][0-9A-HJKMNP-TV-Z]{25}))(?![\w-])",
    re.IGNORECASE | re.ASCII,
)
_INCIDENT_IO_HOST = re.compile(r"\.(?<=incident\.)io", re.IGNORECASE)
_EPIC = re.compile(r"(?<![\w/&#.!-])(?:[\w.-]+(?:/[\w.-]+)*/?)?[&!]\d{1,18}(?!\w|-\w|;)", re.ASCII)
"""An epic or a merge request."""
_MERGE_REQUEST_PATH = re.compile(r"/(?:-/)?merge_requests/\d{1,18}(?!\w|-\w)", re.ASCII)
_WORK_ELSEWHERE = re.compile(
    r"""/(?:pull|pulls|pull-requests|pullrequest|issues?|tickets?|tasks?|stor(?:y|ies)|bugs?|browse|_?workitems/edit
        |cards?)/[\w-]*\d[\w-]*
      | \btrello\.com/c/\w | \bclickup\.com/t/\w | \basana\.com/\S*\d | show_bug\.cgi\?\S*\bid=\d
      | [?&](?:selectedIssue|issue(?:Key)?|ticket|sys_id)=[\w-]*\d""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
"""Where an address leads to an issue, a ticket or a pull request of another tracker."""
_EPIC_PATH = re.compile(
    r"(?<![\w.-])groups/[\w./-]{1,300}/(?:epics|work_items)/\d{1,18}(?!\w|-\w)", re.IGNORECASE | re.ASCII
)
# Run on every text. An expression that begins with a rare character is ten times as fast as one that begins with any.
MAY_NAME: Final = re.compile(r"[#/](?:(?<=#)\d|(?<=issues/)|(?<=work_items/))", re.IGNORECASE)
"""Every text that names an issue contains one of these."""
MAY_NAME_WORK: Final = re.compile(
    r"[#&!/](?:(?<=[#&!])\d|(?<=://)|(?<=issues/)|(?<=work_items/)|(?<=epics/)|(?<=merge_requests/))", re.IGNORECASE
)
"""Every text that names an issue, an epic, a merge request or a ticket of another tracker contains one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """What decides which project a reference means."""

    hosts: frozenset[str]
    """Hosts of this GitLab, lower case: ``host``, ``host:port``, or ``host:*`` for any port."""
    projects: Mapping[str, str] | None
    """Lower-case path, current or former -> current path, for every project that was read.

    None: each path counts as written, so that it can be looked up.
    """
    root: str = ""
    """The relative URL root of the instance, like ``/gitlab``; usually empty."""

    def here(self, host: str) -> bool:
        """Return whether a host, with its port if given, is this GitLab."""
        host = _DEFAULT_PORT.sub("", host.rpartition("@")[2].lower())
        return host in self.hosts or host.partition(":")[0] + ANY_PORT in self.hosts

    def issue(self, project: str, iid: int) -> Ref | None:
        """Return the issue for a path and a number; None if it is in no project that was read."""
        today = self._today(project)
        return Ref(today, iid) if today is not None and 0 < iid < _MOST else None

    def _today(self, project: str) -> str | None:
        """Return a project's current path, without the instance's relative URL root."""
        root = f"{self.root.strip('/')}/".lower()
        inside = project[len(root) :] if project.lower().startswith(root) else project
        if self.projects is None:
            return inside if "/" in inside else project
        return self.projects.get(project.lower()) or self.projects.get(inside.lower())


def host_of_settings(written: str) -> str:
    """Return a host that the settings name as :class:`Naming` holds it: without a port any port is meant."""
    return written.lower() if ":" in written else f"{written.lower()}{ANY_PORT}"


class IssueMention(NamedTuple):
    """A reference to an issue as it is written, before it is known which project it means."""

    project: str
    """Its path; a name alone is a sibling of the text's project; empty: that project itself."""
    iid: int
    host: str = ""
    """Of an address, in small letters, with its port if given; empty: it is no address."""
    comment: bool = False
    """It is the address of a comment on the issue."""


class Mentions(NamedTuple):
    """All that a text names of other work, and nothing else of the text."""

    issues: tuple[IssueMention, ...] = ()
    """Each spelling once."""
    other_work: bool = False
    """It names an epic, a merge or pull request, a ticket of another tracker, or an issue in a path of no project."""
    any_issue: bool = False
    """It names an issue of any project on any host."""


NOTHING_NAMED: Final = Mentions()


def mentions(text: str) -> Mentions:
    """Read what a text names, in every form; a reference must not be followed by more of a word."""
    if not MAY_NAME_WORK.search(text):
        return NOTHING_NAMED
    addresses = tuple(dict.fromkeys(_ADDRESS.findall(text)))
    rest = _ADDRESS.sub(" ", text) if addresses else text
    issues: dict[IssueMention, None] = {}
    elsewhere = False
    for address in addresses:
        host, _, path = address.partition("://")[2].partition("/")
        if match := _ISSUE_PATH.match(path):
            comment = _COMMENT.search(match["rest"]) is not None
            issues[IssueMention(match["project"], int(match["iid"]), _bare(host), comment)] = None
        else:
            elsewhere = elsewhere or _ANY_ISSUE_PATH.search(path) is not None
    folded = text.lower()
    by_path = "issues/" in folded or "work_items/" in folded
    rooted = _ROOTED.findall(rest) if by_path else []
    for project, iid, further in rooted:
        issues[IssueMention(project, int(iid), comment=_COMMENT.search(further) is not None)] = None
    short = _SHORT.findall(_ROOTED.sub(" ", rest) if rooted else rest)
    issues |= dict.fromkeys(IssueMention(project, int(iid)) for project, iid in short)
    return Mentions(
        issues=tuple(issues),
        other_work=elsewhere or _names_other_work(text, addresses, rest),
        any_issue=bool(short) or (by_path and bool(_SHORT.search(rest) or _ANY_ISSUE_PATH.search(text))),
    )


def _bare(host: str) -> str:
    """Return a host in small letters, without the account that an address may name; a dot where it names no host."""
    return host.rpartition("@")[2].lower() or "."


def _names_other_work(text: str, addresses: Iterable[str], rest: str) -> bool:
    if (
        (("&" in rest or "!" in rest) and _EPIC.search(rest))
        or _EPIC_PATH.search(text)
        or _MERGE_REQUEST_PATH.search(text)
    ):
        return True
    return any(_WORK_ELSEWHERE.search(one) and not _ANY_ISSUE_PATH.search(one) for one in addresses)


def issues_in(named: Mentions, home: str, naming: Naming, *, comments: bool = False) -> Iterator[Ref]:
    """Yield the issues that a text names in the projects that were read, in no particular order, with duplicates.

    ``home`` is the text's current project: ``#12`` is in it, ``name#12`` in its sibling. The address of a
    comment names its issue only with ``comments``.
    """
    issues = (_meant(one, home, naming) for one in named.issues if comments or not one.comment)
    yield from filter(None, issues)


def references(text: str, home: str, naming: Naming, *, comments: bool = False) -> Iterator[Ref]:
    """Yield the issues that a text names, as :func:`issues_in` does."""
    yield from issues_in(mentions(text), home, naming, comments=comments)


def typed(text: str) -> tuple[str, int] | None:
    """Read what a person typed or pasted to name one issue: ``group/project#12``, ``#12`` or an issue's address.

    Returns the project's path (empty if none was given) and the number; None if it names no issue.
    """
    pasted = text.strip()
    if _ADDRESS.fullmatch(pasted):
        match = _ISSUE_PATH.search(urlsplit(pasted).path.lstrip("/"))
    else:
        match = _SHORT.fullmatch(pasted)
    return (match["project"] or "", int(match["iid"])) if match else None


def names_another(named: Mentions, home: str, naming: Naming, known: Callable[[Ref], bool]) -> bool:
    """Return whether a text names work that is not one of the ``known`` issues.

    An issue on any host, a merge or pull request, an epic, or by its address a ticket of another tracker. The address
    of a comment counts for its issue: a rule must not ask for what may be there.
    """
    issues = (_meant(one, home, naming) for one in named.issues)
    return named.other_work or any(issue is None or not known(issue) for issue in issues)


def _meant(one: IssueMention, home: str, naming: Naming) -> Ref | None:
    """Return the issue; None if it is in no project that was read, or on another host."""
    if one.host:
        return naming.issue(one.project, one.iid) if naming.here(one.host) else None
    return naming.issue(_path(one.project, home), one.iid)


def _path(written: str, home: str) -> str:
    """Return the project's path before a ``#``; a name alone is a sibling of ``home``."""
    if not written or "/" in written:
        return written or home
    return f"{home.rpartition('/')[0]}/{written}"


def external_ids(text: str, pattern: str) -> frozenset[str]:
    """Return the whole ids that match ``pattern``, and those in incident.io addresses.

    A number n in such an address gives ``INC-n``; a ULID, as in newer addresses, is an id by itself.
    """
    addressed = {
        f"INC-{int(match['number'])}" if match["number"] else match["ulid"].upper()
        for match in _INCIDENT_IO.finditer(text)
    }
    return frozenset(addressed | {match[0] for match in _whole(pattern).finditer(text) if match[0]})


def may_hold_external_id(pattern: str) -> re.Pattern[str]:
    """Return a pattern that matches in every text in which :func:`external_ids` finds something."""
    return re.compile(rf"{as_group(pattern, LONGEST_ID)}|(?i:incident\.io)")


def external_id_marks(pattern: str) -> tuple[re.Pattern[str], ...]:
    """Return the same as two patterns of which one matches: most texts hold neither, and alone they are fast."""
    return re.compile(as_group(pattern, LONGEST_ID)), _INCIDENT_IO_HOST


@lru_cache(maxsize=8)
def _whole(pattern: str) -> re.Pattern[str]:
    inner = as_group(pattern, LONGEST_ID)
    return re.compile(rf"(?<![a-zA-Z0-9_-]){inner}(?![a-zA-Z0-9_]|-[a-zA-Z0-9_])")

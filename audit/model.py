"""The vocabulary of the audit (POLICY.md section 1) as frozen records.

Instants are aware datetimes in UTC; days are dates in the audit's zone. What could not be read is a :class:`Gap`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from audit.catalog_model import Catalog, CatalogPlace, Service, Team

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

__all__ = [
    "UNSEEN_CONFIDENTIAL",
    "Catalog",
    "CatalogPlace",
    "DueDateChange",
    "Gap",
    "Issue",
    "LabelEvent",
    "Level",
    "Link",
    "Mention",
    "Note",
    "Outcome",
    "Records",
    "Ref",
    "Role",
    "Service",
    "Signal",
    "Source",
    "StateEvent",
    "Subject",
    "Team",
    "TemplateEdition",
    "Unasked",
    "User",
    "Verdict",
]


class Ref(NamedTuple):
    """An issue's name: full project path and number. Sorts by project path, then number."""

    project: str
    iid: int

    def __str__(self) -> str:
        """``group/project#12``."""
        return f"{self.project}#{self.iid}"


class Verdict(StrEnum):
    """Of one incident, exactly one, in the order in which section 4 asks for them."""

    OUT_OF_SCOPE = "out_of_scope"
    NOT_REQUIRED = "not_required"
    INCONCLUSIVE = "inconclusive"
    ON_TIME = "on_time"
    LATE = "late"
    WAIVED = "waived"
    EXEMPT_UNOWNED = "exempt_unowned"
    PENDING = "pending"
    OVERDUE = "overdue"
    MISSING = "missing"


class Role(IntEnum):
    """GitLab's roles in a project or group, by the access level of its API."""

    GUEST = 10
    PLANNER = 15
    REPORTER = 20
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50


class Level(StrEnum):
    """Of a finding: only a violation counts in the exit status."""

    VIOLATION = "violation"
    ADVISORY = "advisory"
    INFO = "info"


class Outcome(StrEnum):
    """Of one rule on one subject."""

    CONFORMS = "conforms"
    VIOLATES = "violates"
    WAIVED = "waived"
    NOT_APPLICABLE = "not applicable"
    UNKNOWN = "unknown"


class Subject(StrEnum):
    """What a rule's outcome is about."""

    INCIDENT = "incident"
    REVIEW = "review"
    SERVICE = "service"
    ACTION = "corrective action"


class Signal(StrEnum):
    """How a review was found to belong to an incident, strongest first (section 3)."""

    INLINE = "inline"
    ISSUE_LINK = "issue_link"
    KEY_INFORMATION_ROW = "key_information_row"
    EXTERNAL_ID = "external_id"
    TITLE_REFERENCE = "title_reference"
    DESCRIPTION_REFERENCE = "description_reference"
    TITLE_MATCH = "title_match"


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account. ``active`` is false for blocked, deactivated and banned ones."""

    username: str
    active: bool = True
    bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEvent:
    """A label was added or removed. ``label`` is None when the label has been deleted since."""

    at: datetime
    label: str | None
    added: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEvent:
    """An issue was closed or opened again; its first opening leaves no event."""

    at: datetime
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDateChange:
    """A system note that set the issue's due date to ``due_on``, or removed it (None)."""

    at: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An issue link as seen from one end."""

    target: Ref | None
    """None: the token cannot read the other end."""
    points_to: Ref | None = None
    """Where a target that was moved, or closed as a duplicate, leads."""
    at: datetime | None = None
    """None where the server does not tell when the link was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comment, or a system note. ``id`` is the number that REST uses."""

    id: int
    at: datetime
    author: User
    body: str
    system: bool = False
    internal: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One GitLab issue as it was read: an incident, a review, or neither (the core decides)."""

    ref: Ref
    id: int
    """The global id, the same number in REST and GraphQL."""
    url: str
    title: str
    description: str = ""
    text_kept: bool = True
    """False: title and description are masks, which hold little more than references and ids."""
    reading: str = ""  # the digest under which is kept what a description says that is not; empty: its own
    issue_type: str = "issue"
    """Lower case: incident, issue, task ..."""
    confidential: bool = False
    """Also where it is a corrective action in a project that fewer people may read than the audited ones."""
    discussion_locked: bool = False
    created_at: datetime
    updated_at: datetime | None = None
    """Its last change of any kind; None: not known."""
    closed_at: datetime | None = None
    closing_read: bool = True
    """False: whether or when it was closed is not known, ``closed_at`` is a guess, a gap (``history``) says why."""
    due_on: date | None = None
    """The issue's own due date field, which the policy's due day is not."""
    labels: tuple[str, ...] = ()
    """As spelt. A label by which the server's own list found the issue is among them, even where a page failed."""
    labels_read: bool = True
    """False: a page of its labels failed, ``labels`` holds some of them, a gap (``labels``) says why."""
    severity: int | None = None
    """GitLab's own severity field, 1 to 4; None where it is UNKNOWN."""
    author: User
    assignees: tuple[User, ...] = ()
    assignees_read: bool = True
    """False: a page of its assignees failed, ``assignees`` holds some of them, a gap (``users``) says why."""
    moved: bool = False
    moved_to: Ref | None = None
    """None where it was not moved, or where the server answers that the target is out of the token's sight."""
    duplicate_of: Ref | None = None
    links: tuple[Link, ...] = ()
    label_events: tuple[LabelEvent, ...] = ()
    """Like those below, the oldest first."""
    state_events: tuple[StateEvent, ...] = ()
    due_changes: tuple[DueDateChange, ...] = ()
    comments: int = 0
    """How many comments the server counts; the comments themselves are read only where they matter."""
    links_read: bool = True
    """False: a page of its links failed, a gap says why."""
    history_read: bool = True
    """False: its label and state events could not be read, a gap says why."""
    standing_read: bool = True
    """False: of a past day, which labels were on it is not known: it changed since, and its history was not read."""


class Mention(StrEnum):
    """How an issue leads to another place (project or issue)."""

    MOVE = "move"
    LINK = "link"
    """An issue link, or where the server says that its other end was moved or closed as a duplicate."""
    ROW = "row"
    """The row Link to Incident Issue of its Key Information."""
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unasked:
    """A place to which an issue leads, and of which nothing is known: it could not be asked for (section 4).

    The request failed, or was not made because the issue names more places than are asked for. Where a person's text
    names what is answered "not found", no such record is made; of what the server itself names, one is. One record for
    each issue and place, by its strongest mention; the engine makes the gap of it.
    """

    issue: Ref
    place: str
    """``g/p`` or ``g/p#12``, as far as it is known."""
    mention: Mention
    why: str
    beyond: bool = False
    """Not asked for, since so many others of this issue came first. It changes no incident's verdict."""


UNSEEN_CONFIDENTIAL: Final = "confidential issues"
"""What a gap is called where the token's role is too low to see the confidential issues of a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that could not be read, with why. Whether it could change a verdict is decided by the core."""

    ref: str
    """The issue (``g/p#12``) or the project (``g/p``) that it is about."""
    what: str
    """Like incidents, reviews, links, history, labels, target, place, templates or confidential issues."""
    why: str
    could_change_a_verdict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A project that was read."""

    project: str
    """The full path of today."""
    incidents: bool
    """Its issues can be incidents."""
    reviews: bool
    """Its issues can be reviews."""
    visibility: str = "private"
    url: str = ""
    labels: tuple[str, ...] = ()
    """Every label of the project and its groups today, as spelt."""
    archived: bool = False
    """Nothing can be written there."""
    role: int | None = None
    """The access level of the token's account there, at least; None: not known."""
    complete: bool = True
    """False: a page of its incidents or reviews failed; a gap says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateEdition:
    """An issue template of reviews as its file stood from one commit to the next."""

    origin: str
    """``g/p:.gitlab/issue_templates/x.md``, a local file's name, or ``built-in 2022``."""
    project: str | None
    """None: it counts for every project."""
    since: datetime | None
    """When this edition began; None: since ever."""
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Everything that the shell read, once; the core asks for nothing else."""

    sources: tuple[Source, ...]
    issues: tuple[Issue, ...]
    """Every issue that was read of the projects, each once, in any order."""
    catalog: Catalog | None = None
    accounts: dict[str, User] = field(default_factory=dict)
    """By lower-case username: managers, handles and contacts of the catalogue that are accounts (or not there)."""
    group_members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Handle of an owning team that is a group, without ``@`` -> its direct members, sorted; all in lower case."""
    former_paths: dict[str, str] = field(default_factory=dict)
    """A project's former path (lower case) -> its path of today."""
    gaps: tuple[Gap, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    """Sorted by issue, place and mention: to which places incidents and reviews lead that could not be asked for."""
    hosts: tuple[str, ...] = ()
    """Host names of this GitLab, lower case, with the port where there is one."""
    root: str = ""
    """The path below which it lives there, like ``/gitlab``; mostly empty."""
    unreadable_links_shown: bool = True
    """False where the server leaves out links whose other end cannot be read (REST)."""
    templates: Mapping[str, tuple[TemplateEdition, ...]] = field(default_factory=dict, repr=False)
    """Project of reviews -> every edition of its own and of local templates, sorted by origin, then by age."""
    page_commit: tuple[datetime, str] | None = None
    """The newest commit of the page on which the policy rests: its instant and id; None: no page, or not read."""

    @property
    def unread_accounts(self) -> frozenset[str]:
        """Lower-case usernames that could not be looked up. Gaps of issues' assignees are named after the issue."""
        users = (gap.ref for gap in self.gaps if gap.what == "users" and gap.ref.startswith("@"))
        return frozenset(ref.removeprefix("@").lower() for ref in users)

"""What is published where: one value for each destination of the settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from audit.markers import digest
from audit.publishing import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from audit.publishing.stamp import Stamp
    from audit.settings.publish_settings import PublishSettings
    from audit.settings.tracker_settings import Projects

KEPT: Final = ("report.md", "report.html", "audit.json", "findings.csv")
"""The files of the output folder that are kept in a repository; the others serve the run that wrote them."""
LINKED: Final = 8
"""So many earlier weeks are linked from the week's issue."""
ANOTHER: Final = "an audit of other projects wrote it for the same day, and the two would take each other's place"
"""Why something is left alone that the bot wrote."""


class Outcome(StrEnum):
    """What became of a destination."""

    PLANNED = "would be written"
    PLANNED_TO_SEND = "would be sent"
    CREATED = "written"
    SENT = "sent"
    EDITED = "brought up to date"
    UNCHANGED = "unchanged"
    NEWER = "left alone, since it tells of a later day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was written, or would be."""

    what: str
    where: str
    outcome: Outcome
    url: str = ""
    """Where one can read it; empty: not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """What could not be written, and why; the other destinations were."""

    what: str
    where: str
    why: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The issue of an earlier week."""

    week: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyIssue:
    """The week's issue."""

    project: str
    title: str
    week: str
    """Like 2026-W48."""
    series: str
    """The same for all weeks of one audit: another audit may publish in this project, too."""
    audit: str
    """What the audit is told by."""
    as_of: date
    labels: tuple[str, ...]
    confidential: bool
    body: str = field(repr=False)

    what = "the week's issue"

    @property
    def where(self) -> str:
        """The project, and whether everybody there may read it."""
        return f"{self.project}, confidential" if self.confidential else self.project

    def description(self, earlier: Iterable[Earlier]) -> tuple[str, Stamp]:
        """Return the whole text, with links to the issues of earlier weeks, and the stamp at its end."""
        before = sorted((one for one in earlier if one.week < self.week), key=lambda one: one.week, reverse=True)
        links = ", ".join(f"[{one.week}]({one.url})" for one in before[:LINKED])
        text = f"{self.body.rstrip()}\n\nEarlier weeks: {links}" if links else self.body
        return self._stamped(text, stamp.WEEKLY)

    def unwritten(self) -> str:
        """Return what a confidential issue is opened with, until it is known to be confidential."""
        text = "The report of the week is about to be written here."
        return self._stamped(text, stamp.WEEKLY)[0]

    def repeated(self, url: str) -> str:
        """Return what is left of a second issue of this week, which another run had opened at the same time."""
        text = f"Another run had opened [the issue of this week]({url}) already, so this one is closed."
        return self._stamped(text, stamp.DUPLICATE)[0]

    def _stamped(self, text: str, kind: str) -> tuple[str, Stamp]:
        return stamp.stamped(text, kind=kind, as_of=self.as_of, week=self.week, series=self.series, audit=self.audit)


@dataclass(frozen=True, slots=True, kw_only=True)
class WikiPage:
    """A wiki page with the newest report; GitLab keeps the versions before it."""

    place: str
    """Path of the project or group."""
    of_group: bool
    page: str
    audit: str
    """What the audit is told by."""
    as_of: date
    body: str = field(repr=False)

    what = "wiki page"

    @property
    def where(self) -> str:
        """The wiki and the page."""
        return f"{self.place}, {self.page}"

    @property
    def slug(self) -> str:
        """The page's name in addresses, as GitLab makes it of the title."""
        return "/".join("-".join(part.split()) for part in self.page.split("/"))

    @property
    def content(self) -> tuple[str, Stamp]:
        """The whole text, and the stamp at its end."""
        return stamp.stamped(self.body, kind=stamp.PAGE, as_of=self.as_of, audit=self.audit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one day in a repository."""

    project: str
    branch: str
    """Empty: the default branch."""
    folder: str
    """With the day, like reports/2026-11-23."""
    as_of: date
    texts: Mapping[str, str] = field(repr=False)
    """By the name of the file."""

    what = "files"

    @property
    def where(self) -> str:
        """The project, the folder and the branch."""
        return f"{self.project}, {self.folder}" + (f" on {self.branch}" if self.branch else "")

    @property
    def message(self) -> str:
        """Of the commit; it starts no pipeline, or each report would start one."""
        return f"Incident reviews as of {self.as_of} [skip ci]"


Target = WeeklyIssue | WikiPage | Files


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Everything that goes anywhere but into the output folder."""

    issue: WeeklyIssue | None = None
    wiki: WikiPage | None = None
    files: Files | None = None
    digest: bool = False
    """Whether the digest is sent, too."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """The destinations in GitLab, in the order in which they are written."""
        return tuple(one for one in (self.issue, self.wiki, self.files) if one is not None)

    def planned(self) -> Iterator[Published]:
        """Yield what would be written where."""
        for target in self.targets:
            yield Published(what=target.what, where=target.where, outcome=Outcome.PLANNED)
        if self.digest:
            yield Published(what="digest", where="by chat or mail", outcome=Outcome.PLANNED_TO_SEND)


def publication(  # noqa: PLR0913 - what is published, and by which audit
    settings: PublishSettings,
    files: Mapping[str, str],
    *,
    as_of: date,
    edition: str,
    team: str = "",
    projects: Projects | None = None,
) -> Publication:
    """Decide what goes where. A team edition goes nowhere: it would take the place of the whole report.

    By ``projects``, those of the settings, two audits that publish in one place notice each other.
    The week's issue, the wiki page and the files are brought up to date by every run, since edits notify nobody; the
    digest, which does, goes out with the weekly edition, unless the settings say otherwise.
    """
    if team:
        return Publication()
    # as the files themselves are written: half of a surrogate pair is no text that a server could keep
    texts = {name: text.encode(errors="replace").decode() for name, text in files.items()}
    audit = digest(projects.model_dump_json())[:12] if projects else ""
    return Publication(
        issue=_issue(settings, texts["report.md"], as_of, audit),
        wiki=_wiki(settings, texts["report.md"], as_of, audit),
        files=_files(settings, texts, as_of),
        digest=digest_due(settings, edition=edition, team=team),
    )


def digest_due(settings: PublishSettings, *, edition: str, team: str = "") -> bool:
    """Tell whether a run that writes sends the digest."""
    notify = settings.notify
    return notify is not None and not team and (notify.when == "always" or edition == "weekly")


def _issue(settings: PublishSettings, body: str, as_of: date, audit: str) -> WeeklyIssue | None:
    asked = settings.issue
    if asked is None:
        return None
    year, week, _ = as_of.isocalendar()
    return WeeklyIssue(
        project=asked.project,
        title=asked.titled(week=week, year=year),
        week=f"{year}-W{week:02}",
        series=digest(asked.title)[:12],
        audit=audit,
        as_of=as_of,
        labels=asked.labels,
        confidential=asked.confidential,
        body=body,
    )


def _wiki(settings: PublishSettings, body: str, as_of: date, audit: str) -> WikiPage | None:
    asked = settings.wiki
    if asked is None:
        return None
    return WikiPage(
        place=asked.group or asked.project,
        of_group=bool(asked.group),
        page=asked.page,
        audit=audit,
        as_of=as_of,
        body=body,
    )


def _files(settings: PublishSettings, files: Mapping[str, str], as_of: date) -> Files | None:
    asked = settings.repository
    if asked is None:
        return None
    return Files(
        project=asked.project,
        branch=asked.branch,
        folder=f"{asked.folder.rstrip('/')}/{as_of.isoformat()}",
        as_of=as_of,
        texts={name: files[name] for name in KEPT if name in files},
    )

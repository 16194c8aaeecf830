"""The week's issue: opened once, found again by its stamp and its author, edited in place.

It keeps the page of the weekly report: a nightly run only writes a line above it, that says what has happened since.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from audit import inert
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import WRITE
from audit.gitlab.read.project_labels import read_labels
from audit.gitlab.read.rest_rows import IssueRow
from audit.gitlab.write.destination import Check, Destination
from audit.markers import digest
from audit.model import Role
from audit.publishing import report_places, stamp
from audit.publishing.published import OTHER_AUDIT, FinishedReport, Published, PublishState, Unpublished
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audit.gitlab.http.client import Client
    from audit.publishing.stamp import Stamp
    from audit.settings.publish_settings import IssueDestination

log = logging.getLogger("audit.gitlab")

_NEWS: Final = "**Since "
"""How the line above a page begins; a page begins with its title."""
LINKED = 8
"""So many earlier weeks are linked from the week's issue."""
_PAGE = 20
"""Issues a request: each may hold a megabyte."""
_OTHER_TITLE = (
    "Give the issues of each audit a title of their own under publish.issue. If there is one audit only, and `projects`"
    " were changed today, it goes on tomorrow."
)


def _check(check: Check, part: IssueDestination) -> IssueDestination:
    row = check.project(part.project, "issues", role=Role.PLANNER, confidential=part.confidential)
    if row.get("issues_enabled") is False or row.get("issues_access_level") == "disabled":
        check.unfit(f"{part.project} has issues disabled")
    return part.model_copy(update={"project": row["path_with_namespace"]})


def _target(part: IssueDestination, report: FinishedReport) -> WeeklyIssue:
    year, week, _ = report.as_of.isocalendar()
    return WeeklyIssue(
        project=part.project,
        title=part.titled(week=week, year=year),
        week=_week(report.as_of),
        series=digest(part.title)[:12],
        audit=report.audit,
        as_of=report.as_of,
        today=report.today,
        labels=part.labels,
        confidential=part.confidential,
        edition=report.edition,
        since=report_places.news(report),
        body=report_places.page_one(report),
    )


DESTINATION = Destination(name="issue", check=_check, target=_target)


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
    """Fingerprint of the audited projects."""
    as_of: date
    today: date
    labels: tuple[str, ...]
    confidential: bool
    body: str = field(repr=False)
    edition: str = ""
    since: Mapping[date, str] = field(default_factory=dict, repr=False)
    """Earlier day of the week -> what has happened since then, on one line."""

    what = "the week's issue"
    needs = "Give the token's account the role Planner or Reporter in that project."

    @property
    def where(self) -> str:
        """The project, and whether everybody there may read it."""
        return f"{self.project}, confidential" if self.confidential else self.project

    def write(self, client: Client, *, bot: str) -> Published | Unpublished:
        """Open the issue of the week, or bring it up to date. Raises RequestError."""
        return _write(self, _Issues(client=client, target=self, bot=bot))

    def description(self, earlier: Mapping[str, str]) -> tuple[str, Stamp]:
        """Return the whole text with links to the issues of earlier weeks, given as week -> address, and its stamp."""
        before = sorted((week for week in earlier if week < self.week), reverse=True)
        links = ", ".join(inert.link(week, earlier[week]) for week in before[:LINKED])
        text = f"{self.body.rstrip()}\n\nEarlier weeks: {links}" if links else self.body
        return self._stamped(text, stamp.WEEKLY)

    def with_news(self, page: str, mark: Stamp) -> tuple[str, Stamp] | None:
        """Return the page of a weekly report, given with its stamp, with a line above it, and its stamp.

        ``page`` stands as the bot wrote it, perhaps with an earlier such line. None: nothing is known to say, or
        a line of the page could be a command, which the bot would give with its own rights.
        """
        line = self.since.get(mark.as_of)
        if line is None or mark.audit not in ("", self.audit) or inert.may_act(page):
            return None
        page = page.split("\n\n", 1)[1] if page.startswith(_NEWS) else page
        return stamp.restamped(f"{line}\n\n{page}", mark, until=self.as_of)

    def unwritten(self) -> str:
        """Return what a confidential issue is opened with, until it is known to be confidential."""
        text = "The report of the week is about to be written here."
        return self._stamped(text, stamp.WEEKLY)[0]

    def repeated(self, url: str) -> str:
        """Return what is left of a second issue of this week, which another run had opened at the same time."""
        text = f"Another run had opened {inert.link('the issue of this week', url)} already, so this one is closed."
        return self._stamped(text, stamp.DUPLICATE)[0]

    def _stamped(self, text: str, kind: str) -> tuple[str, Stamp]:
        return stamp.stamped(
            text,
            kind=kind,
            as_of=self.as_of,
            week=self.week,
            series=self.series,
            audit=self.audit,
            edition=self.edition,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """An issue that the bot opened for a week."""

    iid: int
    url: str
    confidential: bool
    stamp: Stamp | None
    """None: its stamp is gone or of no use, and it is known by its title and by the week in which it was opened."""
    page: str = field(default="", repr=False)
    """Its text above the stamp."""


def _write(target: WeeklyIssue, issues: _Issues) -> Published | Unpublished:
    """Open or edit the issue.

    The bot's own issues are listed, never searched: GitLab's search lags behind. Two runs at once may both open one;
    each looks again afterwards, and both keep the older.
    """
    state, opened = PublishState.UNCHANGED, issues.opened()
    if not issues.of_the_week(opened):
        made = issues.open(opened)
        state, opened = PublishState.CREATED, issues.opened()
        if not issues.of_the_week(opened):
            # the list lags behind; should another run have opened one too, the next run closes it
            opened = [*opened, made]
    kept, *spare = issues.of_the_week(opened)
    for issue in spare:
        issues.close(issue, kept)
    mark = kept.stamp
    if mark is not None and target.edition == "nightly" and mark.edition == "weekly":
        return Published(what=target.what, where=target.where, state=issues.add_news(kept, mark), url=kept.url)
    if mark is not None and (target.edition, mark.edition) == ("weekly", "nightly"):
        # the page of the week takes the place of a nightly one, also of a later day's
        mark = None
    if mark is not None and target.as_of < mark.as_of <= target.today:
        state = PublishState.NEWER
    elif mark is not None and not mark.edited and mark.is_of_another(target.audit, target.as_of):
        return Unpublished(what=target.what, where=target.where, why=OTHER_AUDIT, advice=_OTHER_TITLE)
    elif issues.edit(kept, opened) and state is PublishState.UNCHANGED:
        state = PublishState.EDITED
    return Published(what=target.what, where=target.where, state=state, url=kept.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issues:
    """Reads and writes the issues of one project."""

    client: Client
    target: WeeklyIssue
    bot: str

    @property
    def path(self) -> str:
        return f"{project_path(self.target.project)}/issues"

    def opened(self) -> list[_Opened]:
        """Read the bot's issues of this week and of those that are linked from it, the oldest first."""
        since = self.target.as_of - timedelta(days=7 * (LINKED + 1))
        rows = self.client.rest_list(
            self.path,
            IssueRow,
            author_username=self.bot,
            scope="all",
            created_after=f"{since.isoformat()}T00:00:00Z",
            order_by="created_at",
            sort="asc",
            per_page=_PAGE,
        )
        return sorted(filter(None, map(self._read, rows)), key=lambda issue: issue.iid)

    def _read(self, row: dict[str, Any]) -> _Opened | None:
        # a stamp in an issue of anybody else means nothing; an issue that was moved away is gone
        author = row.get("author") or {}
        if author.get("username", "").casefold() != self.bot.casefold() or row.get("moved_to_id") is not None:
            return None
        mark = stamp.read(row["description"] or "")
        weeks = _weeks_around(row["created_at"])
        # members may edit the stamp, but not when the issue was opened, which is never before its week
        if mark is None or not self._is_ours(mark) or mark.week > max(weeks):
            if row["title"] != self.target.title or self.target.week not in weeks or _repeats(mark):
                return None
            mark = None
        return _Opened(
            iid=row["iid"],
            url=row["web_url"],
            confidential=row["confidential"],
            stamp=mark,
            page=stamp.above(row["description"] or ""),
        )

    def _is_ours(self, mark: Stamp) -> bool:
        return (mark.kind, mark.series) == (stamp.WEEKLY, self.target.series) and bool(mark.week)

    def of_the_week(self, opened: Sequence[_Opened]) -> list[_Opened]:
        stamped = [issue for issue in opened if issue.stamp and issue.stamp.week == self.target.week]
        return stamped or [issue for issue in opened if issue.stamp is None]

    def _text(self, opened: Sequence[_Opened]) -> tuple[str, Stamp]:
        return self.target.description({issue.stamp.week: issue.url for issue in reversed(opened) if issue.stamp})

    def open(self, opened: Sequence[_Opened]) -> _Opened:
        """Open the issue. A confidential one tells nothing until it is known that GitLab made it so."""
        text = self.target.unwritten() if self.target.confidential else self._text(opened)[0]
        fields = {
            "title": self.target.title,
            "description": text,
            "confidential": self.target.confidential,
            "labels": ",".join(self._labels()),
        }
        return self.client.retries.send(
            lambda: self._made(self.client.rest_post(self.path, **fields)), WRITE, stored=self._stored
        )

    def _made(self, row: dict[str, Any]) -> _Opened:
        try:
            IssueRow.model_validate(row)
            made = self._read(row)
        except ValidationError:
            made = None
        if made is None:
            raise RequestError(Cause.NOT_JSON, f"POST {self.path}: the answer is not the issue that was sent")
        return made

    def _stored(self) -> _Opened | None:
        return next(iter(self.of_the_week(self.opened())), None)

    def _labels(self) -> list[str]:
        """Return the labels as the project spells them: GitLab would make a second one of another case."""
        if not self.target.labels:
            return []
        names = read_labels(self.client, self.target.project, archived=False).names
        spelt = {labels.key(name): name for name in names}
        return [name if name in names else spelt.get(labels.key(name), name) for name in self.target.labels]

    def edit(self, kept: _Opened, opened: Sequence[_Opened]) -> bool:
        """Write the text if it differs, and tell whether anything was changed."""
        text, mark = self._text(opened)
        hide = self.target.confidential and not kept.confidential
        if hide:
            self._hide(kept)
        if kept.stamp is None or kept.stamp.edited:
            log.warning("others had changed the text of %s: it is written anew", kept.url)
        elif kept.stamp.hash == mark.hash and kept.stamp.as_of <= self.target.today:
            return hide
        self._put(kept, {"description": text})
        return True

    def add_news(self, kept: _Opened, mark: Stamp) -> PublishState:
        """Write above the page of the weekly report what has happened since. What others wrote is not written again."""
        if self.target.confidential and not kept.confidential:
            self._hide(kept)
        if mark.edited:
            log.warning("others have changed the text of %s: it stays so until the next weekly report", kept.url)
            return PublishState.WEEKLY
        if max(mark.as_of, mark.until or mark.as_of) > self.target.as_of:
            return PublishState.NEWER
        made = self.target.with_news(kept.page, mark)
        if made is None:
            return PublishState.WEEKLY
        text, now = made
        if now.hash == mark.hash:
            return PublishState.UNCHANGED
        self._put(kept, {"description": text})
        return PublishState.EDITED

    def _hide(self, kept: _Opened) -> None:
        """Make the issue confidential, before the report stands in it.

        GitLab passes over what an account may not set.
        """
        if self._put(kept, {"confidential": True}).get("confidential") is not True:
            raise RequestError(
                Cause.FORBIDDEN, f"PUT {self.path}/{kept.iid}: GitLab does not make the issue confidential"
            )

    def close(self, spare: _Opened, kept: _Opened) -> None:
        self._put(spare, {"description": self.target.repeated(kept.url), "state_event": "close"})

    def _put(self, issue: _Opened, fields: dict[str, Any]) -> dict[str, Any]:
        # the same edit twice is one, so it may be sent again
        return self.client.retries.send(lambda: self.client.rest_put(f"{self.path}/{issue.iid}", **fields), WRITE)


def _weeks_around(instant: str) -> set[str]:
    """Return the weeks in which an instant may lie, in whatever zone: those of its day in UTC, a day less or more."""
    day = datetime.fromisoformat(instant).date()
    return {_week(day + timedelta(days=more)) for more in (-1, 0, 1)}


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _repeats(mark: Stamp | None) -> bool:
    return mark is not None and mark.kind == stamp.DUPLICATE

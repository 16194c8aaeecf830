"""The wiki pages with the newest report of each edition, and its details: made once, written anew where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.read.rest_rows import NamedGroup
from audit.gitlab.write.destination import Check, Destination
from audit.gitlab.write.write_once import settle
from audit.model import Role
from audit.publishing import report_places, stamp
from audit.publishing.published import OTHER_AUDIT, FinishedReport, Published, PublishState, Unpublished
from audit.publishing.report_places import DETAILS, PAGE_ONE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from audit.gitlab.http.client import Client
    from audit.publishing.stamp import Stamp
    from audit.settings.publish_settings import WikiDestination

_OTHER_PAGE = (
    "Name another page under publish.wiki, or delete that one. If there is one audit only, and `projects` were changed"
    " today, it goes on tomorrow."
)

_RESTORE = (
    "Look at the history of the page and restore the last version by the token's account, or delete the page: the next"
    " run writes it anew."
)


def _check(check: Check, part: WikiDestination) -> WikiDestination:
    if not part.group:
        row = check.project(part.project, "wiki", role=Role.DEVELOPER)
        if row.get("wiki_enabled") is False or row.get("wiki_access_level") == "disabled":
            check.unfit(f"{part.project} has its wiki disabled")
        return part.model_copy(update={"project": row["path_with_namespace"]})
    row = check.client.rest_get(f"/groups/{quote(part.group, safe='')}", NamedGroup, with_projects="false")
    check.venue(row["full_path"], row)
    try:
        check.client.rest_list(_wiki_path(row["full_path"], of_group=True))
    except RequestError as error:
        if error.cause not in (Cause.NOT_FOUND, Cause.FORBIDDEN):
            raise
        check.unfit(f"{part.group} has no wiki that the token may read; group wikis need Premium")
    return part.model_copy(update={"group": row["full_path"]})


def _target(part: WikiDestination, report: FinishedReport) -> ReportPage:
    def page(title: str, body: str, details: ReportPage | None = None) -> ReportPage:
        return ReportPage(
            place=part.place,
            of_group=bool(part.group),
            page=title,
            audit=report.audit,
            as_of=report.as_of,
            today=report.today,
            body=body,
            details=details,
        )

    title = _title(part, report)
    if DETAILS not in report.texts:
        return page(title, report.texts[PAGE_ONE])
    details = page(f"{title}/Details", report_places.details(report, _url(part, report, title)))
    return page(title, report_places.page_one(report), details)


DESTINATION = Destination(name="wiki", check=_check, target=_target)


def _title(part: WikiDestination, report: FinishedReport) -> str:
    """Return the title of the page: a nightly report has a page of its own beside the weekly one."""
    return f"{part.page}/Nightly" if report.edition == "nightly" else part.page


def details_url(part: WikiDestination, report: FinishedReport) -> str:
    """Return the address of the page with the details."""
    return _url(part, report, f"{_title(part, report)}/Details")


def _url(part: WikiDestination, report: FinishedReport, title: str) -> str:
    return _address(report.web_url, part.place, title, of_group=bool(part.group))


def _address(web_url: str, place: str, title: str, *, of_group: bool) -> str:
    return f"{web_url}/{'groups/' if of_group else ''}{place}/-/wikis/{quote(_slug(title))}"


def _slug(title: str) -> str:
    """Return a page's name in addresses, as GitLab makes it of the title."""
    return "/".join("-".join(part.split()) for part in title.split("/"))


def _wiki_path(place: str, *, of_group: bool) -> str:
    """Return the REST path of a project's or a group's wiki."""
    return f"/{'groups' if of_group else 'projects'}/{quote(place, safe='')}/wikis"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A wiki page with the newest report; GitLab keeps the versions before it."""

    place: str
    """Path of the project or group."""
    of_group: bool
    page: str
    audit: str
    """Fingerprint of the audited projects."""
    as_of: date
    today: date
    body: str = field(repr=False)
    details: ReportPage | None = field(default=None, repr=False)
    """A page of its own, which this one links to; None: there is none."""

    what = "wiki page"
    needs = "Give the token's account the role Developer there, and see that the wiki is switched on."

    @property
    def where(self) -> str:
        """The wiki and the page."""
        return f"{self.place}, {self.page}"

    @property
    def slug(self) -> str:
        """The page's name in addresses."""
        return _slug(self.page)

    @property
    def content(self) -> tuple[str, Stamp]:
        """The whole text, and the stamp at its end."""
        return stamp.stamped(self.body, kind=stamp.PAGE, as_of=self.as_of, audit=self.audit)

    def write(self, client: Client, *, bot: str) -> Published | Unpublished:
        """Write the page and its details; one that somebody else wrote is left alone. Raises RequestError."""
        behind = self.details.write(client, bot=bot) if self.details else None
        done = _write(self, client)
        if isinstance(behind, Unpublished):
            return behind
        # what is new is told once: of the page itself, or of what is behind it
        if behind and isinstance(done, Published) and done.state is PublishState.UNCHANGED:
            return replace(done, state=behind.state)
        return done


def _write(target: ReportPage, client: Client) -> Published | Unpublished:
    wiki = _Wiki(client=client, target=target)
    settle(client, wiki.missing)
    if wiki.foreign:
        return Unpublished(what=target.what, where=target.where, why=wiki.foreign, advice=wiki.advice)
    url = _address(client.web_url, target.place, target.page, of_group=target.of_group)
    return Published(what=target.what, where=target.where, state=wiki.state, url=url)


@dataclass(kw_only=True)
class _Wiki:
    """Looks at one page."""

    client: Client
    target: ReportPage
    state: PublishState = PublishState.UNCHANGED
    foreign: str = ""
    """Why the page is left alone: it is, or may be, somebody else's."""
    advice: str = _OTHER_PAGE

    @property
    def path(self) -> str:
        return _wiki_path(self.target.place, of_group=self.target.of_group)

    @property
    def page_path(self) -> str:
        # a page in a directory has slashes, which have to be encoded
        return f"{self.path}/{quote(self.target.slug, safe='')}"

    def missing(self) -> Callable[[], object] | None:
        present, (text, mark) = self._content(), self.target.content
        if present is None:
            self.state = PublishState.CREATED
            return lambda: self.client.rest_post(self.path, title=self.target.page, content=text)
        on_page = stamp.read(present)
        self.foreign = self._foreign(on_page)
        if self.foreign or on_page is None or on_page.hash == mark.hash:
            return None
        if on_page.as_of > self.target.as_of:
            self.state = PublishState.NEWER
            return None
        if self.state is PublishState.UNCHANGED:
            self.state = PublishState.EDITED
        # without the title, which GitLab would take for one within the page's own directory
        return lambda: self.client.rest_put(self.page_path, content=text)

    def _foreign(self, on_page: Stamp | None) -> str:
        """Return why the page is left alone; empty: it is as this audit wrote it, or for another day."""
        if on_page is None or on_page.kind != stamp.PAGE:
            return "there is a page of this title that somebody else wrote"
        # a wiki does not say who wrote what, so people may want to keep it
        if on_page.edited:
            self.advice = _RESTORE
            return "somebody has changed it since the report was written there"
        if on_page.as_of > self.target.today:
            self.advice = _RESTORE
            return f"it bears the stamp of {on_page.as_of}, a day still to come"
        differs = on_page.hash != self.target.content[1].hash
        return OTHER_AUDIT if differs and on_page.is_of_another(self.target.audit, self.target.as_of) else ""

    def _content(self) -> str | None:
        try:
            row = self.client.rest_get(self.page_path)
        except RequestError as error:
            if error.cause is Cause.NOT_FOUND:
                return None
            raise
        if not isinstance(row.get("content"), str):
            raise RequestError(Cause.NOT_JSON, f"GET {self.page_path}: the answer is no wiki page")
        return str(row["content"])

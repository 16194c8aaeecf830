"""The wiki page with the newest report: made once, written anew only where it differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.write.write_once import settle
from audit.publishing import stamp
from audit.publishing.targets import ANOTHER, Outcome, Published, Unpublished

if TYPE_CHECKING:
    from collections.abc import Callable

    from audit.gitlab.http.client import Client
    from audit.publishing.targets import WikiPage

_ANOTHER_PAGE = (
    "Name another page under publish.wiki, or delete that one. If there is one audit only, and `projects` were changed"
    " today, it goes on tomorrow."
)


def wiki_path(place: str, *, of_group: bool) -> str:
    """Return the REST path of a project's or a group's wiki."""
    return f"/{'groups' if of_group else 'projects'}/{quote(place, safe='')}/wikis"


def write_page(client: Client, page: WikiPage) -> Published | Unpublished:
    """Write the page. One that somebody else wrote is left alone. Raises RequestError."""
    desk = _Desk(client=client, page=page)
    settle(client, desk.missing)
    if desk.foreign:
        return Unpublished(what=page.what, where=page.where, why=desk.foreign, advice=_ANOTHER_PAGE)
    prefix = "groups/" if page.of_group else ""
    url = f"{client.web_url}/{prefix}{page.place}/-/wikis/{quote(page.slug)}"
    return Published(what=page.what, where=page.where, outcome=desk.outcome, url=url)


@dataclass(kw_only=True)
class _Desk:
    """Looks at one page."""

    client: Client
    page: WikiPage
    outcome: Outcome = Outcome.UNCHANGED
    foreign: str = ""
    """Why the page is somebody else's."""

    @property
    def path(self) -> str:
        return wiki_path(self.page.place, of_group=self.page.of_group)

    @property
    def page_path(self) -> str:
        # a page in a directory has slashes, which have to be encoded
        return f"{self.path}/{quote(self.page.slug, safe='')}"

    def missing(self) -> Callable[[], object] | None:
        there, (text, mark) = self._content(), self.page.content
        if there is None:
            self.outcome = Outcome.CREATED
            return lambda: self.client.rest_post(self.path, title=self.page.page, content=text)
        found = stamp.read(there)
        if found is None or found.kind != stamp.PAGE:
            self.foreign = "there is a page of this title that somebody else wrote"
            return None
        if found.hash == mark.hash:
            return None
        if found.as_of > self.page.as_of:
            self.outcome = Outcome.NEWER
            return None
        if found.is_of_another(self.page.audit, self.page.as_of):
            self.foreign = ANOTHER
            return None
        if self.outcome is Outcome.UNCHANGED:
            self.outcome = Outcome.EDITED
        # without the title, which GitLab would take for one within the page's own directory
        return lambda: self.client.rest_put(self.page_path, content=text)

    def _content(self) -> str | None:
        try:
            told = self.client.rest_get(self.page_path)
        except RequestError as error:
            if error.cause is Cause.NOT_FOUND:
                return None
            raise
        if not isinstance(told, dict) or not isinstance(told.get("content"), str):
            raise RequestError(Cause.NOT_JSON, f"GET {self.page_path}: the answer is no wiki page")
        return str(told["content"])

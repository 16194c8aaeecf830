"""The week's issue: opened once, found again by its stamp and its author, edited in place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.http.retry import WRITE
from audit.gitlab.read.project_labels import read_labels
from audit.publishing import stamp
from audit.publishing.targets import ANOTHER, LINKED, Earlier, Outcome, Published, Unpublished
from audit.text import labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from audit.gitlab.http.client import Client
    from audit.publishing.stamp import Stamp
    from audit.publishing.targets import WeeklyIssue

_PAGE = 20
"""Issues a request: each may hold a megabyte."""
_ANOTHER_TITLE = (
    "Give the issues of each audit a title of their own under publish.issue. If there is one audit only, and `projects`"
    " were changed today, it goes on tomorrow."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """An issue that the bot opened for a week."""

    iid: int
    url: str
    confidential: bool
    stamp: Stamp


def write_issue(client: Client, issue: WeeklyIssue, *, bot: str) -> Published | Unpublished:
    """Open the issue of the week, or bring it up to date. Raises RequestError.

    The bot's own issues are listed, never searched: GitLab's search lags behind. Two runs at once may both open one;
    each looks again afterwards, and both keep the older.
    """
    desk = _Desk(client=client, issue=issue, bot=bot)
    outcome, own = Outcome.UNCHANGED, desk.own()
    if not desk.of_the_week(own):
        made = desk.open(own)
        outcome, own = Outcome.CREATED, desk.own()
        if not desk.of_the_week(own):
            # the list lags behind; should another run have opened one too, the next run closes it
            own = [*own, made]
    kept, *spare = desk.of_the_week(own)
    for one in spare:
        desk.close(one, kept)
    if kept.stamp.as_of > issue.as_of:
        outcome = Outcome.NEWER
    elif kept.stamp.is_of_another(issue.audit, issue.as_of):
        return Unpublished(what=issue.what, where=issue.where, why=ANOTHER, advice=_ANOTHER_TITLE)
    elif desk.edit(kept, own):
        outcome = Outcome.CREATED if outcome is Outcome.CREATED else Outcome.EDITED
    return Published(what=issue.what, where=issue.where, outcome=outcome, url=kept.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Reads and writes the issues of one project."""

    client: Client
    issue: WeeklyIssue
    bot: str

    @property
    def path(self) -> str:
        return f"{project_path(self.issue.project)}/issues"

    def own(self) -> list[_Own]:
        """Read the bot's issues of this week and of those that are linked from it, the oldest first."""
        since = self.issue.as_of - timedelta(days=7 * (LINKED + 1))
        rows = self.client.rest_list(
            self.path,
            author_username=self.bot,
            scope="all",
            created_after=f"{since.isoformat()}T00:00:00Z",
            order_by="created_at",
            sort="asc",
            per_page=_PAGE,
        )
        return sorted(filter(None, map(self._read, rows)), key=lambda one: one.iid)

    def _read(self, row: dict[str, Any]) -> _Own | None:
        # whoever copies a stamp is not listened to; an issue that was moved away is gone
        author = row.get("author") or {}
        if author.get("username", "").casefold() != self.bot.casefold() or row.get("moved_to_id") is not None:
            return None
        found = stamp.read(row["description"] or "")
        if found is None or (found.kind, found.series) != (stamp.WEEKLY, self.issue.series) or not found.week:
            return None
        return _Own(iid=row["iid"], url=row["web_url"], confidential=row["confidential"], stamp=found)

    def of_the_week(self, own: Sequence[_Own]) -> list[_Own]:
        return [one for one in own if one.stamp.week == self.issue.week]

    def _text(self, own: Sequence[_Own]) -> tuple[str, Stamp]:
        return self.issue.description(_earlier(own))

    def open(self, own: Sequence[_Own]) -> _Own:
        """Open the issue. A confidential one tells nothing until it is known that GitLab made it so."""
        text = self.issue.unwritten() if self.issue.confidential else self._text(own)[0]
        fields = {
            "title": self.issue.title,
            "description": text,
            "confidential": self.issue.confidential,
            "labels": ",".join(self._labels()),
        }
        return self.client.retries.send(
            lambda: self._made(self.client.rest_post(self.path, **fields)), WRITE, self._stored
        )

    def _made(self, row: dict[str, Any]) -> _Own:
        made = self._read(row)
        if made is None:
            raise RequestError(Cause.NOT_JSON, f"POST {self.path}: the answer is not the issue that was sent")
        return made

    def _stored(self) -> _Own | None:
        return next(iter(self.of_the_week(self.own())), None)

    def _labels(self) -> list[str]:
        """Return the labels as the project spells them: GitLab would make a second one of another case."""
        if not self.issue.labels:
            return []
        names = read_labels(self.client, self.issue.project).names
        spelt = {labels.key(name): name for name in names}
        return [name if name in names else spelt.get(labels.key(name), name) for name in self.issue.labels]

    def edit(self, kept: _Own, own: Sequence[_Own]) -> bool:
        """Write the text if it differs, and tell whether anything was changed."""
        text, mark = self._text(own)
        hide = self.issue.confidential and not kept.confidential
        if hide:
            self._hide(kept)
        if kept.stamp.hash != mark.hash:
            self._put(kept, {"description": text})
            return True
        return hide

    def _hide(self, kept: _Own) -> None:
        """Make the issue confidential, before the report stands in it.

        GitLab passes over what an account may not set.
        """
        if self._put(kept, {"confidential": True}).get("confidential") is not True:
            raise RequestError(
                Cause.FORBIDDEN, f"PUT {self.path}/{kept.iid}: GitLab does not make the issue confidential"
            )

    def close(self, spare: _Own, kept: _Own) -> None:
        self._put(spare, {"description": self.issue.repeated(kept.url), "state_event": "close"})

    def _put(self, one: _Own, fields: dict[str, Any]) -> dict[str, Any]:
        # the same edit twice is one, so it may be sent again
        return self.client.retries.send(lambda: self.client.rest_put(f"{self.path}/{one.iid}", **fields), WRITE)


def _earlier(own: Sequence[_Own]) -> list[Earlier]:
    """Return one issue for each week, the oldest of several."""
    by_week = {one.stamp.week: Earlier(week=one.stamp.week, url=one.url) for one in reversed(own)}
    return list(by_week.values())

"""Delivers a finished report: to GitLab first, then by the digest, which can link to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.errors import AuditError, PublishError
from audit.gitlab.write.destinations import publish
from audit.gitlab.write.repository_files import RepositoryFiles
from audit.phrases import plural
from audit.publishing.published import Published, PublishState, Unpublished
from audit.report.formats.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from audit.app.digest_sender import Receivers
    from audit.gitlab.http.client import Client
    from audit.gitlab.write.destination import Target
    from audit.report.figures.view import View
    from audit.settings.publish_settings import PublishSettings

_AGAIN = "Run again: what was written already is found, and not written twice."
_DIGEST = "digest"
_DIGEST_AGAIN = "A run that is repeated sends the digest again to those who got it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """The places in GitLab where a report is to be published."""

    targets: tuple[Target, ...] = ()
    unchecked: tuple[Unpublished, ...] = ()
    """Destinations that could not be checked because GitLab did not answer, so they are not written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The outcome for each destination."""

    published: tuple[Published, ...] = ()
    failed: tuple[Unpublished, ...] = ()


def digest_due(settings: PublishSettings, *, edition: str, team: str = "") -> bool:
    """Return whether a run with ``--apply`` sends the digest, which notifies people; a team edition never does."""
    notify = settings.notify
    return notify is not None and not team and (notify.when == "always" or edition == "weekly")


def planned(targets: Sequence[Target], *, digest: bool) -> Iterator[Published]:
    """Yield what would be written or sent, and where."""
    for target in targets:
        yield Published(what=target.what, where=target.where, state=PublishState.PLANNED)
    if digest:
        yield Published(what=_DIGEST, where="by chat or mail", state=PublishState.PLANNED_TO_SEND)


def deliver(  # noqa: PLR0913 - what, where and to whom
    client: Client,
    goals: Goals,
    receivers: Receivers | None,
    view: View,
    *,
    bot: str,
    digest_faults: Sequence[str] = (),
) -> Delivered:
    """Write each target and send the digest last. A failure does not stop the others.

    ``bot`` is the username of the client's token. Chat and mail keep no state, so the digest is sent by every
    run that has ``receivers``.
    """
    done = [*goals.unchecked, *publish(client, goals.targets, bot=bot)]
    if receivers is not None:
        # the first of them: the issue, else the wiki page; files are not a page to read
        pages = (one.url for one in done if isinstance(one, Published) and one.what != RepositoryFiles.what)
        done += _sent(receivers, view, next(pages, view.run.url))
    done += [Unpublished(what=_DIGEST, where="by chat or mail", why=fault) for fault in digest_faults]
    return Delivered(
        published=tuple(one for one in done if isinstance(one, Published)),
        failed=tuple(one for one in done if isinstance(one, Unpublished)),
    )


def _sent(receivers: Receivers, view: View, url: str) -> Iterator[Published | Unpublished]:
    for name, why in receivers.send(digest(view, url)):
        if why is None:
            yield Published(what=_DIGEST, where=name, state=PublishState.SENT)
        else:
            yield Unpublished(what=_DIGEST, where=name, why=why, advice=_DIGEST_AGAIN)


def check(reminders: AuditError | None, delivered: Delivered) -> None:
    """Raise all failures at once, together with ``reminders``, the failure of the reminders."""
    failed = delivered.failed
    if not failed:
        if reminders is not None:
            raise reminders
        return
    message = f"{plural(len(failed), 'destination')} did not get it"
    faults = tuple(f"{one.what} ({one.where}): {one.why}" for one in failed)
    advice = [one.advice for one in failed]
    if reminders is None:
        message = f"the report is written, but {message}"
    else:
        message = f"{reminders.message}; besides, {message}"
        faults, advice = (*reminders.faults, *faults), [reminders.advice, *advice]
    raise PublishError(message, " ".join([*dict.fromkeys(filter(None, advice)), _AGAIN]), faults=faults)

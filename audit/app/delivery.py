"""Brings a finished report to its destinations: GitLab first, then the digest, which can link to what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.errors import AuditError, PublishError
from audit.gitlab.write.publish import publish
from audit.publishing.targets import Files, Outcome, Published, Unpublished
from audit.report.formats.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.app.digest_sender import Receivers
    from audit.gitlab.http.client import Client
    from audit.publishing.targets import Publication
    from audit.report.figures.view import View

_AGAIN = "Run again: what is written is found and not written twice."
_DIGEST = "digest"
_DIGEST_AGAIN = "A run that is repeated sends the digest again to those who got it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What came of each destination."""

    published: tuple[Published, ...] = ()
    failed: tuple[Unpublished, ...] = ()


def deliver(
    client: Client, publication: Publication, receivers: Receivers | None, view: View, *, bot: str
) -> Delivered:
    """Write to every destination and send the digest last. What fails stops nothing else.

    ``bot`` is the username of the client's token. Chat and mail remember nothing, so the digest goes out with every
    run that is to send one.
    """
    told: list[Published | Unpublished] = list(publish(client, publication, bot=bot))
    if receivers is not None and publication.digest:
        # the first of them: the issue, else the page; files are no page to read
        pages = (one.url for one in told if isinstance(one, Published) and one.what != Files.what)
        told += _sent(receivers, view, next(pages, view.run.url))
    return Delivered(
        published=tuple(one for one in told if isinstance(one, Published)),
        failed=tuple(one for one in told if isinstance(one, Unpublished)),
    )


def _sent(receivers: Receivers, view: View, url: str) -> Iterator[Published | Unpublished]:
    for name, why in receivers.send(digest(view, url)):
        if why is None:
            yield Published(what=_DIGEST, where=name, outcome=Outcome.SENT)
        else:
            yield Unpublished(what=_DIGEST, where=name, why=why, advice=_DIGEST_AGAIN)


def check(reminders: AuditError | None, delivered: Delivered) -> None:
    """Raise what went wrong, all of it at once; ``reminders`` is what went wrong with those."""
    if not delivered.failed:
        if reminders is not None:
            raise reminders
        return
    lines = "; ".join(f"{one.what} ({one.where}): {one.why}" for one in delivered.failed)
    count = len(delivered.failed)
    message = f"the report is written, but {count} destination{'s' if count > 1 else ''} did not get it: {lines}"
    advice = dict.fromkeys(one.advice for one in delivered.failed if one.advice)
    if reminders is not None:
        message = f"{reminders.message}; besides, {message.removeprefix('the report is written, but ')}"
        advice = dict.fromkeys([reminders.advice, *advice])
    raise PublishError(message, " ".join([*filter(None, advice), _AGAIN]))

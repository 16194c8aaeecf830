"""Carries a publication out: one destination after the other. What fails on one stops no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.http.failures import Cause, RequestError
from audit.gitlab.write.report_files import write_files
from audit.gitlab.write.weekly_issue import write_issue
from audit.gitlab.write.wiki_page import write_page
from audit.publishing.targets import Files, Published, Unpublished, WeeklyIssue, WikiPage

if TYPE_CHECKING:
    from audit.gitlab.http.client import Client
    from audit.publishing.targets import Publication, Target

_ROLES = {
    WeeklyIssue: "Give the token's account the role Planner or Reporter in that project.",
    WikiPage: "Give the token's account the role Developer there, and see that the wiki is switched on.",
    Files: "Let the token's account push to that branch (on a protected one that takes a Maintainer), or name another "
    "one under publish.repository.",
}


def publish(client: Client, publication: Publication, *, bot: str) -> list[Published | Unpublished]:
    """Write every destination in GitLab, and tell what came of each. ``bot`` is the username of the client's token."""
    told: list[Published | Unpublished] = []
    stopped: RequestError | None = None
    for target in publication.targets:
        if stopped is not None:
            told.append(_failed(target, f"not tried any more, since {stopped.message}", stopped))
            continue
        try:
            told.append(_write(client, target, bot))
        except RequestError as error:
            stopped = error if error.fatal else None
            told.append(_failed(target, error.message, error))
    return told


def _write(client: Client, target: Target, bot: str) -> Published | Unpublished:
    match target:
        case WeeklyIssue():
            return write_issue(client, target, bot=bot)
        case WikiPage():
            return write_page(client, target)
        case Files():
            return write_files(client, target)


def _failed(target: Target, why: str, error: RequestError) -> Unpublished:
    advice = _ROLES[type(target)] if error.cause is Cause.FORBIDDEN else error.advice
    return Unpublished(what=target.what, where=target.where, why=why, advice=advice)

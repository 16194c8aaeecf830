"""Reads when the page on which the policy rests was last changed: one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.gitlab.http import failures
from audit.gitlab.http.client import project_path
from audit.gitlab.http.failures import RequestError
from audit.gitlab.read.rest_rows import CommitRow

if TYPE_CHECKING:
    from datetime import datetime

    from audit.gitlab.http.client import Client
    from audit.model import Gap
    from audit.settings.settings import Settings

WHAT = "policy page"


def read_policy_page(
    client: Client, settings: Settings, until: datetime
) -> tuple[tuple[datetime, str] | None, tuple[Gap, ...]]:
    """Return the instant and id of the page's newest commit before ``until``, and a gap where it cannot be read.

    None of them where the settings name no page. The first parents are followed: a change counts from its merge on.
    """
    page = settings.policy_page
    if page is None:
        return None, ()
    try:
        rows = client.get_page(
            f"{project_path(page.project)}/repository/commits",
            CommitRow,
            path=page.path,
            until=until.isoformat(),
            first_parent="true",
            per_page=1,
        )
    except RequestError as error:
        return None, (failures.gap(error, page.project, WHAT),)
    if not rows:
        return None, (failures.noted(page.project, WHAT, f"no commit of its default branch holds {page.path}"),)
    return (rows[0].committed_date, rows[0].id), ()

"""The address of the form in which the review of an incident is opened, filled in as far as is known."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from audit.inert import link
from audit.text import titles

if TYPE_CHECKING:
    from audit.model import Source
    from audit.reminders.cases import Case, Scene

_TITLE_LIMIT = 255


def form(scene: Scene, case: Case, words: str) -> Markup:
    """Return ``words`` as a link to the form of a new review, or a phrase if its project is not known."""
    prefix = scene.settings.review.prefixes[0]
    home = _home(scene, case)
    if home is None or not home.url:
        return Markup("Open an issue whose title begins with “{}”").format(titles.with_prefix("", prefix).rstrip())
    issue = scene.issues.get(case.incident)
    hidden = case.confidential or issue is None or not issue.text_kept
    named = str(case.incident) if hidden or issue is None else issue.title
    title = titles.with_prefix(named, prefix)
    query = f"issue[title]={quote(title[:_TITLE_LIMIT], safe='', errors='replace')}"
    if case.confidential:
        query += "&issue[confidential]=true"
    if home.project == case.incident.project:
        query += f"&add_related_issue={case.incident.iid}"
    return link(words, f"{home.url.rstrip('/')}/-/issues/new?{query}")


def _home(scene: Scene, case: Case) -> Source | None:
    """Return the project of a new review: the incident's own, or the only one that holds reviews."""
    homes = [source for source in scene.result.evidence.records.sources if source.reviews]
    only = homes[0] if len(homes) == 1 else None
    return next((source for source in homes if source.project == case.incident.project), only)

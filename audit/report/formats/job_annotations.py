"""annotations.json: links to the run's output, or to what ended it, which GitLab shows on the page of the job."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from audit.phrases import shortened
from audit.report.formats.format import Format
from audit.report.formats.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from audit.report.figures.view import Run, View

_SECTION: Final = "Incident review audit"
_FAULTS: Final = "What ended the incident review audit"
_PLACE: Final = re.compile(r"([^\s:/][^\s:]*):(\d+):\d+: ")
"""File, line and column of a fault, relative to the repository."""
_LONGEST: Final = 200
_PAGES: Final = {
    "report.html": "Report",
    "report.md": "Report as text",
    "details.md": "Its details as text",
    "audit.json": "Report as data",
}


def annotations_json(run: Run) -> dict[str, Any]:
    """Return GitLab's object; empty if there is nothing to link to, as outside CI."""
    links = [{"external_link": {"label": label, "url": url}} for label, url in _links(run)]
    return {_SECTION: links} if links else {}


def _links(run: Run) -> Iterator[tuple[str, str]]:
    if _is_web(run.url) and run.folder:
        artifacts, folder = f"{run.url.rstrip('/')}/artifacts", quote(run.folder)
        for name, label in _PAGES.items():
            yield label, f"{artifacts}/file/{folder}/{name}"
        yield "All files", f"{artifacts}/browse/{folder}/"
    if _is_web(run.pages_url):
        yield "Published reports", f"{run.pages_url.rstrip('/')}/"


def fault_annotations(faults: Iterable[str], environ: Mapping[str, str]) -> dict[str, Any]:
    """Return GitLab's object with a link for each fault that ended the audit: to its line of the settings, or the log.

    ``environ`` holds the variables of the job; outside of a job of GitLab's there is nothing to link to.
    """
    job, project, commit = (environ.get(name, "") for name in ("CI_JOB_URL", "CI_PROJECT_URL", "CI_COMMIT_SHA"))
    if environ.get("GITLAB_CI") != "true" or not _is_web(job):
        return {}
    links = []
    for fault in faults:
        place = _PLACE.match(fault)
        url = job
        if place and _is_web(project) and commit:
            url = f"{project.rstrip('/')}/-/blob/{quote(commit)}/{quote(place[1])}#L{place[2]}"
        links.append({"external_link": {"label": shortened(fault, _LONGEST), "url": url}})
    return {_FAULTS: links} if links else {}


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _text(view: View) -> str:
    links = annotations_json(view.run)
    return json_text(links) if links else ""


FORMAT = Format(name="annotations.json", text=_text)

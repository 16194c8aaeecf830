"""annotations.json: links to the run's output, which GitLab shows on the page of the job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from audit.report.formats.format import Format
from audit.report.formats.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.report.figures.view import Run, View

_SECTION: Final = "Incident review audit"
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


def _is_web(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https")


def _text(view: View) -> str:
    links = annotations_json(view.run)
    return json_text(links) if links else ""


FORMAT = Format(name="annotations.json", text=_text)

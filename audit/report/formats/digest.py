"""The digest: five lines for chat and mail, as plain text and as Markdown, rendered from templates/digest.j2.

It holds only numbers and days, so it cannot ping anybody or show anything of a confidential record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from markupsafe import Markup

from audit import inert
from audit.report.formats.markdown import Space, environment

if TYPE_CHECKING:
    from audit.report.figures.view import View

LINES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The digest in the forms in which it is sent."""

    title: str
    text: str
    """Plain."""
    markdown: str
    """The same lines as a Markdown list."""


def digest(view: View, url: str = "") -> Digest:
    """Return the digest of a report; ``url`` is the address of the full report."""
    safe = url if urlsplit(url).scheme in ("http", "https") else ""
    return Digest(
        title=f"Incident reviews: week {view.week} of {view.year}",
        text="\n".join(_lines(view, strong="", report=_plain(safe))),
        markdown="\n".join(f"- {line}" for line in _lines(view, strong="**", report=_linked(safe))),
    )


def _lines(view: View, *, strong: str, report: Markup) -> list[str]:
    body = environment().get_template("digest.j2").render(view=view, space=Space(), strong=_safe(strong), report=report)
    return [line for line in inert.printable(body).splitlines() if line.strip()]


def _plain(url: str) -> Markup:
    return _safe(inert.one_line(url))


def _linked(url: str) -> Markup:
    return inert.link("the report", url, in_gitlab=False) if url else _safe("")


def _safe(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - an address that is shown as text, or our own letters

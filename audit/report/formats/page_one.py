"""report.md, page one: read in a minute, and as short for any tracker (templates/report.md.j2).

Whatever is foreign on it is cut, and the lists become shorter until the page has at most LIMIT bytes. It has at most
60 lines in every size.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from audit import inert
from audit.report.formats import markdown
from audit.report.formats.format import Format

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from markupsafe import Markup

    from audit.report.figures.view import View

LIMIT: Final = 12_000
"""Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSpace(markdown.Space):
    """How much of page one fits."""

    decisions: int = 5
    due: int = 5
    late: int = 10
    most_names: int = 2
    longest: int = 60
    """Characters of a title, a name or a path."""
    longest_sentence: int = 120
    linked: bool = True
    """Without links everything on the page is of known length."""
    short: Mapping[str, str] = field(default_factory=dict)
    """Project -> what of its path is shown."""

    def ref(self, text: str, url: str = "") -> Markup:
        """Write an issue's name with as little of its path as tells it from the others."""
        project, _, number = text.rpartition("#")
        path = markdown.cut(self.short.get(project, project), self.longest)
        return inert.link(f"{path}#{number}", url if self.linked else "")

    def project(self, path: str, url: str) -> Markup:
        """Write a project's path."""
        return inert.link(markdown.cut(path, self.longest), url if self.linked else "")

    def person(self, username: str) -> Markup:
        """Write a name in backticks, a long one cut."""
        return inert.handle(markdown.cut(username, self.longest))


_SPACES: Final = (
    PageSpace(),
    PageSpace(most_names=1, longest=30, longest_sentence=60),
    PageSpace(decisions=3, due=3, late=5, most_names=1, longest=30, longest_sentence=60),
    PageSpace(decisions=2, due=2, late=3, most_names=1, longest=20, longest_sentence=40),
    PageSpace(decisions=0, due=0, late=0, most_names=1, longest=20, longest_sentence=40, linked=False),
)


def report_md(view: View) -> str:
    """Return page one in the largest size that fits."""
    text, short = "", _short_paths(view)
    for space in _SPACES:
        text = _render(view, replace(space, short=short))
        if len(text.encode(errors="replace")) <= LIMIT:
            break
    return inert.without_quick_actions(inert.printable(text))


def since_lines(view: View) -> dict[date, str]:
    """Return for each earlier day of the week a line that says what has happened since."""
    made = markdown.environment().get_template("since_line.md.j2")
    days = (view.as_of - timedelta(days=back) for back in range(1, view.as_of.weekday() + 1))
    return {day: made.render(progress=view.progress_since(day), as_of=view.as_of).strip() for day in days}


def _render(view: View, space: PageSpace) -> str:
    body = markdown.environment().get_template("report.md.j2").render(view=view, space=space)
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def _short_paths(view: View) -> dict[str, str]:
    """Return project -> the part of its path that tells it from the others on the page; nothing where it is alone."""
    paths = [source.project for source in view.sources]
    names = Counter(path.rpartition("/")[2] for path in paths)
    if len(paths) == 1:
        return dict.fromkeys(paths, "")
    return {path: path if names[path.rpartition("/")[2]] > 1 else path.rpartition("/")[2] for path in paths}


FORMAT = Format(name="report.md", text=report_md, by_team=True)

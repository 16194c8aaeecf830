"""report.md, page one: read in a minute, and as short for any tracker (templates/report.md.j2).

Whatever is foreign on it is cut, and the lists become shorter until the page has at most LIMIT bytes. It has at most
60 lines in every size.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from audit import inert
from audit.phrases import listed
from audit.report.formats import charts, markdown
from audit.report.formats.format import Format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from jinja2 import Environment

    from audit.report.figures.view import View

LIMIT: Final = 12_000
"""Bytes."""
_BARS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of a page fits."""

    decisions: int = 5
    due: int = 5
    late: int = 10
    longest: int = 60
    """Characters of a title, a name or a path."""
    names: int = 2
    """Names in one cell."""
    linked: bool = True
    """Without links everything on the page is of known length."""


_SIZES: Final = (
    Size(),
    Size(longest=30, names=1),
    Size(decisions=3, due=3, late=5, longest=30, names=1),
    Size(decisions=2, due=2, late=3, longest=20, names=1),
    Size(decisions=0, due=0, late=0, longest=20, names=1, linked=False),
)


def report_md(view: View) -> str:
    """Return page one in the largest size that fits."""
    text = ""
    for size in _SIZES:
        text = _render(view, size)
        if len(text.encode(errors="replace")) <= LIMIT:
            break
    return inert.without_quick_actions(inert.printable(text))


def since_lines(view: View) -> dict[date, str]:
    """Return for each earlier day of the week a line that says what has happened since."""
    made = markdown.templates().get_template("since_line.md.j2")
    days = (view.as_of - timedelta(days=back) for back in range(1, view.as_of.weekday() + 1))
    return {day: made.render(progress=view.progress_since(day), as_of=view.as_of).strip() for day in days}


def _render(view: View, size: Size) -> str:
    made = _templates(size, tuple(_short_paths(view).items()))
    body = made.get_template("report.md.j2").render(view=view, size=size)
    return re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


@lru_cache(maxsize=len(_SIZES))
def _templates(size: Size, short: tuple[tuple[str, str], ...]) -> Environment:
    """Return the environment of a size; to compile its templates takes longer than to render them.

    ``short``: project and the part of its path that is shown, the same for the editions of all teams.
    """
    made = markdown.environment()
    made.filters.update(
        ref=partial(_ref, short=dict(short), size=size),
        project=partial(_project, size=size),
        title=partial(_title, size=size),
        why=partial(_title, size=replace(size, longest=2 * size.longest)),
        names=partial(_names, size=size),
        people=partial(_people, size=size),
        anchor=anchor,
        sparkline=sparkline,
    )
    return made


def anchor(heading: str) -> Markup:
    """Return the anchor that GitLab gives a heading of ours."""
    return Markup(re.sub(r"[^a-z0-9]+", "-", heading.casefold()).strip("-"))  # noqa: S704 - letters and dashes


def sparkline(values: Sequence[float | None], *, percent: bool = False) -> Markup:
    """Draw a line of numbers in one word, from 0 to the highest (to 1 with ``percent``), and say it in words.

    What is not known is a dot. The words name the ends, and the extremes where these lie between.
    """
    known = [value for value in values if value is not None]
    if not known:
        return Markup("–")
    top = 1 if percent else max(known) or 1
    bars = "".join("·" if value is None else _BARS[round(value / top * (len(_BARS) - 1))] for value in values)
    words = charts.ends(values, markdown.percent) if percent else charts.ends(values)
    return Markup(f"`{bars}` {words}")  # noqa: S704 - bars, digits and words of ours


def _short_paths(view: View) -> dict[str, str]:
    """Return project -> the part of its path that tells it from the others on the page; nothing where it is alone."""
    paths = [source.project for source in view.sources]
    names = Counter(path.rpartition("/")[2] for path in paths)
    if len(paths) == 1:
        return dict.fromkeys(paths, "")
    return {path: path if names[path.rpartition("/")[2]] > 1 else path.rpartition("/")[2] for path in paths}


def _ref(ref: str, url: str = "", *, short: dict[str, str], size: Size) -> Markup:
    project, _, number = ref.rpartition("#")
    path = markdown.cut(short.get(project, project), size.longest)
    return markdown.ref(f"{path}#{number}", url if size.linked else "")


def _project(path: str, url: str, *, size: Size) -> Markup:
    return markdown.ref(markdown.cut(path, size.longest), url if size.linked else "")


def _title(text: str, *, size: Size) -> Markup:
    return markdown.title(text, longest=size.longest)


def _names(values: Sequence[str], *, size: Size) -> Markup:
    written = (_title(value, size=size) for value in values)
    return Markup(listed(written, len(values), most=size.names) or "–")  # noqa: S704 - each name is escaped


def _people(usernames: Sequence[str], *, size: Size) -> Markup:
    written = (inert.handle(markdown.cut(name, size.longest)) for name in usernames)
    return Markup(listed(written, len(usernames), most=size.names) or "–")  # noqa: S704 - each name stands in backticks


FORMAT = Format(name="report.md", text=report_md, by_team=True)

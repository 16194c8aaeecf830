"""How values are written in GitLab Markdown; words and layout stand in the templates of report.md and details.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import pass_context
from markupsafe import Markup

from audit import inert
from audit.evidence.doubts import WORDS, way_to_see
from audit.phrases import MOST, SEVERITIES, listed, shortened
from audit.program_text import ProgramText
from audit.report.figures.changes import by_subject
from audit.report.formats import charts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from jinja2 import Environment
    from jinja2.runtime import Context

    from audit.report.figures.trend import Week

SHOWN: Final = 20
"""Lines of a list that are shown before the rest is folded."""
DOUBTS: Final = {**WORDS, "severity": "it has no severity"}
"""Why nobody can tell what an incident's verdict is."""
_BARS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list split into shown and folded items, and the number of items left out."""

    shown: Sequence[Any]
    folded: Sequence[Any]
    left_out: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """How much of lists and of what others wrote a page has room for, and how it writes them.

    Templates find that of their page as ``space``, and its methods as filters, so all pages share what is compiled.
    """

    most_rows: int = 1000
    """Items of a list that are told at most."""
    most_names: int = MOST
    """Names in one cell."""
    longest: int = 100
    """Characters of a title or a name."""
    longest_sentence: int = 300
    """Characters of a sentence that holds foreign words."""

    def ref(self, text: str, url: str = "") -> Markup:
        """Write an issue's name, linked if there is an address; no live reference, which GitLab would log there."""
        return inert.link(text, url)

    def title(self, text: str) -> Markup:
        """Write a title on one line, a long one cut; a ProgramText whole."""
        return inert.md(text if isinstance(text, ProgramText) else cut(text, self.longest))

    def why(self, text: str) -> Markup:
        """Write a sentence likewise."""
        return inert.md(text if isinstance(text, ProgramText) else cut(text, self.longest_sentence))

    def person(self, username: str) -> Markup:
        """Write a name in backticks, so that nobody is notified."""
        return inert.handle(username)

    def people(self, usernames: Sequence[str]) -> Markup:
        """Write such names; a dash if there are none."""
        return self._listed(map(self.person, usernames), len(usernames))

    def names(self, values: Sequence[str]) -> Markup:
        """Write names of services or teams; a dash if there are none."""
        return self._listed(map(self.title, values), len(values))

    def listing(self, rows: Sequence[Any]) -> Listing:
        """Split a list: the first items are shown, others folded, those beyond the most left out."""
        return Listing(
            shown=rows[: min(SHOWN, self.most_rows)],
            folded=rows[SHOWN : self.most_rows],
            left_out=max(0, len(rows) - self.most_rows),
            total=len(rows),
        )

    def _listed(self, written: Iterable[Markup], total: int) -> Markup:
        return _safe(listed(written, total, most=self.most_names) or "–")


def _by_space(name: str) -> Callable[..., Any]:
    """Return the filter that writes a value as the page's space does."""

    @pass_context
    def write(context: Context, *given: Any) -> Any:
        return getattr(context["space"], name)(*given)

    return write


@cache
def environment() -> Environment:
    """Return the environment of all Markdown pages: the inert one with the report's filters for values."""
    made = inert.environment()
    made.globals.update(DOUBTS=DOUBTS, way_to_see=way_to_see)
    made.filters.update({name: _by_space(name) for name in ("ref", "title", "why", "people", "names", "listing")})
    made.filters.update(
        severity=severity,
        percent=percent,
        signed=signed,
        points=points,
        beside=beside,
        link=inert.link,
        yaml=yaml,
        iso=iso,
        unbroken=iso,
        columns=columns,
        words=words,
        weight=weight,
        by_subject=by_subject,
        whole=whole,
        week=week,
        mermaid=mermaid,
        anchor=anchor,
        sparkline=sparkline,
    )
    return made


def severity(value: int | None) -> Markup:
    """Write a severity in words."""
    return _safe(SEVERITIES.get(value or 0, "none"))


def percent(rate: float) -> Markup:
    """Write a share in whole percent."""
    return _safe(f"{whole(rate)} %")


def whole(rate: float) -> int:
    """Return a share in whole percent; 0 and 100 only if the share is exactly that."""
    rounded = round(rate * 100)
    if rounded == 100 and rate < 1:
        return 99
    return 1 if rounded == 0 and rate > 0 else rounded


def week(value: Week) -> Markup:
    """Write the name of an ISO week."""
    return _safe(value.name)


def mermaid(weeks: Sequence[Week]) -> Markup:
    """Write a chart of what was due in each week."""
    return _safe(charts.mermaid([charts.cohort(one) for one in weeks]))


def signed(number: int | None) -> Markup:
    """Write a difference with its sign."""
    if number is None:
        return _safe("not known")
    return _safe("no change" if number == 0 else f"{number:+d}")


def points(number: float | None) -> Markup:
    """Write a difference of two shares in percentage points."""
    if number is None:
        return _safe("not known")
    if abs(number) < 0.05:
        return _safe("no change")
    text = f"{number:+.1f}".removesuffix(".0")
    return _safe(f"{text} point" if text in {"+1", "-1"} else f"{text} points")


def beside(ref: str, other: str) -> str:
    """Return an issue's name next to another one: only its number if both are in one project."""
    project, _, number = ref.rpartition("#")
    return f"#{number}" if project == other.rpartition("#")[0] else ref


def cut(text: str, longest: int) -> str:
    """Return a text on one line, cut to the given number of characters."""
    return shortened(inert.one_line(text), longest)


def yaml(text: str) -> Markup:
    """Write a text as a quoted YAML scalar for a fence, on one line, so that it cannot close the fence."""
    inner = re.sub(r'(["\\])', r"\\\1", inert.one_line(text))
    return _safe(f'"{inner}"')


def iso(day: date | None) -> Markup:
    """Write a day as YYYY-MM-DD; a dash if there is none."""
    return _safe(day.isoformat() if day else "–")


def columns(head: str) -> Markup:
    """Write the head of a table from the names of its columns, separated by commas; ``#`` marks a column of numbers."""
    labels = head.split(", ")
    rules = (" ---: |" if label.startswith("#") else " --- |" for label in labels)
    return _safe(f"| {' | '.join(label.removeprefix('#') for label in labels)} |\n|{''.join(rules)}")


def words(name: str) -> Markup:
    """Write a rule's name: only letters and dashes, so it needs no escaping."""
    return _safe(name) if re.fullmatch(r"[a-z-]+", name) else inert.md(name)


def weight(value: float) -> Markup:
    """Write a service's weight."""
    return _safe(f"{value:g}")


def anchor(heading: str) -> Markup:
    """Return the anchor that GitLab gives a heading of ours."""
    return _safe(re.sub(r"[^a-z0-9]+", "-", heading.casefold()).strip("-"))


def sparkline(values: Sequence[float | None], *, share: bool = False) -> Markup:
    """Draw a line of numbers in one word, from 0 to the highest (to 1 of shares), and say it in words.

    What is not known is a dot. The words name the ends, and the extremes where these lie between.
    """
    known = [value for value in values if value is not None]
    if not known:
        return _safe("–")
    top = 1 if share else max(known) or 1
    bars = "".join("·" if value is None else _BARS[round(value / top * (len(_BARS) - 1))] for value in values)
    return _safe(f"`{bars}` {charts.ends(values, percent) if share else charts.ends(values)}")


def _safe(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - every caller has escaped foreign text

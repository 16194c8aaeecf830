"""How values are written in GitLab Markdown; words and layout stand in the templates of report.md and details.md."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from audit import inert
from audit.evidence.doubts import WORDS, way_to_see
from audit.phrases import SEVERITIES, listed, shortened
from audit.program_text import ProgramText
from audit.report.figures.changes import by_subject
from audit.report.formats import charts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from jinja2 import Environment

    from audit.report.figures.trend import Week

SHOWN: Final = 20
"""Lines of a list that are shown before the rest is folded."""
DOUBTS: Final = {**WORDS, "severity": "it has no severity"}
"""Why nobody can tell what an incident's verdict is."""
CAPS: Final = (1000, 300, 100, SHOWN, 5)
"""Items of a list that are told at most: the next one where a text with the one before is too long."""
_LONGEST: Final = 100
_WHY_LONGEST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list split into shown and folded items, and the number of items left out."""

    shown: Sequence[Any]
    folded: Sequence[Any]
    left_out: int
    total: int


def environment() -> Environment:
    """Return the inert environment with the report's filters for values."""
    made = inert.environment()
    made.globals.update(DOUBTS=DOUBTS, way_to_see=way_to_see)
    made.filters.update(
        severity=severity,
        percent=percent,
        signed=signed,
        points=points,
        ref=ref,
        beside=beside,
        title=title,
        why=why,
        link=inert.link,
        people=people,
        names=names,
        listing=partial(listing, cap=CAPS[0]),
        yaml=yaml,
        iso=iso,
        columns=columns,
        words=words,
        weight=weight,
        by_subject=by_subject,
        whole=whole,
        week=week,
        mermaid=mermaid,
    )
    return made


@cache
def templates() -> Environment:
    """Return the environment as it is, made once: nobody may change it."""
    return environment()


def listing(rows: Sequence[Any], *, cap: int) -> Listing:
    """Split a list: the first items are shown, others folded, those beyond ``cap`` left out."""
    return Listing(
        shown=rows[: min(SHOWN, cap)],
        folded=rows[SHOWN:cap],
        left_out=max(0, len(rows) - cap),
        total=len(rows),
    )


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


def ref(text: str, url: str = "") -> Markup:
    """Write an issue's name, linked if there is an address; never a live reference, which GitLab would log there."""
    return inert.link(text, url)


def beside(ref: str, other: str) -> str:
    """Return an issue's name next to another one: only its number if both are in one project."""
    project, _, number = ref.rpartition("#")
    return f"#{number}" if project == other.rpartition("#")[0] else ref


def title(text: str, *, longest: int = _LONGEST) -> Markup:
    """Write a title on one line, a long one cut."""
    return inert.md(text if isinstance(text, ProgramText) else cut(text, longest))


def why(text: str) -> Markup:
    """Write a sentence; one that is no ProgramText is cut."""
    return inert.md(text if isinstance(text, ProgramText) else cut(text, _WHY_LONGEST))


def cut(text: str, longest: int) -> str:
    """Return a text on one line, cut to the given number of characters."""
    return shortened(inert.one_line(text), longest)


def people(usernames: Sequence[str]) -> Markup:
    """Write names in backticks, so that nobody is notified; a dash if there are none."""
    return _safe(listed(map(inert.handle, usernames), len(usernames)) or "–")


def names(values: Sequence[str]) -> Markup:
    """Write names of services or teams; a dash if there are none."""
    return _safe(listed(map(title, values), len(values)) or "–")


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


def _safe(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - every caller has escaped foreign text

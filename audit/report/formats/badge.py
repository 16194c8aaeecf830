"""badge.svg: the share of reviews on time, to show on other pages; grey where it is withheld or nothing was due.

It has a colour for good or bad only where the settings name a target: without one nobody said what is good.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from audit.report.formats.format import Format
from audit.report.formats.markdown import whole

if TYPE_CHECKING:
    from audit.report.figures.view import View

NAME: Final = "badge.svg"
_LABEL: Final = "incident reviews"
_NEAR: Final = 0.1
"""So far below the target the badge is amber, below that red."""
_GREY, _BLUE, _GREEN, _AMBER, _RED = "#5b6470", "#0b57a4", "#1d7a46", "#8f6200", "#b42f26"
"""White letters can be read on each."""
_LETTER: Final = 6.6
"""Mean width of a letter of 11 pixels; the drawing holds its letters to it."""
_PADDING: Final = 8
_TEMPLATE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {words}">'
    "<title>{label}: {words}, as of {as_of}</title>"
    '<rect width="{width}" height="20" rx="3" fill="#30363d"/>'
    '<path d="M{split} 0h{right}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{right}z" fill="{colour}"/>'
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">'
    '<text x="{padding}" y="14" textLength="{label_length}">{label}</text>'
    '<text x="{words_x}" y="14" textLength="{words_length}">{words}</text>'
    "</g></svg>\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """The words on the right, and their ground."""

    words: str
    colour: str


def badge_svg(view: View) -> str:
    """Return the drawing."""
    figure = view.compliance
    badge = _badge(figure.rate, view.target, withheld=figure.withheld is not None)
    label_length, words_length = round(len(_LABEL) * _LETTER), round(len(badge.words) * _LETTER)
    split = label_length + 2 * _PADDING
    return _TEMPLATE.format(
        label=_LABEL,
        words=escape(badge.words),
        as_of=view.as_of.isoformat(),
        colour=badge.colour,
        width=split + words_length + 2 * _PADDING,
        split=split,
        right=words_length + 2 * _PADDING - 3,
        padding=_PADDING,
        label_length=label_length,
        words_x=split + _PADDING,
        words_length=words_length,
    )


def _badge(rate: float | None, target: float | None, *, withheld: bool) -> Badge:
    if rate is None:
        return Badge(words="withheld" if withheld else "none due", colour=_GREY)
    words = f"{whole(rate)} % on time"
    if target is None:
        return Badge(words=words, colour=_BLUE)
    if rate >= target:
        return Badge(words=words, colour=_GREEN)
    return Badge(words=words, colour=_AMBER if rate >= target - _NEAR else _RED)


FORMAT = Format(name=NAME, text=badge_svg)

"""badge.svg: the share on time in words and a colour, and grey where there is none to tell."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from audit.report.formats.badge import badge_svg
from tests.report import world

GREY, BLUE, GREEN, AMBER, RED = "#5b6470", "#0b57a4", "#1d7a46", "#8f6200", "#b42f26"
SVG = "{http://www.w3.org/2000/svg}"


def drawn(rate: float | None, target: float | None, withheld: str | None = None) -> tuple[str, str | None]:
    """The words and the ground of the badge for a rate."""
    usual = world.usual()
    figure = replace(usual.compliance, rate=rate, withheld=withheld)
    made = ET.fromstring(badge_svg(replace(usual, compliance=figure, target=target)))  # noqa: S314 - our own
    title = made.find(f"{SVG}title")
    path = made.find(f"{SVG}path")
    assert title is not None
    assert path is not None
    assert made.get("aria-label") == str(title.text).removesuffix(", as of 2026-11-23")
    return str(made.get("aria-label")), path.get("fill")


@pytest.mark.parametrize(
    ("rate", "target", "words", "colour"),
    [
        (0.63, None, "63 % on time", BLUE),
        (0.9, 0.9, "90 % on time", GREEN),
        (0.899, 0.9, "90 % on time", AMBER),
        (0.8, 0.9, "80 % on time", AMBER),
        (0.79, 0.9, "79 % on time", RED),
        (0.999, 1.0, "99 % on time", AMBER),
        (1.0, 1.0, "100 % on time", GREEN),
        (0.0, None, "0 % on time", BLUE),
        (None, 0.9, "none due", GREY),
    ],
)
def test_the_rate_stands_on_the_colour_that_the_target_gives_it(
    rate: float | None, target: float | None, words: str, colour: str
) -> None:
    assert drawn(rate, target) == (f"incident reviews: {words}", colour)


def test_a_withheld_rate_is_grey_and_told_nowhere() -> None:
    assert drawn(None, 0.9, "page 3 answered 502") == ("incident reviews: withheld", GREY)


def test_it_holds_nothing_but_figures_and_loads_nothing() -> None:
    text = badge_svg(world.usual())
    assert world.SECRET not in text
    assert text.count("http") == 1, "the name of its form"
    assert "script" not in text
    assert text == badge_svg(world.view())


@pytest.mark.parametrize("colour", [GREY, BLUE, GREEN, AMBER, RED, "#30363d"])
def test_white_letters_can_be_read_on_it(colour: str) -> None:
    """A contrast of 4.5 is what WCAG AA asks for."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5

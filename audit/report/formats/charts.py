"""Charts: coordinates of marks, which the templates draw as SVG, and Mermaid's words for GitLab.

Every number is also in a table beside it.

Coordinates are whole units of the drawing, so that the same numbers give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from audit.report.figures.trend import Week

_TOP: Final = 22
_LINES: Final = 4
"""Most lines of the scale, without the base line."""
_STEPS: Final = (1, 2, 5)
_COLOURS: Final = {"on_time": "#3f9c68", "late": "#d9a334", "open_late": "#c9574d", "pending": "#9db3d1"}
_MERMAID: Final = {
    "xyChart": {"width": 700, "height": 240, "yAxis": {"showLabel": False, "showTick": False, "showAxisLine": False}}
}
_SPARK_WIDTH: Final = 132
_SPARK_HEIGHT: Final = 32
_DIGIT: Final = 7
"""Width of a digit."""
_LINE_HEIGHT: Final = 12
_EDGE: Final = 15
"""From the edges of a line's drawing to its first and last value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The size of a drawing, whose letters are 11 units high."""

    name: str
    """A CSS class: the width of the screen on which it is shown."""
    width: int
    height: int
    left: int
    """Where the values begin, with the numbers of the scale before them."""
    labels: int
    """Most labels under it."""

    @property
    def base(self) -> int:
        """Where zero stands."""
        return self.height - 28

    @property
    def under(self) -> int:
        """Where the labels stand."""
        return self.height - 10


WIDE: Final = Frame(name="wide", width=736, height=200, left=36, labels=12)
NARROW: Final = Frame(name="narrow", width=340, height=180, left=30, labels=6)
"""A telephone's: drawn anew, as letters that are made smaller cannot be read."""
FRAMES: Final = (WIDE, NARROW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The values of a column in a stacked chart."""

    label: str
    parts: tuple[tuple[str, int], ...]
    """Kind (a CSS class) and count of each block, from the base upwards."""

    @property
    def total(self) -> int:
        """Sum of the counts."""
        return sum(number for _, number in self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a column."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    number: int
    label: str
    roomy: bool
    """There is room for its number inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in the drawing."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A chart of stacked columns."""

    frame: Frame
    blocks: tuple[Block, ...]
    labels: tuple[Text, ...]
    above: tuple[Text, ...]
    """The sum of each column that is not empty, where there is room."""
    scale: tuple[Text, ...]
    """A horizontal line each; x is where its number ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A value of a line."""

    x: int
    y: int
    label: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """A line through values, interrupted where one is missing."""

    frame: Frame
    strokes: tuple[str, ...]
    """The points of each polyline: ``x,y x,y``."""
    dots: tuple[Dot, ...]
    numbers: tuple[Text, ...]
    """The values that have room above their dot."""
    labels: tuple[Text, ...]
    scale: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A line of a few weeks beside a figure, without a scale: from zero to its highest value, or to the whole."""

    width: int
    height: int
    strokes: tuple[str, ...]
    end: Dot | None
    """The last known value; None: there is none."""
    known: int
    """Number of known values."""
    words: str
    """Its ends."""


def spark(
    values: Sequence[float | None], written: Callable[[float], str] = "{:g}".format, *, whole: float | None = None
) -> Spark:
    """Return a line through values, interrupted where one is missing."""
    known = [value for value in values if value is not None]
    top = whole or max([1, *known])
    gap = (_SPARK_WIDTH - 8) / max(1, len(values) - 1)
    dots = [
        None
        if value is None
        else Dot(
            x=round(4 + place * gap),
            y=round(_SPARK_HEIGHT - 4 - (_SPARK_HEIGHT - 8) * value / top),
            label="",
            value=value,
        )
        for place, value in enumerate(values)
    ]
    drawn = [dot for dot in dots if dot is not None]
    return Spark(
        width=_SPARK_WIDTH,
        height=_SPARK_HEIGHT,
        strokes=tuple(_strokes(dots)),
        end=drawn[-1] if drawn else None,
        known=len(known),
        words=ends(values, written),
    )


def ends(values: Sequence[float | None], written: Callable[[float], str] = "{:g}".format) -> str:
    """Return where a line begins and ends in words, and between what it went; a dash if no value is known."""
    known = [value for value in values if value is not None]
    if not known:
        return "–"
    first, last = known[0], known[-1]
    if values[-1] is None:
        return f"{written(last)} when it was last known"
    if min(known) < min(first, last) or max(known) > max(first, last):
        return f"between {written(min(known))} and {written(max(known))}, now {written(last)}"
    return f"{written(last)} throughout" if first == last else f"from {written(first)} to {written(last)}"


def cohort(week: Week) -> Column:
    """Return the reviews that were due in a week, by what became of them."""
    kinds = (("on_time", week.on_time), ("late", week.late), ("open_late", week.open_late), ("pending", week.pending))
    return Column(label=short(week), parts=kinds)


def short(week: Week) -> str:
    """Return the name of a week as it stands under a mark."""
    return f"W{week.number:02}"


def mermaid(columns: Sequence[Column]) -> str:
    """Return stacked columns in Mermaid's words; Mermaid 10.6 and later draw them, as GitLab 16.8 and later do.

    It knows no stacks: columns that stand before one another look like one where each holds what is below it as well.
    A scale would divide single reviews, so there is none: the table tells the numbers.
    """
    depth = max((len(column.parts) for column in columns), default=0)
    layers = [[sum(number for _, number in column.parts[:upto]) for column in columns] for upto in range(depth, 0, -1)]
    palette = ", ".join(_COLOURS[kind] for kind, _ in reversed(columns[0].parts)) if columns else ""
    lines = [
        f"%%{{init: {json.dumps(_MERMAID | {'themeVariables': {'xyChart': {'plotColorPalette': palette}}})}}}%%",
        "xychart-beta",
        f"    x-axis [{', '.join(column.label for column in columns)}]",
        f"    y-axis 0 --> {max([1, *(column.total for column in columns)])}",
        *(f"    bar {layer}" for layer in layers),
    ]
    return "\n".join(lines)


def stack(columns: Sequence[Column], frame: Frame = WIDE) -> Stack:
    """Return the columns side by side, on one scale from zero."""
    steps = _scale(max((column.total for column in columns), default=0))
    slot = (frame.width - frame.left) / max(1, len(columns))
    width = min(40, round(slot * 0.7))
    blocks, labels, above = [], [], []
    for position, column in enumerate(columns):
        middle = round(frame.left + (position + 0.5) * slot)
        total = 0
        for kind, number in column.parts:
            low, high = (_height(value, steps[-1], frame) for value in (total, total + number))
            total += number
            if number:
                blocks.append(
                    Block(
                        x=middle - width // 2,
                        y=high,
                        width=width,
                        height=low - high,
                        kind=kind,
                        number=number,
                        label=column.label,
                        roomy=low - high >= _LINE_HEIGHT and width >= _DIGIT * len(str(number)),
                    )
                )
        if _labelled(position, len(columns), frame):
            labels.append(Text(x=middle, y=frame.under, words=column.label))
        if total and slot >= _DIGIT * len(str(total)):
            above.append(Text(x=middle, y=_height(total, steps[-1], frame) - 5, words=str(total)))
    return Stack(
        frame=frame, blocks=tuple(blocks), labels=tuple(labels), above=tuple(above), scale=_marks(steps, frame)
    )


def line(values: Sequence[tuple[str, float | None]], *, whole: int | None = None, frame: Frame = WIDE) -> LineChart:
    """Return a line through labelled, evenly spaced values, on a scale from zero to ``whole`` or the highest value."""
    known = [value for _, value in values if value is not None]
    steps = _scale(whole if whole is not None else int(max(known, default=0)))
    gap = (frame.width - frame.left - 2 * _EDGE) / max(1, len(values) - 1)
    places = [round(frame.left + _EDGE + place * gap) for place in range(len(values))]
    dots = [
        None if value is None else Dot(x=x, y=_height(value, steps[-1], frame), label=label, value=value)
        for x, (label, value) in zip(places, values, strict=True)
    ]
    return LineChart(
        frame=frame,
        strokes=tuple(_strokes(dots)),
        dots=tuple(dot for dot in dots if dot is not None),
        labels=tuple(
            Text(x=x, y=frame.under, words=label)
            for place, (x, (label, _)) in enumerate(zip(places, values, strict=True))
            if _labelled(place, len(values), frame)
        ),
        numbers=tuple(
            Text(x=dot.x, y=dot.y - 7, words=f"{dot.value:g}")
            for dot in dots
            if dot is not None and gap >= _DIGIT * (len(f"{dot.value:g}") + 1)
        ),
        scale=_marks(steps, frame),
    )


def _labelled(place: int, places: int, frame: Frame) -> bool:
    """Return whether a place has a label: the last one has, and as many others as there is room for."""
    every = -(-places // frame.labels) or 1
    return (places - 1 - place) % every == 0


def _marks(steps: Sequence[int], frame: Frame) -> tuple[Text, ...]:
    return tuple(Text(x=frame.left - 6, y=_height(step, steps[-1], frame), words=f"{step:,}") for step in steps)


def _strokes(dots: Sequence[Dot | None]) -> Iterator[str]:
    for there, run in groupby(dots, key=lambda dot: dot is not None):
        points = [f"{dot.x},{dot.y}" for dot in run if dot is not None]
        if there and len(points) > 1:
            yield " ".join(points)


def _scale(highest: int) -> list[int]:
    """Return the steps of a scale from zero to at least the highest number, 1, 2 or 5 times a power of ten apart."""
    size, power = 0, 1
    while not size:
        size = next((step * power for step in _STEPS if step * power * _LINES >= highest), 0)
        power *= 10
    return [size * count for count in range(-(-max(1, highest) // size) + 1)]


def _height(value: float, highest: int, frame: Frame) -> int:
    return round(frame.base - (frame.base - _TOP) * value / highest)

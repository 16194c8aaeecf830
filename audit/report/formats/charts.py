"""Coordinates of the marks of charts. The templates draw them as SVG; every number is also in a table beside it.

Coordinates are whole units of the drawing, so that the same numbers give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH: Final = 736
HEIGHT: Final = 210
_LEFT: Final = 36
_TOP: Final = 22
_BOTTOM: Final = 172
_LABELS: Final = 190
_LINES: Final = 4
"""Most lines of the scale, without the base line."""
_MOST_LABELS: Final = 12
_STEPS: Final = (1, 2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The values of a column in a stacked chart."""

    label: str
    parts: tuple[tuple[str, int], ...]
    """Kind (a CSS class) and count of each block, from the base upwards."""
    above: str
    """Written above the column."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in the drawing."""

    x: int
    y: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A chart of stacked columns."""

    blocks: tuple[Block, ...]
    labels: tuple[Text, ...]
    above: tuple[Text, ...]
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

    strokes: tuple[str, ...]
    """The points of each polyline: ``x,y x,y``."""
    dots: tuple[Dot, ...]
    labels: tuple[Text, ...]
    scale: tuple[Text, ...]


def stack(columns: Sequence[Column]) -> Stack:
    """Return the columns side by side, on one scale from zero."""
    highest = max((sum(number for _, number in column.parts) for column in columns), default=0)
    steps = _scale(highest)
    slot = (WIDTH - _LEFT) // max(1, len(columns))
    width = min(40, slot * 2 // 3)
    blocks, above = [], []
    for position, column in enumerate(columns):
        x = _LEFT + position * slot + (slot - width) // 2
        total = 0
        for kind, number in column.parts:
            low, high = (_height(value, steps[-1]) for value in (total, total + number))
            total += number
            if number:
                block = Block(x=x, y=high, width=width, height=low - high, kind=kind, number=number, label=column.label)
                blocks.append(block)
        above.append(Text(x=x + width // 2, y=_height(total, steps[-1]) - 5, words=column.above))
    return Stack(
        blocks=tuple(blocks),
        labels=tuple(
            Text(x=_LEFT + position * slot + slot // 2, y=_LABELS, words=column.label)
            for position, column in enumerate(columns)
        ),
        above=tuple(above),
        scale=tuple(Text(x=_LEFT - 6, y=_height(step, steps[-1]), words=str(step)) for step in steps),
    )


def line(values: Sequence[tuple[str, float | None]], *, whole: int | None = None) -> LineChart:
    """Return a line through labelled, evenly spaced values, on a scale from zero to ``whole`` or the highest value."""
    known = [value for _, value in values if value is not None]
    steps = _scale(whole if whole is not None else int(max(known, default=0)))
    gap = (WIDTH - _LEFT - 30) / max(1, len(values) - 1)
    dots = [
        None
        if value is None
        else Dot(x=round(_LEFT + 15 + place * gap), y=_height(value, steps[-1]), label=label, value=value)
        for place, (label, value) in enumerate(values)
    ]
    every = -(-len(values) // _MOST_LABELS) or 1
    return LineChart(
        strokes=tuple(_strokes(dots)),
        dots=tuple(dot for dot in dots if dot is not None),
        labels=tuple(
            Text(x=round(_LEFT + 15 + place * gap), y=_LABELS, words=label)
            for place, (label, _) in enumerate(values)
            if (len(values) - 1 - place) % every == 0
        ),
        scale=tuple(Text(x=_LEFT - 6, y=_height(step, steps[-1]), words=str(step)) for step in steps),
    )


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


def _height(value: float, highest: int) -> int:
    return round(_BOTTOM - (_BOTTOM - _TOP) * value / highest)

"""Charts: everything inside the drawing, in proportion, and only what there is."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as some

from audit.report.formats.charts import FRAMES, NARROW, Column, Frame, ends, line, mermaid, spark, stack

COUNTS = some.lists(some.lists(some.integers(0, 10**7), min_size=1, max_size=4), max_size=60)


def column(*numbers: int, label: str = "W1") -> Column:
    kinds = ("on_time", "late", "open_late", "pending")
    return Column(label=label, parts=tuple(zip(kinds, numbers, strict=False)))


def test_a_column_is_built_from_the_base_upwards_in_proportion() -> None:
    first, second = stack([column(2, 0, 4)]).blocks
    assert (first.kind, first.number, second.kind, second.number) == ("on_time", 2, "open_late", 4)
    assert second.height == 2 * first.height
    assert second.y + second.height == first.y
    assert first.label == "W1"


def test_columns_stand_side_by_side_on_one_scale() -> None:
    made = stack([column(10, label="a"), column(0, label="b"), column(5, label="c")])
    tall, short = made.blocks
    assert tall.height == 2 * short.height
    assert tall.x + tall.width < short.x
    assert [text.words for text in made.labels] == ["a", "b", "c"]


def test_the_scale_has_round_steps_and_covers_the_highest() -> None:
    def steps(highest: int) -> list[str]:
        return [text.words for text in stack([column(highest)]).scale]

    assert steps(0) == ["0", "1"]
    assert steps(1) == ["0", "1"]
    assert steps(4) == ["0", "1", "2", "3", "4"]
    assert steps(5) == ["0", "2", "4", "6"]
    assert steps(100) == ["0", "50", "100"]
    assert steps(101) == ["0", "50", "100", "150"]
    assert steps(81_000) == ["0", "50,000", "100,000"]


def test_a_chart_of_nothing_is_empty() -> None:
    assert (stack([]).blocks, stack([]).labels) == ((), ())
    assert (line([]).strokes, line([]).dots, line([]).labels) == ((), (), ())


@pytest.mark.parametrize("frame", FRAMES)
@given(counts=COUNTS)
def test_no_block_leaves_the_drawing_and_none_is_lost(counts: list[list[int]], frame: Frame) -> None:
    made = stack([column(*numbers) for numbers in counts], frame)
    assert [block.number for block in made.blocks] == [number for numbers in counts for number in numbers if number]
    for block in made.blocks:
        assert 0 <= block.x <= block.x + block.width <= frame.width
        assert 0 <= block.y <= block.y + block.height <= frame.height


@pytest.mark.parametrize("frame", FRAMES)
@given(values=some.lists(some.one_of(some.none(), some.integers(0, 10**7)), max_size=60))
def test_no_point_leaves_the_drawing_and_none_is_lost(values: list[int | None], frame: Frame) -> None:
    made = line([(str(place), value) for place, value in enumerate(values)], frame=frame)
    assert [dot.value for dot in made.dots] == [value for value in values if value is not None]
    assert all(0 <= dot.x <= frame.width and 0 <= dot.y <= frame.height for dot in made.dots)
    assert len(made.labels) <= frame.labels
    if values:
        assert made.labels[-1].words == str(len(values) - 1)


def test_a_line_breaks_where_there_is_no_value() -> None:
    made = line([("a", 1), ("b", 2), ("c", None), ("d", 3), ("e", None), ("f", 1), ("g", 1)])
    assert [len(points.split()) for points in made.strokes] == [2, 2]
    assert len(made.dots) == 5


def test_a_share_is_drawn_on_the_whole_scale() -> None:
    made = line([("a", 50)], whole=100)
    assert [text.words for text in made.scale] == ["0", "50", "100"]
    assert made.dots[0].y == made.scale[1].y


@pytest.mark.parametrize("frame", FRAMES)
def test_no_label_of_a_chart_touches_the_next_one(frame: Frame) -> None:
    """Letters are 11 units high and at most 7 wide."""
    weeks = [f"W{number}" for number in range(37, 49)]
    columns = [column(1000, label=week) for week in weeks]
    days = [(f"11-{day:02}", 1) for day in range(1, 53)]
    for labels in (stack(columns, frame).labels, stack(columns, frame).above, line(days, frame=frame).labels):
        edges = [(text.x - 3.5 * len(text.words), text.x + 3.5 * len(text.words)) for text in labels]
        assert all(right <= left for (_, right), (left, _) in itertools.pairwise(edges))
        assert all(left >= -12 and right <= frame.width + 8 for left, right in edges)


def test_a_column_has_its_sum_above_it_and_the_number_of_each_block_that_has_room() -> None:
    made = stack([column(0), column(12, 1, 30)], NARROW)
    assert [text.words for text in made.above] == ["43"]
    assert [(block.number, block.roomy) for block in made.blocks] == [(12, True), (1, False), (30, True)]
    crowded = stack([column(1234) for _ in range(12)], NARROW)
    assert not any(block.roomy for block in crowded.blocks)


def test_mermaid_gets_stacks_as_columns_in_front_of_each_other() -> None:
    words = mermaid([column(1, 2, 3, 4, label="W1"), column(0, 0, 0, 0, label="W2")])
    assert words.splitlines()[1:] == [
        "xychart-beta",
        "    x-axis [W1, W2]",
        "    y-axis 0 --> 10",
        "    bar [10, 0]",
        "    bar [6, 0]",
        "    bar [3, 0]",
        "    bar [1, 0]",
    ]
    assert "#9db3d1, #c9574d, #d9a334, #3f9c68" in words
    assert "y-axis 0 --> 1" in mermaid([])


@given(some.lists(some.one_of(some.none(), some.floats(0, 10**6)), max_size=12))
def test_a_line_beside_a_figure_stays_in_its_drawing(values: list[float | None]) -> None:
    made = spark(values)
    known = [value for value in values if value is not None]
    assert made.known == len(known)
    assert (made.end is None) is (not known)
    points = [point.split(",") for stroke in made.strokes for point in stroke.split()]
    assert all(0 <= int(x) <= made.width and 0 <= int(y) <= made.height for x, y in points)


def test_its_last_value_stands_higher_where_it_is_higher() -> None:
    rising, falling = spark([1, 2, 3]), spark([3, 2, 1])
    assert rising.end is not None
    assert falling.end is not None
    assert rising.end.y < falling.end.y


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([None], "–"),
        ([], "–"),
        ([1, 3], "from 1 to 3"),
        ([5, 5.0, None, 5], "5 throughout"),
        ([5, 6, 5], "between 5 and 6, now 5"),
        ([4, 2, 6], "between 2 and 6, now 6"),
        ([3, 8, None], "8 when it was last known"),
    ],
)
def test_the_ends_of_a_line_in_words(values: list[float | None], words: str) -> None:
    assert ends(values) == words
    assert spark(values).words == words

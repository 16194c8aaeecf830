"""Charts: everything inside the drawing, in proportion, and only what there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from audit.report.formats.charts import HEIGHT, WIDTH, Column, line, stack

COUNTS = some.lists(some.lists(some.integers(0, 10**7), min_size=1, max_size=4), max_size=60)


def column(*numbers: int, label: str = "W1") -> Column:
    kinds = ("on_time", "late", "open_late", "pending")
    return Column(label=label, parts=tuple(zip(kinds, numbers, strict=False)), above="")


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
    assert steps(81_000) == ["0", "50000", "100000"]


def test_a_chart_of_nothing_is_empty() -> None:
    assert (stack([]).blocks, stack([]).labels) == ((), ())
    assert (line([]).strokes, line([]).dots, line([]).labels) == ((), (), ())


@given(COUNTS)
def test_no_block_leaves_the_drawing_and_none_is_lost(counts: list[list[int]]) -> None:
    made = stack([column(*numbers) for numbers in counts])
    assert [block.number for block in made.blocks] == [number for numbers in counts for number in numbers if number]
    for block in made.blocks:
        assert 0 <= block.x <= block.x + block.width <= WIDTH
        assert 0 <= block.y <= block.y + block.height <= HEIGHT


@given(some.lists(some.one_of(some.none(), some.integers(0, 10**7)), max_size=60))
def test_no_point_leaves_the_drawing_and_none_is_lost(values: list[int | None]) -> None:
    made = line([(str(place), value) for place, value in enumerate(values)])
    assert [dot.value for dot in made.dots] == [value for value in values if value is not None]
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in made.dots)
    assert len(made.labels) <= 12
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

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pytest

from audit.codec import Codec, CodecError
from audit.model import Records, User
from audit.pull_model import Pull

if TYPE_CHECKING:
    from collections.abc import Mapping


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Size(IntEnum):
    BIG = 2


class Place(NamedTuple):
    name: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Thing:
    name: str
    weight: float = 0.0
    colour: Colour | None = None
    size: Size = Size.BIG
    mode: Literal["a", "b"] = "a"
    places: tuple[Place, ...] = ()
    pair: tuple[datetime, str] | None = None
    by_name: Mapping[str, Place] = field(default_factory=dict)
    by_number: Mapping[int, str] = field(default_factory=dict)
    words: frozenset[str] = frozenset()
    colours: frozenset[Colour] = frozenset()
    span: timedelta | None = None
    raw: bytes = b""
    derived: int = field(init=False, default=7)


NAMES: dict[str, Any] = {"Colour": Colour, "Size": Size, "Place": Place}
THING = Thing(
    name="x\x00ü\ud83d",
    weight=1.5,
    colour=Colour.RED,
    places=(Place("a"), Place("b", date(2026, 1, 2))),
    pair=(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=5))), "y"),
    by_name={"z": Place("z"), "a": Place("a")},
    by_number={3: "c", 1: "a"},
    words=frozenset({"b", "a"}),
    colours=frozenset(Colour),
    span=timedelta(days=-1, microseconds=1),
    raw=b"\x00\xff",
)


def codec(**options: Any) -> Codec[Thing]:
    return Codec[Thing](Thing, names=NAMES, **options)


@pytest.mark.parametrize("thing", [THING, Thing(name="")])
def test_what_is_written_is_read(thing: Thing) -> None:
    read = codec().loads(codec().dumps(thing))
    assert read == thing
    assert list(read.by_name) == list(thing.by_name)
    assert codec().dumps(read) == codec().dumps(thing)


def test_it_is_json_whose_sets_are_sorted() -> None:
    written = json.loads(codec().dumps(THING))
    assert written[9] == ["a", "b"]
    assert written[8] == [[3, "c"], [1, "a"]]


def test_a_field_that_is_new_today_has_its_default_in_what_was_written_before() -> None:
    before = codec(shapes={"Thing": ["name", "places"], "Place": ["name"]})
    assert before.decode(["x", [["a"]]]) == Thing(name="x", places=(Place("a"),))


@pytest.mark.parametrize(
    ("shapes", "why"),
    [
        ({"Thing": ["name", "smell"]}, "smell"),
        ({"Thing": ["weight"], "Place": ["name"]}, "lacks the field name"),
        ({"Thing": ["name"], "Place": ["on"]}, "Place lacks"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes: dict[str, list[str]], why: str) -> None:
    with pytest.raises(CodecError, match=why):
        codec(shapes=shapes)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 1),
        (0, None),
        (1, "1"),
        (2, "green"),
        (3, True),
        (5, {}),
        (5, [["a", "2026-02-30"]]),
        (5, [[1, None]]),
        (6, ["2026-01-01"]),
        (7, {"a": 1}),
        (8, [["1", "a"]]),
        (9, [1]),
        (11, [1, "x", 2]),
        (12, "zz"),
    ],
)
def test_what_is_damaged_is_refused(place: int, value: Any) -> None:
    row = codec().encode(THING)
    row[place] = value
    with pytest.raises(CodecError):
        codec().decode(json.loads(json.dumps(row)))


def test_a_row_that_equals_an_earlier_one_is_held_to_its_types_all_the_same() -> None:
    accounts = Codec[User](User)
    assert accounts.decode(["anna", True, False]) == accounts.decode(["anna", True, False]) == User(username="anna")
    with pytest.raises(CodecError):
        accounts.decode(["anna", 1, 0])


@pytest.mark.parametrize("text", ["", "[", "{}", "null", "[" * 100_000, "[1,2]"])
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(CodecError):
        codec().loads(text)


def test_the_fingerprint_tells_another_model() -> None:
    @dataclass(frozen=True)
    class Other:
        name: str

    @dataclass(frozen=True)
    class Another:
        name: str | None

    Another.__name__ = "Other"
    prints = [Codec[Any](kind).fingerprint for kind in (Other, Another, Other)]
    assert prints[0] == prints[2] != prints[1]


def test_a_type_without_a_form_is_a_fault_of_the_program() -> None:
    with pytest.raises(TypeError, match="no form of"):
        Codec[Any](complex)


def test_the_codec_knows_all_of_a_pull() -> None:
    shapes = Codec[Pull](Pull).shapes
    assert {"Pull", "Records", "Issue", "Catalog", "Gap", "TemplateEdition"} <= shapes.keys()
    assert "issues" in shapes["Records"]
    assert Codec[Records](Records).loads(Codec[Records](Records).dumps(Records(sources=(), issues=()))).issues == ()


def test_an_instant_keeps_its_zone() -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    assert Codec[datetime](datetime).loads(Codec[datetime](datetime).dumps(instant)).tzinfo == UTC

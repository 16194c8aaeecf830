"""The open reviews without a DRI: exactly those that IR003 finds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from audit.model import Link, Ref, User
from tests import records as make
from tests.report import world
from tests.report.world import SECRET, P

if TYPE_CHECKING:
    from audit.report.figures.without_dri import WithoutDri

IDA = User(username="ida")


def _rows(*tracker: Any, waivers: Any = ()) -> tuple[WithoutDri, ...]:
    return world.view(world.result(tracker, config=world.settings(waivers=list(waivers)), gaps=())).without_dri


def test_the_longest_open_comes_first_with_whom_to_ask_instead() -> None:
    rows = _rows(
        make.incident(1, created="2026-11-02"),
        make.review(101, of=1),
        make.incident(2, created="2026-10-05", assignees=(IDA,)),
        make.review(102, of=2, created="2026-10-06"),
        make.incident(3, created="2026-10-05"),
        make.review(103, of=3, created="2026-10-06", assignees=(IDA,)),
        make.incident(4, created="2026-10-05"),
        make.review(104, of=4, created="2026-10-06"),
        waivers=[make.waiver(f"{P}#104", "IR003")],
    )
    assert [(row.ref, row.opened_on, row.addressees) for row in rows] == [
        (f"{P}#102", date(2026, 10, 6), ("ida",)),
        (f"{P}#101", date(2026, 11, 3), ()),
    ]
    assert [(row.incident.ref, row.may_be_named, bool(row.url)) for row in rows] == [
        (f"{P}#2", True, True),
        (f"{P}#1", True, True),
    ]


def test_of_several_incidents_the_one_due_first_is_named() -> None:
    links = tuple(Link(target=Ref(P, iid)) for iid in (1, 2))
    (row,) = _rows(
        make.incident(1, created="2026-11-03"), make.incident(2, created="2026-11-02"), make.review(101, links=links)
    )
    assert row.incident.ref == f"{P}#2"


def test_of_a_confidential_review_only_its_number_is_told() -> None:
    (row,) = _rows(make.incident(1), make.review(101, f"Incident Review: {SECRET}", of=1, confidential=True))
    assert (row.url, row.title, row.addressees, row.may_be_named) == ("", "(confidential)", (), False)

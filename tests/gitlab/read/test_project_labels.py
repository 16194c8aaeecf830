"""Labels that lists of labels leave out, since they are archived, are still on issues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.gitlab.conftest import HERE, by_iid
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Open, Tracker


@pytest.fixture(autouse=True)
def review_of_an_archived_label(tracker: Tracker) -> None:
    tracker.world.groups["acme"].labels["IncidentReview"].archived = True
    tracker.review("What went wrong")


def test_a_review_is_found_by_an_archived_label(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)

    records = desk.pull()

    assert sorted(by_iid(records)) == [1]
    assert "IncidentReview" in records.sources[0].labels
    assert records.gaps == ()


@pytest.mark.parametrize(("version", "asked"), [("17.5.2", False), ("18.2.0", True)])
def test_an_earlier_release_knows_no_archived_labels(
    tracker: Tracker, open_desk: Open, version: str, asked: bool
) -> None:
    desk = open_desk(tracker.world, version=version)

    assert desk.pull().gaps == ()
    assert bool(desk.server.count(operation="ArchivedLabels")) is asked


def test_archived_labels_that_cannot_be_read_are_a_gap(tracker: Tracker, open_desk: Open) -> None:
    desk = open_desk(tracker.world)
    desk.server.fault(
        faults.html_status(502, "Bad Gateway"), operation="ArchivedLabels|EveryLabelOfProjects", times=None
    )

    records = desk.pull()

    assert sorted({(gap.ref, gap.what) for gap in records.gaps}) == [
        (HERE, what) for what in ("incidents", "labels", "reviews")
    ]
    assert not records.sources[0].complete

"""An issue that is counted, and gone or hidden when it is read a moment later, on a night by changes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.gitlab.conftest import at, by_iid
from tests.gitlab.read.test_changes import NEXT, NIGHT, delete, pulled
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Tracker


@pytest.mark.parametrize("count", [3, 130])
def test_a_changed_issue_that_is_gone_when_it_is_read_leaves_nothing_of_before(
    tracker: Tracker, desk: Desk, count: int
) -> None:
    for number in range(count):
        tracker.incident(str(number), f"2026-{1 + number % 11:02}-02 10:00")
    desk.server.world.now = NIGHT
    first = pulled(desk)
    desk.server.world.now = NEXT
    gone = tracker.production.issues[2]
    gone.close(at=at("2026-11-24 10:00"), by=tracker.anna)
    desk.server.fault(faults.Hook(call=lambda _: delete(tracker, gone), after=True), operation="Counts")

    second = pulled(desk, first, until=first.until + timedelta(days=1))

    assert 2 not in by_iid(second.records)
    assert len(second.records.issues) == count - 1

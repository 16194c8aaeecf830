"""One issue of a list that the server cannot show must not hide those behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from audit.sandbox.wire import Reply
from tests.gitlab.conftest import HERE, by_iid, settings

if TYPE_CHECKING:
    from tests.gitlab.conftest import Desk, Open, Tracker
    from tests.sandbox.faults import Turn

GROUP = settings(projects={"incident_groups": ["acme"]})


@dataclass(frozen=True)
class Breaks:
    """Fail wherever the whole of one of these issues is in the answer."""

    iids: tuple[int, ...]

    def act(self, turn: Turn) -> None:
        reply = turn.handle()
        broken = any(f'"iid":"{iid}"'.encode() in reply.body.replace(b": ", b":") for iid in self.iids)
        turn.send(Reply(status=500, body=b'{"errors":[{"message":"Internal server error"}]}') if broken else reply)


def broken(desk: Desk, *iids: int) -> Desk:
    desk.server.fault(Breaks(iids), path="graphql", times=None)
    return desk


@pytest.mark.parametrize("group", [False, True])
def test_the_issues_behind_one_that_fails_are_read(tracker: Tracker, open_desk: Open, group: bool) -> None:
    tracker.world.member(tracker.world.groups["acme"], tracker.bot, 20)
    for number in range(110):
        tracker.incident(str(number))
    records = broken(open_desk(tracker.world), 40).pull(GROUP if group else None)
    assert sorted(by_iid(records)) == [*range(1, 40), *range(41, 111)]
    (gap,) = (gap for gap in records.gaps if gap.what == "incidents")
    assert (gap.ref, gap.could_change_a_verdict) == (HERE, True)
    assert gap.why.startswith(f"{HERE}#40, the server failed")
    assert not records.sources[0].complete


@pytest.mark.parametrize("iids", [(110,), (40, 41)])
def test_the_last_one_and_two_in_a_row_end_the_list(tracker: Tracker, desk: Desk, iids: tuple[int, ...]) -> None:
    for number in range(110):
        tracker.incident(str(number))
    records = broken(desk, *iids).pull()
    assert sorted(by_iid(records)) == [*range(1, iids[0])]
    assert [gap.ref for gap in records.gaps] == [HERE]
    assert "#" not in records.gaps[0].why

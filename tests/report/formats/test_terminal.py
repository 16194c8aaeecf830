"""What a run prints at its end says what the report says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.reminders.plan import Reason
from audit.report.formats.details import details_md
from audit.report.formats.terminal import summary
from tests import records as make
from tests.report import world
from tests.report.world import P


def _entry(text: str, ref: str) -> list[str]:
    """The two lines on a late incident."""
    lines = text.splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith(f"  {ref} "))
    return lines[place : place + 2]


@pytest.mark.parametrize(("number", "asked"), [(21, "not told"), (20, "not told"), (3, "`@alice`")])
def test_that_somebody_may_not_be_told_is_not_told_as_nobody(number: int, asked: str) -> None:
    """Of incident 21 only the review is confidential."""
    lines = details_md(world.usual()).replace("\\#", "#").splitlines()
    row = next(line for line in lines if f"#{number}" in line[:90])
    assert asked in row
    words = _entry(summary(world.usual(), None), f"{P}#{number}")[1]
    assert words.endswith("ask @alice" if number == 3 else "whom to ask is not shown")


def test_where_there_is_nobody_it_says_so() -> None:
    view = world.view(world.result((make.incident(1),), gaps=()))
    assert _entry(summary(view, None), f"{P}#1")[1].strip() == "nobody to ask"
    assert "whom to ask" not in summary(view, None)
    assert "| none | nobody can be asked | Open a review, and link it to the incident |" in details_md(view)


@pytest.mark.parametrize(("on_time", "share"), [(999, "99 %"), (1000, "100 %"), (1, "1 %"), (0, "0 %")])
def test_a_share_is_all_or_nothing_only_where_it_is(on_time: int, share: str) -> None:
    figure = replace(world.usual().compliance, on_time=on_time, due=1000, rate=on_time / 1000)
    view = replace(world.usual(), compliance=figure)
    assert f"{on_time} of 1000 reviews due were on time ({share})." in summary(view, None)
    assert f"({share})" in details_md(view).splitlines()[2].replace(";", "")


def test_confidential_incidents_without_an_owner_make_the_sum_whole() -> None:
    tracker = [replace(one, confidential=one.confidential or one.ref.iid == 5) for one in world.issues()]
    tracker.append(make.incident(30, labels=("Severity::1", "Service::Git"), created="2026-11-03"))
    text = summary(world.view(world.result(tuple(tracker))), None)
    assert "No owner: 2 incidents without a review" in text
    assert "  git: 1 incident, the first 20 days ago" in text
    assert "  of services that are not shown: 1 confidential incident\n" in text


def test_one_incident_and_nothing_due() -> None:
    text = summary(world.view(world.result((make.incident(1, created="2026-11-20"),), gaps=())), None)
    assert "No review was due in the last 84 days.\n" in text
    assert text.endswith("\n1 incident = 1 pending\n")


def test_each_reason_to_hold_a_reminder_back_has_words() -> None:
    usual = world.usual()
    assert usual.reminders
    for reason in Reason:
        text = summary(replace(usual, reminders=replace(usual.reminders, withheld={reason.value: 2})), None)
        assert "  held back: 2 " in text
        assert "_" not in text.partition("held back: 2 ")[2].splitlines()[0].replace("remind_from", "")

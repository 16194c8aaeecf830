"""Confirmation: what is far above the usual waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit.reminders import confirmation
from tests.reminders.building import FIRST, bare_plan_of, comment, incident, posted, ref, settings

if TYPE_CHECKING:
    from audit.reminders.plan import Plan

LAST = FIRST - timedelta(days=1)
TODAY = FIRST + timedelta(days=8)


def planned(count: int, *, before: int = 0, as_of: Any = TODAY, **reminders: Any) -> Plan:
    """A plan of so many first reminders, after a day on which so many others were posted."""
    new = [incident(iid) for iid in range(1, count + 1)]
    old = [incident(iid, assignees=()) for iid in range(101, 101 + before)]
    notes = {one.ref: (posted(LAST, 1, on=one.ref.iid, of=one.ref.iid), comment(as_of, id=9)) for one in old}
    return bare_plan_of(
        *new, *old, as_of=as_of, comments=notes, settings=settings(reminders={"per_person": 99, **reminders})
    )


@pytest.mark.parametrize(
    ("count", "before", "held"),
    [(10, 0, False), (11, 0, True), (11, 4, False), (12, 4, False), (13, 4, True), (11, 3, True), (10, 1, False)],
)
def test_more_than_three_times_the_last_day_and_more_than_ten(count: int, before: int, *, held: bool) -> None:
    plan = planned(count, before=before)
    assert len(plan.planned) == count
    assert confirmation.usual(plan) == before
    assert plan.held is held


def test_both_bounds_are_settings() -> None:
    assert planned(3, confirm_above=2).held
    assert not planned(3, confirm_above=3).held
    assert not planned(4, before=1, confirm_above=2, confirm_times=4).held


def test_what_the_cap_leaves_for_the_next_night_does_not_count() -> None:
    assert not planned(40, max_reminders=10).held
    assert planned(40).held
    assert len(planned(40).planned) == 30


def test_the_usual_is_that_of_the_last_day_which_may_be_today() -> None:
    """What a confirmed run posted before it was killed lets the next one go on."""
    days = {1: LAST - timedelta(days=1), 2: LAST, 3: LAST, 4: TODAY}
    notes = {ref(iid): (posted(day, 1, on=iid, of=iid),) for iid, day in days.items()}
    assert confirmation.usual(bare_plan_of(*map(incident, days), as_of=TODAY, comments=notes)) == 1
    del notes[ref(4)]
    assert confirmation.usual(bare_plan_of(*map(incident, [1, 2, 3]), as_of=TODAY, comments=notes)) == 2


def test_the_hash_is_the_same_for_the_same_reminders_and_another_for_others() -> None:
    plan = planned(11)
    assert confirmation.fingerprint(plan) == confirmation.fingerprint(planned(11))
    assert confirmation.fingerprint(plan) == confirmation.fingerprint(planned(11, as_of=TODAY + timedelta(days=1)))
    assert confirmation.fingerprint(plan) != confirmation.fingerprint(planned(12))
    other = planned(11, contact="somebody-else")
    assert confirmation.fingerprint(plan) == confirmation.fingerprint(other), "nobody else is asked"
    assert len(confirmation.fingerprint(plan)) == 12


@pytest.mark.parametrize(("internal", "same"), [(True, True), (False, False)])
def test_the_hash_does_not_tell_whom_an_internal_note_names(internal: bool, same: bool) -> None:
    """It stands in public outputs, where anyone could try one account after the other until it fits."""
    plan = planned(1)
    (one,) = plan.planned
    plans = [
        replace(plan, planned=(replace(one, internal=internal, addressees=(name,)),)) for name in ("anna", "somebody")
    ]
    assert (confirmation.fingerprint(plans[0]) == confirmation.fingerprint(plans[1])) is same

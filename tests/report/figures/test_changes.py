"""What changed since the last report, and what followed the reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Ref
from audit.reminders.plan import EarlierReminder, FollowUp, Plan
from audit.report.figures.changes import Turn, Turns, turns
from audit.report.figures.reminder_effect import StepRow
from audit.report.formats.audit_json import audit_json
from audit.report.formats.details import details_md
from tests.report import world
from tests.report.world import AS_OF, P

if TYPE_CHECKING:
    from audit.engine.result import Result
    from audit.report.figures.view import View

EARLIER = date(2026, 11, 16)


@cache
def _result() -> Result:
    return world.result()


def _view(**fields: Any) -> View:
    return world.view(_result(), **fields)


def _before(**verdicts: str) -> dict[str, Any]:
    """The usual tracker as it was told a week before, but for the verdicts of some incidents."""
    told = audit_json(world.usual()) | {"as_of": EARLIER.isoformat()}
    rows = [row | {"verdict": verdicts.pop(row["ref"].rpartition("#")[2], row["verdict"])} for row in told["incidents"]]
    gone = [rows[0] | {"ref": ref, "verdict": verdict} for ref, verdict in verdicts.items()]
    return told | {"incidents": [*(row for row in rows if row["verdict"] != "absent"), *gone]}


def _section(view: View) -> str:
    return details_md(view).partition("## Since the last report")[2].partition("\n## ")[0]


def test_verdicts_that_changed_are_told_and_incidents_that_came_and_went() -> None:
    view = _view(previous=_before(**{"1": "pending", "10": "on_time", "9": "absent", f"{P}#2000": "missing"}))
    assert view.changes is not None
    assert view.changes.turns == Turns(
        changed=(
            Turn(ref=f"{P}#1", before="pending", now="on_time"),
            Turn(ref=f"{P}#10", before="on_time", now="out_of_scope"),
        ),
        appeared=(f"{P}#9",),
        gone=(f"{P}#2000",),
    )
    section = _section(view)
    assert "work_items/1#Report) | pending | on time |" in section
    assert "1 incident was not in that report: " in section
    assert r"1 of those in it is not in this one: ops/production\#2000." in section


def test_refs_stand_in_the_order_of_their_numbers() -> None:
    now = {f"{P}#{iid}": "on_time" for iid in (10, 9, 100)}
    assert turns({}, now).appeared == (f"{P}#9", f"{P}#10", f"{P}#100")
    assert turns(dict.fromkeys(now, "late"), now).changed[0].ref == f"{P}#9"


def test_a_week_in_which_nothing_changed_says_so() -> None:
    section = _section(_view(previous=_before()))
    assert "0 findings are new, 0 cleared" in section
    assert "No verdict of an incident changed." in section
    assert "not in that report" not in section
    assert "<summary>New" not in section


def test_a_first_report_has_nothing_to_compare_with() -> None:
    assert "There is no earlier report to compare with." in _section(world.usual())


def _followed(step: int, outcome: FollowUp, *, days_ago: int = 3, iid: int = 103) -> EarlierReminder:
    return EarlierReminder(
        issue=Ref(P, iid),
        incident=Ref(P, 3),
        step=step,
        posted_on=AS_OF - timedelta(days=days_ago),
        follow_up=outcome,
        confidential=False,
    )


def _reminded(*earlier: EarlierReminder, **fields: Any) -> View:
    return _view(plan=Plan(as_of=AS_OF, earlier=earlier), **fields)


MANY = (
    _followed(1, FollowUp.COMPLETED, days_ago=30),
    _followed(1, FollowUp.COMMENTED, days_ago=8),
    _followed(1, FollowUp.NOTHING, days_ago=7),
    _followed(1, FollowUp.WAITING, days_ago=0),
    _followed(2, FollowUp.NOTHING, days_ago=7),
    _followed(2, FollowUp.POSTPONED, days_ago=6),
    _followed(0, FollowUp.WAITING, days_ago=1),
)


def test_the_effect_is_told_by_step_with_its_denominator() -> None:
    effect = _reminded(*MANY).effect
    assert effect is not None
    assert [(row.step, row.posted, row.waiting, row.moved, row.decided, row.share) for row in effect.steps] == [
        (0, 1, 1, 0, 0, None),
        (1, 4, 1, 2, 3, pytest.approx(2 / 3)),
        (2, 2, 0, 1, 2, 0.5),
    ]
    assert effect.steps[1].followed == {"completed": 1, "opened": 0, "commented": 1, "postponed": 0}
    assert effect.recent is None


def test_reminders_of_the_day_of_the_last_report_went_out_after_it() -> None:
    effect = _reminded(*MANY, previous=world.previous()).effect
    assert effect is not None
    assert effect.recent is not None
    assert [(row.posted_on, row.step, row.outcome) for row in effect.recent] == [
        (EARLIER, 1, "nothing"),
        (EARLIER, 2, "nothing"),
        (date(2026, 11, 17), 2, "postponed"),
        (date(2026, 11, 22), 0, "waiting"),
        (date(2026, 11, 23), 1, "waiting"),
    ]


def test_the_effect_in_words() -> None:
    section = _section(_reminded(*MANY, previous=world.previous()))
    assert "What followed one need not have come of it." in section
    assert "| early | 1 | 0 | 0 | 0 | 0 | – | 1 |" in section
    assert "| 1 | 4 | 1 | 0 | 1 | 0 | 2 of 3 (67 %) | 1 |" in section
    assert "| 2026-11-17 |" in section
    assert "| 2 | a day was set for it |" in section
    assert "None was posted since" in _section(_reminded(MANY[0], previous=world.previous()))
    assert "Posted since" not in _section(_reminded(MANY[0]))


def test_reminders_about_something_confidential_are_counted_and_named_by_their_number_alone() -> None:
    hidden = replace(_followed(1, FollowUp.OPENED, iid=120), incident=Ref(P, 20), confidential=True)
    view = _reminded(hidden, previous=world.previous())
    assert view.effect is not None
    assert view.effect.steps == (
        StepRow(
            step=1,
            posted=1,
            waiting=0,
            followed={"completed": 0, "opened": 1, "commented": 0, "postponed": 0},
            moved=1,
            decided=1,
            share=1.0,
        ),
    )
    assert r"| ops/production\#120 | ops/production\#20 | 1 | a review was opened |" in _section(view)


def test_where_nobody_was_reminded_there_is_no_effect() -> None:
    assert _reminded().effect is None
    assert _view(plan=None).effect is None

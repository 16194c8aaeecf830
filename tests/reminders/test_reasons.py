"""What reminders.json says of each incident: why it is reminded of today, why it is not, and what else is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit import markers
from audit.model import Link
from audit.reminders import decide
from audit.reminders.plan import Reason
from audit.report.formats.reminders_json import reminders_json
from tests.reminders.building import (
    ALICE,
    BOT,
    CATALOG,
    FIRST,
    PROJECT,
    bare_plan_of,
    bare_result_of,
    comment,
    incident,
    posted,
    ref,
    review,
    scene_of,
    settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audit.model import Issue, Note

Parts = dict[str, Any]
NEXT_WEEK, SATURDAY = FIRST + timedelta(days=7), date(2026, 11, 14)
SNOOZED = review(labels=("IncidentReview", "Review-Snoozed::2026-11-30"))
NOBODY = replace(CATALOG, teams=())
LADDER = tuple(posted(FIRST - timedelta(days=5 - step), step) for step in (1, 2, 3, 4))


def told(*issues: Issue, as_of: date = FIRST, on: Mapping[int, tuple[Note, ...]] | None = None, **parts: Any) -> Parts:
    comments = {ref(number): notes for number, notes in (on or {}).items()}
    made = {"settings": settings(reminders=parts.pop("reminders", {}), **parts.pop("own", {})), **parts}
    return reminders_json(bare_plan_of(*issues, as_of=as_of, comments=comments, **made))


WITHHELD: dict[str, tuple[tuple[Issue, ...], Parts]] = {
    "before_remind_from": ((incident(), review()), {"reminders": {"remind_from": "2026-11-03"}}),
    "ladder_exhausted": ((incident(), review()), {"as_of": NEXT_WEEK, "on": {11: LADDER}}),
    "already_posted": ((incident(), review()), {"on": {11: (posted(FIRST, 1),)}}),
    "not_yet": ((incident(), review()), {"as_of": FIRST + timedelta(days=1), "on": {11: (posted(FIRST, 1),)}}),
    "non_working_day": ((incident(), review()), {"as_of": SATURDAY}),
    "snoozed": ((incident(), SNOOZED), {}),
    "recent_comment": ((incident(), review()), {"on": {11: (comment(FIRST),)}}),
    "unreachable": ((incident(), review(assignees=())), {"catalog": NOBODY}),
    "cannot_post": ((incident(), review(comments=5_000)), {"on": {11: ()}}),
    "max_per_person": (
        (incident(1), incident(2), review(), review(12, of=(2,))),
        {"reminders": {"per_person": 1}, "on": {11: (posted(FIRST, 1),)}},
    ),
    "max_reminders": ((incident(), review()), {"reminders": {"max_reminders": 0}}),
}


@pytest.mark.parametrize("reason", Reason)
def test_whoever_is_not_reminded_of_is_told_with_the_reason(reason: Reason) -> None:
    issues, parts = WITHHELD[reason.value]
    found = told(*issues, **parts)
    assert found["planned"] == []
    held = {(one["issue"], one["reason"]) for one in found["withheld"]}
    assert (f"g/tracker#{12 if reason is Reason.MAX_PER_PERSON else 11}", reason.value) in held


def test_what_is_left_alone_by_its_verdict_is_told_too() -> None:
    """Neither planned nor withheld: nobody is reminded for such a verdict, or not before the due day has passed."""
    away = Link(target=None, at=None)
    waiver = {
        "subject": "g/tracker#2",
        "rules": ["IR001"],
        "reason": "Reviewed elsewhere.",
        "approved_by": "a.manager",
        "expires": "2026-12-31",
    }
    found = told(
        incident(1),
        incident(2),
        incident(3, labels=("incident", "severity::2", "Service::Lost")),
        incident(4, links=(away,)),
        incident(5, created_at=datetime(2026, 11, 9, 10, tzinfo=UTC)),
        incident(6, labels=("incident", "severity::4")),
        own={"waivers": [waiver]},
    )
    assert [one["incident"] for one in found["planned"]] == ["g/tracker#1"]
    assert found["not_reminded"] == {
        "pending": ["g/tracker#5"],
        "waived": ["g/tracker#2"],
        "exempt_unowned": ["g/tracker#3"],
        "inconclusive": ["g/tracker#4"],
    }
    early = told(incident(5, created_at=datetime(2026, 11, 9, 10, tzinfo=UTC)), reminders={"before_due": 5})
    assert (early["planned"][0]["why"], early["not_reminded"]) == ("4 working days before the due day", {})


def test_why_now_is_told_and_whatever_else_would_be_written() -> None:
    """A dry run says all that --apply would do: also what mentions nobody."""
    spoken = comment(FIRST - timedelta(days=1), f"@{BOT} what?", ALICE, id=3)
    status = markers.write(markers.Marker(kind="status", hash="old"))
    first = posted(FIRST, 1, id=5)
    notes = (spoken, first, replace(first, id=6), comment(FIRST, f"Old.\n\n{status}", first.author, id=7))
    on = settings(reminders={"commands": True})
    result = bare_result_of(incident(), review(), incident(2), incident(3, comments=4), as_of=NEXT_WEEK, settings=on)
    plan = decide.plan(scene_of(result, {ref(11): notes, ref(2): ()}, roles={PROJECT: {"alice": 30}}))
    found = reminders_json(plan)
    assert [(one["issue"], one["step"], one["why"]) for one in found["planned"]] == [
        ("g/tracker#11", 2, "5 working days after the reminder of 2026-11-10"),
        ("g/tracker#2", 1, "6 working days after the due day"),
    ]
    assert [(one["issue"], one["new"]) for one in found["status_notes"]] == [("g/tracker#11", False)]
    assert found["answers"] == [{"issue": "g/tracker#11", "to": 3, "internal": False}]
    assert found["folds"] == [{"issue": "g/tracker#11", "note_id": 5}]
    assert found["duplicates"] == [{"issue": "g/tracker#11", "note_id": 6}]
    assert found["unread"] == ["g/tracker#3"], "its comments are not known, so that nothing is said there"


@pytest.mark.parametrize(
    ("as_of", "spoken", "why"),
    [
        (date(2026, 11, 30), date(2026, 11, 20), "6 working days after the last comment, of 2026-11-20"),
        (date(2026, 12, 1), date(2026, 11, 20), "15 working days after the reminder of 2026-11-10"),
        (date(2026, 12, 1), date(2026, 11, 27), "15 working days after the reminder of 2026-11-10"),
    ],
)
def test_from_the_15th_working_day_no_comment_decides_when_a_step_comes(as_of: date, spoken: date, why: str) -> None:
    notes = (posted(FIRST, 1), comment(spoken))
    found = told(incident(), review(), as_of=as_of, on={11: notes})
    assert [(one["step"], one["why"]) for one in found["planned"]] == [(2, why)]

"""What `explain` tells of an incident's reminders: who, when, why or why not, and when the next one may come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Ref
from audit.reminders import decide
from audit.reminders.outlook import Outlook, lines, outlook
from tests.reminders.building import (
    FIRST,
    PROJECT,
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
    from audit.model import Issue, Note

LATER = [FIRST + timedelta(days=7 * number) for number in range(5)]


def view(
    *issues: Issue,
    as_of: date = FIRST,
    notes: tuple[Note, ...] = (),
    of: int = 1,
    unread: bool = False,
    reminders: dict[str, Any] | None = None,
    **parts: Any,
) -> Outlook:
    rules = settings(reminders=reminders or {}, **parts)
    scene = scene_of(bare_result_of(*issues, as_of=as_of, settings=rules), {} if unread else {ref(11): notes})
    seen = outlook(scene, decide.plan(scene), ref(of))
    assert seen is not None
    return seen


def test_what_is_planned() -> None:
    seen = view(incident(), review())
    assert seen == Outlook(
        today="reminder 1 of 4, 1 working day after the due day",
        issue=f"{PROJECT}#11",
        names=("alice",),
        named_as="as the assignee",
        upcoming="not before Tuesday 2026-11-17",
    )
    assert list(lines(seen, FIRST)) == [
        "on 2026-11-10: reminder 1 of 4, 1 working day after the due day",
        "to @alice, as the assignee",
        f"where: {PROJECT}#11",
        "the next one: not before Tuesday 2026-11-17",
    ]


def test_the_second_names_the_manager_and_the_first() -> None:
    seen = view(incident(), review(), as_of=LATER[1], notes=(posted(FIRST, 1),))
    assert (seen.managers, seen.before) == (("maria",), ((1, FIRST),))
    assert "to @alice, as the assignee; @maria as manager" in list(lines(seen, LATER[1]))
    assert "posted before: 1 on 2026-11-10" in list(lines(seen, LATER[1]))


def test_without_a_review_the_team_is_asked_in_plain_words() -> None:
    assert view(incident()).named_as == "as manager of team team-api, which owns api: nobody is assigned"


def test_the_last_one() -> None:
    notes = tuple(posted(day, step) for step, day in enumerate(LATER[:3], 1))
    seen = view(incident(), review(), as_of=LATER[3], notes=notes)
    assert (seen.today.partition(",")[0], seen.upcoming) == ("reminder 4 of 4", "none: it is the last")


EXHAUSTED = tuple(posted(day, step) for step, day in enumerate(LATER[:4], 1))


@pytest.mark.parametrize(
    ("as_of", "notes", "reminders", "today", "upcoming"),
    [
        (
            LATER[4],
            EXHAUSTED,
            {},
            "nothing: all 4 reminders were sent",
            "none: from now on only the report lists it",
        ),
        (
            FIRST,
            (),
            {"remind_from": "2026-11-03"},
            "nothing: it was declared before 2026-11-03, from which on people are reminded",
            "none: from now on only the report lists it",
        ),
        (
            FIRST,
            (posted(FIRST, 1),),
            {},
            "nothing: reminder 1 of 4 was posted on 2026-11-10",
            "not before Tuesday 2026-11-17",
        ),
        (
            LATER[1] - timedelta(days=1),
            (posted(FIRST, 1),),
            {},
            "nothing: reminder 2 of 4 is not due yet",
            "not before Tuesday 2026-11-17",
        ),
        (date(2026, 11, 14), (), {}, "nothing: it is a day off", "not before Monday 2026-11-16"),
        (
            FIRST,
            (),
            {"postponed": [{"issue": f"{PROJECT}#11", "until": "2026-11-13"}]},
            "nothing: reminder 1 of 4 is postponed through 2026-11-13",
            "not before Monday 2026-11-16",
        ),
        (
            FIRST,
            (comment(date(2026, 11, 9)),),
            {},
            "nothing: somebody commented within 2 working days",
            "not before Thursday 2026-11-12",
        ),
        (
            FIRST,
            (),
            {"max_reminders": 0},
            "nothing: 0 others, which were due earlier, go first",
            "not before Wednesday 2026-11-11",
        ),
    ],
)
def test_what_holds_it_back_and_until_when(
    as_of: date, notes: tuple[Note, ...], reminders: dict[str, Any], today: str, upcoming: str
) -> None:
    seen = view(incident(), review(), as_of=as_of, notes=notes, reminders=reminders)
    assert (seen.today, seen.upcoming) == (today, upcoming)


def test_a_due_day_of_today_is_followed_by_the_first_reminder() -> None:
    seen = view(incident(), review(), as_of=date(2026, 11, 9))
    assert (seen.today, seen.upcoming) == (
        "nothing: its review is due on 2026-11-09",
        "not before Tuesday 2026-11-10",
    )


def test_an_early_reminder_comes_before_it() -> None:
    early = {"before_due": 2}
    ahead = view(incident(), review(), as_of=date(2026, 11, 4), reminders=early)
    assert ahead.upcoming == "not before Thursday 2026-11-05"
    today = view(incident(), review(), as_of=date(2026, 11, 5), reminders=early)
    assert today.today == "the early reminder, 2 working days before the due day"
    assert today.upcoming == "not before Tuesday 2026-11-10"
    on_the_day = view(
        incident(), review(), as_of=date(2026, 11, 9), reminders=early, notes=(posted(date(2026, 11, 5), 0),)
    )
    assert on_the_day.today == "nothing: the early reminder was posted before"


def test_late_since_a_weekend() -> None:
    seen = view(incident(), review(), as_of=date(2026, 11, 7), policies=[{"from": "2026-01-01", "due_days": 4}])
    assert (seen.today, seen.upcoming) == ("nothing: reminder 1 of 4 is not due yet", "not before Monday 2026-11-09")


def test_nothing_more_is_said_than_there_is() -> None:
    assert list(lines(Outlook(today="nothing: it is waived"), FIRST)) == ["on 2026-11-10: nothing: it is waived"]


def test_nobody_can_be_asked() -> None:
    lost = incident(labels=("incident", "severity::2", "Service::Nowhere"))
    seen = view(lost, review(assignees=()))
    assert seen.today == "nothing: nobody can be asked: no active assignee, owner or contact"
    assert (seen.names, seen.upcoming) == ((), "once that is mended")


def test_comments_that_could_not_be_read() -> None:
    seen = view(incident(), review(comments=3), unread=True)
    assert seen.today == "nothing, since comments, labels or those to ask could not be read"
    assert seen.upcoming == "once they can be read"


def test_several_incidents_of_one_review_share_its_reminder() -> None:
    second = incident(2, created_at=incident().created_at + timedelta(days=1))
    seen = view(incident(), second, review(of=(1, 2)), as_of=LATER[0] + timedelta(days=1), of=2)
    assert seen.today == "reminder 1 of 4, 2 working days after the due day"


@pytest.mark.parametrize(
    ("issues", "today"),
    [
        ((incident(labels=("incident", "severity::4", "Service::API")),), "nothing: no review is required"),
        ((incident(labels=("incident", "severity::2", "Service::Lost")),), "nothing: nobody owns its service"),
        ((incident(labels=("incident", "severity::2", "Gameday")),), "nothing: the policy does not cover it"),
    ],
)
def test_where_no_review_is_due(issues: tuple[Issue, ...], today: str) -> None:
    assert view(*issues).today.startswith(today)


def test_without_a_due_day_or_a_first_day() -> None:
    by_resolution = [{"from": "2026-01-01", "anchor": "resolved"}]
    assert view(incident(), policies=by_resolution).today == "nothing: it has no due day yet"
    assert view(incident(), as_of=date(2026, 11, 5), reminders={"remind_from": "2026-11-03"}).today == (
        "nothing: it was declared before 2026-11-03, from which on people are reminded"
    )
    assert view(incident(), policies=[{}], reminders={"remind_from": None}).today == (
        "nothing: reminders.remind_from is not set"
    )


def test_what_is_no_incident_has_none() -> None:
    scene = scene_of(bare_result_of(incident(), as_of=FIRST))
    assert outlook(scene, decide.plan(scene), Ref(PROJECT, 99)) is None

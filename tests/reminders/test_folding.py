"""Earlier reminders are folded, silently, and still count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from audit import markers
from tests.reminders.building import ALICE, FIRST, ROBOT, comment, incident, plan_of, posted, ref, review, words_of
from tests.reminders.rendering import html, mentioned, shown

if TYPE_CHECKING:
    from audit.model import Note

ISSUES = (incident(), review())
NEXT_WEEK, LATER = FIRST + timedelta(days=7), FIRST + timedelta(days=14)


def first_reminder() -> Note:
    """As it stands by itself on an issue that has its status note."""
    words = words_of(plan_of(*ISSUES, as_of=FIRST).planned[0].body)
    return comment(FIRST, f"{words}\n\n{markers.write(markers.Marker(kind='reminder', step=1))}", ROBOT, id=5)


def test_with_the_next_reminder_the_earlier_one_is_folded_and_pings_nobody() -> None:
    note = first_reminder()
    plan = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): (note,)})
    (fold,) = plan.folds
    assert (fold.issue, fold.note_id) == (ref(11), 5)
    assert html(fold.body).startswith("<details><summary>Earlier reminder, Tue 2026-11-10</summary>")
    assert "Hello @alice, this review of g/tracker#1, due on" in shown(fold.body), "what was said can still be read"
    assert mentioned(note.body) == {"alice"}
    assert not mentioned(fold.body)
    assert markers.read(fold.body) == markers.read(note.body)


def test_once_and_only_when_a_newer_one_is_there() -> None:
    note = first_reminder()
    assert not plan_of(*ISSUES, as_of=FIRST + timedelta(days=1), comments={ref(11): (note,)}).folds
    (fold,) = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): (note,)}).folds
    folded = replace(note, body=fold.body)
    again = (folded, posted(NEXT_WEEK, 2, id=6))
    plan = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): again})
    assert not plan.folds
    assert not plan.planned
    third = plan_of(*ISSUES, as_of=LATER, comments={ref(11): again})
    assert [one.step for one in third.planned] == [3]
    assert [one.note_id for one in third.folds] == [6]


def test_a_run_that_was_killed_in_between_is_made_up_for() -> None:
    notes = (posted(FIRST, 1, id=5), posted(NEXT_WEEK, 2, id=6), posted(NEXT_WEEK, 2, id=7))
    plan = plan_of(*ISSUES, as_of=NEXT_WEEK + timedelta(days=1), comments={ref(11): notes})
    assert [one.note_id for one in plan.folds] == [5], "neither the newest nor a duplicate, which is taken away"


@pytest.mark.parametrize(
    "text", ["/close", "x <!-- /close", "@all look\n/label ~x", "`ask @all now`", "\\@all", "`@all` @all"]
)
def test_what_somebody_else_wrote_into_it_does_nothing(text: str) -> None:
    note = posted(FIRST, 1)
    note = replace(note, body=f"{text}\n\n{markers.write(markers.Marker(kind='reminder', step=1))}")
    (fold,) = plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): (note,)}).folds
    assert not mentioned(fold.body)
    assert not any(line.lstrip().startswith("/") for line in fold.body.splitlines())
    assert markers.read(fold.body) is not None


def test_a_persons_comment_is_never_folded() -> None:
    forged = replace(posted(FIRST, 1), author=ALICE)
    assert not plan_of(*ISSUES, as_of=NEXT_WEEK, comments={ref(11): (forged,)}).folds

"""What people tell the bot in comments, who may, and what comes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from audit import markers
from audit.model import Note, User
from audit.reminders import decide
from audit.reminders.comment_commands import projects_with_commands
from audit.reminders.plan import Plan, Reason
from tests.reminders.building import (
    ALICE,
    BOB,
    BOT,
    FIRST,
    PROJECT,
    ROBOT,
    comment,
    incident,
    plan_of,
    ref,
    result_of,
    review,
    scene_of,
    settings,
)
from tests.reminders.rendering import mentioned, referred_to, shown

if TYPE_CHECKING:
    from audit.model import Issue

ON = settings(reminders={"commands": True, "quiet_days": 0})
CAROL = User(username="carol")
LEVELS = {"alice": 30, "carol": 15, "bob": 10}
ISSUES = (incident(), review())
MONDAY = FIRST + timedelta(days=6)
NOT_SPOKEN = [
    "> @bot what?",
    "> You said that.\n@bot what?",
    "> > You said that.\n> and\n@bot what?",
    "> - You said that.\n@bot what?",
    "> [a]: b\n@bot what?\nand\n@bot what?",
    "see @bot what?",
    "```\n@bot what?\n```",
    "    @bot what?",
    "@bot-two what?",
    "@bot.two what?",
    "~~~\n@bot x\n~~~",
    "```\n~~~\n@bot what?\n```",
    "````\n```\n@bot what?\n````",
    "```\n```python\n@bot what?\n```",
    "~~~\n```\n@bot what?\n~~~\n",
    "* ```\n  @bot what?\n  ```",
    "```\n>>>\n@bot what?\n>>>\n```",
    ">>>\n@bot what?\n\n@bot snooze 3d\n>>>\nNo.",
    "<!--\n@bot what?\n-->",
    "Yes <!-- but\n@bot what?",
    "<pre>\n\n@bot what?\n</pre>",
    "> so\u2028@bot what?",
    "> so\x0b@bot what?",
    "so\x85@bot what?",
    "@bot/sub what?",
    "@bot@example.com what?",
    "@bot's words are kind",
    "@bot\u2019s words are kind",
    "x\n" * 5_000 + "@bot what?",
    f"{'- ' * 4_000}\n@bot-x what?",
]
SPOKEN = [
    "> You said that.\n\n@bot what?",
    ">>>\nYou said that.\n>>>\n@bot what?",
    ">>>\n\n@bot what?",
    "```\n>>>\n```\n@bot what?\n\n>>>\nx\n>>>",
    "<!-- hidden -->\n@bot what?",
    "@bot what?\n---\nAlice",
    "Hello\r\n@bot what?\r\n",
]
HOSTILE = "not needed: @all <img src=x> `x` | ~label #1 /close"


def said(body: str, *, author: User = ALICE, on: date = FIRST, **fields: Any) -> Note:
    return comment(on, body.replace("@bot", f"@{BOT}"), author, **fields)


def planned(
    *notes: Note,
    as_of: date = FIRST,
    on: int = 11,
    levels: dict[str, int] | None = None,
    issues: tuple[Issue, ...] = ISSUES,
) -> Plan:
    result = result_of(*issues, as_of=as_of, settings=ON)
    return decide.plan(scene_of(result, {ref(on): notes}, roles={PROJECT: LEVELS if levels is None else levels}))


def reasons(plan: Plan) -> list[Reason]:
    return [one.reason for one in plan.withheld]


@pytest.mark.parametrize(
    "words", ["@bot snooze 3d", "  @BOT snooze 3 days.", "Away.\n@bot: Snooze 3d\nBye", "@bot, snooze 3day"]
)
@pytest.mark.parametrize("on", [1, 11], ids=["on the incident", "on the review"])
def test_a_snooze_postpones_through_its_last_day(words: str, on: int) -> None:
    note = said(words.replace("@BOT", f"@{BOT.upper()}"), on=FIRST)
    friday = FIRST + timedelta(days=3)
    last, after = (planned(note, as_of=friday + timedelta(days=days), on=on) for days in (0, 3))
    assert reasons(last) == [Reason.SNOOZED]
    assert not last.answers
    assert [one.step for one in after.planned] == [1], "the next working day it is over"


def test_the_latest_snooze_counts_and_the_status_note_tells_it() -> None:
    notes = (said("@bot snooze 14d", id=1), said("@bot snooze 2d", id=2, on=FIRST + timedelta(days=1)))
    assert not planned(*notes, as_of=MONDAY).withheld
    spoken = comment(FIRST, f"x\n\n{markers.write(markers.Marker(kind='reminder', step=1))}", ROBOT, id=3)
    (note,) = planned(notes[0], spoken, as_of=FIRST).status_notes
    assert "postponed through Tue 2026-11-24" in shown(note.body)


@pytest.mark.parametrize(
    ("author", "issues", "heeded"),
    [
        (ALICE, (incident(), review(assignees=())), True),
        (CAROL, ISSUES, True),  # a Planner
        (BOB, ISSUES, True),  # a guest, but the author
        (BOB, (incident(), review(author=CAROL)), False),
        (BOB, (incident(), review(author=CAROL, assignees=(BOB,))), True),
        (User(username="mallory"), (incident(), review(assignees=(User(username="mallory"),))), False),
        (User(username="carol", bot=True), ISSUES, False),
    ],
)
def test_only_members_who_may_edit_the_issue_are_heeded(
    author: User, issues: tuple[Issue, ...], *, heeded: bool
) -> None:
    notes = (said("@bot snooze 3d", author=author, id=1), said("@bot what?", author=author, id=2))
    plan = planned(*notes, as_of=FIRST + timedelta(days=1), issues=issues)
    assert (Reason.SNOOZED in reasons(plan)) is heeded
    assert len(plan.answers) == heeded, "whoever may not is not answered either"


def test_where_the_members_are_not_known_nobody_is_heeded() -> None:
    assert not planned(said("@bot snooze 3d"), levels={}, as_of=FIRST + timedelta(days=1)).withheld


def test_off_by_default() -> None:
    notes = {
        ref(11): (
            said("@bot snooze 9d", on=FIRST - timedelta(days=7)),
            said("@bot what?", on=FIRST - timedelta(days=1)),
        )
    }
    quiet = settings(reminders={"quiet_days": 0})
    result = result_of(*ISSUES, as_of=FIRST, settings=quiet)
    assert projects_with_commands(scene_of(result, notes)) == ()
    plan = decide.plan(scene_of(result, notes, roles={PROJECT: LEVELS}))
    assert (len(plan.planned), plan.answers, plan.proposals) == (1, (), ())
    assert "snooze 3d" not in plan.planned[0].body


def test_members_are_asked_for_only_where_somebody_speaks_to_the_bot() -> None:
    result = result_of(*ISSUES, as_of=FIRST, settings=ON)

    def asked(body: str, bot: str = BOT) -> tuple[str, ...]:
        return projects_with_commands(scene_of(result, {ref(11): (said(body),)}, bot=bot))

    assert asked("@bot snooze 3d") == (PROJECT,)
    assert asked("Thank you, @bot snooze 3d") == ()
    assert asked("@bot snooze 3d", bot="") == ()


@pytest.mark.parametrize(
    "words",
    [
        "@bot snooze",
        "@bot snooze 15d",
        "@bot snooze 0d",
        "@bot snooze 3 weeks",
        "@bot not needed",
        "@bot not needed: ",
        "@bot",
    ],
)
def test_what_is_not_understood_is_answered_once(words: str) -> None:
    note = said(words, id=77)
    (answer,) = planned(note).answers
    assert (answer.issue, answer.to, answer.internal) == (ref(11), 77, False)
    assert "`snooze 3d`" in answer.body
    assert not mentioned(answer.body)
    assert not referred_to(answer.body)
    there = comment(FIRST, answer.body, ROBOT, id=78)
    assert not planned(note, there).answers
    forged = comment(FIRST, answer.body, ALICE, id=78)
    assert len(planned(note, forged).answers) == 1


def answered(bodies: list[str]) -> list[str]:
    plan = planned(*(said(body, id=number) for number, body in enumerate(bodies, 1)))
    return [bodies[answer.to - 1] for answer in plan.answers]


def test_who_quotes_or_names_the_bot_does_not_speak_to_it() -> None:
    assert answered(NOT_SPOKEN) == []


def test_beside_a_quote_or_code_a_line_speaks() -> None:
    assert answered(SPOKEN) == SPOKEN


def test_an_answer_is_internal_where_the_question_was() -> None:
    assert planned(said("@bot what?", internal=True)).answers[0].internal
    assert planned(said("@bot what?"), issues=(incident(confidential=True), review())).answers[0].internal
    both = (incident(1, confidential=True), incident(2), review(of=(1, 2)))
    (answer,) = planned(said("@bot what?"), issues=both).answers
    assert not answer.internal, "the review is for everybody, and nothing of the confidential incident is told"
    assert "tracker#1" not in answer.body.replace("tracker#11", "")


def test_nobody_is_answered_late_or_on_a_day_off() -> None:
    note = said("@bot what?")
    assert planned(note, as_of=FIRST + timedelta(days=14)).answers
    assert not planned(note, as_of=FIRST + timedelta(days=15)).answers
    assert not planned(note, as_of=FIRST + timedelta(days=4)).answers
    elsewhere = {ref(99): (said("@bot what?"),)}
    assert not plan_of(*ISSUES, as_of=FIRST, comments=elsewhere, settings=ON).answers


def test_a_proposal_is_told_and_waives_nothing() -> None:
    first, last = said("@bot not needed: a drill", id=1), said(f"@bot {HOSTILE}", author=CAROL, id=2, url="https://x/2")
    plan = planned(first, last, as_of=MONDAY)
    (proposal,) = plan.proposals
    assert (proposal.incident, proposal.by, proposal.on, proposal.url) == (ref(1), "carol", FIRST, "https://x/2")
    assert proposal.reason == HOSTILE.removeprefix("not needed: ")
    (reminder,) = plan.planned
    assert reminder.step == 1, "the reminder still goes out"
    assert f"through that day, a line @{BOT} snooze 3d for three days." in shown(reminder.body)
    assert mentioned(reminder.body) == {"alice"}
    assert "asks for a decision" in shown(plan.status_notes[0].body)
    assert "<img" not in plan.status_notes[0].body


def test_a_proposal_ends_with_the_review() -> None:
    done = (incident(), review(closed_at=datetime(2026, 11, 10, 12, tzinfo=UTC)))
    assert not planned(said("@bot not needed: a drill"), as_of=MONDAY, issues=done).proposals


def test_a_long_reason_is_cut() -> None:
    (proposal,) = planned(said(f"@bot not needed: {'x' * 1000}")).proposals
    assert len(proposal.reason) == 300

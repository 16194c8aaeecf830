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
    bare_plan_of,
    bare_result_of,
    comment,
    incident,
    posted,
    ref,
    review,
    scene_of,
    settings,
    words_of,
)
from tests.reminders.rendering import mentioned, referred_to, shown

if TYPE_CHECKING:
    from audit.model import Issue

ON = settings(reminders={"quiet_days": 0})
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
    result = bare_result_of(*issues, as_of=as_of, settings=ON)
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


def test_commands_can_be_switched_off() -> None:
    notes = {
        ref(11): (
            said("@bot snooze 9d", on=FIRST - timedelta(days=7)),
            said("@bot what?", on=FIRST - timedelta(days=1)),
        )
    }
    quiet = settings(reminders={"quiet_days": 0, "commands": False})
    result = bare_result_of(*ISSUES, as_of=FIRST, settings=quiet)
    assert projects_with_commands(scene_of(result, notes)) == ()
    plan = decide.plan(scene_of(result, notes, roles={PROJECT: LEVELS}))
    assert (len(plan.planned), plan.answers, plan.proposals) == (1, (), ())
    assert "snooze" not in words_of(plan.planned[0].body)


def test_members_are_asked_for_only_where_somebody_speaks_to_the_bot() -> None:
    result = bare_result_of(*ISSUES, as_of=FIRST, settings=ON)

    def asked(body: str, bot: str = BOT) -> tuple[str, ...]:
        return projects_with_commands(scene_of(result, {ref(11): (said(body),)}, bot=bot))

    assert asked("@bot snooze 3d") == (PROJECT,)
    assert asked("Thank you, @bot snooze 3d") == ()
    assert asked("@bot snooze 3d", bot="") == ()


@pytest.mark.parametrize(
    "words",
    [
        "@bot snooze",
        "@bot snooze 0d",
        "@bot snooze 3dogs",
        "@bot snooze three days",
        "@bot snooze 2026-11-10",
        "@bot snooze 2026-11-31",
        "@bot snooze 01.12.2026",
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
    people = [User(username=f"p{number}") for number in range(1, len(bodies) + 1)]
    notes = [said(body, id=number, author=people[number - 1]) for number, body in enumerate(bodies, 1)]
    plan = planned(*notes, levels={user.username: 30 for user in people})
    return [bodies[answer.to - 1] for answer in plan.answers]


def test_to_one_person_one_answer_a_night_is_enough() -> None:
    notes = tuple(said("@bot what?", id=number) for number in range(1, 5))
    assert [one.to for one in planned(*notes).answers] == [4]
    there = comment(FIRST, planned(*notes).answers[0].body, ROBOT, id=9)
    assert not planned(*notes, there).answers, "nor is an older one answered on the next"


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
    assert not bare_plan_of(*ISSUES, as_of=FIRST, comments=elsewhere, settings=ON).answers


def test_a_proposal_is_told_and_waives_nothing() -> None:
    first, last = said("@bot not needed: a drill", id=1), said(f"@bot {HOSTILE}", author=CAROL, id=2, url="https://x/2")
    plan = planned(first, last, as_of=MONDAY)
    (proposal,) = plan.proposals
    assert (proposal.incident, proposal.by, proposal.on, proposal.url) == (ref(1), "carol", FIRST, "https://x/2")
    assert proposal.reason == HOSTILE.removeprefix("not needed: ")
    assert reasons(plan) == [Reason.SNOOZED], "until somebody decides"


@pytest.mark.parametrize(
    ("as_of", "reason"),
    [(date(2026, 11, 24), Reason.SNOOZED), (date(2026, 11, 25), None)],  # the 10th working day after, and the next
)
@pytest.mark.parametrize("again", [True, False], ids=["repeated", "once"])
@pytest.mark.parametrize("on", [1, 11], ids=["on the incident", "on the review"])
def test_a_proposal_pauses_for_ten_working_days_from_the_first_one(
    as_of: date, reason: Reason | None, on: int, *, again: bool
) -> None:
    more = (said("@bot not needed: really", id=2, on=date(2026, 11, 20)),) if again else ()
    plan = planned(said("@bot not needed: a drill", id=1), *more, as_of=as_of, on=on)
    assert reasons(plan) == ([reason] if reason else [])
    assert len(plan.planned) == (reason is None)


def test_the_status_note_tells_of_a_proposal() -> None:
    notes = (said(f"@bot {HOSTILE}", id=1), posted(FIRST, 1, id=2))
    (note,) = planned(*notes, as_of=FIRST).status_notes
    assert "the report asks for a decision, and no reminder comes through Tue 2026-11-24" in shown(note.body)
    assert "<img" not in note.body


@pytest.mark.parametrize(
    ("words", "last", "cut"),
    [
        ("snooze 3d", 13, False),
        ("snooze 3 days, I am at a conference", 13, False),
        ("Snooze: 3d please", 13, False),
        ("please snooze for 3d", 13, False),
        ("snooze 2w", 24, False),
        ("snooze 1 week - holidays", 17, False),
        ("snooze 14d", 24, False),
        ("snooze 15d", 24, True),
        ("snooze 99999 weeks", 24, True),
        ("snooze 2026-11-12", 12, False),
        ("snooze until 2026-11-12, then I will", 12, False),
        ("snooze 2026-11-24", 24, False),
        ("snooze 2026-11-25", 24, True),
        ("snooze 2027-1-5", 24, True),
    ],
)
def test_through_which_day_a_snooze_postpones(words: str, last: int, *, cut: bool) -> None:
    note = said(f"@bot {words}", id=77)
    through, after = (planned(note, as_of=date(2026, 11, last) + timedelta(days=days)) for days in (0, 1))
    assert reasons(through) == [Reason.SNOOZED]
    assert Reason.SNOOZED not in reasons(after)
    answers = planned(note).answers
    assert [one.to for one in answers] == ([77] if cut else [])
    assert not cut or "No reminder comes here through Tue 2026-11-24" in shown(answers[0].body)


def test_a_command_that_is_heeded_gets_a_reaction_for_two_weeks() -> None:
    notes = (said("@bot snooze 3d", id=5), said("@bot not needed: x", id=6), said("@bot what?", id=7))
    assert [(one.issue, one.to) for one in planned(*notes).reactions] == [(ref(11), 5), (ref(11), 6)]
    assert planned(*notes, as_of=FIRST + timedelta(days=14)).reactions
    assert not planned(*notes, as_of=FIRST + timedelta(days=15)).reactions
    assert not planned(*notes, levels={}).reactions
    done = (incident(), review(closed_at=datetime(2026, 11, 10, 12, tzinfo=UTC)))
    assert not planned(*notes, issues=done).reactions


def test_a_proposal_ends_with_the_review() -> None:
    done = (incident(), review(closed_at=datetime(2026, 11, 10, 12, tzinfo=UTC)))
    assert not planned(said("@bot not needed: a drill"), as_of=MONDAY, issues=done).proposals


def test_a_long_reason_is_cut() -> None:
    (proposal,) = planned(said(f"@bot not needed: {'x' * 1000}")).proposals
    assert len(proposal.reason) == 300

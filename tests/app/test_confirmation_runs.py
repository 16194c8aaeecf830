"""Reminders that people do not hate, over HTTP: confirmation, commands, folds, own templates, coming and going."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from audit import inert
from audit.gitlab.http.client import Client
from audit.gitlab.read.members import read_roles
from audit.gitlab.write.notes import carry_out
from audit.gitlab.write.withdrawal import withdraw
from audit.markers import Marker, write
from audit.model import Ref
from audit.reminders.plan import CommandAnswer, Fold, Plan
from audit.settings import Connection
from tests.app.conftest import DAY, SETTINGS, TOKEN, at
from tests.sandbox.faults import bad_gateway_after, html_status, json_status

if TYPE_CHECKING:
    from audit.reminders.plan import Ledger
    from audit.sandbox.data.work_items import StoredNote
    from tests.app.conftest import CommandLine, Ended, Tracker
    from tests.sandbox.faults import Action
    from tests.sandbox.server import Server

RUN = ("run", "--as-of", DAY)
PATH = "ops/production"


def notes(tracker: Tracker, iid: int, author: str = "auditor") -> list[StoredNote]:
    return [note for note in tracker.production.issues[iid].comments if note.author.username == author]


def said(tracker: Tracker) -> int:
    return sum(len(notes(tracker, iid)) for iid in tracker.production.issues)


def with_reminders(typed: CommandLine, words: str) -> None:
    typed.settings(f"{SETTINGS}reminders: {{{words}}}\n")


def hash_of(ended: Ended) -> str:
    (found,) = set[str](re.findall(r"--confirm-plan ([0-9a-f]{12})", ended.out + ended.err))
    return found


def test_a_plan_far_above_the_usual_waits_until_a_person_has_confirmed_it(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    with_reminders(typed, "confirm_above: 1")
    dry = typed(*RUN)
    assert dry.status == 10
    plan = hash_of(dry)
    assert json.loads(typed.read("reminders.json"))["plan"] == plan
    assert f"confirms plan `{plan}`" in typed.read("details.md")
    held = typed(*RUN, "--apply")
    assert held.status == 1
    assert "nobody was reminded: 2 reminders are far above the usual (none was posted before)" in held.err
    assert hash_of(held) == plan
    assert (typed.folder / "reports" / DAY / "report.md").exists(), "the report is there all the same"
    other = typed(*RUN, "--apply", "--confirm-plan", "0123456789ab")
    assert other.status == 1
    assert "the plan is no longer 0123456789ab" in other.err
    assert server.count(method="POST", path="/notes") == 0
    assert typed(*RUN, "--confirm-plan", plan).status == 2, "a dry run confirms nothing"
    confirmed = typed(*RUN, "--apply", "--confirm-plan", plan)
    assert confirmed.status == 10
    assert "reminder 1 on ops/production#5 to @boss: posted" in confirmed.out
    assert said(tracker) == 2
    assert typed(*RUN, "--apply", "--confirm-plan", plan).status == 10, "again, say after it was killed"
    assert said(tracker) == 2


def test_where_a_gap_could_change_a_verdict_nobody_is_reminded(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    """The missing review may be on the page that could not be read; the one that was found by its link is open."""
    server.fault(html_status(500, "Sorry"), path="/api/graphql", contains='"IncidentReview"', times=None)
    ended = typed(*RUN, "--apply")
    assert ended.status == 3
    assert not notes(tracker, 5)
    assert len(notes(tracker, 4)) == 1


def test_a_command_is_heeded_and_an_unknown_one_is_answered_once(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    review, stranger = tracker.production.issues[4], tracker.world.user("stranger")
    anna, boss = (tracker.world.users[name] for name in ("anna", "boss"))
    review.comment("@auditor snooze 14d", by=anna, at=at("2026-11-12 10:00"))
    missing = tracker.production.issues[5]
    missing.comment("@auditor snooze 14d", by=stranger, at=at("2026-11-12 10:00"))
    missing.comment("@auditor not needed: it was <b>a drill</b> @all", by=boss, at=at("2026-11-12 11:00"))
    missing.comment("@auditor please stop", by=boss, at=at("2026-11-12 12:00"))
    with_reminders(typed, "commands: false")
    typed(*RUN)
    assert server.count(path="/members/all") == 0, "where they are off"
    typed.settings(SETTINGS)
    first = typed(*RUN, "--apply")
    assert "answered: 1 comment in which the bot was spoken to" in first.out
    assert "heeded: 2 commands in comments" in first.out
    assert "held back: 2 snoozed" in first.out
    told = [note.body for note in notes(tracker, 5)]
    assert sum("Thank you, `@boss`" in body for body in told) == 1
    assert not any("Thank you, `@stranger`" in body for body in told)
    report = typed.read("details.md")
    assert "Can these do without a review?" in report
    assert inert.md("it was <b>a drill</b> @all") in report
    typed(*RUN, "--apply")
    assert [note.body for note in notes(tracker, 5)] == told
    assert not notes(tracker, 4)


def answer(iid: int, to: int) -> CommandAnswer:
    marker = Marker(kind="answer", answers=to)
    return CommandAnswer(issue=Ref(PATH, iid), to=to, internal=False, body=f"Thank you.\n\n{write(marker)}")


def carried_out(server: Server, *answers: CommandAnswer, folds: tuple[Fold, ...] = ()) -> Ledger:
    plan = Plan(as_of=date.fromisoformat(DAY), answers=answers, folds=folds)
    with Client(Connection.to(server.url, TOKEN), timeout=20, parallel=1, sleep=lambda _: None) as client:
        return carry_out(client, plan, bot="auditor")


def test_an_answer_exists_once_though_the_server_failed_after_storing_it(server: Server, tracker: Tracker) -> None:
    asked = (answer(4, 1), answer(4, 2), answer(5, 1))
    server.fault(bad_gateway_after(), method="POST", times=1)
    assert carried_out(server, *asked).answered == asked
    again = carried_out(server, *asked)
    assert (again.answered, again.failures) == ((), ())
    assert (len(notes(tracker, 4)), len(notes(tracker, 5))) == (2, 1)


def test_what_could_not_be_answered_or_folded_is_told_and_stops_no_other(server: Server, tracker: Tracker) -> None:
    bot = tracker.world.users["auditor"]
    issue = tracker.production.issues[4]
    first, second = (
        issue.comment(f"Hello.\n\n{write(Marker(kind='reminder', step=step))}", by=bot, at=at("2026-11-20 06:00"))
        for step in (1, 2)
    )
    folds = tuple(Fold(issue=Ref(PATH, 4), note_id=note.id, body="folded") for note in (first, second))
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="PUT", times=1)
    refused = carried_out(server, answer(5, 1), folds=folds)
    assert [(one.what, one.issue.iid) for one in refused.failures] == [("fold", 4)]
    assert len(refused.answered) == 1
    done = carried_out(server, folds=folds)
    assert (first.body, "folded" in second.body, done.folded) == ("folded", False, folds[:1])
    server.fault(json_status(401, {"message": "401 Unauthorized"}), times=None)
    lost = carried_out(server, answer(5, 2), folds=folds)
    assert [one.what for one in lost.failures] == ["answer", "fold"]
    assert lost.failures[1].why.startswith("not tried any more")


def test_where_the_members_cannot_be_read_no_command_is_heeded_and_a_gap_says_so(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    anna = tracker.world.users["anna"]
    tracker.production.issues[4].comment("@auditor snooze 14d", by=anna, at=at("2026-11-12 10:00"))
    with_reminders(typed, "commands: true")
    server.fault(json_status(403, {"message": "403 Forbidden"}), path="/members/all", times=None)
    assert typed(*RUN).status == 10
    gaps = json.loads(typed.read("audit.json"))["gaps"]
    assert [(gap["ref"], gap["what"], gap["could_change_a_verdict"]) for gap in gaps] == [(PATH, "users", False)]
    assert not [one for one in json.loads(typed.read("reminders.json"))["withheld"] if one["reason"] == "snoozed"]


def test_members_of_the_groups_above_count_and_blocked_ones_do_not(server: Server, tracker: Tracker) -> None:
    gone = tracker.world.user("gone", state="blocked")
    tracker.world.member(tracker.production, gone, 50)
    tracker.world.member(tracker.production, tracker.world.users["anna"], 40)
    with Client(Connection.to(server.url, TOKEN), timeout=20, parallel=1) as client:
        roles = read_roles(client, [PATH, PATH])
    assert roles.by_project == {PATH: {"anna": 40, "boss": 30, "auditor": 20}}
    assert server.count(path="/members/all") == 1


def test_the_earlier_reminder_is_folded_by_an_edit(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    for day in ("2026-11-16", "2026-11-23"):
        typed.today = day
        typed("run", "--as-of", day, "--apply")
        for iid in tracker.production.issues:
            for note in notes(tracker, iid):
                note.created_at = min(note.created_at, at(f"{day} 06:00"))
    typed.today = "2026-11-30"
    tracker.world.now = at("2026-11-30 06:00")
    third = ("run", "--as-of", "2026-11-30")
    assert "mentioning nobody: edited status note: 2; folded reminder: 2\n" in typed(*third).out
    assert "folded: 2 earlier reminders" in typed(*third, "--apply").out
    both, second, last = notes(tracker, 4)
    assert both.body.startswith("**Incident review: open**"), "the words of the first were taken off"
    assert second.body.startswith("<details><summary>Earlier reminder, Mon 2026-11-23</summary>")
    assert "Hello `@anna`, this review" in second.body
    assert last.body.startswith("Hello @anna")
    edits = server.count(method="PUT", path="/notes")
    typed(*third, "--apply")
    assert server.count(method="PUT", path="/notes") == edits, "once"


def test_a_custom_template_is_tried_before_anything_is_written(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    own = typed.folder / "words" / "reminder.md.j2"
    own.parent.mkdir()
    with_reminders(typed, "templates: words")
    own.write_text("Hi {{ names }},\n{{ nothing }}", encoding="utf-8")
    broken = typed(*RUN, "--apply")
    assert broken.status == 2
    assert "words/reminder.md.j2:2:1: 'nothing' is undefined; known are about, asked_as" in broken.err
    assert typed("doctor").status == 2
    own.write_text("Hi {{ names }}, {{ 'x' * 9 }}", encoding="utf-8")
    before = len(server.requests)
    assert "words/reminder.md.j2:1:4: Mul is not allowed" in typed(*RUN, "--apply").err
    assert len(server.requests) == before, "nothing is even read"
    assert said(tracker) == 0
    own.write_text("Hi {{ names }}, you failed: {{ incident }}.", encoding="utf-8")
    told = typed("doctor").out
    assert "Custom templates of the reminders: reminder.md.j2" in told
    assert "Hi @sam, you failed: example-group/production#1." in told
    assert "words/reminder.md.j2 has words that can read as blame: failed" in told
    typed(*RUN, "--apply")
    assert notes(tracker, 4)[0].body.startswith("Hi @anna, you failed: ops/production#3.\n\n<!-- ")


def test_what_was_said_is_listed_and_taken_back(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    assert typed("reminders").out == "auditor has written no notes yet\n"
    assert "nothing to withdraw" in typed("reminders", "--withdraw", "--apply").out
    typed(*RUN, "--apply")
    (mine,) = notes(tracker, 4)
    forged = tracker.production.issues[4].comment(mine.body, by=tracker.world.users["anna"], at=at("2026-11-23 07:00"))
    unmarked = tracker.production.issues[4].comment("Hello", by=mine.author, at=at("2026-11-23 07:00"))
    tracker.production.issues[4].close(at=at("2026-11-23 08:00"), by=tracker.world.users["anna"])
    listed = typed("reminders", "--list")
    assert listed.status == 0
    assert listed.out.startswith("2 notes of auditor on 2 issues\n")
    assert re.search(
        rf"  ops/production#4: reminder 1 and status note, 2026-11-23, http\S+#note_{mine.id}\n", listed.out
    )
    dry = typed("reminders", "--withdraw")
    assert "would delete 2 notes of auditor on 2 issues; with --apply they are deleted" in dry.out
    assert server.count(method="DELETE") == 0
    assert "deleted 2 notes of auditor" in typed("reminders", "--withdraw", "--apply").out
    assert tracker.production.issues[4].comments == [forged, unmarked]
    assert not notes(tracker, 5)


def test_a_withdrawal_goes_on_after_a_failure_and_misses_nothing_that_is_gone(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    typed(*RUN, "--apply")
    server.fault(bad_gateway_after(), method="DELETE", times=1)
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="DELETE", path="issues/5", times=1)
    issues = [Ref(PATH, 4), Ref(PATH, 5)]
    with Client(Connection.to(server.url, TOKEN), timeout=20, parallel=1, sleep=lambda _: None) as client:
        first = withdraw(client, issues, bot="auditor")
        assert (first.deleted, [one.issue for one in first.failures]) == (1, [Ref(PATH, 5)])
        second = withdraw(client, issues, bot="auditor")
        assert (second.deleted, second.failures) == (1, [])
        server.fault(html_status(500, "Sorry"), path="/notes", times=None)
        lost = withdraw(client, [*issues, *issues], bot="auditor")
    assert len(lost.failures) == 3
    assert said(tracker) == 0


def test_a_withdrawal_that_is_refused_is_told(typed: CommandLine, server: Server) -> None:
    typed(*RUN, "--apply")
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="DELETE", path="issues/5", times=None)
    ended = typed("reminders", "--withdraw", "--apply")
    assert ended.status == 1
    assert "1 note deleted, but not all" in ended.err
    assert "error: ops/production#5: " in ended.err


@pytest.mark.parametrize(
    "answer", [json_status(404, {"message": "404"}), html_status(200, "Sign in")], ids=["404", "HTML"]
)
def test_notes_that_could_not_be_read_are_no_proof_that_there_are_none(
    typed: CommandLine, server: Server, answer: Action
) -> None:
    typed.settings(f"{SETTINGS}gitlab: {{patience_seconds: 1}}\n")
    typed(*RUN, "--apply")
    server.fault(answer, operation="Counts|Issues", times=None)
    for words in ((), ("--withdraw",), ("--adopt", "late", "--of", "nudge")):
        ended = typed("reminders", *words)
        assert ended.status == 3
        assert "yet" not in ended.out
        assert "What could not be read, and may hold more notes:" in ended.out
        assert "incidents of ops/production: " in ended.out
    server.faults.clear()
    server.fault(json_status(404, {"message": "404"}), operation="Comments", times=None)
    ended = typed("reminders", "--withdraw", "--apply")
    assert (ended.status, server.count("DELETE")) == (3, 0)
    assert "comments of ops/production#5: " in ended.out


def test_each_note_that_could_not_be_written_has_a_line_of_its_own(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    with_reminders(typed, "confirm_above: 50")
    for number in range(25):
        tracker.incident(f"Outage {number}", "Severity::1", "Service::API")
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="POST", path="/notes", times=None)
    ended = typed(*RUN, "--apply")
    lines = [line for line in ended.err.splitlines() if "reminder on ops/production#" in line]
    assert (ended.status, len(lines)) == (1, 20)
    assert "and 7 more" in ended.err
    assert "the report is written, but 27 of the bot's notes could not be" in ended.err
    assert max(map(len, ended.err.splitlines())) < 400


def test_another_bots_reminders_are_adopted_by_a_setting(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    nudge = tracker.world.user("nudge")
    old = tracker.production.issues[4].comment("Ping!\nThe review is late", by=nudge, at=at("2026-11-20 10:00"))
    tracker.production.issues[4].comment("Hello", by=nudge, at=at("2026-11-02 10:00"))
    found = typed("reminders", "--adopt", "review is .*late", "--of", "nudge")
    assert "1 note of nudge on 1 issue would count as posted by this setting:" in found.out
    assert f"  ops/production#4: reminder 1, 2026-11-20, {server.url}/ops/production/-/" in found.out
    assert f"#note_{old.id}" in found.out
    shown = found.out.partition("setting:\n")[2].partition("\n\n")[0]
    assert "no comment of nudge has a line" in typed("reminders", "--adopt", "Nothing", "--of", "nudge").out
    typed.settings(SETTINGS + "\n".join(line.removeprefix("  ") for line in shown.splitlines()) + "\n")
    ended = typed(*RUN, "--apply")
    assert "held back: 1 not due yet" in ended.out
    assert old.body == "Ping!\nThe review is late"
    assert not notes(tracker, 4)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--adopt", "x"), "--adopt and --of belong together"),
        (("--withdraw", "--adopt", "x", "--of", "y"), "--withdraw and --adopt are two things"),
        (("--of", "x"), "--adopt and --of belong together"),
        (("--apply",), "--apply is for --withdraw"),
        (("--adopt", "x", "--of", "y", "--apply"), "--apply is for --withdraw"),
        (("--adopt", "(a+)+", "--of", "y"), "could keep a run busy for hours"),
        (("--adopt", "(", "--of", "y"), "is not a regular expression"),
        (("--adopt", "x", "--of", "not a name"), "--of 'not a name' should be the name of an account"),
    ],
)
def test_the_command_is_exact(typed: CommandLine, server: Server, words: tuple[str, ...], told: str) -> None:
    ended = typed("reminders", *words)
    assert ended.status == 2
    assert told in ended.err
    assert server.requests == []

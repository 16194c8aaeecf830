"""The nightly run as a user sees it: what is printed, written and posted, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.app.conftest import DAY, READER, SETTINGS, TOKEN, at
from tests.sandbox.faults import Hang, bad_gateway_after, html_status

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server

RUN = ("run", "--as-of", DAY)
FILES = (
    *("report.md", "details.md", "report.html", "audit.json", "findings.csv", "reminders.json"),
    *("junit.xml", "metrics.txt", "codequality.json"),
    *("due.ics", "due-backend.ics", "badge.svg"),
)


def notes(tracker: Tracker) -> list[str]:
    return [n.body for i in tracker.production.issues.values() for n in i.comments if n.author.username == "auditor"]


def test_a_dry_run_tells_everything_and_writes_nothing_to_gitlab(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    ended = typed(*RUN)
    assert ended.status == 10
    assert "1 of 3 reviews due were on time (33 %)." in ended.out
    assert "ops/production#5  S1 critical, due 2026-11-11, 8 working days late: API down" in ended.out
    assert "review ops/production#4, ask @anna" in ended.out
    assert "git: 1 incident" in ended.out
    assert "reminder 1 on ops/production#4 to @anna: would be posted" in ended.out
    assert "nothing was written to GitLab" in ended.out
    assert notes(tracker) == []
    assert not [one for one in server.requests if one.method != "GET" and "graphql" not in one.path]
    assert {path.name for path in (typed.folder / "reports" / DAY).iterdir()} == set(FILES)


def test_apply_reminds_once_however_often_it_runs(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    first = typed(*RUN, "--apply")
    assert "reminder 1 on ops/production#4 to @anna: posted" in first.out
    assert "reminder 1 on ops/production#5 to @boss: posted" in first.out
    posted = json.loads(typed.read("reminders.json"))["posted"]
    assert [(one["issue"], one["step"]) for one in posted] == [("ops/production#4", 1), ("ops/production#5", 1)]
    after_one = notes(tracker)
    second = typed(*RUN, "--apply")
    assert "held back: 2 already posted" in second.out
    assert json.loads(typed.read("reminders.json"))["posted"] == []
    assert notes(tracker) == after_one
    assert sum("Hello @anna" in body for body in after_one) == 1
    assert server.count(method="POST", path="/notes") == 2, "the status note is the same one"


def test_the_same_evidence_gives_the_same_bytes(typed: CommandLine, server: Server) -> None:
    assert typed(*RUN).status == 10
    once = {name: typed.read(name) for name in FILES}
    assert typed(*RUN, "--output", "reports/again").status == 10
    assert {name: typed.read(name, "again") for name in FILES} == once
    assert server.requests


@pytest.mark.parametrize(
    ("fail_on", "closed", "status"),
    [("open", False, 10), ("any", True, 10), ("open", True, 0), ("never", False, 0)],
)
def test_which_violations_count_in_the_exit_status(
    typed: CommandLine, server: Server, tracker: Tracker, *, fail_on: str, closed: bool, status: int
) -> None:
    anna = tracker.world.users["anna"]
    del tracker.production.issues[5], tracker.production.issues[6]
    tracker.world.issues = {k: v for k, v in tracker.world.issues.items() if v.iid not in {5, 6}}
    if closed:
        tracker.production.issues[4].close(at=at("2026-11-20 10:00"), by=anna)
    assert typed(*RUN, "--fail-on", fail_on).status == status
    assert server.requests


def test_a_failed_page_of_reviews_withholds_the_rate_and_ends_with_3(typed: CommandLine, server: Server) -> None:
    server.fault(html_status(500, "Sorry"), path="/api/graphql", contains='"IncidentReview"', times=None)
    ended = typed(*RUN, "--apply")
    assert ended.status == 3
    assert "The rate is withheld" in ended.out
    told = json.loads(typed.read("audit.json"))
    assert told["compliance"]["rate"] is None
    assert told["compliance"]["withheld"]
    assert any(gap["could_change_a_verdict"] for gap in told["gaps"])


def test_a_past_day_is_told_as_it_was(typed: CommandLine, server: Server) -> None:
    assert typed("run", "--as-of", "2026-11-04").status == 0
    told = json.loads(typed.read("audit.json", "2026-11-04"))
    assert [one["ref"] for one in told["incidents"]] == ["ops/production#1", "ops/production#3", "ops/production#5"]
    assert {one["verdict"] for one in told["incidents"]} == {"pending"}
    assert "asked on another day" in typed.read("details.md", "2026-11-04")
    assert server.requests


def test_changes_are_told_against_the_newest_earlier_report(typed: CommandLine, server: Server) -> None:
    typed("run", "--as-of", "2026-11-16")
    typed(*RUN)
    assert "2026-11-16" in typed.read("details.md")
    assert server.requests


def test_a_token_that_may_only_read_is_refused_before_anything_is_posted(
    typed: CommandLine, server: Server, tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", READER)
    ended = typed(*RUN, "--apply")
    assert ended.status == 1
    assert "lacks the scope api" in ended.err
    assert not (typed.folder / "reports").exists()
    assert notes(tracker) == []
    assert typed(*RUN).status == 10, "reading needs no more than read_api"
    assert server.requests


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("projects: {incidents: [ops/nowhere]}", ["ops/nowhere", "does not exist", "may not see"]),
        (SETTINGS.replace("services.yml", "nothing.yml"), ["nothing.yml", "catalog"]),
        (SETTINGS.replace("path: services.yml", "path: teams.yml"), ["no service catalogue", "services"]),
    ],
    ids=["no such project", "no such catalogue", "not a catalogue"],
)
def test_what_is_not_there_is_named_with_advice(
    typed: CommandLine, server: Server, settings: str, words: list[str]
) -> None:
    typed.settings(settings)
    ended = typed(*RUN)
    assert ended.status == 1
    for word in words:
        assert word in ended.err
    assert not (typed.folder / "reports").exists()
    assert server.requests


@pytest.mark.parametrize("words", [("--verbose", *RUN), (*RUN, "-v")])
def test_a_wrong_token_is_told_and_never_shown(
    typed: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("GITLAB_TOKEN", "glpat-wrong-0123456789")
    ended = typed(*words)
    assert ended.status == 1
    assert "urllib3.connectionpool: Starting new HTTP connection" in ended.err
    assert "token" in ended.err
    assert "glpat-wrong" not in ended.out + ended.err
    assert server.requests


def test_the_token_is_in_no_output_and_no_file(typed: CommandLine, server: Server) -> None:
    ended = typed("--verbose", *RUN, "--apply")
    assert TOKEN not in ended.out + ended.err
    for path in typed.folder.rglob("*"):
        assert path.is_dir() or TOKEN not in path.read_text(encoding="utf-8")
    assert server.requests


def test_nobody_at_home(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITLAB_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    ended = typed(*RUN)
    assert ended.status == 1
    assert "127.0.0.1:9" in ended.err
    assert "Traceback" not in ended.err


def test_a_server_that_hangs_is_left(typed: CommandLine, server: Server) -> None:
    typed.settings(SETTINGS + "gitlab: {timeout_seconds: 0.3}\n")
    server.fault(Hang(), path="personal_access_tokens", times=None)
    ended = typed(*RUN)
    assert ended.status == 1
    assert "did not answer" in ended.err


def test_a_note_that_was_stored_though_the_server_said_502_is_not_posted_again(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    server.fault(bad_gateway_after(), method="POST", path="/notes")
    typed(*RUN, "--apply")
    assert sum("Hello @anna" in body for body in notes(tracker)) == 1


def test_ten_faults_of_the_settings_are_told_at_once(typed: CommandLine) -> None:
    typed.settings(
        "projects: {incident: [a/b]}\ntimezone: Mars/Olympus\nwindow: 0\nsince: yesterday\n"
        "policies:\n  - {from: 2026-02-31, due_days: 0, anchor: born, severities: [9]}\n"
        "review: {where: nowhere}\nwaivers:\n  - {subject: a/b#1}\n"
    )
    ended = typed(*RUN)
    assert ended.status == 2
    lines = [line for line in ended.err.splitlines() if "audit.yml:" in line]
    assert len(lines) >= 10
    assert all(":" in line.partition("audit.yml:")[2] for line in lines)


@pytest.mark.parametrize("day", ["2999-01-01", "2026-11-24", "2026-11-21"])
def test_what_is_posted_speaks_for_today(typed: CommandLine, server: Server, tracker: Tracker, day: str) -> None:
    ended = typed("run", "--as-of", day, "--apply")
    assert ended.status == 2
    assert f"--apply speaks for today, {DAY}, or the day before it, and not for {day}" in ended.err
    assert notes(tracker) == []
    assert server.requests == []


def test_the_day_before_reminds_nobody_of_a_review_that_is_closed_by_now(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    typed.today = "2026-11-21"
    tracker.production.issues[4].close(at=at("2026-11-21 05:00"), by=tracker.world.users["anna"])
    ended = typed("run", "--as-of", "2026-11-20", "--apply")
    assert "on ops/production#4 to @anna: not posted, the review is closed now" in ended.out
    assert not any("is still open" in body for body in notes(tracker))
    assert server.requests


def test_a_run_that_is_repeated_still_tells_what_is_new_since_the_day_before(
    typed: CommandLine, server: Server
) -> None:
    """The pipelines keep what the last two days wrote and name the newest, which may be of the same day."""
    for day in ("2026-11-16", DAY):
        typed("run", "--as-of", day, "--output", "kept/{day}")
    typed(*RUN, "--previous", f"kept/{DAY}/audit.json")
    assert "Since the report of 2026-11-16: " in typed.read("details.md")
    assert server.requests


DAMAGED = '{"schema_version": 1, "as_of": "2026-11-16", "compliance": {}, "figures": {}, "findings": [1]}'


@pytest.mark.parametrize(
    "text", ["[]", "{}", "no JSON", "[" * 100_000, '{"schema_version": 1, "incidents": 3}', DAMAGED]
)
def test_a_previous_file_of_something_else_is_named_before_anything_is_read(
    typed: CommandLine, server: Server, text: str
) -> None:
    (typed.folder / "other.json").write_text(text)
    ended = typed(*RUN, "--previous", "other.json")
    assert ended.status == 2
    assert "other.json is no audit.json: " in ended.err
    assert server.requests == []


def test_a_damaged_report_of_a_day_between_stops_no_night(typed: CommandLine, server: Server) -> None:
    typed("run", "--as-of", "2026-11-16")
    damaged = typed.folder / "reports" / "2026-11-20" / "audit.json"
    damaged.parent.mkdir()
    damaged.write_text("")
    ended = typed(*RUN)
    assert ended.status == 10
    assert "warning: reports/2026-11-20/audit.json is no audit.json: it is no JSON (Expecting value" in ended.err
    assert "Since the report of 2026-11-16: " in typed.read("details.md")
    assert server.requests


def test_settings_that_match_no_label_of_the_tracker_are_told(typed: CommandLine, server: Server) -> None:
    typed.settings(SETTINGS + "labels: {review: [NoSuchLabel], severity_scope: Prio}\n")
    ended = typed(*RUN)
    assert "no label of the tracker is of the scope Prio (labels.severity_scope)" in ended.err
    assert "the tracker has no label NoSuchLabel (labels.review)" in ended.err
    assert server.requests


def test_a_waiver_on_a_rule_that_is_none_is_a_fault(typed: CommandLine) -> None:
    typed.settings(
        SETTINGS + "waivers: [{subject: a/b#1, rules: [IR999], reason: why, approved_by: anna, expires: 2026-12-01}]\n"
    )
    ended = typed(*RUN)
    assert ended.status == 2
    assert "IR999" in ended.err
    assert "is not a rule" in ended.err


def test_a_long_list_is_cut_in_the_summary_and_says_so(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    for number in range(14):
        tracker.incident(f"API trouble {number}", "Severity::1", "Service::API", created="2026-11-05 10:00")
    ended = typed(*RUN)
    assert "No review (15)" in ended.out
    assert "and 3 more, in the report" in ended.out
    assert server.requests


def test_explain_counts_calendar_days_where_the_policy_does(typed: CommandLine, server: Server) -> None:
    typed.settings(SETTINGS + "policies: [{due_kind: calendar, due_days: 14}]\n")
    ended = typed("explain", "ops/production#3", "--as-of", DAY)
    assert "14 calendar days after Tuesday 2026-11-03" in ended.out
    assert "days off" not in ended.out
    assert server.requests


@pytest.mark.parametrize(
    ("output", "status", "words"),
    [
        ("audit.yml/reports", 1, "nothing can be written to audit.yml/reports: "),
        ("reports/{date}", 2, "{date} stands for nothing; {day} stands for the audited day."),
    ],
)
def test_a_place_for_the_files_that_is_none_is_told_before_anything_is_read(
    typed: CommandLine, server: Server, output: str, status: int, words: str
) -> None:
    ended = typed("run", "--output", output)
    assert (ended.status, words in ended.err) == (status, True)
    assert server.requests == []
    if status == 1:
        assert words in typed("pull", "--output", f"{output}/tracker.sqlite").err


def test_a_run_without_any_incident_does_not_look_as_if_all_were_well(typed: CommandLine, server: Server) -> None:
    """The wrong project, or a day to come as the first one: nothing is late, and the log and the report say why."""
    for given, words in (
        (SETTINGS.replace("ops/production", "ops/runbooks"), "o incident was found among 0 issues, by type or by a la"),
        (SETTINGS.replace("2026-10-01", "2027-10-01"), "o incident is audited: `since` is 2027-10-01, later than"),
    ):
        typed.settings(given)
        ended = typed("run")
        assert ended.status == 0
        assert f"warning: n{words}" in ended.err
        assert words in typed.read("details.md").replace("\\", "")
    assert server.requests

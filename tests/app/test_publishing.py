"""The report at its destinations, as a user sees it: the dry run, the first and the second night, what goes wrong."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from audit.model import Role
from tests.app.conftest import DAY, READER, SETTINGS
from tests.sandbox.faults import html_status, json_status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.sandbox.data.hosted_project import HostedProject
    from tests.app.conftest import CommandLine, Ended, Tracker
    from tests.sandbox.server import Server

PLACE = "ops/reports"
RUN = ("run", "--as-of", DAY, "--fail-on", "never")
PUBLISH = f"""
publish:
  issue: {{project: {PLACE}, labels: [report]}}
  wiki: {{project: {PLACE}}}
  repository: {{project: {PLACE}}}
"""
NOTIFY = "  notify: {urls_from: CHATS}\n"


@pytest.fixture
def place(tracker: Tracker) -> HostedProject:
    made = tracker.world.project(PLACE)
    tracker.world.member(made, tracker.world.users["auditor"], Role.DEVELOPER)
    made.file("README.md", "Reports.")
    return made


@pytest.fixture
def run(typed: CommandLine, server: Server, place: HostedProject) -> CommandLine:  # noqa: ARG001 - they are there
    typed.settings(SETTINGS + PUBLISH)
    return typed


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        monkeypatch.setenv("CHATS", f"json://127.0.0.1:{server.server_port}/very-secret-token")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield got
        server.shutdown()
        thread.join()


def goes(ended: Ended) -> list[str]:
    """Return the part of the summary that says where the report goes."""
    lines = ended.out.splitlines()
    start = lines.index("Where the report goes") + 1
    return [line.strip() for line in lines[start : lines.index("", start)]]


def test_a_dry_run_says_what_would_be_written_where(run: CommandLine, server: Server, place: HostedProject) -> None:
    run.settings(SETTINGS + PUBLISH + NOTIFY)
    ended = run(*RUN)
    assert ended.status == 0
    assert goes(ended) == [
        "the week's issue (ops/reports): would be written",
        "wiki page (ops/reports, Incident reviews): would be written",
        f"files (ops/reports, reports/{DAY} on main): would be written",
        "digest (by chat or mail): would be sent",
    ]
    assert (place.issues, place.wiki, place.commits) == ({}, {}, [])
    assert not [one for one in server.requests if one.method != "GET" and "graphql" not in one.path]


def test_two_nights_write_each_destination_once(
    run: CommandLine, server: Server, place: HostedProject, chat: list[dict[str, Any]]
) -> None:
    run.settings(SETTINGS + PUBLISH + NOTIFY)
    ended = run("--verbose", *RUN, "--apply")
    assert ended.status == 0
    root = f"{server.url}/{PLACE}/-"
    assert goes(ended) == [
        f"the week's issue (ops/reports): written, {root}/work_items/1",
        f"wiki page (ops/reports, Incident reviews): written, {root}/wikis/Incident-reviews",
        f"files (ops/reports, reports/{DAY} on main): written, {root}/tree/main/reports/{DAY}",
        "digest (receiver 1 (JSON)): sent",
    ]
    issue, page = place.issues[1], place.wiki["Incident-reviews"]
    links = f"]({root}/wikis/Incident-reviews/Details#"
    assert issue.description.startswith(run.read("report.md").rstrip().replace("](details.md#", links))
    assert [label.name for label in issue.labels] == ["report"]
    assert page.content.startswith(run.read("report.md").rstrip().replace("](details.md#", links))
    assert "## How to read this" in place.wiki["Incident-reviews/Details"].content
    assert place.files[f"reports/{DAY}/audit.json"].text == run.read("audit.json")
    assert ": 1 of 3 reviews due were on time (33 %); " in chat[0]["message"].splitlines()[0]
    assert chat[0]["message"].endswith(f": {root}/work_items/1")
    assert "very-secret-token" not in ended.out + ended.err

    # the second night finds its own reminders, which its report tells; and it leaves the weekly one as it is
    run(*RUN, "--apply", "--edition", "nightly")
    again = run(*RUN, "--apply", "--edition", "nightly")
    assert [line.partition("): ")[2].partition(",")[0] for line in goes(again)] == ["left alone", *["unchanged"] * 2]
    assert (len(place.issues), len(page.history), len(chat)) == (1, 1, 1)
    assert place.wiki["Incident-reviews/Nightly"].content.startswith("# Incident reviews: week 48 of 2026")


def test_what_fails_stops_nothing_else_and_all_of_it_is_told(
    run: CommandLine, server: Server, place: HostedProject, chat: list[dict[str, Any]]
) -> None:
    run.settings(SETTINGS + PUBLISH + NOTIFY)
    refused = json_status(403, {"message": "403 Forbidden"})
    for path in ("production/issues/4/notes", "/wikis"):
        server.fault(refused, method="POST", path=path, times=None)
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    assert "of the bot's notes could not be; besides, 1 destination did not get it" in ended.err
    assert "error: wiki page (ops/reports, Incident reviews): " in ended.err
    assert "Run again: what was written already is found, and not written twice." in ended.err
    assert len(place.issues) == len(place.commits) == len(chat) == 1
    server.faults.clear()
    assert run(*RUN, "--apply").status == 0
    assert (len(place.issues), len(place.wiki)) == (1, 2)


def test_a_destination_alone_that_fails_is_told_with_advice(
    run: CommandLine, server: Server, place: HostedProject
) -> None:
    server.fault(json_status(403, {"message": "403 Forbidden"}), method="POST", path="/repository/commits", times=None)
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    assert "error: files (ops/reports, " in ended.err
    assert "Let the token's account push to that branch" in ended.err
    assert len(place.wiki) == 2


def test_a_digest_that_nobody_gets_is_told(
    run: CommandLine, place: HostedProject, chat: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATS", "json://127.0.0.1:1/very-secret-token")
    run.settings(SETTINGS + PUBLISH + NOTIFY)
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    assert "digest (receiver 1 (JSON)): " in ended.err
    assert "very-secret-token" not in ended.err
    assert (len(place.issues), chat) == (1, [])


@pytest.mark.parametrize(
    ("value", "told"),
    [(None, "CHATS is not set or empty"), ("nonsense://very-secret-token", "does not know the address of receiver 1")],
)
def test_a_digest_that_cannot_be_sent_is_told_beforehand_and_keeps_no_report_back(
    run: CommandLine, place: HostedProject, monkeypatch: pytest.MonkeyPatch, value: str | None, told: str
) -> None:
    if value is not None:
        monkeypatch.setenv("CHATS", value)
    run.settings(SETTINGS + PUBLISH + NOTIFY)
    doctor, dry = run("doctor"), run(*RUN)
    assert (doctor.status, dry.status) == (0, 0)
    assert told in " ".join(doctor.out.partition("digest       for --apply")[2].split())
    assert "warning: --apply would lack: " in dry.err
    assert told in dry.err
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    assert told in ended.err
    assert run.read("report.md")
    assert len(place.issues) == 1, "what goes to GitLab is there as well"
    assert "very-secret-token" not in doctor.out + dry.err + ended.err


def test_all_that_posting_lacks_is_told_at_once(
    run: CommandLine, server: Server, place: HostedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token that only reads, a role too low for the wiki, an archived place: each has its line."""
    monkeypatch.setenv("GITLAB_TOKEN", READER)
    place.archived = True
    dry, doctor = run(*RUN), run("doctor")
    assert dry.status == 0
    for text in (dry.err, " ".join(doctor.out.split())):
        assert "the token lacks the scope api, which posting needs" in text
        assert "publish.wiki: ops/reports is archived: nothing can be written there" in text
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    faults = [line for line in ended.err.splitlines() if line.startswith("error: ")]
    assert any("scope api" in line for line in faults)
    assert any("publish.issue" in line for line in faults)
    assert any("publish.repository" in line for line in faults)
    assert not [one for one in server.requests if one.method != "GET" and "graphql" not in one.path]


def test_a_public_destination_is_refused_before_anything_is_written(
    run: CommandLine, server: Server, place: HostedProject
) -> None:
    place.visibility = "public"
    ended = run(*RUN, "--apply")
    assert ended.status == 2
    assert "publish.wiki: ops/reports is public, and ops/production, which is audited, is not" in ended.err
    assert "publish.allow_public" in ended.err
    assert not (run.folder / "reports").exists()
    assert server.count("POST", "/api/v4") == 0


def test_a_destination_that_cannot_be_written_is_told_before_anything_is_read(
    run: CommandLine, server: Server, place: HostedProject
) -> None:
    place.protected = True
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    assert "publish.repository: the token's account may not push to main of ops/reports" in ended.err
    assert not (run.folder / "reports").exists()
    assert server.count(operation="incidents") == 0


def test_a_team_edition_is_published_nowhere(run: CommandLine, place: HostedProject) -> None:
    ended = run(*RUN, "--apply", "--team", "backend")
    assert ended.status == 0
    assert "Where the report goes" not in ended.out
    assert (place.issues, place.wiki, place.commits) == ({}, {}, [])


def test_a_report_among_the_audited_issues_is_none_of_them(run: CommandLine, tracker: Tracker) -> None:
    tracker.world.member(tracker.production, tracker.world.users["auditor"], Role.DEVELOPER)
    run.settings(SETTINGS + "publish: {issue: {project: ops/production}}\n")
    told = []
    for _ in ("the first night", "the second night"):
        assert run(*RUN, "--apply").status == 0
        audit = json.loads(run.read("audit.json"))
        told.append((audit["sources"], audit["incidents"], audit["findings"]))
    assert told[0] == told[1]
    assert sum(one.title.startswith("Incident reviews") for one in tracker.production.issues.values()) == 1


def test_the_previous_report_is_read_from_where_it_was_published(run: CommandLine, place: HostedProject) -> None:
    earlier = run("run", "--as-of", "2026-11-09", "--fail-on", "never", "--output", "elsewhere/2026-11-09")
    assert earlier.status == 0
    told = (run.folder / "elsewhere" / "2026-11-09" / "audit.json").read_text(encoding="utf-8")
    place.file("reports/2026-11-09/audit.json", told)
    run(*RUN)
    assert "2026-11-09" in run.read("report.md")
    place.file("reports/2026-11-16/audit.json", '{"as_of": "2026-11-16"}')
    ended = run(*RUN)
    assert "the report shows no changes: ops/reports:reports/2026-11-16/audit.json is no audit.json" in ended.err
    assert ended.status == 0


def test_a_previous_report_that_cannot_be_read_is_a_warning(run: CommandLine, server: Server) -> None:
    server.fault(json_status(403, {"message": "403 Forbidden"}), path="reports/repository/tree", times=None)
    ended = run(*RUN)
    assert ended.status == 0
    assert "the previous report cannot be read, so the report shows no changes" in ended.err


def test_doctor_says_where_the_report_goes_and_what_is_in_its_way(run: CommandLine, place: HostedProject) -> None:
    run.settings(SETTINGS + PUBLISH + NOTIFY)
    place.protected = True
    out = run("doctor").out
    assert (
        "Where the report goes\n  the week's issue (ops/reports)\n  wiki page (ops/reports, Incident reviews)\n" in out
    )
    assert "  digest (by chat or mail)\n" in out
    line = "publish      for --apply  publish.repository: the token's account may not push to main of ops/reports\n"
    assert line in out
    run.settings(SETTINGS)
    assert "Where the report goes\n  into the output folder; `publish` names further places\n" in run("doctor").out


def test_a_destination_of_which_no_answer_comes_stops_neither_report_nor_reminders(
    run: CommandLine, server: Server, place: HostedProject
) -> None:
    run.settings(SETTINGS + PUBLISH + "gitlab: {patience_seconds: 1}\n")
    server.fault(html_status(502, "Bad Gateway"), path="/projects/ops%2Freports$", times=None)
    dry = run(*RUN)
    assert dry.status == 0
    assert "publish.issue: ops/reports: not checked, so that nothing is written there: the server failed" in dry.err
    ended = run(*RUN, "--apply")
    assert ended.status == 1
    assert "error: publish.issue (ops/reports): not checked, so that nothing is written there" in ended.err
    assert (len(place.issues), len(place.commits), len(place.wiki)) == (0, 0, 0)
    assert json.loads(run.read("reminders.json"))["posted"]
    server.faults.clear()
    assert run(*RUN, "--apply").status == 0
    assert (len(place.issues), len(place.commits), len(place.wiki)) == (1, 1, 2)

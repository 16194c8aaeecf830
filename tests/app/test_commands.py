"""The other commands: explain, schema, rules, help."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from audit.cli import cli
from audit.commands.context import ProcessContext
from audit.contract.audit_file import json_schema as audit_schema
from audit.rules import RULES
from tests.app.conftest import DAY, SETTINGS, TOKEN, at
from tests.sandbox import faults

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server


def test_a_run_tells_what_is_passed_over(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    anna = tracker.world.users["anna"]
    tracker.runbooks.commit({"review.md": "new"}, message="Three days", by=anna, at=at("2026-11-05 10:00"))
    typed.settings(
        f"{SETTINGS}labels: {{severity_scope: Service}}\npolicies: [{{from: 2025-01-01}}]\n"
        "policy_page: {project: ops/runbooks, path: review.md}\n"
    )
    ended = typed("run", "--as-of", DAY)
    assert "no label of the tracker is a severity" in ended.err
    page = typed.read("details.md")
    assert page.count("No label of the tracker is a severity") == 1
    assert page.count("does it still hold") == 1
    assert server.count(path="/repository/commits") == 1


def test_explain_tells_how_a_verdict_was_reached(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    anna = tracker.world.users["anna"]
    tracker.production.issues[3].add_label("Review-Requested", at=at("2026-11-03 12:00"), by=anna)
    tracker.production.issues[3].remove_label("Review-Requested", at=at("2026-11-03 15:00"), by=anna)
    ended = typed("explain", "ops/production#3", "--as-of", DAY)
    assert ended.status == 0
    for words in (
        "ops/production#3: overdue\n  API slow\n",
        "severity 1 or 2, the one of today: yes; it has 1 by label Severity::1",
        "requested by label (Review-Requested): yes, the label was removed on 2026-11-03 15:00 UTC",
        "When is it due? Tuesday 2026-11-10, to midnight in UTC",
        "found by issue_link (signal 1: an issue link)",
        "2026-11-03 12:00 UTC: added Review-Requested",
        "violation: Review ops/production#4 is still open; it was due on 2026-11-10.",
        "Who is reminded, when and why?\n  on 2026-11-23: reminder 1 of 4, 9 working days after the due day\n",
        "  to @anna, as the assignee\n  where: ops/production#4\n  the next one: not before Monday 2026-11-30\n",
        'IR002 late-review: "It is expected that the incident review will be completed within 5 working days',
    ):
        assert words in ended.out
    assert server.requests


def test_explain_for_programs(typed: CommandLine, server: Server) -> None:
    ended = typed("explain", "ops/production#3", "--as-of", DAY, "--format", "json")
    (entry,) = json.loads(ended.out)["incidents"]
    assert (entry["ref"], entry["verdict"], entry["facts"]["due_on"]) == ("ops/production#3", "overdue", "2026-11-10")
    assert entry["rules"]["IR002"] == {"ops/production#3": "violates"}
    assert "IR002" in {finding["code"] for finding in entry["findings"]}
    assert entry["reminder"]["names"] == ["anna"]
    assert json.loads(typed("explain", "ops/production#4", "--as-of", DAY, "--format", "json").out)["incidents"] == [
        entry
    ]
    assert typed("explain", "3", "--text", "--format", "json").status == 2
    for operation in ("Counts", "IssuesByNumber", "Issues"):
        server.fault(faults.json_status(404, {"message": "404"}), operation=operation, times=None)
    unread = typed("explain", "ops/production#3", "--format", "json")
    assert (unread.status, json.loads(unread.out)["unread"][0]) == (3, "ops/production#3 could not be read")


def test_explain_names_comments_that_could_not_be_read(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    anna = tracker.world.users["anna"]
    tracker.production.issues[4].comment("soon", by=anna, at=at("2026-11-20 10:00"))
    server.fault(faults.json_status(403, {"message": "403 Forbidden"}), operation="Comments", times=None)
    out = typed("explain", "3", "--as-of", DAY).out
    assert "  on 2026-11-23: nothing, since comments, labels or those to ask could not be read\n" in out
    assert "  not read: " in out


def test_explain_tells_a_confidential_incident_to_who_may_read_it(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    tracker.production.issues[3].confidential = True
    out = typed("explain", f"{server.url}/ops/production/-/issues/3", "--as-of", DAY).out
    assert "ops/production#3: overdue\n  API slow\n" in out
    assert "\nCONFIDENTIAL: ops/production#3. Keep this text among those who may read it there.\n" in out
    assert server.requests


def test_an_address_of_an_instance_below_a_path_is_explained(
    typed: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = typed("explain", "ops/production#3", "--as-of", DAY).out
    monkeypatch.delenv("GITLAB_URL")
    monkeypatch.setenv("CI_SERVER_URL", "https://example.com/gitlab")
    monkeypatch.setenv("CI_API_V4_URL", f"{server.url}/api/v4")

    ended = typed("explain", "https://example.com/gitlab/ops/production/-/issues/3", "--as-of", DAY)

    assert (ended.status, ended.out.splitlines()[:3]) == (0, whole.splitlines()[:3])


def test_explain_says_where_an_incident_could_be(typed: CommandLine, server: Server) -> None:
    assert typed("explain", "nonsense").status == 2
    assert not server.requests
    ended = typed("explain", "ops/production#999")
    assert ended.status == 2
    assert "no incident ops/production#999 was read" in ended.err


@pytest.mark.parametrize(
    "answer", [faults.json_status(404, {"message": "404"}), faults.html_status(200, "Sign in")], ids=["404", "HTML"]
)
def test_an_incident_that_could_not_be_read_may_well_be_one(
    typed: CommandLine, server: Server, answer: faults.Action
) -> None:
    typed.settings(f"{SETTINGS}gitlab: {{patience_seconds: 1}}\n")
    for operation in ("Counts", "IssuesByNumber", "Issues"):
        server.fault(answer, operation=operation, times=None)
    ended = typed("explain", "ops/production#3")
    assert ended.status == 3
    assert ended.out.startswith("ops/production#3 could not be read\n  incidents of ops/production: ")
    assert "no incident" not in ended.err


def test_explain_takes_a_number_the_end_of_a_path_and_a_review(typed: CommandLine, server: Server) -> None:
    whole = typed("explain", "ops/production#3", "--as-of", DAY).out
    assert typed("explain", "3", "--as-of", DAY).out == whole
    assert typed("explain", "Production#3", "--as-of", DAY).out == whole
    of_review = typed("explain", f"{server.url}/ops/production/-/work_items/4", "--as-of", DAY).out
    assert of_review == f"ops/production#4 is a review and has no verdict: that of its incident follows\n\n{whole}"


def test_explain_reads_nothing_for_a_project_that_is_not_known(
    typed: CommandLine, server: Server, tracker: Tracker
) -> None:
    for number in range(9):
        bot = tracker.world.users["auditor"]
        tracker.world.member(tracker.world.project(f"other/{number}/production"), bot, 20)
    named = ", ".join(f"other/{number}/production" for number in range(9))
    typed.settings(f"projects: {{incidents: [{named}, ops/production]}}\n")
    for words, fault in (
        ("group/project#12", "error: the settings name no project group/project\n"),
        (f"{server.url}/a/b/-/issues/1", "error: the settings name no project a/b\n"),
        ("12", "error: it could be of any of 10 projects\n"),
        ("production#12", "error: it could be of any of 10 projects\n"),
    ):
        ended = typed("explain", words)
        assert ended.status == 2
        assert fault in ended.err
        assert "of one of these: ops/production, other/0/production, " in ended.err
        assert ended.err.endswith(" and 2 more.\n")
    assert not server.count(operation="Labels")


def test_an_address_of_another_gitlab_is_no_incident_here(typed: CommandLine, server: Server) -> None:
    ended = typed("explain", "https://elsewhere.example/ops/production/-/issues/3")
    here = server.url.removeprefix("http://")
    assert ended.status == 2
    assert f"error: that is an address of elsewhere.example, and the audit reads {here}\n" in ended.err
    typed.settings(f"{SETTINGS}gitlab: {{hosts: elsewhere.example}}\n")
    assert typed("explain", "https://elsewhere.example/ops/production/-/issues/3", "--as-of", DAY).status == 0


def test_schema_is_a_json_schema(typed: CommandLine) -> None:
    assert "projects" in json.loads(typed("schema").out)["properties"]
    assert json.loads(typed("schema", "--of", "audit").out) == audit_schema()


def test_rules_lists_every_rule_with_its_sentence(typed: CommandLine) -> None:
    out = typed("rules").out
    for rule in RULES:
        assert f"{rule.code} {rule.name}" in out
        assert rule.sentence in out
    quoted = re.findall(r'^([A-Z]{2}\d{3}) .*\n +"', out, re.MULTILINE)
    assert quoted == ["IR001", "IR002", "IR012", "SO001"]  # the handbook's own words


def test_rules_are_those_of_the_settings_where_there_are_some(typed: CommandLine) -> None:
    typed.settings(SETTINGS + "rules: {IR007: off}\n")
    assert "IR007 key-information  (off, usually advisory, asked of each review)" in typed("rules").out
    assert json.loads(typed("rules", "--format", "json").out)[6]["off"] is True
    assert "Level off, usually advisory" in typed("rules", "--format", "markdown").out
    (typed.folder / "audit.yml").unlink()
    assert "IR007 key-information  (advisory, asked of each review)" in typed("rules").out
    assert typed("rules", "--config", "other.yml").status == 2


def test_rules_writes_a_page_for_each(typed: CommandLine) -> None:
    ended = typed("rules", "--output", "public/rules")
    assert ended.out == f"Wrote public/rules/index.html, and a page for each of {len(RULES)} rules.\n"
    assert {path.name for path in (typed.folder / "public/rules").iterdir()} == {
        "index.html",
        *(f"{rule.code}.html" for rule in RULES),
    }


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_explains_itself(typed: CommandLine, command: str) -> None:
    ended = typed(command, "--help")
    assert ended.status == 0
    assert "Usage: incident-audit" in ended.out


def test_wrong_words_end_with_2_and_a_suggestion(typed: CommandLine) -> None:
    assert typed("rnu").status == 2
    assert typed("run", "--as-of", "tomorrow").status == 2


def test_what_surrounds_a_command_tells_no_secret() -> None:
    around = ProcessContext(environ={"GITLAB_TOKEN": TOKEN}, now=lambda _zone: at(DAY), sleep=lambda _: None)
    assert TOKEN not in repr(around)


def test_help_needs_nothing_that_is_slow_to_import() -> None:
    code = (
        "import sys, audit.cli;"
        "slow = {'pandas', 'numpy', 'gitlab', 'holidays', 'pydantic', 'rich', 'jinja2', 'graphql'} & set(sys.modules);"
        "sys.exit(str(sorted(slow)) if slow else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)  # noqa: S603
    assert ended.stderr == ""
    assert ended.returncode == 0

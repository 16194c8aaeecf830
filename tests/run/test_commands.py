"""The other commands: doctor, explain, init, schema, rules, help."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from audit.rules import RULES
from tests.run.conftest import DAY, at

if TYPE_CHECKING:
    from audit.sandbox.server import Server
    from tests.run.conftest import CommandLine, Tracker


def test_doctor_shows_how_the_tracker_spells_things(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    tracker.world.label(tracker.production, "review-requested")
    ended = typed("doctor")
    assert ended.status == 0
    assert "Review-Requested -> Review-Requested, review-requested" in ended.out
    assert "Gameday -> matches nothing" in ended.out
    assert "2 services, 1 team" in ended.out
    assert "set reminders.remind_from" in ended.out
    assert server.count(method="POST", path="/api/v4") == 0


def test_explain_tells_how_a_verdict_was_reached(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    anna = tracker.world.users["anna"]
    tracker.production.issues[3].add_label("Review-Requested", at=at("2026-11-03 12:00"), by=anna)
    tracker.production.issues[3].remove_label("Review-Requested", at=at("2026-11-03 15:00"), by=anna)
    ended = typed("explain", "ops/production#3", "--as-of", DAY)
    assert ended.status == 0
    for words in (
        "Verdict as of 2026-11-23: overdue",
        "severity 1, peak 1: yes",
        "requested by label (Review-Requested): yes, the label was removed on 2026-11-03 15:00 UTC",
        "5 working days after it: 2026-11-10 Tuesday",
        "ops/production#4, by issue_link, opened 2026-11-03",
        "2026-11-03 12:00 UTC added Review-Requested",
        "Review ops/production#4 is still open; it was due on 2026-11-10.",
        "completed within 5 working days of the incident",
    ):
        assert words in ended.out
    assert server.requests


def test_explain_says_where_an_incident_could_be(typed: CommandLine, server: Server) -> None:
    ended = typed("explain", "ops/production#999")
    assert ended.status == 2
    assert "no incident ops/production#999 was read" in ended.err
    assert typed("explain", "nonsense").status == 2
    assert server.requests


def test_init_writes_settings_that_load_and_overwrites_nothing(typed: CommandLine) -> None:
    (typed.folder / "audit.yml").unlink()
    assert typed("init").status == 0
    text = (typed.folder / "audit.yml").read_text()
    again = typed("init")
    assert again.status == 2
    assert "is there already" in again.err
    assert (typed.folder / "audit.yml").read_text() == text


def test_schema_is_a_json_schema(typed: CommandLine) -> None:
    assert "properties" in json.loads(typed("schema").out)


def test_rules_lists_every_rule_with_its_sentence(typed: CommandLine) -> None:
    out = typed("rules").out
    for rule in RULES:
        assert f"{rule.code}  {rule.name}" in out
        assert rule.sentence in out


@pytest.mark.parametrize("command", ["run", "demo", "doctor", "explain", "init", "schema", "rules"])
def test_every_command_explains_itself(typed: CommandLine, command: str) -> None:
    ended = typed(command, "--help")
    assert ended.status == 0
    assert "Usage: incident-audit" in ended.out


def test_wrong_words_end_with_2_and_a_suggestion(typed: CommandLine) -> None:
    assert typed("rnu").status == 2
    assert typed("run", "--as-of", "tomorrow").status == 2


def test_help_needs_nothing_that_is_slow_to_import() -> None:
    code = (
        "import sys, audit.cli;"
        "slow = {'pandas', 'numpy', 'gitlab', 'holidays', 'pydantic', 'rich', 'jinja2', 'graphql'} & set(sys.modules);"
        "sys.exit(str(sorted(slow)) if slow else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)  # noqa: S603
    assert ended.stderr == ""
    assert ended.returncode == 0

"""Editions as a user asks for them: a team's own pages beside whole data, and names that nobody has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.app.conftest import DAY

if TYPE_CHECKING:
    import pytest

    from tests.app.conftest import CommandLine
    from tests.sandbox.server import Server

RUN = ("run", "--as-of", DAY)


def test_a_team_edition_is_of_its_rows_and_leaves_the_data_whole(typed: CommandLine, server: Server) -> None:
    whole = typed(*RUN)
    ended = typed(*RUN, "--team", "backend", "--edition", "nightly", "--output", "reports/team")
    assert ended.status == whole.status == 10
    for name in ("findings.csv", "reminders.json", "due.ics", "metrics.txt"):
        assert typed.read(name, "team") == typed.read(name)
    nightly = typed.read("audit.json", "team").replace('"edition": "nightly"', '"edition": "weekly"', 1)
    assert nightly == typed.read("audit.json")
    report = typed.read("details.md", "team")
    assert "**The edition of team backend**" in report
    assert report.index("## Since the last report") < report.index("## Needs a decision")
    assert "3 incidents, 2 reviews" in typed.read("report.md", "team")
    assert "Git slow" not in report
    assert "Git slow" in typed.read("details.md")
    assert len(json.loads(typed.read("audit.json", "team"))["incidents"]) == 4
    assert ended.out.strip().startswith("Incident reviews of team backend, week 48 of 2026")
    assert "\n3 incidents = " in ended.out
    assert "\nReminders of all teams\n" in ended.out
    assert ended.out.count("would be posted") == whole.out.count("would be posted") > 0
    assert server.requests


def test_the_report_before_is_named_by_its_folder_or_its_file(typed: CommandLine, server: Server) -> None:
    typed("run", "--as-of", "2026-11-16", "--output", "elsewhere/2026-11-16")
    texts = []
    for place in ("elsewhere/2026-11-16", "elsewhere/2026-11-16/audit.json"):
        assert typed(*RUN, "--previous", place).status == 10
        texts.append(typed.read("details.md"))
    assert "Since the report of 2026-11-16" in texts[0]
    assert texts[0] == texts[1]
    assert "cannot be read" in typed(*RUN, "--previous", "elsewhere").err
    assert server.requests


def test_an_unknown_team_is_wrong_usage_and_nothing_is_written(typed: CommandLine, server: Server) -> None:
    ended = typed(*RUN, "--team", "Backends", "--apply")
    assert ended.status == 2
    assert "the service catalogue has no team 'Backends'" in ended.err
    assert "Did you mean backend?" in ended.err
    assert not (typed.folder / "reports").exists()
    assert not server.count(method="POST", path="/notes")


def test_what_ends_a_run_in_a_job_is_linked_on_its_page(typed: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    typed.settings("projects: {incidents: ops/production}\nlabel: {}\n")
    assert typed(*RUN).status == 2
    assert not (typed.folder / "reports").exists()
    for name, value in {"GITLAB_CI": "true", "CI_JOB_URL": "https://gitlab.example/ops/audit/-/jobs/7"}.items():
        monkeypatch.setenv(name, value)
    ended = typed(*RUN)
    assert ended.status == 2
    assert "\x1b[31;1merror: audit.yml:2:1: label: is not a known key; did you mean `labels`?\x1b[0m\n" in ended.err
    (links,) = json.loads(typed.read("annotations.json")).values()
    assert links[0]["external_link"]["label"].startswith("audit.yml:2:1: label: is not a known key")
    (typed.folder / "taken").write_text("")
    assert typed(*RUN, "--output", "taken/{day}").status == 2

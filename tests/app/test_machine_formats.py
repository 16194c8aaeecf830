"""What programs read of a run: the files for GitLab's own pages, and the comparison of two runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.app.conftest import DAY, SETTINGS

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine
    from tests.sandbox.server import Server

JOB = "https://gitlab.example/ops/audit/-/jobs/7"


def test_a_job_shows_the_audit_where_gitlab_shows_such_things(
    typed: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI_JOB_URL", JOB)
    monkeypatch.setenv("CI_PROJECT_DIR", str(typed.folder))
    monkeypatch.setenv("CI_PAGES_URL", "https://ops.pages.example/audit")
    (typed.folder / "config").mkdir()
    (typed.folder / "config/my.yml").write_text(SETTINGS, encoding="utf-8")
    run = ("run", "--as-of", DAY, "--config", "config/my.yml", "--output", "out/{day}")
    assert typed(*run).status == 10
    folder = typed.folder / "out" / DAY
    told = json.loads((folder / "annotations.json").read_text(encoding="utf-8"))
    links = {one["external_link"]["label"]: one["external_link"]["url"] for one in told["Incident review audit"]}
    assert links["Report as text"] == f"{JOB}/artifacts/file/out/{DAY}/report.md"
    assert "Published reports" not in links, "the variable is there whether or not anything is published"
    suites = ET.fromstring((folder / "junit.xml").read_text(encoding="utf-8"))  # noqa: S314 - our own output
    failed = {case.attrib["name"] for case in suites.iter("testcase") if case.find("failure") is not None}
    assert "ops/production#5: missing-review (IR001)" in failed
    entries = json.loads((folder / "codequality.json").read_text(encoding="utf-8"))
    assert {entry["location"]["path"] for entry in entries} == {"config/my.yml"}
    assert "\nincident_review_on_time 1\n" in (folder / "metrics.txt").read_text(encoding="utf-8")
    monkeypatch.setenv("INCIDENT_AUDIT_PAGES", "true")
    typed(*run)
    assert "https://ops.pages.example/audit/" in (folder / "annotations.json").read_text(encoding="utf-8")
    assert server.requests


def test_files_elsewhere_are_named_but_not_linked(
    typed: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (typed.folder / "checkout").mkdir()
    monkeypatch.setenv("CI_JOB_URL", JOB)
    monkeypatch.setenv("CI_PROJECT_DIR", str(typed.folder / "checkout"))
    assert typed("run", "--as-of", DAY).status == 10
    assert {entry["location"]["path"] for entry in json.loads(typed.read("codequality.json"))} == {"audit.yml"}
    assert not (typed.folder / "reports" / DAY / "annotations.json").exists()
    assert server.requests


def test_two_runs_are_compared(typed: CommandLine, server: Server) -> None:
    typed("run", "--as-of", "2026-11-10")
    typed("run", "--as-of", DAY)
    earlier, later = "reports/2026-11-10", f"reports/{DAY}/audit.json"
    ended = typed("diff", earlier, later)
    assert ended.status == 0
    assert ended.out.startswith("Incident reviews, 2026-11-10 beside 2026-11-23\n")
    assert "  ops/production#5: pending -> missing, API down\n" in ended.out
    assert "  IR001 missing-review ops/production#5: No review is linked" in ended.out
    assert typed("diff", earlier, later, "--exit-code").status == 10
    assert typed("diff", later, later, "--exit-code").status == 0
    assert typed("diff", earlier, later, "--format", "markdown").out.startswith("# Incident reviews")
    data = json.loads(typed("diff", earlier, later, "--format", "json").out)
    assert {"ref": "ops/production#5", "before": "pending", "now": "missing"} in data["incidents"]["changed"]
    assert server.requests


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"schema_version": 2}', "is of schema_version 2, and only 1 can be read"),
        ('{"schema_version": 1, "as_of": "2026-11-23"}', "is no audit.json: timezone is missing"),
        ("no JSON", "is no audit.json: it is no JSON"),
    ],
)
def test_what_is_no_audit_is_not_compared(typed: CommandLine, text: str, words: str) -> None:
    (typed.folder / "audit.json").write_text(text, encoding="utf-8")
    ended = typed("diff", ".", "audit.json")
    assert ended.status == 2
    assert words in ended.err
    assert typed("diff", "nowhere", "audit.json").status == 2

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.app.conftest import SETTINGS

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine
    from tests.sandbox.server import Server

FILE = "x.sqlite"


@pytest.fixture
def pulled(typed: CommandLine, server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    assert typed("pull", "-o", FILE).status == 0
    for name in ("GITLAB_URL", "GITLAB_TOKEN"):
        monkeypatch.delenv(name)
    return server


def test_the_first_day_shows_the_weeks_before(typed: CommandLine, pulled: Server) -> None:
    before = len(pulled.requests)
    ended = typed("backfill", "--from", "2026-10-28", "--weekly", "--snapshot", FILE)
    assert ended.status == 0, ended.err
    assert ended.out == "Wrote 4 reports; reports/index.html lists 4.\n"
    days = sorted(path.name for path in (typed.folder / "reports").glob("20*"))
    assert days == ["2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"]
    assert len(pulled.requests) == before
    archive = (typed.folder / "reports" / "index.html").read_text()
    assert all(day in archive for day in days)
    audits = [json.loads(typed.read("audit.json", day)) for day in days]
    assert [audit["as_of"] for audit in audits] == days
    assert [len(audit["incidents"]) for audit in audits] == [1, 4, 4, 4]
    limits = "titles, texts, assignees and due dates are as they are now"
    assert [limits in typed.read("report.html", day) for day in days] == [True, True, True, False]
    assert "2026-11-02" in typed.read("report.html", days[1]), "it is compared with the one before"


@pytest.mark.usefixtures("pulled")
def test_a_report_that_is_there_stays(typed: CommandLine) -> None:
    typed("run", "--from", FILE, "--as-of", "2026-11-16", "--fail-on", "never")
    kept = typed.read("report.html", "2026-11-16")
    ended = typed("backfill", "--from", "2026-11-10", "--snapshot", FILE)
    assert ended.out == "Wrote 1 report, 1 report of before kept; reports/index.html lists 2.\n"
    assert typed.read("report.html", "2026-11-16") == kept


@pytest.fixture
def parts(typed: CommandLine, server: Server) -> list[str]:
    """The options that name both shards of one pull."""
    assert server.url
    words = []
    for number in (1, 2):
        assert typed("pull", "-o", f"{number}.sqlite", "--shard", f"{number}/2").status == 0
        words += ["--snapshot", f"{number}.sqlite"]
    return words


def test_a_missing_shard_is_told_and_made_good_later(typed: CommandLine, parts: list[str]) -> None:
    since = ("backfill", "--from", "2026-11-04")
    assert typed(*since, *parts).status == 0
    shutil.copytree(typed.folder / "reports", typed.folder / "whole")
    days = ["2026-11-09", "2026-11-23"]
    for day in days:
        (typed.folder / "reports" / day / "audit.json").unlink()

    ended = typed(*since, *parts[:2])
    assert ended.status == 3
    assert ended.out == "Wrote 2 reports, 1 report of before kept; reports/index.html lists 3.\n"
    assert ended.err.count("something could not be read that could change a verdict, in 2 of 2 reports") == 1
    assert all(json.loads(typed.read("audit.json", day))["compliance"]["withheld"] for day in days)

    ended = typed(*since, *parts)
    assert ended.status == 0, ended.err
    assert ended.out == "Wrote 2 reports, 1 report of before kept; reports/index.html lists 3.\n"
    assert "could not be read" not in ended.err
    for day in days:
        whole = (typed.folder / "whole" / day / "audit.json").read_text()
        assert typed.read("audit.json", day) == whole

    ended = typed(*since, *parts[:2])
    assert ended.status == 0, "no day was judged"
    assert ended.out == "Wrote 0 reports, 3 reports of before kept; reports/index.html lists 3.\n"


@pytest.mark.usefixtures("pulled")
def test_a_report_that_cannot_be_read_stays(typed: CommandLine) -> None:
    broken = typed.folder / "reports" / "2026-11-16" / "audit.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    ended = typed("backfill", "--from", "2026-11-16", "--snapshot", FILE)
    assert ended.out.startswith("Wrote 1 report, 1 report of before kept;")
    assert broken.read_text() == "{"


@pytest.mark.usefixtures("pulled")
def test_each_day(typed: CommandLine) -> None:
    typed.settings(f"{SETTINGS}snapshot: {{file: {FILE}}}\n")
    ended = typed("backfill", "--from", "2026-11-21", "--daily", "--output", "past")
    assert ended.out == "Wrote 3 reports; past/index.html lists 3.\n"


@pytest.mark.usefixtures("pulled")
def test_what_cannot_be_done(typed: CommandLine) -> None:
    for words, why in (
        (["--from", "2026-11-24", "--snapshot", FILE], "there is no Monday from 2026-11-24 to 2026-11-23"),
        (["--from", "2026-11-24", "--daily", "--snapshot", FILE], "there is no day from"),
        (["--from", "2026-11-02"], "there is no snapshot to judge"),
        (["--from", "2026-11-02", "--snapshot", "audit.yml"], "audit.yml is no snapshot"),
        (["--from", "last week", "--snapshot", FILE], "is not a day"),
        (["--snapshot", FILE], "--from"),
    ):
        ended = typed("backfill", *words)
        assert ended.status == 2, words
        assert why in ended.err, words
        assert not (typed.folder / "reports").exists(), words

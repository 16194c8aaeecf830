"""The demo as a stranger sees it, and reports/example, which is its output."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Ended

EXAMPLE = Path(__file__).parents[2] / "reports" / "example"
TEAMS = ("ci-runners", "core-platform", "data-stores", "edge-network", "notifications", "packages")
FILES = (
    *("report.md", "details.md", "report.html", "audit.json", "findings.csv", "reminders.json"),
    *("junit.xml", "metrics.txt", "codequality.json", "due.ics", "badge.svg"),
    *(f"due-{team}.ics" for team in TEAMS),
)


class Played:
    """The first demo in a new folder, played for whichever test comes first."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.files = folder, folder / "as the first left them"
        self._ended: Ended | None = None

    def once(self, typed: CommandLine) -> Ended:
        if self._ended is None:
            self._ended = typed("demo", "--output", str(self.folder))
            self.files.mkdir()
            for name in FILES:
                shutil.copy(self.folder / name, self.files / name)
        return self._ended


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return Played(tmp_path_factory.mktemp("demo"))


def test_the_first_demo_shows_and_reminds(typed: CommandLine, played: Played) -> None:
    ended = played.once(typed)
    assert ended.status == 0
    for words in (
        "22 of 35 reviews due were on time (63 %).",
        "No review (4)",
        "Overdue (5)",
        "No owner: 3 incidents without a review because nobody owns the service",
        "reminder 1 on tanuki/production#25 to @marcus.oyelaran: posted",
        "reminder 2 on tanuki/production#74 to @sofia.lindgren, @owen.gallagher: posted",
        "the week's issue (tanuki/infrastructure): written, https://gitlab.tanuki.example/tanuki/infrastructure/",
        "wiki page (tanuki/infrastructure, Incident reviews): written, ",
        f"\nReport: {played.folder / 'report.html'}, and report.md for GitLab (",
    ):
        assert words in ended.out
    assert len(json.loads((played.files / "reminders.json").read_text())["posted"]) == 6


def test_the_example_is_the_demos_output(typed: CommandLine, played: Played) -> None:
    """Regenerate with ``UPDATE_GOLDEN=1 pytest tests/app/test_demo.py`` and read what has changed."""
    assert played.once(typed).status == 0
    if os.environ.get("UPDATE_GOLDEN"):  # noqa: TID251 - a switch for whoever changes the report
        for name in FILES:
            shutil.copy(played.files / name, EXAMPLE / name)
    for name in FILES:
        assert (played.files / name).read_text() == (EXAMPLE / name).read_text(), name


def test_a_folder_that_cannot_be_written_is_told(typed: CommandLine) -> None:
    (typed.folder / "taken").write_text("")
    ended = typed("demo", "--output", "taken/demo")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("error: the report could not be written to taken/demo: Not a directory\n")
    (typed.folder / "demo" / "sandbox.json.part").mkdir(parents=True)
    ended = typed("demo", "--output", "demo")
    assert ended.status == 1
    assert "error: the report is written, but demo/sandbox.json is not: Is a directory\n" in ended.err


def tracker(folder: Path) -> list[Any]:
    """Return what was written into the audited project."""
    told = json.loads((folder / "sandbox.json").read_text())["state"]
    return [issue for issue in told["issues"] if issue["project"] == "tanuki/production"]


def test_the_second_demo_reminds_nobody_twice(typed: CommandLine, played: Played) -> None:
    played.once(typed)
    folder = played.folder
    before = tracker(folder)
    ended = typed("demo", "--output", str(folder))
    assert "held back: 6 already posted" in ended.out
    assert "status notes" not in ended.out
    assert json.loads((folder / "reminders.json").read_text())["posted"] == []
    assert tracker(folder) == before
    # the details tell what the first one did, so their page is brought up to date, and no more are made
    assert ended.out.count("brought up to date") == 1
    third = typed("demo", "--output", str(folder))
    assert third.out.count("): unchanged, ") == 2
    assert "nobody was reminded twice" in ended.err

"""README.md: short, true, and every command in it runs as it stands there; OPERATING.md names no option that is not."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from audit.cli import cli
from audit.report.formats.digest import digest
from tests.app.conftest import SETTINGS
from tests.report import world

if TYPE_CHECKING:
    from tests.app.conftest import CommandLine, Tracker
    from tests.sandbox.server import Server

ROOT = Path(__file__).parents[2]
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "OPERATING.md", "CONTRIBUTING.md")}
README = PAGES["README.md"]
MOST_WORDS = 1800
PROGRAM = "incident-audit"


def blocks(language: str) -> list[str]:
    """Return the blocks of a language, without the indent of a list."""
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", README, flags=re.MULTILINE | re.DOTALL)
    return ["\n".join(line.removeprefix(indent) for line in text.splitlines()) for indent, text in found]


def commands(*names: str) -> list[list[str]]:
    lines = [shlex.split(line, comments=True) for block in blocks("sh") for line in block.splitlines()]
    assert all(line[0] in {"make", "export", "incident-audit"} for line in lines)
    return [line for line in lines if line[0] in names]


def test_it_is_short() -> None:
    assert len(README.split()) <= MOST_WORDS


@pytest.mark.parametrize("command", commands("make"), ids=" ".join)
def test_make_has_what_it_names(command: list[str]) -> None:
    done = subprocess.run([*command, "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr


def test_its_steps_lead_to_a_dry_run(typed: CommandLine, server: Server, tracker: Tracker) -> None:
    """Each command as it stands there, on the settings it writes and on those of the README, for a group called ops."""
    for name in ("services.yml", "teams.yml"):
        text = tracker.runbooks.files[name].text
        tracker.runbooks.file(f"services/{name.replace('services', 'service-catalog')}", text)
    given = [[word.replace("#12", "#4").replace("group/", "ops/") for word in words[1:]] for words in commands(PROGRAM)]
    given = given[:4]
    assert [words[0] for words in given] == ["init", "doctor", "run", "explain"]
    (typed.folder / "audit.yml").unlink()
    follow(typed, given)
    (settings,) = blocks("yaml")
    assert len(settings.splitlines()) == 6
    typed.settings(settings.replace("group/", "ops/"))
    follow(typed, given[1:])
    assert server.count(method="POST", path="/api/v4") == 0


@pytest.mark.usefixtures("typed", "server")
def test_another_policy_is_tried_as_it_says(typed: CommandLine) -> None:
    (typed.folder / "ten-days.yml").write_text(f"{SETTINGS}policies: [{{due_days: 30}}]\n", encoding="utf-8")
    given = [words[1:] for words in commands(PROGRAM)][4:]
    assert [words[0] for words in given] == ["pull", "run", "run", "diff"]
    ended = [typed(*words) for words in given]
    assert [one.status for one in ended] == [0, 10, 10, 0]
    assert "missing -> pending" in ended[-1].out


def follow(typed: CommandLine, given: list[list[str]]) -> None:
    for words in given:
        ended = typed(*words)
        assert ended.status == (10 if words[0] == "run" else 0), ended.err
    assert "overdue" in typed.read("details.md")


def test_it_shows_a_reminder_and_a_digest_as_they_are() -> None:
    quotes = [quote for quote in re.findall(r"(?:^>.*\n)+", README, flags=re.MULTILINE) if "> Hello" in quote]
    (reminder,) = quotes
    assert reminder in PAGES["CONTRIBUTING.md"]  # where a test holds it equal to what the program writes
    sent = digest(world.view(previous=world.previous()), "https://gitlab.example.com/group/reports/-/work_items/7")
    *lines, last = (f"> {line}" for line in sent.markdown.splitlines())
    assert "\n".join([f"> {sent.title}\n", *lines, last.partition("(")[0]]) in README


def test_the_completion_that_it_shows_is_there() -> None:
    (line,) = re.findall(r'`eval "\$\((_[A-Z_]+=bash_source) incident-audit\)"`', README)
    name, _, form = line.partition("=")
    command = [sys.executable, "-c", "from audit.cli import main; main()"]
    done = subprocess.run(  # noqa: S603
        command, cwd=ROOT, env={"PATH": "/usr/bin:/bin", name: form}, capture_output=True, text=True, check=False
    )
    assert f"complete -o nosort -F _incident_audit_completion {PROGRAM}" in done.stdout, done.stderr


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_options_that_are_named_exist(page: str) -> None:
    spans = [
        " ".join(span.split())
        for span in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", PAGES[page], flags=re.DOTALL))
    ]
    named = [span for span in spans if span.startswith("incident-audit ")]
    for span in named:
        words = span.split()
        command = cli.get_command(click.Context(cli), words[1])
        if words[1].isupper() or words[1].startswith("-"):  # incident-audit COMMAND --help
            continue
        assert command is not None, span
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in words[2:] if word.startswith("--")} <= {*options, "--help"}, span


@pytest.mark.parametrize("page", PAGES)
def test_its_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", PAGES[page]):
        name, _, anchor = target.partition("#")
        path = ROOT / (name or page)
        assert path.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}, target
